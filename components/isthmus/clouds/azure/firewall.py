"""Network security rules: what the planned subnets may say to each other, and nothing else.

Azure's own DNS, DHCP and metadata addresses (168.63.129.16, 169.254.169.254) are not subject to
these rules. Source: learn.microsoft.com/azure/virtual-network/network-security-groups-overview.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import network

from isthmus.clouds.handles import Place
from isthmus.plan.model import NetworkPlan, Subnet

FIRST_PRIORITY = 100
PRIORITY_STEP = 10
LAST_PRIORITY = 4096
"""Rules are read from the lowest number up; custom rules take 100 to 4096."""

HTTPS = ("443",)
API_SERVER_PORTS = ("443", "4443")
API_SERVER_PROBE_PORTS = ("9988",)
"""What nodes and Azure's load balancer need of an API server subnet. Source: azure-aks-docs
api-server-vnet-integration.md, "NSG security rules"."""
ANY_PORT = ("*",)
LOAD_BALANCER = ("AzureLoadBalancer",)
ANYWHERE = ("*",)


@dataclass(frozen=True, slots=True)
class Flow:
    """Traffic that is allowed, in one direction."""

    name: str
    direction: network.SecurityRuleDirection
    sources: tuple[str, ...]
    destinations: tuple[str, ...]
    ports: tuple[str, ...] = ANY_PORT
    protocol: network.SecurityRuleProtocol = network.SecurityRuleProtocol.TCP


INBOUND = network.SecurityRuleDirection.INBOUND
OUTBOUND = network.SecurityRuleDirection.OUTBOUND
ANY_PROTOCOL = network.SecurityRuleProtocol.ASTERISK


def ranges(subnets: Iterable[Subnet]) -> tuple[str, ...]:
    return tuple(str(subnet.range) for subnet in subnets)


def workload_ranges(plan: NetworkPlan) -> tuple[str, ...]:
    """Nodes and their pods.

    Pods of an overlay network are not encapsulated, so rules see their addresses: node to node,
    node to pod and pod to pod must be open (azure-aks-docs concepts-network-azure-cni-overlay.md).
    """
    return (*ranges(plan.node_subnets), str(plan.pods))


def node_flows(plan: NetworkPlan) -> tuple[Flow, ...]:
    """Nodes talk to nodes, the control plane and private endpoints."""
    workloads, control_plane = workload_ranges(plan), (str(plan.control_plane.range),)
    endpoints = ranges(plan.endpoint_subnets)
    return (
        Flow("from-workloads", INBOUND, workloads, workloads, protocol=ANY_PROTOCOL),
        Flow("from-control-plane", INBOUND, control_plane, workloads),
        Flow("from-load-balancer", INBOUND, LOAD_BALANCER, ANYWHERE, protocol=ANY_PROTOCOL),
        Flow("to-workloads", OUTBOUND, workloads, workloads, protocol=ANY_PROTOCOL),
        Flow("to-control-plane", OUTBOUND, workloads, control_plane, API_SERVER_PORTS),
        Flow("to-endpoints", OUTBOUND, workloads, endpoints, HTTPS),
    )


def endpoint_flows(plan: NetworkPlan) -> tuple[Flow, ...]:
    """Private endpoints answer HTTPS from this network; they start nothing."""
    own_range, endpoints = (str(plan.range),), ranges(plan.endpoint_subnets)
    return (Flow("from-network", INBOUND, own_range, endpoints, HTTPS),)


def control_plane_flows(plan: NetworkPlan) -> tuple[Flow, ...]:
    """The API server answers this network and Azure's probes."""
    control_plane = (str(plan.control_plane.range),)
    callers = (str(plan.range), str(plan.pods))
    return (
        Flow("from-network", INBOUND, callers, control_plane, API_SERVER_PORTS),
        Flow("from-itself", INBOUND, control_plane, control_plane, protocol=ANY_PROTOCOL),
        Flow("from-probes", INBOUND, LOAD_BALANCER, control_plane, API_SERVER_PROBE_PORTS),
    )


def allow(flow: Flow, priority: int) -> network.SecurityRuleArgs:
    """One allowing rule. Azure tells a single prefix or port from a list of them."""
    sources, destinations, ports = flow.sources, flow.destinations, flow.ports
    return network.SecurityRuleArgs(
        name=f"allow-{flow.name}",
        access=network.SecurityRuleAccess.ALLOW,
        direction=flow.direction,
        priority=priority,
        protocol=flow.protocol,
        source_port_range="*",
        source_address_prefix=only(sources),
        source_address_prefixes=several(sources),
        destination_address_prefix=only(destinations),
        destination_address_prefixes=several(destinations),
        destination_port_range=only(ports),
        destination_port_ranges=several(ports),
    )


def only(values: Sequence[str]) -> str | None:
    return values[0] if len(values) == 1 else None


def several(values: Sequence[str]) -> list[str] | None:
    return list(values) if len(values) > 1 else None


def deny_the_rest(direction: network.SecurityRuleDirection) -> network.SecurityRuleArgs:
    """Closes what Azure's default rules leave open: everything from peered networks, to the
    internet."""
    return network.SecurityRuleArgs(
        name=f"deny-{direction.value.lower()}",
        access=network.SecurityRuleAccess.DENY,
        direction=direction,
        priority=LAST_PRIORITY,
        protocol=ANY_PROTOCOL,
        source_port_range="*",
        source_address_prefix="*",
        destination_address_prefix="*",
        destination_port_range="*",
    )


def rules(
    flows: Sequence[Flow], closed: Sequence[network.SecurityRuleDirection]
) -> list[network.SecurityRuleArgs]:
    allowed = [
        allow(flow, FIRST_PRIORITY + PRIORITY_STEP * position)
        for position, flow in enumerate(flows)
    ]
    return [*allowed, *(deny_the_rest(direction) for direction in closed)]


def build_firewall(
    parent: pulumi.Resource,
    place: Place,
    group_name: pulumi.Input[str],
    role: str,
    security_rules: list[network.SecurityRuleArgs],
) -> network.NetworkSecurityGroup:
    return network.NetworkSecurityGroup(
        f"{place.name}-{role}",
        resource_group_name=group_name,
        location=place.region,
        security_rules=security_rules,
        tags=place.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )

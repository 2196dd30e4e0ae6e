"""The private network: subnets without a way in or out, private endpoints, private DNS, flow
logs."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import network, privatedns

from isthmus.clouds.azure import endpoints, firewall, flow_logs, groups, identifiers
from isthmus.clouds.handles import KeysHandle, NetworkHandle, Place
from isthmus.plan.model import NetworkPlan, Subnet

AKS_SERVICE = "Microsoft.ContainerService/managedClusters"


@dataclass(frozen=True, slots=True)
class Ground:
    """What subnets are laid out on: the virtual network and the rules and routes of each kind of
    subnet."""

    group_name: pulumi.Output[str]
    network_name: pulumi.Output[str]
    nodes: network.NetworkSecurityGroup
    endpoints: network.NetworkSecurityGroup
    control_plane: network.NetworkSecurityGroup
    routes: network.RouteTable


def build_network(
    parent: pulumi.ComponentResource, place: Place, plan: NetworkPlan, keys: KeysHandle
) -> NetworkHandle:
    """Builds the planned network and the vault's private endpoint.

    Nothing leads out: no gateway, no public address, a default route to nowhere, and rules that
    deny what is not planned. Entra ID and Azure's management API have no private endpoints, so pods
    that sign in with workload identity need a way to the service tag `AzureActiveDirectory`, which
    the user has to open. Fabric subnets are not made: InfiniBand is a network of its own on Azure.
    """
    group = groups.build_group(parent, place, "network")
    virtual_network = build_virtual_network(parent, place, group.name, plan)
    ground = prepare_ground(parent, place, group.name, virtual_network, plan)
    nodes, doorways, control_plane = lay_out(parent, place, ground, plan)
    zones = build_dns_zones(parent, place, group.name, virtual_network)
    named_network_id = identifiers.available_after(virtual_network.id, *zones)
    # Endpoints change the network too, so they wait for its last subnet.
    ready = [identifiers.available_after(subnet.id, control_plane.id) for subnet in doorways]
    doorway = endpoints.Doorway(ready[0], named_network_id)
    endpoints.build_endpoint(
        parent,
        f"{place.name}-vault",
        place,
        group.name,
        endpoints.Service.VAULT,
        keys.vault_id,
        doorway,
    )
    flow_logs.build_flow_logs(parent, place, group.name, plan, keys, virtual_network, doorway)
    nothing: Sequence[str] = []
    return NetworkHandle(
        network_id=named_network_id,
        node_subnet_ids=pulumi.Output.all(*[subnet.id for subnet in nodes]),
        endpoint_subnet_ids=pulumi.Output.all(*ready),
        control_plane_subnet_id=control_plane.id,
        fabric_network_ids=pulumi.Output.from_input(nothing),
        fabric_subnet_ids=pulumi.Output.from_input(nothing),
        node_firewall_id=ground.nodes.id,
    )


def build_virtual_network(
    parent: pulumi.Resource, place: Place, group_name: pulumi.Input[str], plan: NetworkPlan
) -> network.VirtualNetwork:
    return network.VirtualNetwork(
        f"{place.name}-vnet",
        resource_group_name=group_name,
        location=place.region,
        address_space=network.AddressSpaceArgs(address_prefixes=declared_ranges(plan)),
        tags=place.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def declared_ranges(plan: NetworkPlan) -> list[str]:
    """The network's own addresses: AKS refuses its pods' and services' ranges in them."""
    return [str(piece) for piece in plan.network_ranges or (plan.range,)]


def prepare_ground(
    parent: pulumi.Resource,
    place: Place,
    group_name: pulumi.Output[str],
    virtual_network: network.VirtualNetwork,
    plan: NetworkPlan,
) -> Ground:
    """One security group for each kind of subnet, and the routes of the nodes.

    The control plane's subnet is delegated to AKS: what its servers must reach is Microsoft's to
    say and not published, so only what comes in is restricted there.
    """
    both = (firewall.INBOUND, firewall.OUTBOUND)
    inbound = (firewall.INBOUND,)
    node_rules = firewall.rules(firewall.node_flows(plan), both)
    endpoint_rules = firewall.rules(firewall.endpoint_flows(plan), both)
    control_plane_rules = firewall.rules(firewall.control_plane_flows(plan), inbound)
    return Ground(
        group_name=group_name,
        network_name=virtual_network.name,
        nodes=firewall.build_firewall(parent, place, group_name, "nodes", node_rules),
        endpoints=firewall.build_firewall(parent, place, group_name, "endpoints", endpoint_rules),
        control_plane=firewall.build_firewall(
            parent, place, group_name, "control-plane", control_plane_rules
        ),
        routes=build_routes(parent, place, group_name),
    )


def build_routes(
    parent: pulumi.Resource, place: Place, group_name: pulumi.Input[str]
) -> network.RouteTable:
    """Packets for anywhere but the network itself are dropped, whatever a gateway may announce."""
    return network.RouteTable(
        f"{place.name}-routes",
        resource_group_name=group_name,
        location=place.region,
        disable_bgp_route_propagation=True,
        routes=[
            network.RouteArgs(
                name="nowhere",
                address_prefix="0.0.0.0/0",
                next_hop_type=network.RouteNextHopType.NONE,
            )
        ],
        tags=place.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def lay_out(
    parent: pulumi.Resource, place: Place, ground: Ground, plan: NetworkPlan
) -> tuple[list[network.Subnet], list[network.Subnet], network.Subnet]:
    """The planned subnets, made one after the other: Azure changes a network once at a time and
    answers a second change with `AnotherOperationInProgress`."""
    made: list[network.Subnet] = []
    for subnet in plan.node_subnets:
        made.append(build_subnet(parent, place, ground, subnet, ground.nodes, made))
    for subnet in plan.endpoint_subnets:
        made.append(build_subnet(parent, place, ground, subnet, ground.endpoints, made))
    control_plane = build_control_plane_subnet(parent, place, ground, plan.control_plane, made)
    nodes = len(plan.node_subnets)
    return made[:nodes], made[nodes:], control_plane


def build_subnet(
    parent: pulumi.Resource,
    place: Place,
    ground: Ground,
    subnet: Subnet,
    security_group: network.NetworkSecurityGroup,
    after: Sequence[network.Subnet],
) -> network.Subnet:
    """A private subnet. Rules hold for private endpoints too, which Azure exempts unless told."""
    return network.Subnet(
        f"{place.name}-{subnet.name}",
        resource_group_name=ground.group_name,
        virtual_network_name=ground.network_name,
        address_prefix=str(subnet.range),
        default_outbound_access=False,
        private_endpoint_network_policies=network.VirtualNetworkPrivateEndpointNetworkPolicies.ENABLED,
        network_security_group=network.NetworkSecurityGroupArgs(id=security_group.id),
        route_table=network.RouteTableArgs(id=ground.routes.id),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(after[-1:])),
    )


def build_control_plane_subnet(
    parent: pulumi.Resource,
    place: Place,
    ground: Ground,
    subnet: Subnet,
    after: Sequence[network.Subnet],
) -> network.Subnet:
    """The subnet into which AKS puts the API server: delegated, and at least a /28
    (azure-aks-docs api-server-vnet-integration.md)."""
    return network.Subnet(
        f"{place.name}-{subnet.name}",
        resource_group_name=ground.group_name,
        virtual_network_name=ground.network_name,
        address_prefix=str(subnet.range),
        delegations=[network.DelegationArgs(name="aks", service_name=AKS_SERVICE)],
        network_security_group=network.NetworkSecurityGroupArgs(id=ground.control_plane.id),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(after[-1:])),
    )


def build_dns_zones(
    parent: pulumi.Resource,
    place: Place,
    group_name: pulumi.Input[str],
    virtual_network: network.VirtualNetwork,
) -> list[pulumi.Output[str]]:
    """The zones that private endpoints register in, linked to the network. Returns the links'
    ids."""
    return [
        build_dns_zone(parent, place, group_name, virtual_network, service)
        for service in endpoints.Service
    ]


def build_dns_zone(
    parent: pulumi.Resource,
    place: Place,
    group_name: pulumi.Input[str],
    virtual_network: network.VirtualNetwork,
    service: endpoints.Service,
) -> pulumi.Output[str]:
    options = pulumi.ResourceOptions(parent=parent)
    zone = privatedns.PrivateZone(
        f"{place.name}-{service}-zone",
        resource_group_name=group_name,
        # DNS zones belong to no region, and their name is what they resolve.
        location="global",
        private_zone_name=service.dns_zone,
        tags=place.tags,
        opts=options,
    )
    link = privatedns.VirtualNetworkLink(
        f"{place.name}-{service}-link",
        resource_group_name=group_name,
        location="global",
        private_zone_name=zone.name,
        registration_enabled=False,
        virtual_network=privatedns.SubResourceArgs(id=virtual_network.id),
        tags=place.tags,
        opts=options,
    )
    return link.id

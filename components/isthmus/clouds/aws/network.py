"""A private VPC: no gateway, no public address, AWS services by private endpoints only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pulumi
from pulumi import Output, ResourceOptions
from pulumi_aws import ec2

from isthmus.clouds.aws.endpoints import build_endpoints, build_s3_endpoint
from isthmus.clouds.aws.firewall import allow_s3, build_groups
from isthmus.clouds.aws.flow_logs import build_flow_log
from isthmus.clouds.aws.naming import tags_of
from isthmus.clouds.handles import KeysHandle, NetworkHandle, Place
from isthmus.plan.model import NetworkPlan, Subnet

_INTERNAL_LOAD_BALANCERS = MappingProxyType({"kubernetes.io/role/internal-elb": "1"})
"""Marks subnets for internal load balancers (EKS User Guide, "View subnet requirements")."""


@dataclass(frozen=True, slots=True)
class _AddressSpace:
    """A VPC and the blocks of addresses added to it."""

    vpc_id: Output[str]
    blocks: Sequence[ec2.VpcIpv4CidrBlockAssociation]


def build_network(
    parent: pulumi.ComponentResource, place: Place, plan: NetworkPlan, keys: KeysHandle
) -> NetworkHandle:
    """A VPC as planned, with endpoints, security groups and flow logs.

    There is no internet, NAT or egress-only gateway and no route but the local one and that to S3.
    Ranges of other sites and data centres (`plan.private_ranges`) are neither routed nor allowed
    here: whoever joins networks opens exactly what the joint needs. Pods take addresses of the node
    subnets, so `plan.pods` has no resource of its own. EFA runs inside the node subnets:
    `fabric_subnets` is empty on AWS.
    """
    network = _build_vpc(parent, place, plan)
    space = _AddressSpace(network.id, _add_ranges(parent, place, plan, network.id))
    nodes = _build_subnets(parent, place, plan, plan.node_subnets, space, _INTERNAL_LOAD_BALANCERS)
    endpoint_subnets = _build_subnets(parent, place, plan, plan.endpoint_subnets, space)
    [control_plane] = _build_subnets(parent, place, plan, (plan.control_plane,), space)
    table = _build_route_table(parent, place, network.id)
    _associate(parent, place, plan, table, [*nodes, *endpoint_subnets, control_plane])
    groups = build_groups(parent, place, plan, network.id)
    endpoint_ids = [subnet.id for subnet in endpoint_subnets]
    endpoints = build_endpoints(parent, place, network.id, endpoint_ids, groups.endpoints.id)
    s3 = build_s3_endpoint(parent, place, network.id, table.id)
    allow_s3(parent, place, groups.nodes.id, s3.prefix_list_id)
    build_flow_log(parent, place, network.id, keys, plan.flow_log_days)
    return NetworkHandle(
        network_id=network.id,
        node_subnet_ids=_once_reachable(nodes, [*endpoints, s3]),
        endpoint_subnet_ids=Output.all(*endpoint_ids),
        control_plane_subnet_id=control_plane.id,
        fabric_network_ids=Output.from_input([]),
        fabric_subnet_ids=Output.from_input([]),
        node_firewall_id=groups.nodes.id,
    )


def zone_of(subnet: Subnet, plan: NetworkPlan) -> str | None:
    """The one zone of a subnet: its own, else the network's first; None lets AWS choose."""
    return subnet.zone or next(iter(plan.zones), None)


def _once_reachable(
    subnets: Sequence[ec2.Subnet], endpoints: Sequence[ec2.VpcEndpoint]
) -> Output[Sequence[str]]:
    """Node subnets' ids, tied to the endpoints: nodes without them neither boot nor drain."""
    ready = [endpoint.id for endpoint in endpoints]
    return Output.all(ids=Output.all(*(subnet.id for subnet in subnets)), ready=ready).apply(
        lambda found: found["ids"]
    )


def _build_vpc(parent: pulumi.Resource, place: Place, plan: NetworkPlan) -> ec2.Vpc:
    name = f"{place.name}-vpc"
    return ec2.Vpc(
        name,
        cidr_block=str(plan.network_ranges[0]),
        # Private DNS names of endpoints and of the cluster need both.
        enable_dns_support=True,
        enable_dns_hostnames=True,
        tags=tags_of(place, name),
        opts=ResourceOptions(parent=parent),
    )


def _add_ranges(
    parent: pulumi.Resource, place: Place, plan: NetworkPlan, vpc_id: Output[str]
) -> Sequence[ec2.VpcIpv4CidrBlockAssociation]:
    """Further blocks of the VPC, named by their first address, which cannot move without them."""
    return [
        ec2.VpcIpv4CidrBlockAssociation(
            f"{place.name}-{str(block.network_address).replace('.', '-')}",
            vpc_id=vpc_id,
            cidr_block=str(block),
            opts=ResourceOptions(parent=parent),
        )
        for block in plan.network_ranges[1:]
    ]


def _build_subnets(
    parent: pulumi.Resource,
    place: Place,
    plan: NetworkPlan,
    subnets: Sequence[Subnet],
    space: _AddressSpace,
    tags: Mapping[str, str] = MappingProxyType({}),
) -> list[ec2.Subnet]:
    return [
        ec2.Subnet(
            f"{place.name}-{subnet.name}",
            vpc_id=space.vpc_id,
            cidr_block=str(subnet.range),
            availability_zone=zone_of(subnet, plan),
            map_public_ip_on_launch=False,
            tags=tags_of(place, f"{place.name}-{subnet.name}", **tags),
            # A subnet of a further block does not fit before the VPC has that block.
            opts=ResourceOptions(parent=parent, depends_on=list(space.blocks)),
        )
        for subnet in subnets
    ]


def _build_route_table(
    parent: pulumi.Resource, place: Place, vpc_id: Output[str]
) -> ec2.RouteTable:
    name = f"{place.name}-routes"
    # `routes` stays unset: a given list, even an empty one, would fight with the S3 endpoint's own
    # route.
    return ec2.RouteTable(
        name, vpc_id=vpc_id, tags=tags_of(place, name), opts=ResourceOptions(parent=parent)
    )


def _associate(
    parent: pulumi.Resource,
    place: Place,
    plan: NetworkPlan,
    table: ec2.RouteTable,
    subnets: Sequence[ec2.Subnet],
) -> None:
    planned = (*plan.node_subnets, *plan.endpoint_subnets, plan.control_plane)
    for subnet, built in zip(planned, subnets, strict=True):
        ec2.RouteTableAssociation(
            f"{place.name}-{subnet.name}-routes",
            route_table_id=table.id,
            subnet_id=built.id,
            opts=ResourceOptions(parent=parent),
        )

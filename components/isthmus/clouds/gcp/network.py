"""Builds a site's private network: no public address, no way in, out to Google's APIs only."""

from collections.abc import Sequence

import pulumi
from pulumi_gcp import compute

from isthmus.clouds.gcp.dns import ZONES, build_query_log, build_zone
from isthmus.clouds.gcp.fabric import build_fabric
from isthmus.clouds.gcp.firewall import RESTRICTED_VIP, build_firewall, rules_for
from isthmus.clouds.gcp.logs import LogRoute, build_log_route
from isthmus.clouds.gcp.ordering import after, only
from isthmus.clouds.gcp.project import find_project
from isthmus.clouds.gcp.subnets import EVERY_FLOW, build_subnet
from isthmus.clouds.handles import KeysHandle, NetworkHandle, Place
from isthmus.plan.model import NetworkPlan

PODS_RANGE = "pods"
SERVICES_RANGE = "services"


def build_network(
    parent: pulumi.ComponentResource, place: Place, plan: NetworkPlan, keys: KeysHandle
) -> NetworkHandle:
    """Build the network, its subnets, firewall, names and logs.

    Google's services are reached at the restricted VIP, which serves what VPC Service Controls
    cover. Images of other registries than Artifact Registry cannot be pulled: mirror them there.
    """
    network = _build_vpc(parent, place)
    nodes = _build_node_subnets(parent, place, network, plan)
    endpoints = [
        build_subnet(parent, place, network, subnet, EVERY_FLOW) for subnet in plan.endpoint_subnets
    ]
    control_plane = build_subnet(parent, place, network, plan.control_plane, EVERY_FLOW)
    rails, rail_subnets = build_fabric(parent, place, plan)
    subnets = [*nodes, *endpoints, control_plane, *rail_subnets]
    _build_logs(parent, place, plan, keys, network, subnets)
    needed = _open_google_apis(parent, place, plan, network)
    return NetworkHandle(
        network_id=network.id,
        node_subnet_ids=after([subnet.id for subnet in nodes], needed),
        endpoint_subnet_ids=after([subnet.id for subnet in endpoints], needed),
        control_plane_subnet_id=after([control_plane.id], needed).apply(only),
        fabric_network_ids=after([rail.id for rail in rails], []),
        fabric_subnet_ids=after([subnet.id for subnet in rail_subnets], []),
        node_firewall_id=network.id,
    )


def _build_vpc(parent: pulumi.ComponentResource, place: Place) -> compute.Network:
    return compute.Network(
        f"{place.name}-vpc",
        auto_create_subnetworks=False,
        delete_default_routes_on_create=True,
        routing_mode="REGIONAL",
        opts=pulumi.ResourceOptions(parent=parent),
    )


def _build_node_subnets(
    parent: pulumi.ComponentResource, place: Place, network: compute.Network, plan: NetworkPlan
) -> list[compute.Subnetwork]:
    """Subnets span the region; the first holds the cluster, so pods and services are its ranges."""
    cluster_ranges = {PODS_RANGE: plan.pods, SERVICES_RANGE: plan.services}
    return [
        build_subnet(
            parent, place, network, subnet, EVERY_FLOW, cluster_ranges if position == 0 else None
        )
        for position, subnet in enumerate(plan.node_subnets)
    ]


def _open_google_apis(
    parent: pulumi.ComponentResource, place: Place, plan: NetworkPlan, network: compute.Network
) -> list[pulumi.CustomResource]:
    """Give what has to exist before a machine can start here: firewall, route and names."""
    route = compute.Route(
        f"{place.name}-to-google",
        network=network.id,
        dest_range=str(RESTRICTED_VIP),
        # The VIP's packets stay in Google's network; this hop is how a route says so
        # (https://cloud.google.com/vpc/docs/configure-private-google-access#config-routing).
        next_hop_gateway="default-internet-gateway",
        opts=pulumi.ResourceOptions(parent=parent),
    )
    rules = [build_firewall(parent, place, network, rule) for rule in rules_for(plan)]
    records = [record for zone in ZONES for record in build_zone(parent, place, network, zone)]
    return [route, *rules, *records]


def _build_logs(
    parent: pulumi.ComponentResource,
    place: Place,
    plan: NetworkPlan,
    keys: KeysHandle,
    network: compute.Network,
    subnets: Sequence[compute.Subnetwork],
) -> None:
    build_query_log(parent, place, network)
    names = [subnet.name for subnet in subnets]
    route = LogRoute(
        name=f"{place.name}-flow",
        filter=pulumi.Output.all(network.name, *names).apply(flow_filter),
        bucket_id=pulumi.Output.concat(network.name, "-flow"),
        retention_days=plan.flow_log_days,
    )
    build_log_route(parent, find_project(parent), place.region, keys.key_ids["logs"], route)


def flow_filter(network_and_subnet_names: Sequence[str]) -> str:
    """Choose the flow and firewall logs of subnets and the name queries of their network."""
    network_name, *subnet_names = network_and_subnet_names
    any_subnet = " OR ".join(f'"{name}"' for name in subnet_names)
    flows = (
        'log_id("compute.googleapis.com/vpc_flows") OR log_id("compute.googleapis.com/firewall")'
    )
    queries = (
        f'log_id("dns.googleapis.com/dns_queries") AND jsonPayload.sourceNetwork="{network_name}"'
    )
    return f"(({flows}) AND resource.labels.subnetwork_name=({any_subnet})) OR ({queries})"

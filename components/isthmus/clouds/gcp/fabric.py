"""Builds the networks that carry the accelerators' traffic, one for each further interface."""

import pulumi
from pulumi_gcp import compute

from isthmus.clouds.gcp.firewall import Rule, build_firewall
from isthmus.clouds.gcp.subnets import FABRIC_LOG, build_subnet
from isthmus.clouds.handles import Place
from isthmus.plan.model import NetworkPlan, Subnet


def build_fabric(
    parent: pulumi.ComponentResource, place: Place, plan: NetworkPlan
) -> tuple[list[compute.Network], list[compute.Subnetwork]]:
    """Build a network with one subnet for each of the plan's fabric subnets, in their order.

    Each interface of a virtual machine must be in a network of its own
    (https://cloud.google.com/vpc/docs/multiple-interfaces-concepts). Nothing leads out of these
    networks: they have no route but their own subnet's.
    """
    built = [_build_rail(parent, place, subnet, plan.fabric_mtu) for subnet in plan.fabric_subnets]
    return [network for network, _ in built], [subnet for _, subnet in built]


def _build_rail(
    parent: pulumi.ComponentResource, place: Place, subnet: Subnet, mtu: int
) -> tuple[compute.Network, compute.Subnetwork]:
    network = compute.Network(
        f"{place.name}-{subnet.name}-vpc",
        auto_create_subnetworks=False,
        delete_default_routes_on_create=True,
        routing_mode="REGIONAL",
        mtu=mtu,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    # GKE opens no rule in networks other than the cluster's own.
    rule = Rule(f"{subnet.name}-within", "INGRESS", True, (subnet.range,))
    build_firewall(parent, place, network, rule)
    return network, build_subnet(parent, place, network, subnet, FABRIC_LOG)

"""Builds a subnet that reaches Google's APIs without public addresses and logs its flows."""

from collections.abc import Mapping
from ipaddress import IPv4Network

import pulumi
from pulumi_gcp import compute

from isthmus.clouds.handles import Place
from isthmus.plan.model import Subnet

EVERY_FLOW = compute.SubnetworkLogConfigArgs(
    aggregation_interval="INTERVAL_1_MIN", flow_sampling=1.0, metadata="INCLUDE_ALL_METADATA"
)

FABRIC_LOG = compute.SubnetworkLogConfigArgs(
    aggregation_interval="INTERVAL_10_MIN", flow_sampling=0.1, metadata="INCLUDE_ALL_METADATA"
)
"""Enough to see who talked to whom: every flow of a training run would cost more than it tells."""


def build_subnet(
    parent: pulumi.ComponentResource,
    place: Place,
    network: compute.Network,
    subnet: Subnet,
    log_config: compute.SubnetworkLogConfigArgs,
    secondary_ranges: Mapping[str, IPv4Network] | None = None,
) -> compute.Subnetwork:
    """Build a subnet of the region with further ranges by name, if any."""
    return compute.Subnetwork(
        f"{place.name}-{subnet.name}",
        network=network.id,
        region=place.region,
        ip_cidr_range=str(subnet.range),
        secondary_ip_ranges=[
            compute.SubnetworkSecondaryIpRangeArgs(range_name=name, ip_cidr_range=str(each))
            for name, each in (secondary_ranges or {}).items()
        ],
        private_ip_google_access=True,
        stack_type="IPV4_ONLY",
        log_config=log_config,
        opts=pulumi.ResourceOptions(parent=parent),
    )

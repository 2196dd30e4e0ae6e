"""Answers the names of Google's APIs and registries with the addresses of the restricted VIP."""

from dataclasses import dataclass

import pulumi
from pulumi_gcp import compute, dns

from isthmus.clouds.gcp.firewall import RESTRICTED_VIP
from isthmus.clouds.gcp.labels import labels_of
from isthmus.clouds.handles import Place

TTL_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Zone:
    """A domain; `anchor` is the name in it that holds the addresses, all others point to it."""

    name: str
    domain: str
    anchor: str


# https://cloud.google.com/vpc-service-controls/docs/set-up-gke: nodes without a way to the internet
# pull GKE's own images from gcr.io and pkg.dev, both at the VIP.
ZONES = (
    Zone("apis", "googleapis.com.", "restricted.googleapis.com."),
    Zone("gcr", "gcr.io.", "gcr.io."),
    Zone("registry", "pkg.dev.", "pkg.dev."),
)


def build_zone(
    parent: pulumi.ComponentResource, place: Place, network: compute.Network, zone: Zone
) -> list[pulumi.CustomResource]:
    """Build a private zone, seen by `network` alone, and give its records."""
    managed = dns.ManagedZone(
        f"{place.name}-{zone.name}",
        dns_name=zone.domain,
        description="Google's names at the restricted VIP",
        visibility="private",
        private_visibility_config=dns.ManagedZonePrivateVisibilityConfigArgs(
            networks=[dns.ManagedZonePrivateVisibilityConfigNetworkArgs(network_url=network.id)]
        ),
        labels=labels_of(place.tags),
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return [
        dns.RecordSet(
            f"{place.name}-{zone.name}-{kind}",
            managed_zone=managed.name,
            name=name,
            type=record_type,
            ttl=TTL_SECONDS,
            rrdatas=data,
            opts=pulumi.ResourceOptions(parent=parent),
        )
        for kind, name, record_type, data in records_of(zone)
    ]


def records_of(zone: Zone) -> tuple[tuple[str, str, str, list[str]], ...]:
    """The records of a zone: a short name, the full name, the type and the data of each."""
    addresses = [str(address) for address in RESTRICTED_VIP]
    return (
        ("addresses", zone.anchor, "A", addresses),
        ("names", f"*.{zone.domain}", "CNAME", [zone.anchor]),
    )


def build_query_log(
    parent: pulumi.ComponentResource, place: Place, network: compute.Network
) -> dns.Policy:
    """Log every name the network asks for: in a closed network, names are the way out left."""
    return dns.Policy(
        f"{place.name}-dns-log",
        enable_logging=True,
        networks=[dns.PolicyNetworkArgs(network_url=network.id)],
        opts=pulumi.ResourceOptions(parent=parent),
    )

"""What distinguishes the clouds and their fabrics where a plan is concerned; facts from
data/*.csv."""

import csv
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Network
from pathlib import Path

from isthmus_catalog import Cloud

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class CloudTraits:
    """How one cloud's networks and clusters use addresses."""

    subnet_scope: str
    """`zone` or `region`: how far one subnet reaches."""
    reserved_addresses_per_subnet: int
    node_subnet_addresses_per_node: int
    """What a node, and its pods where they live there too, take from a node subnet."""
    pod_range_addresses_per_node: int
    """What a node takes from the pods' range; 0 where that is not used."""
    pods_in_network: bool
    """Whether the pods' range is part of the cloud network's own address space."""
    services_in_network: bool
    refused_ranges: tuple[IPv4Network, ...]
    cluster_zones: int
    """Zones a cluster needs at least."""
    key_deletion_days: int
    """How long a deleted key can be restored: the longest that the cloud takes, or its default."""
    account_pattern: str
    account_meaning: str
    account_example: str

    @property
    def is_zonal(self) -> bool:
        return self.subnet_scope == "zone"


@dataclass(frozen=True, slots=True)
class FabricTraits:
    """How one kind of fast network between machines is built."""

    own_networks: bool
    """Whether each interface needs a network of its own."""
    mtu: int
    """In bytes; 0 where there are no networks to set it on."""
    refused_because: str
    """Why the components cannot build it; empty where they can."""


@cache
def cloud_traits(cloud: Cloud) -> CloudTraits:
    """Raises KeyError for a trait that data/clouds.csv lacks."""
    values = {row["trait"]: row["value"] for row in _read("clouds") if row["cloud"] == cloud}
    return CloudTraits(
        subnet_scope=values["subnet_scope"],
        reserved_addresses_per_subnet=int(values["reserved_addresses_per_subnet"]),
        node_subnet_addresses_per_node=int(values["node_subnet_addresses_per_node"]),
        pod_range_addresses_per_node=int(values["pod_range_addresses_per_node"]),
        pods_in_network=values["pods_in_network"] == "yes",
        services_in_network=values["services_in_network"] == "yes",
        refused_ranges=tuple(IPv4Network(r) for r in values["refused_ranges"].split(";") if r),
        cluster_zones=int(values["cluster_zones"]),
        key_deletion_days=int(values["key_deletion_days"]),
        account_pattern=values["account_pattern"],
        account_meaning=values["account_meaning"],
        account_example=values["account_example"],
    )


@cache
def fabric_traits(kind: str) -> FabricTraits:
    """Raises KeyError for a kind that data/fabrics.csv does not know."""
    row = {row["kind"]: row for row in _read("fabrics")}[kind]
    return FabricTraits(row["own_networks"] == "yes", int(row["mtu"]), row["refused_because"])


@cache
def refused_requirements() -> dict[str, str]:
    """Conditions of machine types that the components cannot meet, each with the reason."""
    return {
        r["requirement"]: r["refused_because"]
        for r in _read("requirements")
        if r["refused_because"]
    }


def _read(name: str) -> list[dict[str, str]]:
    with (_DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

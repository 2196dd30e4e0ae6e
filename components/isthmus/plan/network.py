"""Lays out a site's network: subnets by zone or region, fabric networks, what stays outside."""

from collections.abc import Sequence
from ipaddress import IPv4Network

from isthmus.plan.addresses import ZONE_SLICES, divide_site, slice_range
from isthmus.plan.ledger import Ledger
from isthmus.plan.model import Fabric, NetworkPlan, PoolPlan, Subnet
from isthmus.plan.traits import CloudTraits, fabric_traits
from isthmus.spec.problem import Path

FLOW_LOG_DAYS = 90
"""Ours: a quarter to look back on after an incident. No law or standard was read for it."""


def plan_network(
    path: Path,
    whole: IPv4Network,
    zones: tuple[str, ...],
    traits: CloudTraits,
    pools: Sequence[PoolPlan],
    others: Sequence[IPv4Network],
    ledger: Ledger,
) -> NetworkPlan:
    """The network of one site. `others` are the ranges of all other sites and of the data
    centres."""
    ranges = divide_site(whole)
    fabric_subnets, mtu = _plan_fabric(path, ranges.fabric, pools, ledger)
    _tell_layout(path, zones, traits, ledger)
    return NetworkPlan(
        range=whole,
        zones=zones,
        node_subnets=_subnets("nodes", ranges.nodes, zones, traits),
        endpoint_subnets=_subnets("endpoints", ranges.endpoints, zones, traits),
        control_plane=Subnet(
            "control-plane", ranges.control_plane, zones[0] if traits.is_zonal else None
        ),
        pods=ranges.pods,
        services=ranges.services,
        fabric_subnets=fabric_subnets,
        fabric_mtu=mtu,
        flow_log_days=FLOW_LOG_DAYS,
        private_ranges=tuple(sorted(others)),
        network_ranges=ranges.network_ranges(traits.pods_in_network, traits.services_in_network),
    )


def _subnets(
    name: str, whole: IPv4Network, zones: tuple[str, ...], traits: CloudTraits
) -> tuple[Subnet, ...]:
    if not traits.is_zonal:
        return (Subnet(name, whole, None),)
    pieces = slice_range(whole, ZONE_SLICES)
    return tuple(
        Subnet(f"{name}-{number}", piece, zone)
        for number, (zone, piece) in enumerate(zip(zones, pieces, strict=False), start=1)
    )


def _plan_fabric(
    path: Path, whole: IPv4Network, pools: Sequence[PoolPlan], ledger: Ledger
) -> tuple[tuple[Subnet, ...], int]:
    """A subnet for each interface that needs a network of its own; pools share them, one after
    another."""
    fabrics = [p.fabric for p in pools if p.fabric and fabric_traits(p.fabric.kind).own_networks]
    if not fabrics:
        return (), 0
    widest = max(fabrics, key=lambda fabric: fabric.interfaces)
    traits = fabric_traits(widest.kind)
    pieces = slice_range(whole, widest.interfaces)[: widest.interfaces]
    choice = f"{len(pieces)} networks with an MTU of {traits.mtu} bytes"
    ledger.decide(
        path, choice, f"{widest.kind} wants a network of its own for each of its interfaces"
    )
    return tuple(
        Subnet(f"fabric-{n}", piece, None) for n, piece in enumerate(pieces, start=1)
    ), traits.mtu


def make_fabric(
    kind: str | None, interfaces: int | None, network_cards: int | None
) -> Fabric | None:
    return None if kind is None else Fabric(kind, interfaces or 0, network_cards or 0)


def _tell_layout(path: Path, zones: tuple[str, ...], traits: CloudTraits, ledger: Ledger) -> None:
    choice = f"node subnets in {len(zones)} zones" if traits.is_zonal else "one node subnet"
    reason = f"a subnet of this cloud reaches over a {traits.subnet_scope}"
    ledger.decide(path, choice, reason)

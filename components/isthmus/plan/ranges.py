"""Settles which range each site gets, and checks every range of the address plan against the
others."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

from isthmus.plan.addresses import (
    LONGEST_PREFIX,
    PRIVATE_RANGES,
    SHORTEST_PREFIX,
    is_private,
    overlap,
    place_sites,
    site_prefix,
)
from isthmus.plan.ledger import Ledger
from isthmus.plan.traits import cloud_traits
from isthmus.spec.model import Site, Spec
from isthmus.spec.problem import Path

PLAN_RANGE: Path = ("network", "range")


@dataclass(frozen=True, slots=True)
class Claim:
    """A range that someone wrote down."""

    title: str
    path: Path
    range: IPv4Network


def settle_ranges(spec: Spec, ledger: Ledger) -> Mapping[str, IPv4Network | None]:
    """Each site's range: the one written, or a free one of the plan; None where there is none
    left."""
    plan = spec.network.range
    centers = [
        Claim(f"data centre `{name}`", ("network", "dataCenters", name, "range"), center.range)
        for name, center in spec.network.data_centers.items()
    ]
    written = [
        Claim(f"site `{name}`", ("sites", name, "range"), site.range)
        for name, site in spec.sites.items()
        if site.range
    ]
    _check_plan_range(plan, ledger)
    for claim in written:
        _check_claim(claim, plan, ledger)
    _check_overlaps([*centers, *written], ledger)
    taken = [claim.range for claim in (*centers, *written)] + _refused(spec)
    open_sites = [name for name, site in spec.sites.items() if site.range is None]
    placed = place_sites(plan, open_sites, taken)
    _tell_places(plan, placed, ledger)
    ranges = {name: site.range or placed.get(name) for name, site in spec.sites.items()}
    for name, site in spec.sites.items():
        _check_refused(name, site, ledger)
    return ranges


def _refused(spec: Spec) -> list[IPv4Network]:
    """Ranges that one of the stack's clouds refuses: no site is placed there."""
    return [r for site in spec.sites.values() for r in cloud_traits(site.cloud).refused_ranges]


def _check_plan_range(plan: IPv4Network, ledger: Ledger) -> None:
    if not is_private(plan):
        ledger.object_to(
            PLAN_RANGE,
            plan,
            f"{plan} is not private",
            "addresses that others use on the internet could not be reached from the platform",
            f"use a range within one of: {', '.join(map(str, PRIVATE_RANGES))} (RFC 1918)",
        )
    elif plan.prefixlen > LONGEST_PREFIX:
        ledger.object_to(
            PLAN_RANGE,
            plan,
            f"{plan} is too small for a site",
            f"a site takes a /{LONGEST_PREFIX} at least",
            f"write a range of /{LONGEST_PREFIX} or larger",
        )


def _check_claim(claim: Claim, plan: IPv4Network, ledger: Ledger) -> None:
    size = claim.range.prefixlen
    because = (PLAN_RANGE,)
    if not SHORTEST_PREFIX <= size <= LONGEST_PREFIX:
        word = "large" if size < SHORTEST_PREFIX else "small"
        ledger.object_to(
            claim.path,
            claim.range,
            f"a /{size} is too {word} for a site",
            f"a site takes a /{SHORTEST_PREFIX} (the largest an AWS network can be) to "
            f"a /{LONGEST_PREFIX} (below it, services no longer fit)",
            f"write {IPv4Network((claim.range.network_address, SHORTEST_PREFIX), strict=False)}, "
            "or leave it out and a free range is chosen",
        )
    elif not claim.range.subnet_of(plan) and is_private(plan):
        ledger.object_to(
            claim.path,
            claim.range,
            f"{claim.range} lies outside of the address plan",
            f"all sites are cut from {plan}, so that one rule can name them all",
            f"choose a /{size} within {plan}, or leave it out and a free one is chosen",
            because=because,
        )


def _check_overlaps(claims: list[Claim], ledger: Ledger) -> None:
    for index, claim in enumerate(claims):
        for other in claims[:index]:
            common = overlap(claim.range, other.range)
            if common is not None:
                _object_to_overlap(claim, other, common, ledger)


def _object_to_overlap(claim: Claim, other: Claim, common: IPv4Network, ledger: Ledger) -> None:
    is_site = claim.path[0] == "sites"
    hint = "move one of the two" + ("; without `range:` a free one is chosen" if is_site else "")
    ledger.object_to(
        claim.path,
        claim.range,
        f"{claim.title} overlaps {other.title} ({other.range}) in {common}",
        "an address that two networks have cannot be routed between them",
        hint,
        (other.path,),
    )


def _check_refused(name: str, site: Site, ledger: Ledger) -> None:
    path: Path = ("sites", name, "range")
    for refused in cloud_traits(site.cloud).refused_ranges:
        common = overlap(site.range, refused) if site.range else None
        if common is not None:
            ledger.object_to(
                path,
                site.range,
                f"{site.cloud} does not take {common} for a cluster's network",
                f"its cluster service keeps {refused} for itself",
                "choose another range, or leave it out and a free one is chosen",
                (("sites", name, "cloud"),),
            )


def _tell_places(
    plan: IPv4Network, placed: Mapping[str, IPv4Network | None], ledger: Ledger
) -> None:
    for name, place in placed.items():
        if place is not None:
            reason = f"free in {plan}, picked by the site's name; write it down to pin it"
            ledger.decide(("sites", name, "range"), str(place), reason)
        elif plan.prefixlen <= LONGEST_PREFIX:
            size = site_prefix(plan)
            ledger.object_to(
                ("sites", name),
                None,
                f"the address plan has no /{size} left for site `{name}`",
                f"{plan} is used up by the other sites and data centres",
                "widen `network.range`",
                (PLAN_RANGE,),
            )

"""Checks where sites lie: the account, the region and the law that holds there; chooses their
zones."""

import re
from collections.abc import Sequence

from isthmus.plan.ledger import Ledger
from isthmus.plan.traits import cloud_traits
from isthmus.spec.model import Pool, Residency, Site
from isthmus.spec.problem import Path
from isthmus_catalog import (
    Cloud,
    Region,
    is_offered,
    jurisdictions,
    nearest,
    offers,
    region,
    regions,
)

RESIDENCY: Path = ("residency", "jurisdictions")


def check_residency(residency: Residency, ledger: Ledger) -> frozenset[str] | None:
    """The tags a region must carry one of, with misspelt ones understood; None if one is beyond
    guessing."""
    known = jurisdictions()
    allowed: set[str] = set()
    guessed = True
    for index, tag in enumerate(residency.jurisdictions):
        if tag in known:
            allowed.add(tag)
            continue
        close = nearest(tag, sorted(known), 3)
        guess = (
            f"did you mean {', '.join(close)}?"
            if close
            else f"tags in use: {', '.join(sorted(known))}"
        )
        ledger.object_to(
            (*RESIDENCY, index),
            tag,
            f"no region carries the tag `{tag}`",
            "a residency that no region can meet would forbid everything",
            guess,
        )
        allowed.update(close[:1])
        guessed = guessed and bool(close)
    return frozenset(allowed) if guessed else None


def check_account(name: str, site: Site, ledger: Ledger) -> None:
    traits = cloud_traits(site.cloud)
    if site.account is not None and not re.fullmatch(traits.account_pattern, site.account):
        path: Path = ("sites", name)
        ledger.object_to(
            (*path, "account"),
            site.account,
            f"this is no account of {site.cloud}",
            f"{site.cloud} wants {traits.account_meaning}",
            f"for example {traits.account_example}",
            ((*path, "cloud"),),
        )


def check_region(
    name: str, site: Site, allowed: frozenset[str] | None, residency: Residency, ledger: Ledger
) -> Region | None:
    """The site's region, if it exists and the residency allows it."""
    path: Path = ("sites", name, "region")
    found = region(site.cloud, site.region)
    if found is None:
        _object_to_unknown(name, site, ledger)
        return None
    if allowed is None or found.jurisdictions & allowed:
        return found
    tags, wanted = ", ".join(sorted(found.jurisdictions)), ", ".join(residency.jurisdictions)
    ledger.object_to(
        path,
        site.region,
        f"`{found.name}` lies outside of the residency",
        f"data may stay in {wanted} only; {found.display_name} lies in {tags or 'none'}",
        _allowed_regions(site, allowed),
        (
            ("sites", name, "cloud"),
            *((*RESIDENCY, i) for i, _ in enumerate(residency.jurisdictions)),
        ),
    )
    return None


def _object_to_unknown(name: str, site: Site, ledger: Ledger) -> None:
    others = [cloud for cloud in Cloud if cloud != site.cloud and region(cloud, site.region)]
    close = nearest(site.region, [r.name for r in regions(site.cloud)], 3)
    guess = f"did you mean {', '.join(close)}?" if close else "see the cloud's list of regions"
    if others:
        guess = f"it is a region of {others[0]}: write `cloud: {others[0]}`, or another region"
    ledger.object_to(
        ("sites", name, "region"),
        site.region,
        f"{site.cloud} has no region `{site.region}`",
        "the catalogue holds every region of the clouds; machines, zones and law depend on it",
        guess,
        (("sites", name, "cloud"),),
    )


def _allowed_regions(site: Site, allowed: frozenset[str]) -> str:
    """Regions that may be used instead: those that sell the site's machines first, then by
    carbon."""
    candidates = [r for r in regions(site.cloud) if r.jurisdictions & allowed]
    if not candidates:
        return f"{site.cloud} has no region there: choose another cloud, or widen the residency"
    pools = list(site.cluster.pools.values()) if site.cluster else []
    selling = [r for r in candidates if pools and all(_sells(r, pool) for pool in pools)]
    best = sorted(selling or candidates, key=lambda r: (r.grid_gco2e_per_kwh or 9e9, r.name))
    note = " (they sell what the site's pools ask for)" if selling else ""
    return f"use one of: {', '.join(r.name for r in best[:4])}{note}"


def _sells(place: Region, pool: Pool) -> bool:
    if pool.machine_type is not None:
        return is_offered(place.cloud, place.name, pool.machine_type) is True
    return bool(offers(place.cloud, place.name, accelerator=pool.accelerator))


def choose_zones(
    name: str, site: Site, place: Region, wanted: Sequence[tuple[str, ...]], ledger: Ledger
) -> tuple[str, ...] | None:
    """The zones of a site's network, in the region's order; None if there is a problem with them.

    `wanted` are the zones that sell each pool's machine. Zones that serve pools not served yet come
    first.
    """
    if not place.zones:
        return _without_zones(name, site, place, ledger)
    if site.zones > len(place.zones) and "zones" in site.model_fields_set:
        ledger.object_to(
            ("sites", name, "zones"),
            site.zones,
            f"{place.name} has {len(place.zones)} zones",
            f"its zones are {', '.join(place.zones)}",
            f"write a number up to {len(place.zones)}",
            (("sites", name, "region"), ("sites", name, "cloud")),
        )
        return None
    chosen = _cover(place.zones, min(site.zones, len(place.zones)), wanted)
    ledger.decide(
        ("sites", name, "zones"),
        ", ".join(chosen),
        f"{len(chosen)} of the region's {len(place.zones)} zones, "
        "those first that sell the pools' machines",
    )
    return chosen


def _without_zones(name: str, site: Site, place: Region, ledger: Ledger) -> tuple[str, ...] | None:
    reason = place.note or "the catalogue lists no zones there"
    if cloud_traits(site.cloud).is_zonal:
        known = [
            r.name for r in regions(site.cloud) if r.zones and r.jurisdictions & place.jurisdictions
        ]
        ledger.object_to(
            ("sites", name, "region"),
            site.region,
            f"the zones of {place.name} are not known",
            f"each subnet of {site.cloud} lies in one zone ({reason})",
            f"use a region whose zones are known: {', '.join(known[:4]) or 'elsewhere'}",
            (("sites", name, "cloud"),),
        )
        return None
    ledger.decide(
        ("sites", name, "zones"),
        "none",
        f"the cloud places machines as it can: {reason}",
        certain=False,
    )
    return ()


def _cover(
    zones: tuple[str, ...], count: int, wanted: Sequence[tuple[str, ...]]
) -> tuple[str, ...]:
    chosen: list[str] = []
    while len(chosen) < count:
        waiting = [w for w in wanted if w and not set(w) & set(chosen)] or wanted
        left = [zone for zone in zones if zone not in chosen]
        chosen.append(max(left, key=lambda zone: sum(zone in w for w in waiting)))
    return tuple(zone for zone in zones if zone in chosen)

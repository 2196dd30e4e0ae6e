"""The accelerators of a whole stack: who keeps them, and what they cost at their most."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from isthmus_policies.graph import Graph
from isthmus_policies.market import HOURS_PER_MONTH, Market, Offer
from isthmus_policies.questions.fleets import FLEET_TYPES, Fleet, fleets_of, is_accelerated
from isthmus_policies.questions.whereabouts import locate
from isthmus_policies.resource import Resource
from isthmus_policies.values import MISSING, Located, Mark, is_true, reveal
from isthmus_policies.verdict import NotApplicable, Unknown

NO_ACCELERATORS = NotApplicable("it keeps no machines with accelerators")


@dataclass(frozen=True, slots=True)
class Holding:
    """A resource and those of its fleets that carry accelerators, or may."""

    resource: Resource
    fleets: tuple[Fleet, ...]
    is_certain: bool


def holding_of(resource: Resource, graph: Graph, market: Market) -> Holding | None:
    """None if the resource keeps no accelerators."""
    answers = [
        (fleet, is_accelerated(fleet, _cloud_of(resource), market))
        for fleet in fleets_of(resource, graph)
    ]
    fleets = tuple(fleet for fleet, answer in answers if answer is not False)
    is_certain = any(answer is True for _, answer in answers)
    return Holding(resource, fleets, is_certain) if fleets else None


def _holdings(graph: Graph, market: Market) -> tuple[Holding, ...]:
    found = (holding_of(each, graph, market) for each in graph.of_type(*FLEET_TYPES))
    return tuple(each for each in found if each)


def speaks_for(resource: Resource, graph: Graph, market: Market) -> Holding | None:
    """The holding that answers for all of its cloud, which is the first certain one, if it is the
    resource's own. A finding about a whole stack is thereby told once."""
    speaker = graph.once(_speakers, market).get(resource.cloud)
    return speaker if speaker and speaker.resource.urn == resource.urn else None


def _speakers(graph: Graph, market: Market) -> Mapping[str | None, Holding]:
    speakers: dict[str | None, Holding] = {}
    for each in graph.once(_holdings, market):
        first = speakers.setdefault(each.resource.cloud, each)
        if each.is_certain and not first.is_certain:
            speakers[each.resource.cloud] = each
    return speakers


@dataclass(frozen=True, slots=True)
class Bill:
    """What the accelerators of a stack cost a month at their most, by the URN of who keeps them."""

    shares: Mapping[str, float]
    """What is known to be spent at least: above a ceiling, the rest does not matter."""
    doubts: Mapping[str, tuple[Unknown, ...]]
    total_usd: float
    dearest: str
    """The URN of the largest share; empty where there are none."""


def bill_of(graph: Graph, market: Market) -> Bill:
    return graph.once(_add_up, market)


def _add_up(graph: Graph, market: Market) -> Bill:
    shares: dict[str, float] = {}
    doubts: dict[str, tuple[Unknown, ...]] = {}
    for each in graph.once(_holdings, market):
        costs = [monthly_usd(each.resource, fleet, graph, market) for fleet in each.fleets]
        shares[each.resource.urn] = sum(cost for cost in costs if not isinstance(cost, Unknown))
        doubts[each.resource.urn] = tuple(cost for cost in costs if isinstance(cost, Unknown))
    dearest = max(shares, key=lambda urn: shares[urn], default="")
    return Bill(shares, doubts, sum(shares.values()), dearest)


def place_of(resource: Resource, homes: tuple[Resource, ...], graph: Graph) -> Located | None:
    """Where the resource is, or else what it belongs to; None if nothing says it."""
    answers = (locate(each, graph) for each in (resource, *homes))
    return next((each for each in answers if isinstance(each, Located)), None)


def monthly_usd(resource: Resource, fleet: Fleet, graph: Graph, market: Market) -> float | Unknown:
    """What a fleet costs a month at its most, at list price; a price not on record is unknown."""
    most = fleet.most
    if most.value == 0:
        return 0.0
    if most.value is MISSING:
        return Unknown("nothing bounds how many machines there will be", most.path)
    if isinstance(most.value, Mark):
        return Unknown("how many machines there will be is not known yet", most.path)
    place = place_of(resource, fleet.homes, graph)
    if place is None:
        return Unknown("where its machines are is not known")
    prices = [_hourly_usd(resource, fleet, each, place, market) for each in fleet.machines]
    unknown = next((price for price in prices if isinstance(price, Unknown)), None)
    if unknown or not prices:
        return unknown or Unknown("which machines these are is not said")
    return max(cast(list[float], prices)) * most.value * HOURS_PER_MONTH


def _hourly_usd(
    resource: Resource, fleet: Fleet, machine: Located, place: Located, market: Market
) -> float | Unknown:
    name, where, cloud = reveal(machine.value), reveal(place.value), _cloud_of(resource)
    if not isinstance(name, str) or not isinstance(where, str):
        return Unknown("which machines these are, or where, is not known yet", machine.path)
    known = market.machine(cloud, name)
    if known is None:
        return Unknown(f"'{name}' is not in the machine catalogue", machine.path)
    price = _price(market.offer(cloud, where, name), is_spot=is_true(fleet.spot))
    if price is None or (fleet.attached and known.accelerator is None):
        return Unknown(f"the price of '{name}' in '{where}' is not on record", machine.path)
    return price


def _cloud_of(resource: Resource) -> str:
    return cast(str, resource.cloud)  # only types of a cloud keep machines


def _price(offer: Offer | None, *, is_spot: bool) -> float | None:
    """Where it is not known whether machines are spot, they are not: that costs more."""
    if offer is None:
        return None
    return offer.spot_usd_per_hour if is_spot else offer.on_demand_usd_per_hour

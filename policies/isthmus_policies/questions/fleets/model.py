"""A fleet: machines of one kind that a resource keeps, in words that hold for every cloud."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from isthmus_policies.market import Market
from isthmus_policies.resource import Resource
from isthmus_policies.values import MISSING, UNKNOWN, Located, Mark, Value, reveal

Number = float | Mark


@dataclass(frozen=True, slots=True)
class Count:
    """How many machines, and the property that says so: MISSING if nothing does."""

    path: str
    value: Number


ONE = Count("", 1)


@dataclass(frozen=True, slots=True)
class Fleet:
    machines: tuple[Located, ...]
    """The types it may be made of; UNKNOWN where a template is not of this stack."""
    attached: tuple[Located, ...] = ()
    """Accelerators that are added to the machine type."""
    least: Count = ONE
    most: Count = ONE
    spot: Value = MISSING
    """True where the cloud may take the machines back; MISSING counts as false."""
    single: bool = False
    """One machine by itself, which no autoscaler starts or stops."""
    homes: tuple[Resource, ...] = field(default=())
    """Where it belongs, such as its cluster: says where it is and what for, if it does not."""


def is_accelerated(fleet: Fleet, cloud: str, market: Market) -> bool | None:
    """Whether its machines carry accelerators; None if a type is not known, or not on record."""
    answers = [None if each.value is UNKNOWN else True for each in fleet.attached]
    answers += [_carries(each.value, cloud, market) for each in fleet.machines]
    if True in answers:
        return True
    return None if None in answers else False


def _carries(value: Value, cloud: str, market: Market) -> bool | None:
    name = reveal(value)
    machine = market.machine(cloud, name) if isinstance(name, str) else None
    return None if machine is None else machine.accelerator is not None


def number_at(resource: Resource, path: str) -> Count:
    """The number at a path. Azure writes some as text; other text counts as not known."""
    return Count(path, _number(resource.get(path)))


def unless_missing(count: Count, otherwise: Number) -> Count:
    return Count(count.path, otherwise) if count.value is MISSING else count


def times(count: Count, factor: Number) -> Count:
    """Nothing said stays nothing said, and no machine in each zone is none in all."""
    value = count.value
    if value is MISSING or value == 0:
        return count
    if isinstance(value, Mark) or isinstance(factor, Mark):
        return Count(count.path, UNKNOWN)
    return Count(count.path, value * factor)


def first_said(counts: Iterable[Count]) -> Count:
    """The first that says anything, else the first."""
    found = list(counts)
    return next((each for each in found if each.value is not MISSING), found[0])


def _number(value: Value) -> Number:
    value = reveal(value)
    if isinstance(value, str):
        return float(value) if value.isdecimal() else UNKNOWN
    if isinstance(value, Mark):
        return value
    return float(value) if isinstance(value, int | float) else MISSING

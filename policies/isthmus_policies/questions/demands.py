"""What is asked of the place a resource is in: the stack's jurisdictions, and those of its data."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from isthmus_policies.graph import Graph
from isthmus_policies.questions.tagged import CLASSIFICATION, tag_of
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context
from isthmus_policies.tables import copy_sources
from isthmus_policies.values import UNKNOWN
from isthmus_policies.verdict import Fail, Pass, Unknown, Verdict


@dataclass(frozen=True, slots=True)
class Demand:
    """One set of jurisdictions, of which a place must carry at least one."""

    allowed: frozenset[str]
    classification: str = ""
    """Empty if it is asked of everything in the stack."""
    certain: bool = True
    """Whether the data is known to be of that class, or only may be."""


class Classes(NamedTuple):
    """How data is classified."""

    known: frozenset[str]
    undecided: bool
    """Whether it may be of other classes too."""


def demands_on(resource: Resource, context: Context, graph: Graph) -> tuple[Demand, ...]:
    """All that is asked of a resource. A class never widens what the stack allows: it narrows."""
    settings = context.settings
    if not settings.by_classification:
        return (Demand(settings.jurisdictions),)
    classes = classes_of(resource, graph)
    narrower = (
        Demand(allowed, name, certain=name in classes.known)
        for name, allowed in sorted(settings.by_classification.items())
        if name in classes.known or classes.undecided
    )
    return (Demand(settings.jurisdictions), *narrower)


def classes_of(resource: Resource, graph: Graph, seen: frozenset[str] = frozenset()) -> Classes:
    """The class that the resource is tagged with, and those of the data that it is a copy of."""
    tag = tag_of(resource, CLASSIFICATION)
    own = frozenset((tag.casefold(),)) if isinstance(tag, str) else frozenset[str]()
    copied = [
        _classes_at(resource, path, graph, seen | {resource.urn})
        for path in copy_sources().get(resource.type, ())
        if any(resource.find(path))
    ]
    known = own.union(*(each.known for each in copied))
    return Classes(known, tag is UNKNOWN or (not own and any(each.undecided for each in copied)))


def judge_demands(name: str, held: frozenset[str], path: str, demands: Iterable[Demand]) -> Verdict:
    """Whether a place with these jurisdictions meets every demand; the worst answer of all."""
    return worst(_judge_demand(name, held, path, demand) for demand in demands)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """A failure if there is one, else an unknown, else that all is well."""
    bad: dict[type[Verdict], Verdict] = {}
    for verdict in verdicts:
        bad.setdefault(type(verdict), verdict)
    return bad.get(Fail) or bad.get(Unknown) or Pass()


def _classes_at(resource: Resource, path: str, graph: Graph, seen: frozenset[str]) -> Classes:
    sources = [each for each in graph.references(resource, path) if each.urn not in seen]
    found = [classes_of(source, graph, seen) for source in sources]
    known = frozenset[str]().union(*(each.known for each in found))
    return Classes(known, not found or any(each.undecided for each in found))


def _judge_demand(name: str, held: frozenset[str], path: str, demand: Demand) -> Verdict:
    if held & demand.allowed:
        return Pass()
    said = ", ".join(sorted(held)) or "no single jurisdiction on record"
    wanted = ", ".join(sorted(demand.allowed))
    if not demand.certain:
        message = f"'{name}' is in {said}, and whether the data is {demand.classification}"
        return Unknown(f"{message}, which stays in {wanted}, cannot be told", path)
    where = (
        f"{wanted}, where {demand.classification} data stays" if demand.classification else wanted
    )
    return Fail(f"'{name}' is in {said}, not in {where}", path)

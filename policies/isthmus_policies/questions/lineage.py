"""Which data a cluster, job or function may read: what it names, and what it is granted."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from isthmus_policies.graph import Graph
from isthmus_policies.questions.grants_by_pattern import granted_by_pattern
from isthmus_policies.questions.mentions import names_in
from isthmus_policies.resource import Resource
from isthmus_policies.tables import parts_in_processing
from isthmus_policies.values import Value, contains_unknown, find, reveal

_IAM = re.compile(r"gcp:.*IAM(Member|Binding|Policy)")
_LEADS_TO: Mapping[str, tuple[str, ...]] = {
    "processor": ("store", "identity", "binding", "processor"),
    "binding": ("store", "identity", "binding"),
    "identity": ("store", "grant"),
    "grant": ("store", "grant"),
}
_IS_NAMED_BY: Mapping[str, tuple[str, ...]] = {
    "processor": ("binding", "grant"),
    "identity": ("grant",),
}
"""A grant leads to no identity: whoever else has the same grant reads on his own account."""


class Read(NamedTuple):
    data: tuple[Resource, ...]
    """The stores within reach, and the processors that it belongs to: a pool's cluster."""
    undecided: bool
    """Whether a value on the way is unknown, and so may name any other store."""


class _Links(NamedTuple):
    named: Mapping[str, list[Resource]]
    naming: Mapping[str, list[Resource]]


def part_of(token: str) -> str:
    """Whether a type is a store, a processor of data, or what stands between them; else nothing."""
    return parts_in_processing().get(token) or ("grant" if _IAM.fullmatch(token) else "")


def read_by(processor: Resource, graph: Graph) -> Read:
    links = graph.once(_link)
    reached, todo = {processor.urn: processor}, [processor]
    while todo:
        for other in _next_to(todo.pop(), links):
            if other.urn not in reached:
                reached[other.urn] = other
                todo.append(other)
    passed = [each for each in reached.values() if part_of(each.type) != "store"]
    data = [each for each in reached.values() if part_of(each.type) in ("store", "processor")]
    undecided = any(_is_undecided(each) for each in passed)
    return Read(tuple(each for each in data if each.urn != processor.urn), undecided)


def _next_to(here: Resource, links: _Links) -> Iterator[Resource]:
    part = part_of(here.type)
    named, naming = links.named.get(here.urn, ()), links.naming.get(here.urn, ())
    yield from (each for each in named if part_of(each.type) in _LEADS_TO.get(part, ()))
    yield from (each for each in naming if part_of(each.type) in _IS_NAMED_BY.get(part, ()))


def _link(graph: Graph) -> _Links:
    named: dict[str, list[Resource]] = defaultdict(list)
    naming: dict[str, list[Resource]] = defaultdict(list)
    for resource in graph.resources:
        if part_of(resource.type) not in _LEADS_TO:
            continue
        for other in _others_in(resource, graph):
            named[resource.urn].append(other)
            naming[other.urn].append(resource)
    return _Links(named, naming)


def _others_in(resource: Resource, graph: Graph) -> list[Resource]:
    """Everything that any property of a resource was made from, or has the name of in it."""
    urns = [urn for origins in resource.dependencies.values() for urn in origins]
    found = [graph.by_urn[urn] for urn in urns if urn in graph.by_urn]
    for text in _texts_in(resource.props):
        found += [each for name in names_in(text) for each in graph.named(name)]
    found += granted_by_pattern(resource, graph)
    return list({each.urn: each for each in found}.values())


def _texts_in(value: Value) -> Iterator[str]:
    value = reveal(value)
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for found in find(value, "*") for text in _texts_in(found.value))
    elif isinstance(value, list | tuple):
        yield from (text for child in value for text in _texts_in(child))


def _is_undecided(resource: Resource) -> bool:
    return any(
        contains_unknown(value) and not resource.dependencies.get(key)
        for key, value in resource.props.items()
    )

"""Judges the further places that a resource's data goes to, by the tables that name them."""

from collections.abc import Iterable, Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.demands import Demand, demands_on, worst
from isthmus_policies.questions.mentions import mentioned, place_in
from isthmus_policies.questions.whereabouts import judge_place, locate
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context
from isthmus_policies.tables import ReplicaPath, copy_sources, replica_paths
from isthmus_policies.values import Located
from isthmus_policies.verdict import Unknown, Verdict

ANYTHING = ("*",)
"""Targets of a path whose whole value is the name of what receives the data."""


def judge_destinations(
    resource: Resource, paths: Iterable[ReplicaPath], context: Context, graph: Graph
) -> Iterator[Verdict]:
    """One verdict for each place or resource that the paths lead to; none where they are unset."""
    demands = demands_on(resource, context, graph)
    for row in paths:
        for found in resource.find(row.path):
            if row.targets:
                yield _judge_target(resource, found, row.targets, context, graph, demands)
            else:
                yield judge_place(resource, found, context, demands)


def _judge_target(
    resource: Resource,
    found: Located,
    targets: tuple[str, ...],
    context: Context,
    graph: Graph,
    demands: tuple[Demand, ...],
) -> Verdict:
    """Judges where the data goes: to a resource of the stack, or to one whose name says where."""
    types = () if targets == ANYTHING else targets
    others = mentioned(resource, found, types, graph)
    told = [
        verdict for each in others for verdict in _judge_whereabouts(each, context, graph, demands)
    ]
    if told:
        return worst(told)
    place = place_in(resource.cloud, found.value)
    if place:
        return judge_place(resource, Located(found.path, place), context, demands)
    return Unknown("the data goes out of this stack, to a place that cannot be seen", found.path)


def _judge_whereabouts(
    target: Resource,
    context: Context,
    graph: Graph,
    demands: tuple[Demand, ...],
    seen: frozenset[str] = frozenset(),
) -> list[Verdict]:
    """Judges where a resource is; what has no place of its own is where its parent or its data is.

    No verdict at all for what has no place in any way, such as a role.
    """
    place = locate(target, graph)
    if isinstance(place, Unknown):
        return [place]
    if isinstance(place, Located):
        return [judge_place(target, _in(target, place), context, demands)]
    parents = [
        parent
        for path in copy_sources().get(target.type, ())
        for parent in graph.references(target, path)
        if parent.urn not in seen  # names may be alike by chance, and lead back
    ]
    inherited = [
        verdict
        for parent in parents
        for verdict in _judge_whereabouts(parent, context, graph, demands, seen | {target.urn})
    ]
    return inherited or [
        judge_place(target, _in(target, found), context, demands)
        for row in replica_paths().get(target.type, ())
        if not row.targets
        for found in target.find(row.path)
    ]


def _in(target: Resource, found: Located) -> Located:
    return Located(f"{target.name}: {found.path}", found.value)

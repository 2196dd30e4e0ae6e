"""The stack as a graph: which resource another one names, even when the name is not known yet."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar, TypeVarTuple, cast

from isthmus_policies.resource import Resource
from isthmus_policies.values import UNKNOWN, find

Answer = TypeVar("Answer")
Given = TypeVarTuple("Given")

IDENTITIES = ("id", "arn", "name", "selfLink", "keyId")
"""Properties whose value others write to name a resource."""

OWN_IDENTITIES: Mapping[str, tuple[str, ...]] = {
    "aws:redshift/cluster:Cluster": ("clusterIdentifier",),
    "aws:s3/bucket:Bucket": ("bucket",),
    "aws:s3/bucketV2:BucketV2": ("bucket",),
    "azure-native:machinelearningservices:Workspace": ("workspaceName",),
    "azure-native:resources:ResourceGroup": ("resourceGroupName",),
    "azure-native:storage:BlobContainer": ("containerName",),
    "azure-native:storage:StorageAccount": ("accountName",),
    "azure-native:synapse:SqlPool": ("sqlPoolName",),
    "azure-native:synapse:Workspace": ("workspaceName",),
    "gcp:bigquery/dataset:Dataset": ("datasetId",),
}
"""Further ones that identify only resources of their own type: elsewhere they point at another."""


class Graph:
    """Resources by URN and type, and the references among them.

    A reference is seen in two ways: the engine says that the property's value came from the
    resource (this holds while the value is unknown), or the value equals one of the resource's
    known names. The engine tells the origin of top-level properties only, so a reference found at
    `a.b` by origin means: something in `a` came from that resource.
    """

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.resources = tuple(resources)
        self.by_urn = {resource.urn: resource for resource in self.resources}
        self._by_type: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources:
            self._by_type[resource.type].append(resource)
        self._answers: dict[tuple[object, ...], object] = {}

    def once(self, ask: Callable[["Graph", *Given], Answer], *given: *Given) -> Answer:
        """What a function says of the whole stack, worked out when it is first asked for what is given.

        Rules are asked for every resource: one that goes through other resources each time takes
        four times as long for a stack of twice the size.
        """
        key = (ask, *given)
        if key not in self._answers:
            self._answers[key] = ask(self, *given)
        return cast(Answer, self._answers[key])

    def of_type(self, *types: str) -> list[Resource]:
        return [resource for token in types for resource in self._by_type.get(token, ())]

    def references(
        self, resource: Resource, path: str, types: tuple[str, ...] = ()
    ) -> list[Resource]:
        """The stack's resources that the value at `path` names or was made from."""
        top = path.partition(".")[0].partition("[")[0]
        found = [
            self.by_urn[urn] for urn in resource.dependencies.get(top, ()) if urn in self.by_urn
        ]
        for located in find(resource.props, path):
            if isinstance(located.value, str):
                found += self.named(located.value)
        unique = {other.urn: other for other in found if other.urn != resource.urn}
        return [other for other in unique.values() if not types or other.type in types]

    def referenced_by(self, target: Resource, path: str, types: tuple[str, ...]) -> list[Resource]:
        """The resources of the given types whose value at `path` names `target`."""
        return [
            other
            for token in types
            for other in self.once(_referrers, token, path).get(target.urn, ())
        ]

    def named(self, name: str) -> Sequence[Resource]:
        """The resources that have this as an id, an ARN or a name."""
        return self.once(_by_name).get(name, ())

    def unresolved(self, path: str, types: tuple[str, ...]) -> Sequence[Resource]:
        """Those of the given types whose value at `path` is unknown and of unknown origin.

        Any of them may turn out to name any resource.
        """
        return self.once(_unresolved, path, types)


def _by_name(graph: Graph) -> Mapping[str, list[Resource]]:
    index: dict[str, list[Resource]] = defaultdict(list)
    for resource in graph.resources:
        for identity in identities_of(resource):
            index[identity].append(resource)
    return index


def _referrers(graph: Graph, token: str, path: str) -> Mapping[str, list[Resource]]:
    """By the URN of what they name: the resources of a type that name it at a path."""
    index: dict[str, list[Resource]] = defaultdict(list)
    for other in graph.of_type(token):
        for target in graph.references(other, path):
            index[target.urn].append(other)
    return index


def _unresolved(graph: Graph, path: str, types: tuple[str, ...]) -> Sequence[Resource]:
    return [
        other
        for other in graph.of_type(*types)
        if _is_unknown(other, path) and not graph.references(other, path)
    ]


def _is_unknown(resource: Resource, path: str) -> bool:
    return any(found.value is UNKNOWN for found in find(resource.props, path))


def identities_of(resource: Resource) -> set[str]:
    """The known values by which others may name a resource."""
    keys = IDENTITIES + OWN_IDENTITIES.get(resource.type, ())
    values = [tree.get(key) for tree in (resource.outputs, resource.props) for key in keys]
    return {value for value in values if isinstance(value, str) and value}

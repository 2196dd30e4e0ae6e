"""Compute Engine machines and groups, GKE node pools and Cloud TPUs."""

from collections.abc import Callable, Iterator, Mapping

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import is_word
from isthmus_policies.questions.fleets.model import (
    Count,
    Fleet,
    Number,
    first_said,
    number_at,
    times,
    unless_missing,
)
from isthmus_policies.questions.gke import CLUSTER, NODE_POOL, has_nodes_of_its_own, is_autopilot
from isthmus_policies.resource import Resource
from isthmus_policies.values import MISSING, UNKNOWN, Located, Value, as_list, is_true, reveal

INSTANCE = "gcp:compute/instance:Instance"
TPU = "gcp:tpu/v2Vm:V2Vm"
GROUPS = (
    "gcp:compute/instanceGroupManager:InstanceGroupManager",
    "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager",
)
_TEMPLATES = (
    "gcp:compute/instanceTemplate:InstanceTemplate",
    "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate",
)
_AUTOSCALERS = (
    "gcp:compute/autoscaler:Autoscaler",
    "gcp:compute/regionAutoscaler:RegionAutoscaler",
)
_ZONES_OF_A_REGION = 3
"""Nodes of a regional cluster are in three zones unless it names them. Source:
docs.cloud.google.com/kubernetes-engine/docs/concepts/regional-clusters."""


def _instance(resource: Resource, graph: Graph) -> Iterator[Fleet]:
    machines = tuple(resource.find("machineType"))
    attached = _attached(resource, "guestAccelerators")
    yield Fleet(machines, attached, spot=_spot(resource, "scheduling"), single=True)


def _group(resource: Resource, graph: Graph) -> Iterator[Fleet]:
    scaler = next(iter(graph.referenced_by(resource, "target", _AUTOSCALERS)), None)
    fixed = unless_missing(number_at(resource, "targetSize"), UNKNOWN)
    least, most = _limits_of(scaler) if scaler else (fixed, fixed)
    paths = [f"{each.path}.instanceTemplate" for each in resource.find("versions.*")]
    found = {path: graph.references(resource, path, _TEMPLATES) for path in paths}
    templates = tuple({each.urn: each for named in found.values() for each in named}.values())
    hidden = [Located(path, UNKNOWN) for path, named in found.items() if not named]
    machines = [kind for each in templates for kind in each.find("machineType")]
    attached = [kind for each in templates for kind in _attached(each, "guestAccelerators")]
    spot = all(_spot(each, "scheduling") is True for each in templates)
    yield Fleet((*machines, *hidden), tuple(attached), least, most, spot, homes=templates)


def _limits_of(scaler: Resource) -> tuple[Count, Count]:
    policy = "autoscalingPolicy"
    return number_at(scaler, f"{policy}.minReplicas"), number_at(scaler, f"{policy}.maxReplicas")


def _node_pool(resource: Resource, graph: Graph) -> Iterator[Fleet]:
    homes = tuple(graph.references(resource, "cluster", (CLUSTER,)))
    yield _pool_at(resource, "", homes)


def _cluster(resource: Resource, graph: Graph) -> Iterator[Fleet]:
    if is_autopilot(resource):
        return
    for pool in resource.find("nodePools.*"):
        yield _pool_at(resource, f"{pool.path}.", ())
    if has_nodes_of_its_own(resource):
        yield _pool_at(resource, "", ())


def _pool_at(resource: Resource, start: str, homes: tuple[Resource, ...]) -> Fleet:
    node = f"{start}nodeConfig"
    least, most = _size_at(resource, start, _zones_at(resource, start, homes))
    return Fleet(
        tuple(resource.find(f"{node}.machineType")),
        _attached(resource, f"{node}.guestAccelerators"),
        least, most, _spot(resource, node), homes=homes,
    )  # fmt: skip


def _size_at(resource: Resource, start: str, zones: Number) -> tuple[Count, Count]:
    """The fewest and most nodes of a pool: limits in total, or for each of its zones."""
    scaling = f"{start}autoscaling"
    if resource.get(scaling) is not MISSING:
        least, most = (
            first_said(
                (
                    number_at(resource, f"{scaling}.total{each}NodeCount"),
                    times(number_at(resource, f"{scaling}.{each.lower()}NodeCount"), zones),
                )
            )
            for each in ("Min", "Max")
        )
        return unless_missing(least, 0), most
    paths = (f"{start}nodeCount", f"{start}initialNodeCount")
    fixed = unless_missing(first_said(number_at(resource, each) for each in paths), UNKNOWN)
    return times(fixed, zones), times(fixed, zones)


def _zones_at(resource: Resource, start: str, homes: tuple[Resource, ...]) -> Number:
    """How many zones the limits are for: those it names, else its cluster's."""
    for place in dict.fromkeys((f"{start}nodeLocations", "nodeLocations")):
        for each in (resource, *homes):
            zones = reveal(each.get(place))
            if zones is UNKNOWN:
                return UNKNOWN
            if as_list(zones):
                return len(as_list(zones))
    return next((_zones_of(each) for each in (resource, *homes) if each.has("location")), UNKNOWN)


def _zones_of(resource: Resource) -> Number:
    """A place such as europe-west4 is a region, europe-west4-a a zone."""
    place = resource.get("location")
    if not isinstance(place, str):
        return UNKNOWN
    return 1 if place.count("-") > 1 else _ZONES_OF_A_REGION


def _tpu(resource: Resource, graph: Graph) -> Iterator[Fleet]:
    attached = (Located(resource.type, resource.type),)  # whichever it is, it is an accelerator
    spot = _spot(resource, "schedulingConfig")
    yield Fleet(tuple(resource.find("acceleratorType")), attached, spot=spot, single=True)


def _attached(resource: Resource, path: str) -> tuple[Located, ...]:
    return tuple(each for each in resource.find(f"{path}.*.type"))


def _spot(resource: Resource, path: str) -> Value:
    switches = [resource.get(f"{path}.{each}") for each in ("spot", "preemptible")]
    model = resource.get(f"{path}.provisioningModel")
    if any(is_true(each) for each in switches) or is_word(model, "SPOT"):
        return True
    return UNKNOWN if UNKNOWN in (*switches, model) else False


READERS: Mapping[str, Callable[[Resource, Graph], Iterator[Fleet]]] = {
    INSTANCE: _instance,
    **dict.fromkeys(GROUPS, _group),
    NODE_POOL: _node_pool,
    CLUSTER: _cluster,
    TPU: _tpu,
}

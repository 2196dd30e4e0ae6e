"""Virtual machines, scale sets, AKS agent pools and Machine Learning clusters."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import is_word
from isthmus_policies.questions.fleets.model import Count, Fleet, Number, number_at, unless_missing
from isthmus_policies.resource import Resource
from isthmus_policies.values import UNKNOWN, Mark, Value, is_true

MACHINE = "azure-native:compute:VirtualMachine"
SCALE_SET = "azure-native:compute:VirtualMachineScaleSet"
CLUSTER = "azure-native:containerservice:ManagedCluster"
AGENT_POOL = "azure-native:containerservice:AgentPool"
COMPUTE = "azure-native:machinelearningservices:Compute"

_AUTOSCALES = ("azure-native:monitor:AutoscaleSetting",)
_WORKSPACES = ("azure-native:machinelearningservices:Workspace",)


def _machine(resource: Resource, graph: Graph) -> Iterator[Fleet]:
    sizes = tuple(resource.find("hardwareProfile.vmSize"))
    yield Fleet(sizes, spot=_is_spot(resource.get("priority"), "Spot", "Low"), single=True)


def _scale_set(resource: Resource, graph: Graph) -> Iterator[Fleet]:
    # "You can only have one autoscale setting per resource": azure-docs, autoscale-understanding-settings
    scaler = next(iter(graph.referenced_by(resource, "targetResourceUri", _AUTOSCALES)), None)
    fixed = unless_missing(number_at(resource, "sku.capacity"), UNKNOWN)
    yield Fleet(
        tuple(resource.find("sku.name")),
        least=_extreme(scaler, "minimum", min) if scaler else fixed,
        most=_extreme(scaler, "maximum", max) if scaler else fixed,
        spot=_is_spot(resource.get("virtualMachineProfile.priority"), "Spot", "Low"),
    )


def _extreme(scaler: Resource, limit: str, choose: Callable[[Iterable[float]], float]) -> Count:
    """The lowest or highest limit of an autoscale setting's profiles, which take turns."""
    paths = [f"{each.path}.capacity.{limit}" for each in scaler.find("profiles.*")]
    found: list[Number] = [number_at(scaler, path).value for path in paths]
    known = [each for each in found if not isinstance(each, Mark)]
    whole = bool(found) and len(known) == len(found)
    return Count(paths[0] if paths else "profiles", choose(known) if whole else UNKNOWN)


def _cluster(resource: Resource, graph: Graph) -> Iterator[Fleet]:
    for pool in resource.find("agentPoolProfiles.*"):
        yield _pool_at(resource, f"{pool.path}.", ())


def _agent_pool(resource: Resource, graph: Graph) -> Iterator[Fleet]:
    yield _pool_at(resource, "", tuple(graph.references(resource, "resourceName", (CLUSTER,))))


def _pool_at(resource: Resource, start: str, homes: tuple[Resource, ...]) -> Fleet:
    scales = resource.get(f"{start}enableAutoScaling")
    sizes = tuple(resource.find(f"{start}vmSize"))
    spot = _is_spot(resource.get(f"{start}scaleSetPriority"), "Spot")
    if scales is UNKNOWN:
        limits = Count(f"{start}enableAutoScaling", UNKNOWN)
        return Fleet(sizes, least=limits, most=limits, spot=spot, homes=homes)
    if is_true(scales):
        least, most = (number_at(resource, f"{start}{each}Count") for each in ("min", "max"))
        return Fleet(sizes, least=least, most=most, spot=spot, homes=homes)
    fixed = unless_missing(number_at(resource, f"{start}count"), UNKNOWN)
    return Fleet(sizes, least=fixed, most=fixed, spot=spot, homes=homes)


def _compute(resource: Resource, graph: Graph) -> Iterator[Fleet]:
    """A cluster that scales. A compute instance is judged as the notebook that it is."""
    kind = resource.get("properties.computeType")
    if kind is not UNKNOWN and not is_word(kind, "AmlCompute"):
        return
    inner = "properties.properties"
    yield Fleet(
        tuple(resource.find(f"{inner}.vmSize")),
        least=unless_missing(number_at(resource, f"{inner}.scaleSettings.minNodeCount"), 0),
        most=number_at(resource, f"{inner}.scaleSettings.maxNodeCount"),
        spot=_is_spot(resource.get(f"{inner}.vmPriority"), "LowPriority"),
        homes=tuple(graph.references(resource, "workspaceName", _WORKSPACES)),
    )


def _is_spot(word: Value, *words: str) -> Value:
    return UNKNOWN if word is UNKNOWN else is_word(word, *words)


READERS: Mapping[str, Callable[[Resource, Graph], Iterator[Fleet]]] = {
    MACHINE: _machine,
    SCALE_SET: _scale_set,
    CLUSTER: _cluster,
    AGENT_POOL: _agent_pool,
    COMPUTE: _compute,
}

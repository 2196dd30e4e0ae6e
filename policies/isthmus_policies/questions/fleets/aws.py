"""EC2 machines, Auto Scaling groups and EKS node groups."""

from collections.abc import Callable, Iterator, Mapping

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import is_word
from isthmus_policies.questions.fleets.model import Fleet, number_at
from isthmus_policies.resource import Resource
from isthmus_policies.values import MISSING, UNKNOWN, Located, Value

INSTANCE = "aws:ec2/instance:Instance"
SPOT_INSTANCE = "aws:ec2/spotInstanceRequest:SpotInstanceRequest"
GROUP = "aws:autoscaling/group:Group"
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"

_TEMPLATES = (
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:ec2/launchConfiguration:LaunchConfiguration",
)
_CLUSTERS = ("aws:eks/cluster:Cluster",)
_MIXED = "mixedInstancesPolicy.launchTemplate"
_NAMES_A_TEMPLATE = (
    "launchTemplate.id",
    "launchTemplate.name",
    "launchConfiguration",
    f"{_MIXED}.launchTemplateSpecification.launchTemplateId",
    f"{_MIXED}.launchTemplateSpecification.launchTemplateName",
)
_MARKET = "instanceMarketOptions.marketType"


def _instance(resource: Resource, graph: Graph) -> Iterator[Fleet]:
    spot = resource.type == SPOT_INSTANCE or _is_spot(resource.get(_MARKET))
    machines = _own_or_of_template(resource, "instanceType", graph)
    yield Fleet(machines, spot=spot or _of_template(resource, _spot_of, graph), single=True)


def _group(resource: Resource, graph: Graph) -> Iterator[Fleet]:
    yield Fleet(
        _own_or_of_template(resource, f"{_MIXED}.overrides.*.instanceType", graph),
        least=number_at(resource, "minSize"), most=number_at(resource, "maxSize"),
        spot=_of_template(resource, _spot_of, graph),
    )  # fmt: skip


def _node_group(resource: Resource, graph: Graph) -> Iterator[Fleet]:
    yield Fleet(
        _own_or_of_template(resource, "instanceTypes.*", graph),
        least=number_at(resource, "scalingConfig.minSize"),
        most=number_at(resource, "scalingConfig.maxSize"),
        spot=_is_spot(resource.get("capacityType")),
        homes=tuple(graph.references(resource, "clusterName", _CLUSTERS)),
    )  # fmt: skip


def _own_or_of_template(resource: Resource, path: str, graph: Graph) -> tuple[Located, ...]:
    """The machine types at a path, else its template's; a template from elsewhere hides its own."""
    own = tuple(resource.find(path))
    if own:
        return own
    for template in _templates_of(resource, graph):
        said = template.get("instanceType")
        if said is not MISSING:
            return (Located(f"{template.name}: instanceType", said),)
    named = next((each for each in _NAMES_A_TEMPLATE if resource.has(each)), None)
    return (Located(named, UNKNOWN),) if named and not _templates_of(resource, graph) else ()


def _templates_of(resource: Resource, graph: Graph) -> list[Resource]:
    return [
        template
        for path in _NAMES_A_TEMPLATE
        for template in graph.references(resource, path, _TEMPLATES)
    ]


def _of_template(resource: Resource, ask: Callable[[Resource], Value], graph: Graph) -> Value:
    return next((ask(template) for template in _templates_of(resource, graph)), MISSING)


def _spot_of(template: Resource) -> Value:
    if template.has("spotPrice"):
        return True
    return _is_spot(template.get(_MARKET))


def _is_spot(word: Value) -> Value:
    return UNKNOWN if word is UNKNOWN else is_word(word, "spot")


READERS: Mapping[str, Callable[[Resource, Graph], Iterator[Fleet]]] = {
    INSTANCE: _instance,
    SPOT_INSTANCE: _instance,
    GROUP: _group,
    NODE_GROUP: _node_group,
}

"""Where the cloud takes requests to by itself: models that are routed, and edges."""

from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.demands import classes_of, demands_on, judge_demands
from isthmus_policies.questions.expect import is_word
from isthmus_policies.questions.law import TRANSFERS
from isthmus_policies.questions.mentions import place_in
from isthmus_policies.questions.whereabouts import NOT_ASKED, judge_place, locate
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.tables import edge_services, inference_geographies, model_routes
from isthmus_policies.values import UNKNOWN, Located, is_true, reveal
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdict, Verdicts

_PROFILES = ("aws:bedrock/inferenceProfile:InferenceProfile",)
_IN_REGION = ("foundation-model", "custom-model", "provisioned-model", "imported-model")
"""Kinds of models in an ARN that answer in the ARN's region."""
_ACCOUNTS = (
    "azure-native:cognitiveservices:Account",
    "azure-native:machinelearningservices:Workspace",
)
_DATA_ZONES = (frozenset(("EU", "EEA")), frozenset(("US",)))
"""Source: MicrosoftDocs/azure-ai-docs, data privacy of Azure OpenAI: a deployment of the kind
DataZone is served anywhere within the United States, or within the European Union."""


@rule(
    "residency-model-requests-allowed",
    title="Requests to models are processed in an allowed jurisdiction",
    why="A prompt is data, and a routed model processes it in whichever region is free.",
    fix="sku={'name': 'Standard'} on Azure, a model id without a geography (or with an allowed "
    "one, such as 'eu.') on AWS",
    severity=Severity.CRITICAL,
    types=tuple(model_routes()),
    requirements=TRANSFERS,
)
def model_requests_allowed(resource: Resource, context: Context, graph: Graph) -> Iterator[Verdict]:
    if not context.settings.jurisdictions:
        yield NOT_ASKED
        return
    judges = {"bedrock": _judge_bedrock, "azure": _judge_azure}
    for route in model_routes()[resource.type]:
        for found in resource.find(route.path):
            yield judges[route.says](resource, found, context, graph)


def _judge_bedrock(resource: Resource, found: Located, context: Context, graph: Graph) -> Verdict:
    if graph.references(resource, found.path, _PROFILES):
        return NotApplicable("the inference profile is judged by itself")
    name = reveal(found.value)
    if not isinstance(name, str):
        return Unknown("which model is asked is not known yet", found.path)
    demands = demands_on(resource, context, graph)
    geography = name.rpartition("/")[2].partition(".")[0]
    if geography in inference_geographies():
        return judge_demands(name, inference_geographies()[geography], found.path, demands)
    if not name.startswith("arn:"):
        return Pass()  # a model of the region that the resource itself is in
    region, kind = place_in("aws", name), name.partition("/")[0].rpartition(":")[2]
    if region and kind in _IN_REGION:
        return judge_place(resource, Located(found.path, region), context, demands)
    return Unknown(f"where '{name}' is processed cannot be told", found.path)


def _judge_azure(resource: Resource, found: Located, context: Context, graph: Graph) -> Verdict:
    kind = reveal(found.value)
    if not isinstance(kind, str):
        return Unknown("where requests are processed is not known yet", found.path)
    demands = demands_on(resource, context, graph)
    if kind.casefold().startswith("global"):
        return judge_demands(kind, frozenset[str](), found.path, demands)
    if not kind.casefold().startswith("datazone"):
        return Pass()
    zones = list(_data_zones(resource, context, graph))
    known = [zone for zone in zones if zone is not None]
    if not known or len(known) < len(zones):
        return Unknown("in which data zone requests are processed cannot be told", found.path)
    return judge_demands(kind, frozenset[str].intersection(*known), found.path, demands)


def _data_zones(
    resource: Resource, context: Context, graph: Graph
) -> Iterator[frozenset[str] | None]:
    """What holds all over the data zone of each account that a deployment may belong to.

    None for an account in a region that is not in the catalogue.
    """
    for path in ("accountName", "workspaceName"):
        for account in graph.references(resource, path, _ACCOUNTS):
            place = locate(account, graph)
            if isinstance(place, Located) and isinstance(place.value, str):
                home = context.places.location("azure", place.value)
                yield _zone_around(home.jurisdictions) if home else None


def _zone_around(held: frozenset[str]) -> frozenset[str]:
    return next((zone for zone in _DATA_ZONES if zone <= held), frozenset[str]())


@rule(
    "residency-edge-public-data",
    title="Only public data is served from edges all over the world",
    why="An edge keeps a copy, or decrypts, wherever on earth somebody asks.",
    fix="tag it 'data-classification: public' if what it serves is public, or serve from the "
    "region alone",
    severity=Severity.HIGH,
    types=tuple(edge_services()),
    requirements=TRANSFERS,
)
def edge_public_data(service: Resource, context: Context, graph: Graph) -> Verdicts:
    if not context.settings.jurisdictions:
        return NOT_ASKED
    edge = edge_services()[service.type]
    switched = service.get(edge.switch) if edge.switch else True
    if switched is UNKNOWN:
        return Unknown("whether it serves from edges is not known yet", edge.switch)
    if not is_true(switched):
        return NotApplicable("it does not serve from edges")
    return _judge_served(service, edge.what, edge.switch, graph)


def _judge_served(service: Resource, what: str, path: str, graph: Graph) -> Verdict:
    classes = classes_of(service, graph)
    if not all(is_word(name, "public") for name in classes.known):
        return Fail(what, path)
    if classes.undecided:
        return Unknown(f"{what}, and whether that is public cannot be told", path)
    return Pass() if classes.known else Fail(what, path)


RULES = (model_requests_allowed, edge_public_data)

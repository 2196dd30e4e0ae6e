"""Where resources are."""

from isthmus_policies.graph import Graph
from isthmus_policies.questions.demands import demands_on
from isthmus_policies.questions.law import PLACES_OF_DATA
from isthmus_policies.questions.whereabouts import NOT_ASKED, judge_place, locate
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import Located
from isthmus_policies.verdict import Verdicts


@rule(
    "residency-resource-location-allowed",
    title="Every resource is in an allowed jurisdiction",
    why="Law follows the place: data stored elsewhere is data transferred elsewhere.",
    fix="choose a region of the allowed jurisdictions, or widen 'isthmus:residency.jurisdictions'",
    severity=Severity.CRITICAL,
    types=("aws:*", "gcp:*", "azure-native:*"),
    controls=("AWS-RES-01", "GCP-RES-01", "GCP-GCS-08", "GCP-BQ-03", "AZ-RES-01"),
    requirements=PLACES_OF_DATA,
)
def resource_location_allowed(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    if not context.settings.jurisdictions:
        return NOT_ASKED
    place = locate(resource, graph)
    if not isinstance(place, Located):
        return place
    return judge_place(resource, place, context, demands_on(resource, context, graph))


RULES = (resource_location_allowed,)

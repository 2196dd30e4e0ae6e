"""Finds out where a resource is, from its own properties, its provider or its resource group."""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from isthmus_policies.graph import Graph
from isthmus_policies.questions.demands import Demand, judge_demands
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, covers
from isthmus_policies.tables import global_types, type_facts
from isthmus_policies.values import MISSING, UNKNOWN, Located, reveal
from isthmus_policies.verdict import NotApplicable, Unknown, Verdict

NOT_ASKED = NotApplicable("the stack does not say where its data may be")
_PLACES = ("location", "region", "zone")
_RESOURCE_GROUP = ("azure-native:resources:ResourceGroup",)
# A zone of a region; a local zone has a place of its own between them: `us-east-1-bue-1a`.
_AWS_ZONE = re.compile(r"([a-z]+(?:-[a-z]+)+-\d)[a-z]")
_DUAL_REGION = "customPlacementConfig.dataLocations"
_DEFAULTS: Mapping[str, str] = {
    # "The default value is multi-regional location US": SDK documentation of the property.
    "gcp:bigquery/dataset:Dataset": "US",
    "gcp:bigquery/job:Job": "US",
}


def locate(resource: Resource, graph: Graph) -> Located | NotApplicable | Unknown:
    """The cloud's name of the place a resource is in, and the path that says so.

    NotApplicable for global services and for types that are where their parent is; Unknown where a
    place is needed and nothing says which.
    """
    reason = _why_global(resource.type)
    if reason:
        return NotApplicable(reason)
    if resource.has(_DUAL_REGION):
        # Such a bucket's location is only the continent that its two regions are on.
        return NotApplicable("its data locations say where it is, and are judged as copies")
    said = (
        _said_by_itself(resource) or _said_by_provider(resource) or _said_by_group(resource, graph)
    )
    if said:
        return said
    if resource.type in _DEFAULTS:
        return Located("location", _DEFAULTS[resource.type])
    if resource.cloud == "aws" or _may_say(resource.type):
        return Unknown("neither it nor its provider says where it is", _said_where(resource))
    return NotApplicable("it has no place of its own")


def judge_place(
    resource: Resource, place: Located, context: Context, demands: Iterable[Demand] = ()
) -> Verdict:
    """Whether a place of the resource's cloud lies in the jurisdictions that the stack allows.

    `demands` are what is asked of the data, if that is more than what is asked of everything.
    """
    return judge_place_of(resource.cloud, place, context, demands)


def judge_place_of(
    cloud: str | None, place: Located, context: Context, demands: Iterable[Demand] = ()
) -> Verdict:
    """The same for any cloud by its name in the region catalogue."""
    demands = tuple(demands) or (Demand(context.settings.jurisdictions),)
    name = reveal(place.value)
    if name is UNKNOWN:
        return Unknown("the place is not known yet", place.path)
    if not isinstance(name, str) or cloud is None:
        return Unknown("the place cannot be read", place.path)
    found = context.places.location(cloud, plain_name(cloud, name))
    if found is None:
        return Unknown(f"'{name}' is not in the region catalogue", place.path)
    return judge_demands(name, found.jurisdictions, place.path, demands)


def plain_name(cloud: str, name: str) -> str:
    """A place as the region catalogue names it, of the longer names that clouds also take."""
    if cloud == "gcp":
        # A self link, or the configuration of a Spanner instance: `regional-europe-west4`.
        return name.rpartition("/")[2].removeprefix("regional-")
    zone = _AWS_ZONE.fullmatch(name) if cloud == "aws" else None
    return zone[1] if zone else name


@cache
def _why_global(token: str) -> str | None:
    facts = type_facts().get(token)
    if token.startswith("aws:") and facts and not facts.location:
        return "it is a global service of AWS, without a region"
    return next((why for pattern, why in global_types().items() if covers(pattern, token)), None)


def _said_by_itself(resource: Resource) -> Located | None:
    return next(
        (
            Located(place, value)
            for place in _PLACES
            if (value := resource.get(place)) not in (MISSING, "")
            and _is_place(resource.type, place)
        ),
        None,
    )


def _said_by_provider(resource: Resource) -> Located | None:
    if resource.provider is None or not (resource.cloud == "aws" or _may_say(resource.type)):
        return None
    if resource.type in _DEFAULTS:
        return None
    return next(
        (
            Located(f"provider.{place}", value)
            for place in _PLACES
            if (value := resource.provider.get(place)) not in (MISSING, "")
        ),
        None,
    )


def _said_by_group(resource: Resource, graph: Graph) -> Located | None:
    """Azure puts a resource where its resource group is, unless told otherwise."""
    if resource.cloud != "azure" or not _may_say(resource.type):
        return None
    for group in graph.references(resource, "resourceGroupName", _RESOURCE_GROUP):
        said = _said_by_itself(group) or _said_by_provider(group)
        if said:
            return Located(f"{group.name}: {said.path}", said.value)
    return None


def _is_place(token: str, key: str) -> bool:
    """Whether a type's property is a place; taken at its word for types that are not on record."""
    facts = type_facts().get(token)
    return facts is None or key in facts.location


def _may_say(token: str) -> bool:
    facts = type_facts().get(token)
    return bool(facts and facts.location)


def _said_where(resource: Resource) -> str:
    facts = type_facts().get(resource.type)
    return facts.location[0] if facts and facts.location else "region"

"""Where Google Cloud lets a project put things, whoever puts them there."""

import re
from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import is_word
from isthmus_policies.questions.whereabouts import judge_place, judge_place_of
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Basis, Context, Enforcement, Requirement, Severity, rule
from isthmus_policies.values import MISSING, UNKNOWN, Located, Value, is_true, reveal
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdict, Verdicts

_POLICY = "gcp:orgpolicy/policy:Policy"
_OLDER_POLICIES = (
    "gcp:projects/organizationPolicy:OrganizationPolicy",
    "gcp:folder/organizationPolicy:OrganizationPolicy",
    "gcp:organizations/policy:Policy",
)
_POLICIES = (_POLICY, *_OLDER_POLICIES)
_STORES = (
    "gcp:organizations/project:Project",
    "gcp:storage/bucket:Bucket",
    "gcp:bigquery/dataset:Dataset",
)
_CONSTRAINT = re.compile(r"(^|/)gcp\.resourceLocations$")
_AFFIXES = re.compile(r"^(in|is):|-locations$")
"""`in:eu-locations` is a group of places, `is:europe-west4` or `europe-west4` a single one.

Source: docs.cloud.google.com/resource-manager/docs/organization-policy/defining-locations
(unverified). A group has the name of a region or multi-region, or of a country that the catalogue
does not know as a place: that stays unknown.
"""
_NOT_ASKED = NotApplicable("the stack does not say where its data may be")
_TRANSFERS = (
    Requirement("GDPR", "Art.44", Basis.OWN_READING, "Regulation (EU) 2016/679, chapter V"),
    Requirement("K-ISMS-P", "3.3.4", Basis.OWN_READING, "ISMS-P certification criteria, 3.3.4"),
)


@rule(
    "governance-gcp-locations-restricted",
    title="An organization policy says where a project's resources may be",
    why="Policies in a pipeline do not see what is made by hand; the policy may also be set above "
    "the project, where this stack cannot see it.",
    fix="gcp.orgpolicy.Policy(name, parent=f'projects/{project}', "
    "name=f'projects/{project}/policies/gcp.resourceLocations', "
    "spec={'rules': [{'values': {'allowed_values': ['in:eu-locations']}}]})",
    severity=Severity.LOW,
    types=_STORES,
    controls=("GCP-RES-01",),
    requirements=_TRANSFERS,
    enforcement=Enforcement.ADVISORY,
)
def gcp_locations_restricted(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    if not context.settings.jurisdictions:
        return _NOT_ASKED
    return graph.once(_judge_restriction)


def _judge_restriction(graph: Graph) -> Verdict:
    restricts = [_restricts_locations(policy) for policy in graph.of_type(*_POLICIES)]
    if True in restricts:
        return Pass()
    if None in restricts:
        return Unknown("whether a policy restricts locations is not known yet")
    return Fail("no organization policy of this stack restricts locations")


@rule(
    "governance-gcp-locations-allowed",
    title="Organization policies on locations allow the stack's jurisdictions only",
    why="A policy that allows more than the stack lets the next stack go there.",
    fix="gcp.orgpolicy.Policy(name, parent=f'projects/{project}', "
    "name=f'projects/{project}/policies/gcp.resourceLocations', "
    "spec={'rules': [{'values': {'allowed_values': ['in:eu-locations']}}]})",
    severity=Severity.HIGH,
    types=_POLICIES,
    controls=("GCP-RES-01",),
    requirements=_TRANSFERS,
)
def gcp_locations_allowed(policy: Resource, context: Context) -> Iterator[Verdict]:
    restricts = _restricts_locations(policy)
    if not context.settings.jurisdictions:
        yield _NOT_ASKED
    elif restricts is None:
        yield Unknown("whether it restricts locations is not known yet")
    elif not restricts:
        yield NotApplicable("it is about something else")
    elif policy.type == _POLICY:
        rules = "spec.rules.*"
        yield from _judge_choice(
            policy, f"{rules}.allowAll", f"{rules}.values.allowedValues.*", context
        )
    else:
        yield from _judge_choice(
            policy, "listPolicy.allow.all", "listPolicy.allow.values.*", context
        )


def _restricts_locations(policy: Resource) -> bool | None:
    """Whether a policy is about locations; None if its constraint is not known yet."""
    constraint = reveal(policy.get("name" if policy.type == _POLICY else "constraint"))
    if constraint is UNKNOWN:
        return None
    return isinstance(constraint, str) and bool(_CONSTRAINT.search(constraint))


def _judge_choice(
    policy: Resource, everything: str, chosen: str, context: Context
) -> Iterator[Verdict]:
    for found in policy.find(everything):
        if found.value is UNKNOWN:
            yield Unknown("whether every place is allowed is not known yet", found.path)
        elif is_true(found.value) or is_word(found.value, "true"):
            yield Fail("it allows every place", found.path)
    allowed = tuple(policy.find(chosen))
    for found in allowed:
        yield judge_place(policy, Located(found.path, _place_of(found.value)), context)
    if not allowed:
        yield Fail("it names no place that is allowed", chosen.partition(".")[0])


def _place_of(value: Value) -> Value:
    value = reveal(value)
    return _AFFIXES.sub("", value) if isinstance(value, str) else value


@rule(
    "governance-gcp-provider-region",
    title="Google Cloud providers default to an allowed jurisdiction",
    why="What does not say where it belongs goes where its provider says, or the environment that "
    "the provider is made in; what does go there is also judged itself.",
    fix="gcp.Provider(name, project=project, region='europe-west4')",
    severity=Severity.MEDIUM,
    types=("pulumi:providers:gcp*",),  # a prefix, since it is no type of the cloud's SDK
    controls=("GCP-RES-01",),
    requirements=_TRANSFERS,
    enforcement=Enforcement.ADVISORY,
)
def gcp_provider_region(provider: Resource, context: Context) -> Verdicts:
    if not context.settings.jurisdictions:
        return _NOT_ASKED
    said = [
        Located(path, provider.get(path))
        for path in ("region", "zone")
        if provider.get(path) not in (MISSING, "")
    ]
    if not said:
        return NotApplicable("it names no place")
    return [judge_place_of("gcp", place, context) for place in said]


RULES = (gcp_locations_restricted, gcp_locations_allowed, gcp_provider_region)

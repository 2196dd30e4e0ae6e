"""Whoever causes a cost is named on the bill."""

import re

from isthmus_policies.questions.tagged import TAGGABLE, tag_of, tags_on
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Enforcement, Severity, rule
from isthmus_policies.values import UNKNOWN
from isthmus_policies.verdict import Fail, Pass, Unknown, Verdicts

_CENTRE = re.compile(r"cost[-_ ]?cent(re|er)", re.IGNORECASE)


@rule(
    "cost-resource-centre-tag",
    title="Taggable resources name their cost centre",
    why="Bills are split by tags; what carries none is paid for by everybody and watched by nobody.",
    fix="tags={'cost-centre': '4711'} (labels on Google Cloud), or once for all as the provider's "
    "default_tags",
    severity=Severity.LOW,
    types=TAGGABLE,
    enforcement=Enforcement.ADVISORY,
)
def resource_centre_tag(resource: Resource, context: Context) -> Verdicts:
    tags = tags_on(resource)
    names = [name for name in tags.names if _CENTRE.fullmatch(name)]
    if any(tag_of(resource, name) is not UNKNOWN for name in names):
        return Pass()
    if names or tags.may_be_more:
        return Unknown("whether its cost centre is named is not known yet", tags.path)
    return Fail("it does not name its cost centre", tags.path)


RULES = (resource_centre_tag,)

"""Whether a resource serves production, by its own tag or by that of what it belongs to."""

from collections.abc import Iterable

from isthmus_policies.questions.tagged import PRODUCTION, tag_of, why_not_tagged
from isthmus_policies.resource import Resource
from isthmus_policies.values import MISSING
from isthmus_policies.verdict import NotApplicable, Unknown

IN_PRODUCTION = NotApplicable("it serves production")


def why_not_outside_production(
    resource: Resource, homes: Iterable[Resource] = ()
) -> NotApplicable | Unknown | None:
    """What a rule for the rest of the world answers of production; None outside of it.

    `homes` are asked in turn where the resource has no such tag. What nobody tags is outside.
    """
    name, _ = PRODUCTION
    for each in (resource, *homes):
        if tag_of(each, name) is not MISSING:
            excuse = why_not_tagged(each, PRODUCTION)
            return excuse if isinstance(excuse, Unknown) else None if excuse else IN_PRODUCTION
    return None

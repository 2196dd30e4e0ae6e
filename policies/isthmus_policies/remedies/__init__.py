"""Safe changes of a resource's inputs after which a rule has nothing to find any more.

A remedy is a pure function of a resource to its new properties. It never replaces a resource, loses
data or locks out anybody who has an identity; each says in `safe` why.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache

from isthmus_policies.remedies.switches import SWITCHES
from isthmus_policies.remedies.tags import TAGS
from isthmus_policies.rule import Remedy, Rule

REMEDIES: Mapping[str, Remedy] = {**TAGS, **SWITCHES}
"""By the id of the rule that is satisfied."""


def remediable(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules that have a remedy, each with it: its own, or the one that is kept here."""
    armed = (_arm(rule) for rule in rules)
    return tuple(rule for rule in armed if rule.remedy)


def remedy_of(rule: Rule) -> Remedy | None:
    return rule.remedy or REMEDIES.get(rule.id)


@cache
def _arm(rule: Rule) -> Rule:
    return rule if rule.remedy else replace(rule, remedy=REMEDIES.get(rule.id))

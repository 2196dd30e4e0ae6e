"""What a policy of the pack judges by: the settings, and what the stack is let off.

Each policy of a pack is configured apart, and so has terms of its own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from isthmus_policies.exemption_file import read_configured
from isthmus_policies.exemptions import Exemptions
from isthmus_policies.nearest import name_nearest
from isthmus_policies.places import Places
from isthmus_policies.registry import RULES
from isthmus_policies.remedies import REMEDIES, remediable
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Rule
from isthmus_policies.settings import (
    EVERY_REMEDY,
    Config,
    Settings,
    SettingsError,
    read_settings,
)


class Terms(NamedTuple):
    """What the rules are run by: the settings, and what the stack is let off."""

    context: Context
    exemptions: Exemptions


def read_terms(
    stack_config: Mapping[str, str], pack_config: Config, rules: Iterable[Rule], places: Places
) -> Terms:
    """Raises SettingsError with every mistake of the settings, or of the file of exemptions."""
    settings = read_settings(stack_config, pack_config)
    _reject_unknown_remedies(settings, rules)
    exemptions = read_configured(pack_config.get("exemptions"), (rule.id for rule in RULES))
    return Terms(Context(settings, places), exemptions)


def whom_to_mend(
    settings: Settings, known: Sequence[Terms], today: date
) -> Callable[[Rule, Resource], bool]:
    """Whoever is exempt by any policy's file is left alone: to overlook an exemption would change
    what somebody decided to keep."""

    def may_mend(rule: Rule, resource: Resource) -> bool:
        if not settings.remedies(rule.id):
            return False
        return not any(_is_exempt(rule, resource, each.exemptions, today) for each in known)

    return may_mend


def _is_exempt(rule: Rule, resource: Resource, file: Exemptions, today: date) -> bool:
    """A resource that is mended on behalf of another one cannot tell yet whose it is: then any
    exemption from the rule might be meant for it."""
    if rule.remedy and rule.remedy.on_behalf_of:
        return any(e.rule == rule.id and not e.has_expired(today) for e in file.entries)
    entry = file.find(rule.id, resource.urn, today, is_unknown=False)
    return entry is not None and not entry.has_expired(today)


def _reject_unknown_remedies(settings: Settings, rules: Iterable[Rule]) -> None:
    known = {EVERY_REMEDY, *REMEDIES, *(rule.id for rule in remediable(rules))}
    unknown = [rule_id for rule_id in settings.remediate if rule_id not in known]
    if unknown:
        raise SettingsError(
            f"remediate: there is no rule '{each}' with a remedy. {name_nearest(each, known)}"
            "`isthmus policies --json` lists them"
            for each in unknown
        )

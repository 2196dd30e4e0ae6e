"""Reads `cases/*.yaml`: for each rule what it must say of which resources.

A case is `pass`, `fail`, `unknown` or `skip` (not applicable) with its reason, then the resource:
type (or the rule's common one), props, name, dependencies, provider, outputs; `settings` are the
pack's own; `others` are further resources of the stack; `path` is where a failure must point, `says`
how its message must end. `!unknown` is a value that a preview cannot know.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from isthmus_policies.registry import RULES
from isthmus_policies.rule import Rule
from isthmus_policies.settings import Settings, read_settings
from isthmus_policies.testing import DEFAULT_SETTINGS, Answer, Given, answer_of, judge
from isthmus_policies.values import UNKNOWN, Tree
from isthmus_policies.verdict import Fail, Unknown, Verdict

CASES = Path(__file__).parent / "cases"
ANSWERS = tuple(answer.value for answer in Answer)


@dataclass(frozen=True, slots=True)
class Case:
    rule: str
    answer: str
    reason: str
    given: Given
    others: tuple[Given, ...] = ()
    path: str | None = None
    says: str | None = None
    settings: Settings = DEFAULT_SETTINGS

    def __str__(self) -> str:
        return f"{self.rule}: {self.answer}: {self.reason}"

    def judge(self) -> tuple[Verdict, ...]:
        return judge(find_rule(self.rule), self.given, self.others, settings=self.settings)

    def is_met(self, verdicts: Sequence[Verdict]) -> bool:
        """Whether they are what the case demands."""
        told = [each for each in verdicts if isinstance(each, Fail | Unknown)]
        return (
            answer_of(verdicts) == self.answer
            and (self.path is None or any(each.path == self.path for each in told))
            and (self.says is None or any(each.message.endswith(self.says) for each in told))
        )

    def with_props(self, props: Tree) -> "Case":
        return replace(self, given=replace(self.given, props=props))


def find_rule(rule_id: str) -> Rule:
    return next(rule for rule in RULES if rule.id == rule_id)


@cache
def load_cases() -> tuple[Case, ...]:
    return tuple(
        _read_case(block["rule"], block.get("type"), case)
        for file in sorted(CASES.glob("*.yaml"))
        for block in _yaml().load(file)
        for case in block["cases"]
    )


def _yaml() -> YAML:
    yaml = YAML(typ="safe", pure=True)
    yaml.constructor.add_constructor("!unknown", lambda loader, node: UNKNOWN)
    return yaml


def _read_case(rule: str, common_type: str | None, case: dict[str, Any]) -> Case:
    [answer] = [answer for answer in ANSWERS if answer in case]
    settings = DEFAULT_SETTINGS
    if "jurisdictions" in case:
        settings = replace(settings, jurisdictions=frozenset(case.pop("jurisdictions")))
    if "settings" in case:
        settings = read_settings({}, {"jurisdictions": ["EU"], **case.pop("settings")})
    others = tuple(_read_given(other, None) for other in case.pop("others", ()))
    reason, path, says = (case.pop(key, None) for key in (answer, "path", "says"))
    return Case(rule, answer, reason, _read_given(case, common_type), others, path, says, settings)


def _read_given(fields: dict[str, Any], common_type: str | None) -> Given:
    return Given(**{"type": common_type, **fields})

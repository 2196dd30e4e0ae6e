"""Whether rules and their cases are fit to be shipped: what our own rules owe, for rules of yours."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

from isthmus_policies.registry import RULES
from isthmus_policies.rule import Rule, covers
from isthmus_policies.settings import Settings
from isthmus_policies.testing.blur import blur_each
from isthmus_policies.testing.given import Given
from isthmus_policies.testing.judging import DEFAULT_SETTINGS, Answer, answer_of, judge
from isthmus_policies.testing.sdk_types import why_no_type
from isthmus_policies.verdict import Fail, Unknown


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule must say of a resource."""

    rule: Rule
    answer: Answer
    given: Given
    others: tuple[Given, ...] = ()
    """Further resources of its stack."""
    at: str | None = None
    """The path at which a failure or an unknown must be told."""
    settings: Settings = DEFAULT_SETTINGS

    def __str__(self) -> str:
        return f"{self.rule.id}: {self.answer}: {self.given.type} {dict(self.given.props)}"


def assert_sound(
    rules: Iterable[Rule],
    cases: Iterable[Case],
    *,
    own_types: Collection[str] = (),
    presence: Collection[str] = (),
) -> None:
    """Raises AssertionError with every problem of `problems_of`, a line each."""
    found = problems_of(rules, cases, own_types=own_types, presence=presence)
    if found:
        raise AssertionError("\n".join(found))


def problems_of(
    rules: Iterable[Rule],
    cases: Iterable[Case],
    *,
    own_types: Collection[str] = (),
    presence: Collection[str] = (),
) -> list[str]:
    """What keeps rules from being shipped; nothing if they are sound.

    - Ids are unique, and none of them is one of ours; each rule has a title, a reason and a fix.
    - Types exist in the installed SDKs, or are among `own_types` (of your own components).
    - Each rule has a failing and a passing case, and says of every case what the case demands.
    - An unknown never makes a failure pass: each failing case is judged again with each part of its
      properties unknown. Rules whose ids are in `presence` are let off, since they only ask whether
      something is set.
    """
    chosen, told = tuple(rules), tuple(cases)
    if not chosen:
        return ["there are no rules"]
    return [
        *_of_ids(chosen),
        *(problem for rule in chosen for problem in _of_rule(rule, own_types)),
        *(problem for rule in chosen for problem in _of_coverage(rule, told)),
        *(problem for case in told for problem in _of_case(case, chosen, presence)),
    ]


def _of_ids(rules: tuple[Rule, ...]) -> Iterator[str]:
    ours = {rule.id: rule for rule in RULES}
    for rule_id, count in Counter(rule.id for rule in rules).items():
        if count > 1:
            yield f"{rule_id}: {count} rules have this id"
    for rule in rules:
        if ours.get(rule.id, rule) is not rule:
            yield f"{rule.id}: Isthmus has a rule of this id; begin yours with your company's name"


def _of_rule(rule: Rule, own_types: Collection[str]) -> Iterator[str]:
    texts: Mapping[str, str] = {"title": rule.title, "why": rule.why, "fix": rule.fix}
    yield from (f"{rule.id}: it has no {name}" for name, text in texts.items() if not text.strip())
    if not rule.types:
        yield f"{rule.id}: it judges no type"
    for token in rule.types:
        problem = why_no_type(token, own_types)
        if problem:
            yield f"{rule.id}: {problem}"


def _of_coverage(rule: Rule, cases: tuple[Case, ...]) -> Iterator[str]:
    answers = {case.answer for case in cases if case.rule is rule}
    if Answer.FAIL not in answers:
        yield f"{rule.id}: it has no failing case, so nobody knows whether it finds anything"
    if Answer.PASS not in answers:
        yield f"{rule.id}: it has no passing case, so nobody knows whether it can be satisfied"


def _of_case(case: Case, rules: tuple[Rule, ...], presence: Collection[str]) -> Iterator[str]:
    if not any(case.rule is rule for rule in rules):
        yield f"{case}: its rule is not among the rules"
    elif not any(covers(pattern, case.given.type) for pattern in case.rule.types):
        yield f"{case}: the rule does not judge this type, but {', '.join(case.rule.types)}"
    else:
        yield from _of_answer(case)
        if case.answer in (Answer.FAIL, Answer.PASS):
            yield from _of_unknowns(case, presence)


def _of_answer(case: Case) -> Iterator[str]:
    try:
        verdicts = judge(case.rule, case.given, case.others, settings=case.settings)
    except Exception as error:  # noqa: BLE001 a rule that breaks is one more problem to tell
        yield f"{case}: the rule breaks: {error!r}"
        return
    came = answer_of(verdicts)
    paths = [each.path for each in verdicts if isinstance(each, Fail | Unknown)]
    if came is not case.answer:
        yield f"{case}: the rule says '{came}': {', '.join(map(str, verdicts))}"
    elif case.at is not None and case.at not in paths:
        yield f"{case}: the rule points at {paths}, not at '{case.at}'"


def _of_unknowns(case: Case, presence: Collection[str]) -> Iterator[str]:
    may_pass = case.answer is Answer.PASS or case.rule.id in presence
    for blurred in blur_each(case.given.props):
        given = replace(case.given, props=cast(Mapping[str, object], blurred))
        try:
            came = answer_of(judge(case.rule, given, case.others, settings=case.settings))
        except Exception as error:  # noqa: BLE001 as above
            yield f"{case}: the rule breaks where {blurred} is known: {error!r}"
            continue
        if not may_pass and came not in (Answer.FAIL, Answer.UNKNOWN):
            yield f"{case}: a failure, and '{came}' where no more than {blurred} is known"

"""Assertions that say what was expected and what came; no test runner is needed."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from isthmus_policies.evaluate import Finding, Kind
from isthmus_policies.rule import Rule
from isthmus_policies.settings import Settings
from isthmus_policies.testing.given import Given, Phase, urn
from isthmus_policies.testing.judging import DEFAULT_SETTINGS, Answer, answer_of, judge
from isthmus_policies.verdict import Fail, Unknown, Verdict


class Expected(NamedTuple):
    """A finding as a test expects it; a plain tuple does as well."""

    rule: str
    resource: str
    """The name of the resource."""
    kind: str = Kind.FAIL
    """`fail`, `unknown`, or `error` if the rule breaks."""


def assert_passes(
    rule: Rule,
    given: Given,
    others: Iterable[Given] = (),
    *,
    phase: Phase = Phase.PREVIEW,
    settings: Settings = DEFAULT_SETTINGS,
) -> None:
    """The resource keeps the rule."""
    _assert_answer(
        Answer.PASS, rule, given, judge(rule, given, others, phase=phase, settings=settings)
    )


def assert_fails(
    rule: Rule,
    given: Given,
    others: Iterable[Given] = (),
    *,
    at: str | None = None,
    phase: Phase = Phase.PREVIEW,
    settings: Settings = DEFAULT_SETTINGS,
) -> None:
    """The resource breaks the rule; `at` is the path at which the rule must say so."""
    verdicts = judge(rule, given, others, phase=phase, settings=settings)
    _assert_answer(Answer.FAIL, rule, given, verdicts)
    _assert_path(at, rule, given, verdicts)


def assert_unknown(
    rule: Rule,
    given: Given,
    others: Iterable[Given] = (),
    *,
    at: str | None = None,
    phase: Phase = Phase.PREVIEW,
    settings: Settings = DEFAULT_SETTINGS,
) -> None:
    """The rule cannot tell yet; `at` is the path at which the rule must say so."""
    verdicts = judge(rule, given, others, phase=phase, settings=settings)
    _assert_answer(Answer.UNKNOWN, rule, given, verdicts)
    _assert_path(at, rule, given, verdicts)


def assert_not_applicable(
    rule: Rule,
    given: Given,
    others: Iterable[Given] = (),
    *,
    phase: Phase = Phase.PREVIEW,
    settings: Settings = DEFAULT_SETTINGS,
) -> None:
    """The rule has nothing to say of the resource."""
    verdicts = judge(rule, given, others, phase=phase, settings=settings)
    _assert_answer(Answer.NOT_APPLICABLE, rule, given, verdicts)


def assert_findings(
    found: Iterable[Finding], expected: Iterable[Expected | tuple[str, ...]]
) -> None:
    """Exactly these findings, in any order; several findings of one rule at several places of a
    resource are as many."""
    came = [(_expected(each), each) for each in found]
    told = {key: f"{each.message}{_at(each.path)}" for key, each in came}
    counted = Counter(key for key, _ in came)
    wanted = Counter(Expected(*each) for each in expected)
    lines = [
        *(
            f"expected, and did not come: {' '.join(each)}"
            for each in (wanted - counted).elements()
        ),
        *(
            f"came, and was not expected: {' '.join(each)}: {told[each]}"
            for each in (counted - wanted).elements()
        ),
    ]
    if lines:
        raise AssertionError("\n".join(lines))


def _expected(finding: Finding) -> Expected:
    return Expected(finding.rule.id, finding.urn.removeprefix(urn("")), finding.kind)


def _assert_answer(wanted: Answer, rule: Rule, given: Given, verdicts: tuple[Verdict, ...]) -> None:
    came = answer_of(verdicts)
    if came is not wanted:
        raise AssertionError(
            f"{rule.id} should say '{wanted}' of {given.type} '{given.name}', and says '{came}':\n"
            f"{_told(verdicts)}\nof {dict(given.props)}"
        )


def _assert_path(path: str | None, rule: Rule, given: Given, verdicts: tuple[Verdict, ...]) -> None:
    paths = [each.path for each in verdicts if isinstance(each, Fail | Unknown)]
    if path is not None and path not in paths:
        raise AssertionError(
            f"{rule.id} should point at '{path}' of {given.type} '{given.name}', and points at "
            f"{', '.join(map(repr, paths))}:\n{_told(verdicts)}"
        )


def _told(verdicts: tuple[Verdict, ...]) -> str:
    return "\n".join(f"  {verdict}" for verdict in verdicts)


def _at(path: str) -> str:
    return f" (at {path})" if path else ""

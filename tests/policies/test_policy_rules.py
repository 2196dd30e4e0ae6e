"""Every rule says of every case what the case demands, and no unknown makes a failure pass."""

from typing import cast

import pytest

from isthmus_policies.testing import answer_of, blur_each
from isthmus_policies.values import Tree

from .loading import Case, load_cases

pytestmark = [pytest.mark.policy, pytest.mark.pure]

UNTOUCHED = ("tags",)
"""Topics that ask whether something is set, not to what: there an unknown is as good as any."""


@pytest.mark.parametrize("case", load_cases(), ids=str)
def test_rule_answers_as_the_case_demands(case: Case) -> None:
    verdicts = case.judge()
    assert case.is_met(verdicts), verdicts


@pytest.mark.parametrize("case", [c for c in load_cases() if c.answer == "fail"], ids=str)
def test_an_unknown_never_turns_a_failure_into_a_pass(case: Case) -> None:
    if case.rule.startswith(UNTOUCHED):
        return
    for blurred in blur_each(case.given.props):
        answer = answer_of(case.with_props(cast(Tree, blurred)).judge())
        assert answer in ("fail", "unknown"), f"of {blurred} the rule says {answer}"


@pytest.mark.parametrize("case", [c for c in load_cases() if c.answer == "pass"], ids=str)
def test_an_unknown_breaks_no_rule(case: Case) -> None:
    for blurred in blur_each(case.given.props):
        case.with_props(cast(Tree, blurred)).judge()

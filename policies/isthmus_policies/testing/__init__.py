"""Tests rules as the engine runs them: for our own rules, and for those of your company's pack.

Resources go through the policy SDK's own proxy, the one that raises when a rule touches a value that
a preview does not know, and through the adapter that the pack uses, so that no rule is tested on an
easier world than the one it will run in. There are four steps, each of use without the next:

- `judge`: what one rule says of one resource.
- `assert_passes`, `assert_fails`, `assert_unknown`, `assert_not_applicable`: the same as assertions.
- `judge_stack`: what a pack's rules find in several resources, at preview and once deployed.
- `assert_sound`: whether rules and their cases are fit to be shipped.

No test runner is needed: a failed assertion is an AssertionError that says what was expected and what
came. `docs/policies/testing.md` shows how to use them.
"""

from isthmus_policies.testing.assertions import (
    Expected,
    assert_fails,
    assert_findings,
    assert_not_applicable,
    assert_passes,
    assert_unknown,
)
from isthmus_policies.testing.blur import blur_each
from isthmus_policies.testing.given import (
    Given,
    Later,
    Phase,
    through_proxy,
    to_resource,
    urn,
)
from isthmus_policies.testing.judging import (
    DEFAULT_SETTINGS,
    Answer,
    Found,
    answer_of,
    judge,
    judge_stack,
)
from isthmus_policies.testing.soundness import Case, assert_sound, problems_of

__all__ = [
    "DEFAULT_SETTINGS",
    "Answer",
    "Case",
    "Expected",
    "Found",
    "Given",
    "Later",
    "Phase",
    "answer_of",
    "assert_fails",
    "assert_findings",
    "assert_not_applicable",
    "assert_passes",
    "assert_sound",
    "assert_unknown",
    "blur_each",
    "judge",
    "judge_stack",
    "problems_of",
    "through_proxy",
    "to_resource",
    "urn",
]

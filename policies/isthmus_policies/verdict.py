"""What a rule can answer: pass, fail, unknown, and the honest fourth, not applicable."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pass:
    pass


@dataclass(frozen=True, slots=True)
class Fail:
    message: str
    """What is wrong, in one clause; path, rule and fix are added when it is shown."""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The rule needs a value that cannot be known yet. Never a silent pass."""

    message: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class NotApplicable:
    reason: str


Verdict = Pass | Fail | Unknown | NotApplicable
Verdicts = Verdict | Iterable[Verdict]
"""A rule answers once, or once for each place it looked at; no answer at all is a pass."""


def collect(verdicts: Verdicts) -> tuple[Verdict, ...]:
    if isinstance(verdicts, (Pass, Fail, Unknown, NotApplicable)):
        return (verdicts,)
    return tuple(verdicts) or (Pass(),)

"""The cases, ready to be judged again and again: their resources are made once."""

import signal
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from inspect import currentframe
from types import FrameType
from typing import Protocol

from isthmus_policies import graph, market
from isthmus_policies.places import Catalogue
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Rule, covers
from isthmus_policies.testing import to_resource
from tests.policies.loading import Case, load_cases

PATIENCE_SECONDS = 20
"""Of the processor's time, so that a busy machine changes nothing; all cases take a fifth of one."""


AGAIN_SECONDS = 1
"""Until the next try, where an interruption had to wait or went under in a callback."""


class EndlessError(BaseException):
    """A mutant does not come to an end. Nothing that a rule catches."""


class Notices(Protocol):
    """A case, or a unit test."""

    def notices(self, rules: Mapping[str, Rule]) -> bool: ...


@dataclass(frozen=True, slots=True)
class Trial:
    case: Case
    stack: tuple[Resource, ...]
    context: Context

    def notices(self, rules: Mapping[str, Rule]) -> bool:
        """Whether the rule says anything but what the case demands."""
        rule = rules.get(self.case.rule)
        if rule is None or not any(covers(each, self.stack[0].type) for each in rule.types):
            return True
        try:
            # Both are made of what the modules hold now, which may be a mutant.
            context = replace(self.context, market=market.CatalogueMarket())
            verdicts = rule.judge(self.stack[0], context, graph.Graph(self.stack))
        except Exception:  # noqa: BLE001 a rule that breaks is noticed, however it breaks
            return True
        return not self.case.is_met(verdicts)

    def __str__(self) -> str:
        return str(self.case)


def load_trials() -> list[Trial]:
    return [make_trial(case) for case in load_cases()]


def make_trial(case: Case) -> Trial:
    stack = tuple(to_resource(each) for each in (case.given, *case.others))
    return Trial(case, stack, Context(case.settings, Catalogue()))


def noticed(trials: Iterable[Notices], rules: Mapping[str, Rule]) -> bool:
    """Whether one of them notices, the first being enough, or the rules never come to an end."""
    try:
        with patience(PATIENCE_SECONDS):
            return any(trial.notices(rules) for trial in trials)
    except EndlessError:
        return True


@contextmanager
def patience(seconds: float) -> Generator[None]:
    """Ends what takes more than so much of the processor's time.

    Coverage measures in functions of its own, under a lock that an exception from nowhere would leave
    held for ever: whoever is in the middle of one is interrupted a moment later.
    """
    outside = _measuring(currentframe())

    def give_up(signum: int, frame: FrameType | None) -> None:
        if _measuring(frame) <= outside:
            raise EndlessError

    before: Callable[[int, FrameType | None], object] | int | None = signal.signal(
        signal.SIGVTALRM, give_up
    )
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _measuring(frame: FrameType | None) -> int:
    """How many calls of coverage's own functions are under way."""
    calls = 0
    while frame is not None:
        calls += str(frame.f_globals.get("__name__")).startswith("coverage.")
        frame = frame.f_back
    return calls

"""What rules say of the resources of a test: one rule of one, or a pack's rules of a whole stack."""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from isthmus_policies.evaluate import Finding, evaluate
from isthmus_policies.graph import Graph
from isthmus_policies.market import CatalogueMarket, Market
from isthmus_policies.places import Catalogue, Places
from isthmus_policies.rule import Context, Rule
from isthmus_policies.settings import Settings
from isthmus_policies.testing.given import Given, Phase, to_resource
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdict

DEFAULT_SETTINGS = Settings(jurisdictions=frozenset(("EU",)))
"""Data stays in the European Union; for the rest the defaults of the pack."""


class Answer(StrEnum):
    """A rule's answer on a resource, from worst to best: the worst of its verdicts."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    PASS = "pass"
    NOT_APPLICABLE = "skip"


_ANSWERS: Mapping[type, Answer] = {
    Fail: Answer.FAIL,
    Unknown: Answer.UNKNOWN,
    Pass: Answer.PASS,
    NotApplicable: Answer.NOT_APPLICABLE,
}


def answer_of(verdicts: Iterable[Verdict]) -> Answer:
    """The worst of the verdicts."""
    said = {_ANSWERS[type(verdict)] for verdict in verdicts}
    return next(answer for answer in Answer if answer in said)


def judge(
    rule: Rule,
    given: Given,
    others: Iterable[Given] = (),
    *,
    phase: Phase = Phase.PREVIEW,
    settings: Settings = DEFAULT_SETTINGS,
    places: Places | None = None,
    market: Market | None = None,
) -> tuple[Verdict, ...]:
    """The rule's verdicts on a resource that stands in a stack with the others.

    Whatever the rule raises is let through, so that a test shows its traceback.
    """
    stack = [to_resource(each, phase) for each in (given, *others)]
    return rule.judge(stack[0], _context(settings, places, market), Graph(stack))


class Found(NamedTuple):
    """What rules find in a stack."""

    preview: tuple[Finding, ...]
    deployed: tuple[Finding, ...]

    def at(self, phase: Phase) -> tuple[Finding, ...]:
        return self.preview if phase is Phase.PREVIEW else self.deployed


def judge_stack(
    rules: Iterable[Rule],
    stack: Iterable[Given],
    *,
    settings: Settings = DEFAULT_SETTINGS,
    places: Places | None = None,
    market: Market | None = None,
) -> Found:
    """What the rules find in a stack, at preview and once it is deployed.

    Findings come in the order of the resources. A rule that breaks is a finding as well, as in the
    engine. Raises ValueError for a stack that no engine would hold: two resources of one name, or a
    dependency on one that is not there.
    """
    resources, chosen = tuple(stack), tuple(rules)
    _reject_impossible(resources)
    context = _context(settings, places, market)
    return Found(
        *(
            tuple(evaluate([to_resource(each, phase) for each in resources], chosen, context))
            for phase in Phase
        )
    )


def _context(settings: Settings, places: Places | None, market: Market | None) -> Context:
    return Context(settings, places or Catalogue(), market or CatalogueMarket())


def _reject_impossible(stack: Iterable[Given]) -> None:
    counts = Counter(each.name for each in stack)
    if twice := [name for name, count in counts.items() if count > 1]:
        raise ValueError(
            f"two resources are called '{twice[0]}': give each Given a name of its own"
        )
    for each in stack:
        for path, names in each.dependencies.items():
            if astray := [name for name in names if name not in counts]:
                raise ValueError(
                    f"'{each.name}' has its {path} from '{astray[0]}', which is not in the stack; "
                    f"there are {', '.join(counts)}"
                )

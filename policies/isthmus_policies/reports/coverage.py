"""What a run says of each framework's requirements: shown by which rules, with what result; and what
no rule shows, and why."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter

from isthmus_policies.frameworks import requirements_of
from isthmus_policies.packs.lists import Framework, Listed, Showable, WhyNot, framework_named
from isthmus_policies.reports.model import Outcome, Report, worst_of
from isthmus_policies.rule import Basis, Rule


class Standing(StrEnum):
    """What can become of a requirement, in the order in which it is told."""

    PASS = "pass"
    EXEMPT = "exempt"
    UNKNOWN = "unknown"
    FAIL = "fail"
    NOT_TESTED = "not-tested"
    """Rules of this run serve it, and met no resource that they apply to."""
    NOT_COVERED = "not-covered"
    """No rule of this run serves it, though one might."""
    PARTLY_SHOWABLE = "partly-showable"
    """No rule serves it, and none could show more than a part."""
    NOT_SHOWABLE = "not-showable"
    """No rule can show it."""

    @property
    def words(self) -> str:
        return self.value.replace("-", " ")


_NOT_WHOLLY = (Showable.PARTLY, Showable.NO)


@dataclass(frozen=True, slots=True)
class Tested:
    """A requirement that rules of this run serve."""

    framework: str
    id: str
    bases: Mapping[str, Basis]
    """By rule: how we know that it serves the requirement."""
    rules: tuple[Rule, ...]
    counts: Mapping[Outcome, int]
    """Verdicts on resources, over all of its rules."""

    @property
    def outcome(self) -> Outcome | None:
        """The worst verdict; None if no rule met a resource it applies to."""
        found = [outcome for outcome, count in self.counts.items() if count]
        return worst_of(found) if found else None

    @property
    def standing(self) -> Standing:
        """Its worst verdict; a rule that broke did not pass it."""
        if self.outcome is None:
            return Standing.NOT_TESTED
        return Standing.FAIL if self.outcome is Outcome.ERROR else Standing(self.outcome.value)


@dataclass(frozen=True, slots=True)
class Coverage:
    """A framework's requirements, each in one place: tested, or in one of the others."""

    framework: Framework
    tested: tuple[Tested, ...]
    not_covered: tuple[Listed, ...]
    partly_showable: tuple[Listed, ...]
    not_showable: Mapping[WhyNot, tuple[Listed, ...]]
    """By what they are about; reasons that nothing has are left out."""

    @property
    def titles(self) -> Mapping[str, str]:
        return {each.id: each.title for each in self.framework.requirements}

    @property
    def counts(self) -> Mapping[Standing, int]:
        """Requirements by standing; they come to all that are listed."""
        return {
            **dict.fromkeys(Standing, 0),
            **Counter(each.standing for each in self.tested),
            Standing.NOT_COVERED: len(self.not_covered),
            Standing.PARTLY_SHOWABLE: len(self.partly_showable),
            Standing.NOT_SHOWABLE: sum(map(len, self.not_showable.values())),
        }

    @property
    def counts_by_reason(self) -> Mapping[WhyNot, int]:
        return {why: len(self.not_showable.get(why, ())) for why in WhyNot}


def coverages(report: Report) -> tuple[Coverage, ...]:
    """Of every framework that the rules serve, in alphabetical order."""
    return tuple(
        coverage_of(framework_named(name), tested) for name, tested in by_framework(report).items()
    )


def coverage_of(framework: Framework, tested: Sequence[Tested]) -> Coverage:
    """With all requirements in the order of the framework's own list."""
    places = {each.id: place for place, each in enumerate(framework.requirements)}
    served = {each.id for each in tested}
    others = [each for each in framework.requirements if each.id not in served]
    by_reason = {why: tuple(each for each in others if each.why_not is why) for why in WhyNot}
    return Coverage(
        framework=framework,
        tested=tuple(sorted(tested, key=lambda each: places.get(each.id, len(places)))),
        not_covered=tuple(each for each in others if each.showable not in _NOT_WHOLLY),
        partly_showable=tuple(each for each in others if each.showable is Showable.PARTLY),
        not_showable={why: found for why, found in by_reason.items() if found},
    )


def by_framework(report: Report) -> Mapping[str, tuple[Tested, ...]]:
    """Every framework that the rules serve, in alphabetical order, with its requirements."""
    serving: dict[tuple[str, str], dict[str, tuple[Rule, Basis]]] = defaultdict(dict)
    for rule in report.rules:
        for each in requirements_of(rule):
            serving[each.framework, each.id].setdefault(rule.id, (rule, each.basis))
    found: dict[str, list[Tested]] = defaultdict(list)
    for (framework, id_), told in sorted(serving.items(), key=itemgetter(0)):
        rules = tuple(rule for rule, _ in told.values())
        bases = {rule_id: basis for rule_id, (_, basis) in told.items()}
        found[framework].append(Tested(framework, id_, bases, rules, _sum(rules, report)))
    return {framework: tuple(tested) for framework, tested in found.items()}


def _sum(rules: tuple[Rule, ...], report: Report) -> Mapping[Outcome, int]:
    counts: dict[Outcome, int] = defaultdict(int)
    for rule in rules:
        for outcome, count in report.tally(rule).items():
            if outcome is not Outcome.NOT_APPLICABLE:
                counts[outcome] += count
    return counts

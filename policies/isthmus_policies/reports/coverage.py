"""What a run says of each framework's requirements: tested by which rules, with what result."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from isthmus_policies.frameworks import requirements_of
from isthmus_policies.reports.model import Outcome, Report
from isthmus_policies.rule import Basis, Rule


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
        return max(found, key=lambda outcome: outcome.rank, default=None)

    @property
    def resources(self) -> int:
        return sum(self.counts.values())


def by_framework(report: Report) -> Mapping[str, tuple[Tested, ...]]:
    """Every framework that the rules serve, in alphabetical order, with its requirements."""
    rules: dict[tuple[str, str], dict[str, Rule]] = defaultdict(dict)
    bases: dict[tuple[str, str], dict[str, Basis]] = defaultdict(dict)
    for rule in report.rules:
        for each in requirements_of(rule):
            rules[each.framework, each.id][rule.id] = rule
            bases[each.framework, each.id].setdefault(rule.id, each.basis)
    found: dict[str, list[Tested]] = defaultdict(list)
    for framework, requirement in sorted(rules):
        serving = tuple(rules[framework, requirement].values())
        found[framework].append(
            Tested(
                framework=framework,
                id=requirement,
                bases=bases[framework, requirement],
                rules=serving,
                counts=_sum(serving, report),
            )
        )
    return {framework: tuple(tested) for framework, tested in found.items()}


def _sum(rules: tuple[Rule, ...], report: Report) -> Mapping[Outcome, int]:
    counts: dict[Outcome, int] = defaultdict(int)
    for rule in rules:
        for outcome, count in report.tally(rule).items():
            if outcome is not Outcome.NOT_APPLICABLE:
                counts[outcome] += count
    return counts

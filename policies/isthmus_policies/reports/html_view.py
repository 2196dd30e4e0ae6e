"""What the HTML report shows that the report does not hold as such: groups and pictures."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from isthmus_policies.reports.coverage import Coverage, Standing, Tested
from isthmus_policies.reports.model import FINDINGS, SEVERITIES, Finding, Outcome, Report, by_rule
from isthmus_policies.rule import Basis, Requirement, Rule, Severity

JUDGED = (*FINDINGS, Outcome.PASS)
"""Verdicts that are evidence, worst first."""
PICTURE_WIDTH = 100.0


class Bar(NamedTuple):
    """A piece of a picture, in percent of its width."""

    standing: Standing
    start: float
    width: float


class Evidence(NamedTuple):
    """A rule that judged something for a requirement."""

    rule: Rule
    basis: Basis
    tally: Mapping[Outcome, int]
    """Verdicts on resources."""

    @property
    def passes(self) -> bool:
        """Whether there is no finding to lead to."""
        return set(self.tally) == {Outcome.PASS}


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule with all that it found."""

    rule: Rule
    findings: tuple[Finding, ...]

    @property
    def blocks(self) -> bool:
        return any(each.blocks for each in self.findings)

    @property
    def rows(self) -> tuple[Sequence[Finding], ...]:
        """What is told in one row: all that was found alike in one resource."""
        return tuple(list(same) for _, same in groupby(self.findings, key=_row))


def evidence(tested: Tested, report: Report) -> tuple[Evidence, ...]:
    """The rules that judged something for a requirement, the worst verdict first."""
    told = [Evidence(rule, tested.bases[rule.id], _met(rule, report)) for rule in tested.rules]
    return tuple(sorted((each for each in told if each.tally), key=_worst, reverse=True))


def _met(rule: Rule, report: Report) -> Mapping[Outcome, int]:
    tally = report.tally(rule)
    return {o: tally[o] for o in JUDGED if tally.get(o)}


def _worst(evidence: Evidence) -> int:
    return max(outcome.rank for outcome in evidence.tally)


def by_severity(findings: Iterable[Finding]) -> Mapping[Severity, Sequence[Broken]]:
    """The severities that were met, worst first, each with its rules: what blocks comes first."""
    broken = sorted(map(_broken, by_rule(findings).values()), key=_weight)
    grouped = {
        severity: tuple(each for each in broken if each.rule.severity is severity)
        for severity in SEVERITIES
    }
    return {severity: rules for severity, rules in grouped.items() if rules}


def _broken(findings: Sequence[Finding]) -> Broken:
    return Broken(findings[0].rule, tuple(sorted(findings, key=_row)))


def _row(finding: Finding) -> tuple[int, int, str, bool]:
    return (-finding.outcome.rank, finding.input, finding.urn, not finding.blocks)


def _weight(broken: Broken) -> tuple[bool, int, str]:
    return (not broken.blocks, -len(broken.findings), broken.rule.id)


def ids_by_framework(requirements: Iterable[Requirement]) -> Mapping[str, Sequence[str]]:
    """What a rule serves, each requirement once."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for each in requirements:
        found[each.framework][each.id] = None
    return {framework: tuple(ids) for framework, ids in found.items()}


def bars(coverage: Coverage) -> Iterator[Bar]:
    counts = coverage.counts
    total = sum(counts.values())
    start = 0.0
    for each in Standing:
        width = PICTURE_WIDTH * counts[each] / total if total else 0.0
        if width:
            yield Bar(each, round(start, 3), round(width, 3))
        start += width

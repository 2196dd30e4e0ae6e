"""What the HTML report shows that the report does not hold as such: groups, gaps and pictures."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from isthmus_policies.packs.lists import Framework, Listed, Showable, framework_named
from isthmus_policies.reports.change import Change, Gone
from isthmus_policies.reports.coverage import Tested, by_framework
from isthmus_policies.reports.model import FINDINGS, SEVERITIES, Finding, Outcome, Report
from isthmus_policies.rule import Basis, Requirement, Rule, Severity

NOT_TESTED = "not tested"
NOT_COVERED = "not covered"
NOT_SHOWABLE = "not showable"
STANDINGS = ("pass", "exempt", "unknown", "fail", NOT_TESTED, NOT_COVERED, NOT_SHOWABLE)
"""What can become of a requirement, in the order of the picture."""
JUDGED = (*FINDINGS, Outcome.PASS)
"""Verdicts that are evidence, worst first."""
PICTURE_WIDTH = 100.0


class Bar(NamedTuple):
    """A piece of a picture, in percent of its width."""

    standing: str
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


@dataclass(frozen=True, slots=True)
class Coverage:
    """A framework's requirements, and what this run says of them."""

    framework: Framework
    tested: tuple[Tested, ...]

    @property
    def listed(self) -> Mapping[str, Listed]:
        return {each.id: each for each in self.framework.requirements}

    @property
    def gaps(self) -> tuple[Listed, ...]:
        """Requirements that no rule of this run serves, though one might."""
        return tuple(each for each in self._unserved() if each.showable is not Showable.NO)

    @property
    def not_showable(self) -> tuple[Listed, ...]:
        """Requirements that no rule can show, as the list says."""
        return tuple(each for each in self._unserved() if each.showable is Showable.NO)

    @property
    def counts(self) -> Mapping[str, int]:
        """Requirements by standing."""
        counts = Counter(map(standing, self.tested))
        counts[NOT_COVERED] = len(self.gaps)
        counts[NOT_SHOWABLE] = len(self.not_showable)
        return counts

    @property
    def bars(self) -> tuple[Bar, ...]:
        return tuple(_bars(self.counts))

    def _unserved(self) -> Iterator[Listed]:
        served = {each.id for each in self.tested}
        return (each for each in self.framework.requirements if each.id not in served)


def standing(tested: Tested) -> str:
    """What became of a requirement: its worst verdict; a rule that broke did not pass it."""
    if tested.outcome is None:
        return NOT_TESTED
    return "fail" if tested.outcome is Outcome.ERROR else tested.outcome.value


def coverages(report: Report) -> tuple[Coverage, ...]:
    return tuple(_coverage(name, tested) for name, tested in by_framework(report).items())


def _coverage(name: str, tested: Sequence[Tested]) -> Coverage:
    """With the requirements in the order of the framework's own list."""
    framework = framework_named(name)
    places = {each.id: place for place, each in enumerate(framework.requirements)}
    ordered = sorted(tested, key=lambda each: places.get(each.id, len(places)))
    return Coverage(framework, tuple(ordered))


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
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_rule[finding.rule.id].append(finding)
    broken = sorted((_broken(found) for found in by_rule.values()), key=_weight)
    grouped = {
        severity: tuple(each for each in broken if each.rule.severity is severity)
        for severity in SEVERITIES
    }
    return {severity: rules for severity, rules in grouped.items() if rules}


def _broken(findings: list[Finding]) -> Broken:
    return Broken(findings[0].rule, tuple(sorted(findings, key=_row)))


def _row(finding: Finding) -> tuple[int, int, str, bool]:
    return (-finding.outcome.rank, finding.input, finding.urn, not finding.blocks)


def _weight(broken: Broken) -> tuple[bool, int, str]:
    return (not broken.blocks, -len(broken.findings), broken.rule.id)


def gone_worst_first(change: Change) -> Sequence[Gone]:
    """Findings of the base that are gone; a severity that the base made up itself comes last."""
    order = {severity.value: place for place, severity in enumerate(SEVERITIES)}
    return sorted(
        change.gone,
        key=lambda each: (order.get(each.finding.severity, len(order)), each.finding),
    )


def ids_by_framework(requirements: Iterable[Requirement]) -> Mapping[str, Sequence[str]]:
    """What a rule serves, each requirement once."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for each in requirements:
        found[each.framework][each.id] = None
    return {framework: tuple(ids) for framework, ids in found.items()}


def _bars(counts: Mapping[str, int]) -> Iterator[Bar]:
    total = sum(counts[each] for each in STANDINGS)
    start = 0.0
    for each in STANDINGS:
        width = PICTURE_WIDTH * counts[each] / total if total else 0.0
        if width:
            yield Bar(each, round(start, 3), round(width, 3))
        start += width

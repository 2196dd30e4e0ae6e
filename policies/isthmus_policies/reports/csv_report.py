"""Evidence by framework as CSV: which requirement was tested by which rule, with what result."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain

from isthmus_policies.exemptions import Exemption
from isthmus_policies.frameworks import requirements_of
from isthmus_policies.packs.lists import Listed
from isthmus_policies.reports.conditions import in_words
from isthmus_policies.reports.coverage import Standing, coverages
from isthmus_policies.reports.model import ExemptionUse, Finding, Input, Outcome, Report, Use
from isthmus_policies.reports.text import visible
from isthmus_policies.rule import Requirement, Rule

COLUMNS = (
    "framework", "requirement", "basis", "source", "rule", "title", "severity", "controls",
    "verdict", "resources", "urn", "message", "exemption",
)  # fmt: skip
"""A line says that `resources` resources got `verdict`; one that did not pass has a line of its
own. Where no rule serves a requirement, `verdict` is its standing and `message` says why."""
SETTINGS = "settings"
"""The lines at the end that say by what an input was judged; they are no verdicts."""
_FORMULA = ("=", "+", "-", "@")


def render(report: Report) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    findings: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        findings[finding.rule.id].append(finding)
    pairs = [(each, rule) for rule in report.rules for each in requirements_of(rule)]
    for requirement, rule in sorted(pairs, key=lambda p: (p[0].framework, p[0].id, p[1].id)):
        for cells in _lines(rule, findings[rule.id], report):
            writer.writerow(_safe(cell) for cell in (*_about(requirement, rule), *cells))
    others = (_shown_by_nothing(report), _looked_at(report.exemptions), _judged_by(report.inputs))
    for row in chain(*others):
        writer.writerow(_safe(cell) for cell in row)
    return out.getvalue()


def _shown_by_nothing(report: Report) -> Iterator[tuple[str, ...]]:
    """A line for each requirement that no rule of the run serves, so that none is missing."""
    for each in coverages(report):
        name = each.framework.name
        yield from _gaps(name, each.not_covered, Standing.NOT_COVERED, "no rule of this run")
        partly = "configuration has a part in it, by our reading"
        yield from _gaps(name, each.partly_showable, Standing.PARTLY_SHOWABLE, partly)
        for why, listed in each.not_showable.items():
            yield from _gaps(name, listed, Standing.NOT_SHOWABLE, why.value)


def _gaps(
    framework: str, listed: Iterable[Listed], standing: Standing, why: str
) -> Iterator[tuple[str, ...]]:
    for each in listed:
        about = (framework, each.id, "", each.source, "", each.title, "", "")
        yield (*about, standing.value, "0", "", why, "")


def _looked_at(uses: Iterable[ExemptionUse]) -> Iterator[tuple[str, ...]]:
    """A line for each exemption that somebody should look at."""
    for each in uses:
        if each.use in (Use.UNUSED, Use.EXPIRED):
            entry = each.exemption
            cells = (f"exemption-{each.use.value}", "0", entry.urn, entry.reason, _held(entry))
            yield ("", "", "", "", entry.rule, "", "", "", *cells)


def _judged_by(inputs: Iterable[Input]) -> Iterator[tuple[str, ...]]:
    for given in inputs:
        said = f"{given.stack or given.name}: {in_words(given)}"
        yield (*("",) * 8, SETTINGS, str(given.resources), "", said, "")


def _about(requirement: Requirement, rule: Rule) -> tuple[str, ...]:
    return (
        requirement.framework, requirement.id, requirement.basis.value, requirement.source,
        rule.id, rule.title, rule.severity.value, " ".join(rule.controls),
    )  # fmt: skip


def _lines(rule: Rule, findings: list[Finding], report: Report) -> Iterator[tuple[str, ...]]:
    tally = report.tally(rule)
    if tally.get(Outcome.PASS):
        yield (Outcome.PASS.value, str(tally[Outcome.PASS]), "", "", "")
    elif not findings:
        yield (Standing.NOT_TESTED.value, "0", "", "no resource that the rule applies to", "")
    for finding in findings:
        held = _held(finding.exemption) if finding.exemption else ""
        yield (finding.outcome.value, "1", finding.urn, finding.message, held)


def _held(entry: Exemption) -> str:
    return f"{entry.ticket}, {entry.owner}, {entry.expires.isoformat()}"


def _safe(cell: str) -> str:
    """What a spreadsheet would run as a formula gets an apostrophe (OWASP, "CSV Injection")."""
    shown = visible(cell)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown

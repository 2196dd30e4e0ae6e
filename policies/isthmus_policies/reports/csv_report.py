"""Evidence by framework as CSV: which requirement was tested by which rule, with what result."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from isthmus_policies.exemptions import Exemption
from isthmus_policies.frameworks import requirements_of
from isthmus_policies.reports.conditions import in_words
from isthmus_policies.reports.coverage import Coverage, Standing, coverages
from isthmus_policies.reports.model import (
    ExemptionUse,
    Finding,
    Outcome,
    Report,
    Use,
    by_rule,
)
from isthmus_policies.reports.text import visible

SETTINGS = "settings"
"""The lines at the end that say by what an input was judged; they are no verdicts."""
_FORMULA = ("=", "+", "-", "@")


class Row(NamedTuple):
    """A line says that `resources` resources got `verdict`; one that did not pass has a line of its
    own. Where no rule serves a requirement, `verdict` is its standing and `message` says why."""

    framework: str = ""
    requirement: str = ""
    basis: str = ""
    source: str = ""
    rule: str = ""
    title: str = ""
    severity: str = ""
    controls: str = ""
    verdict: str = ""
    resources: str = "0"
    urn: str = ""
    message: str = ""
    exemption: str = ""


def render(report: Report) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(Row._fields)
    writer.writerows(map(_safe, row) for row in _rows(report))
    return out.getvalue()


def _rows(report: Report) -> Iterator[Row]:
    yield from _evidence(report)
    for coverage in coverages(report):
        yield from _shown_by_nothing(coverage)
    for use in report.exemptions:
        if use.use in (Use.UNUSED, Use.EXPIRED):
            yield _to_look_at(use)
    for given in report.inputs:
        said = f"{given.stack or given.name}: {in_words(given)}"
        yield Row(verdict=SETTINGS, resources=str(given.resources), message=said)


def _evidence(report: Report) -> Iterator[Row]:
    findings = by_rule(report.findings)
    pairs = [(each, rule) for rule in report.rules for each in requirements_of(rule)]
    for requirement, rule in sorted(pairs, key=lambda p: (p[0].framework, p[0].id, p[1].id)):
        about = Row(
            framework=requirement.framework, requirement=requirement.id,
            basis=requirement.basis.value, source=requirement.source, rule=rule.id,
            title=rule.title, severity=rule.severity.value, controls=" ".join(rule.controls),
        )  # fmt: skip
        yield from _verdicts(about, report.tally(rule), findings.get(rule.id, ()))


def _verdicts(
    about: Row, tally: Mapping[Outcome, int], findings: Sequence[Finding]
) -> Iterator[Row]:
    passed = tally.get(Outcome.PASS, 0)
    if passed:
        yield about._replace(verdict=Outcome.PASS.value, resources=str(passed))
    elif not findings:
        said = "no resource that the rule applies to"
        yield about._replace(verdict=Standing.NOT_TESTED.value, message=said)
    for each in findings:
        yield about._replace(
            verdict=each.outcome.value, resources="1", urn=each.urn, message=each.message,
            exemption=_held(each.exemption) if each.exemption else "",
        )  # fmt: skip


def _shown_by_nothing(coverage: Coverage) -> Iterator[Row]:
    """A line for each requirement that no rule of the run serves, so that none is missing."""
    groups = [
        (Standing.NOT_COVERED, "no rule of this run", coverage.not_covered),
        (
            Standing.PARTLY_SHOWABLE,
            "configuration has a part in it, by our reading",
            coverage.partly_showable,
        ),
    ]
    by_reason = coverage.not_showable.items()
    groups += [(Standing.NOT_SHOWABLE, why.value, listed) for why, listed in by_reason]
    for standing, said, listed in groups:
        for each in listed:
            yield Row(
                framework=coverage.framework.name, requirement=each.id, source=each.source,
                title=each.title, verdict=standing.value, message=said,
            )  # fmt: skip


def _to_look_at(use: ExemptionUse) -> Row:
    entry = use.exemption
    return Row(
        rule=entry.rule, verdict=f"exemption-{use.use.value}", urn=entry.urn,
        message=entry.reason, exemption=_held(entry),
    )  # fmt: skip


def _held(entry: Exemption) -> str:
    return f"{entry.ticket}, {entry.owner}, {entry.expires.isoformat()}"


def _safe(cell: str) -> str:
    """What a spreadsheet would run as a formula gets an apostrophe (OWASP, "CSV Injection")."""
    shown = visible(cell)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown

"""The report for a person at a terminal: what is wrong with each resource, and what to write."""

import io
import textwrap
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from isthmus_policies.reports.change import Change
from isthmus_policies.reports.conditions import in_words
from isthmus_policies.reports.model import Finding, Outcome, Report, Use
from isthmus_policies.reports.text import count_of, visible

WIDTH = 100
"""Columns of a report that goes into a file."""
_STYLES = {
    Outcome.FAIL: "bold red",
    Outcome.ERROR: "bold magenta",
    Outcome.UNKNOWN: "yellow",
    Outcome.EXEMPT: "dim",
}


def render(report: Report, change: Change | None = None) -> str:
    """As plain text, without colours."""
    out = io.StringIO()
    show(Console(file=out, width=WIDTH, highlight=False, no_color=True), report, change)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def show(console: Console, report: Report, change: Change | None = None) -> None:
    """Prints the report. Texts from outside are never read as markup and act on no terminal."""
    ordered = sorted(report.findings, key=lambda each: (each.input, each.urn, -each.outcome.rank))
    for (_, urn), group in groupby(ordered, key=lambda each: (each.input, each.urn)):
        _show_resource(console, urn, list(group))
    if report.exemptions:
        _show_exemptions(console, report)
    for line in (*report.notes, *report.exemption_warnings()):
        console.print(Text.assemble(("note  ", "yellow"), visible(line)))
    if change is not None:
        console.print(f"Since the base: {change.in_short}.")
    for line in _summary(report):
        console.print(line)


def _show_resource(console: Console, urn: str, findings: list[Finding]) -> None:
    first = findings[0]
    place = f"{first.source.file}:{first.source.line}" if first.source else ""
    console.print(
        Text.assemble(
            (visible(first.name), "bold"), "  ", (visible(first.type), "cyan"), "  ",
            (visible(place), "dim"),
        ),
        soft_wrap=True,
    )  # fmt: skip
    console.print(Text(visible(urn), style="dim"), soft_wrap=True)
    rows = [row for finding in findings for row in _rows(finding)]
    console.print(_layout(rows, console.width), soft_wrap=True)


class _Row(NamedTuple):
    """What is said in two short words and a long text."""

    outcome: str
    word: str
    said: str
    outcome_style: str = ""
    style: str = ""


def _layout(rows: list[_Row], width: int) -> Text:
    """In columns, the long text wrapped under itself."""
    first, second = (max(map(len, column)) + 2 for column in list(zip(*rows, strict=True))[:2])
    indent, text = " " * (2 + first + second), Text()
    for row in rows:
        begin, *others = _wrap(visible(row.said), max(width - len(indent), _NARROWEST))
        text.append(f"  {row.outcome:{first}}", row.outcome_style)
        text.append(f"{row.word:{second}}{begin}\n", row.style)
        for line in others:
            text.append(f"{indent}{line}\n", row.style)
    return text


_NARROWEST = 30


@lru_cache(maxsize=1024)
def _wrap(text: str, width: int) -> list[str]:
    """Kept, because most findings of a rule say the same."""
    return textwrap.wrap(text, width) or [""]


def _rows(finding: Finding) -> Iterator[_Row]:
    note = "" if finding.blocks or finding.outcome is Outcome.EXEMPT else " Does not block."
    yield _Row(
        finding.outcome.value, finding.severity.value,
        f"{finding.rule.id}: {finding.said}.{note}", _STYLES[finding.outcome],
    )  # fmt: skip
    if finding.outcome is Outcome.EXEMPT and finding.exemption:
        entry = finding.exemption
        until = f"until {entry.expires.isoformat()}: {entry.reason} ({entry.ticket}, {entry.owner})"
        yield _Row("", "exempt", until, style="dim")
    elif finding.outcome is not Outcome.ERROR:
        yield _Row("", "fix", finding.fix, style="green")
        for line in finding.diff:
            yield _Row("", "diff", line, style="cyan")


def _show_exemptions(console: Console, report: Report) -> None:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, title="Exemptions", title_justify="left")
    for heading in ("state", "until", "rule", "resource", "reason"):
        table.add_column(heading, overflow="fold")
    for each in report.exemptions:
        if each.use is Use.NOT_CONCERNED:
            continue
        entry = each.exemption
        reason = f"{entry.reason} ({entry.ticket}, {entry.owner})"
        cells = (each.use.value, entry.expires.isoformat(), entry.rule, entry.urn, reason)
        table.add_row(*(Text(visible(cell)) for cell in cells))
    console.print(table)


def _summary(report: Report) -> Iterator[Text]:
    for given in report.inputs:
        judged = f"Judged {given.name} ({given.kind} of {given.stack or 'no stack'}, "
        judged += f"{count_of(given.resources, 'resource')}; {in_words(given)})"
        yield Text(visible(judged), style="dim")
    ran = f"{count_of(len(report.rules), 'rule')} of {', '.join(report.packs)}"
    yield Text.assemble(
        (f"{report.verdict}: ", "bold red" if report.blocking else "bold green"),
        f"{ran} on {count_of(report.resources, 'resource')}, {report.found}.",
    )

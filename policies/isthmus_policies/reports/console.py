"""The report for a person at a terminal: what is wrong with each resource, and what to write."""

import io
from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from isthmus_policies.reports.change import Change
from isthmus_policies.reports.model import FINDINGS, SEVERITIES, Finding, Outcome, Report, Use
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
        console.print(
            f"Since the base: {len(change.new)} new, {len(change.fixed)} fixed, "
            f"{change.unchanged} unchanged."
        )
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
    table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        for row in _rows(finding):
            table.add_row(*row)
    console.print(Padding(table, (0, 0, 1, 2)))


def _rows(finding: Finding) -> Iterator[tuple[Text, Text, Text]]:
    style = _STYLES[finding.outcome]
    where = f" (at {finding.path})" if finding.path else ""
    note = "" if finding.blocks or finding.outcome is Outcome.EXEMPT else " Does not block."
    empty = Text("")
    yield (
        Text(finding.outcome.value, style=style),
        Text(finding.severity.value),
        Text(visible(f"{finding.rule.id}: {finding.message}{where}.{note}")),
    )
    if finding.outcome is Outcome.EXEMPT and finding.exemption:
        entry = finding.exemption
        until = f"until {entry.expires.isoformat()}: {entry.reason} ({entry.ticket}, {entry.owner})"
        yield empty, Text("exempt", style="dim"), Text(visible(until), style="dim")
    elif finding.outcome is not Outcome.ERROR:
        yield empty, Text("fix", style="green"), Text(visible(finding.fix), style="green")
        for line in _diff(finding):
            yield empty, Text("diff", style="cyan"), Text(visible(line), style="cyan")


def _diff(finding: Finding) -> Iterator[str]:
    """What the rule's remedy would change, and where, if that is another resource."""
    for proposal in finding.remedy:
        other = proposal.urn != finding.urn
        where = f"{proposal.urn.rpartition('::')[2]}: " if other else ""
        yield from (f"{where}{change.render()}" for change in proposal.changes)


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
    severe = Counter(each.severity for each in report.findings)
    for given in report.inputs:
        places = ", ".join(sorted(given.settings.jurisdictions)) or "no jurisdictions"
        yield Text(
            visible(
                f"Judged {given.name} ({given.kind} of {given.stack or 'no stack'}, "
                f"{count_of(given.resources, 'resource')}; {places}; "
                f"unknown: {given.settings.on_unknown.value}; settings from {given.settings_from})"
            ),
            style="dim",
        )
    told = [f"{report.counts[o]} {o.value}" for o in FINDINGS if report.counts.get(o)]
    worst = [f"{severe[s]} {s.value}" for s in SEVERITIES if severe[s]]
    found = f"{', '.join(told)} ({', '.join(worst)})" if told else "no findings"
    ran = f"{count_of(len(report.rules), 'rule')} of {', '.join(report.packs)}"
    count = len(report.blocking)
    verdict = f"{count_of(count, 'finding')} must be fixed" if count else "nothing blocks"
    yield Text.assemble(
        (f"{verdict}: ", "bold red" if count else "bold green"),
        f"{ran} on {count_of(report.resources, 'resource')}, {found}.",
    )

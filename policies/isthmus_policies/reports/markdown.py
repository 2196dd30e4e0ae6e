"""The report as a comment on a pull request: short whatever was found, and safe to post."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from isthmus_policies.reports.change import Change, Gone
from isthmus_policies.reports.conditions import in_words
from isthmus_policies.reports.model import FINDINGS, SEVERITIES, Finding, Report, Use, by_rule
from isthmus_policies.reports.text import count_of, shorten, visible

MAX_RULES = 20
"""Rows of the table. A comment that fills more than a screen is not read; with everything else
this stays below 60 lines."""
MAX_NAMES = 3
"""Resources shown for a rule."""
MAX_LISTED = 5
"""Lines of each list."""
MAX_SETTINGS = 400
"""Characters of what an input was judged by."""
_MARKER = "<!-- isthmus check -->"
"""By which a job finds its own comment again."""


def render(report: Report, change: Change | None = None) -> str:
    lines = [
        _MARKER,
        f"### isthmus check: {report.verdict}",
        "",
        _summary(report),
        *_inputs(report),
    ]
    if change is not None:
        lines += ["", *_changes(change)]
    if report.findings:
        lines += ["", *_table(report)]
    lines += [*_exemptions(report), *_notes(report)]
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """Text of which Markdown, HTML and the site make nothing but text.

    Entities stop the markup; a zero-width space after `@` and `#` stops mentions, which sites look
    for once the entities are gone.
    """
    shown = re.sub(r"[^\w\s.,;=/+-]", lambda found: f"&#{ord(found[0])};", visible(text))
    shown = shown.replace("_", "&#95;").replace("&#64;", "&#64;&#8203;")
    return re.sub(r"&#35;(?=\w)|(?<=www)\.", lambda found: f"{found[0]}&#8203;", shown)


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def _summary(report: Report) -> str:
    ran = f"{count_of(len(report.rules), 'rule')} on {count_of(report.resources, 'resource')}"
    return f"{ran}: {report.found}."


def _inputs(report: Report) -> Iterator[str]:
    shown = report.inputs[:MAX_LISTED]
    names = [
        f"{_code(each.stack or each.name)} ({each.kind}; "
        f"{escape(shorten(in_words(each), MAX_SETTINGS))})"
        for each in shown
    ]
    more = len(report.inputs) - len(shown)
    yield ""
    yield "Judged: " + ", ".join(names) + (f" and {more} more" if more else "") + "."


def _changes(change: Change) -> Iterator[str]:
    yield f"Since the base: **{change.in_short}**."
    yield from _list("New", [_line(each) for each in change.new])
    yield from _list("Gone", [_gone(each) for each in change.gone])


def _line(finding: Finding) -> str:
    message = escape(shorten(finding.message, 160))
    return f"{finding.severity.value} {_code(finding.rule.id)} {_code(_short(finding))}: {message}"


def _gone(gone: Gone) -> str:
    was = gone.finding
    name = _code(shorten(was.name, 80))
    return f"{escape(was.severity)} {_code(was.rule)} {name}: {gone.why.value}"


def _short(finding: Finding) -> str:
    return shorten(f"{finding.type}::{finding.name}", 120)


def _list(heading: str, items: Sequence[str]) -> Iterator[str]:
    if not items:
        return
    yield ""
    yield f"{heading}:"
    yield ""
    yield from (f"- {item}" for item in items[:MAX_LISTED])
    if len(items) > MAX_LISTED:
        yield f"- and {len(items) - MAX_LISTED} more"


def _table(report: Report) -> Iterator[str]:
    """A row for each rule, worst first."""
    groups = sorted(by_rule(report.findings).values(), key=_weight)
    yield "| severity | rule | found | resources | fix |"
    yield "| --- | --- | --- | --- | --- |"
    for group in groups[:MAX_RULES]:
        yield _row(group)
    if len(groups) > MAX_RULES:
        rest = groups[MAX_RULES:]
        yield (
            f"| | {len(rest)} more rules | {sum(map(len, rest))} | the full report lists them | |"
        )


def _weight(group: Sequence[Finding]) -> tuple[int, int, int, str]:
    finding = group[0]
    blocking = sum(each.blocks for each in group)
    return (not blocking, SEVERITIES.index(finding.severity), -len(group), finding.rule.id)


def _row(group: Sequence[Finding]) -> str:
    rule = group[0].rule
    counts = Counter(each.outcome for each in group)
    found = ", ".join(f"{counts[o]} {o.value}" for o in FINDINGS if counts[o])
    names = list(dict.fromkeys(_short(each) for each in group))
    listed = "<br>".join(_code(name) for name in names[:MAX_NAMES])
    more = f"<br>and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    return (
        f"| {rule.severity.value} | {_code(rule.id)}<br>{escape(rule.title)} | {found} | "
        f"{listed}{more} | {_code(shorten(rule.fix, 200))} |"
    )


def _exemptions(report: Report) -> Iterator[str]:
    if not report.exemptions:
        return
    counts = Counter(each.use for each in report.exemptions)
    told = ", ".join(f"{counts[use]} {use.value}" for use in Use if counts[use])
    lines = [
        f"{each.use.value}: {_code(each.exemption.rule)} {_code(each.exemption.urn)} "
        f"until {each.exemption.expires.isoformat()} ({escape(each.exemption.ticket)}, "
        f"{escape(each.exemption.owner)}): {escape(shorten(each.exemption.reason, 160))}"
        for each in sorted(report.exemptions, key=lambda each: list(Use).index(each.use) == 0)
        if each.use is not Use.NOT_CONCERNED
    ]
    yield from _list(f"Exemptions ({told})", lines)


def _notes(report: Report) -> Iterator[str]:
    yield from _list("Notes", [escape(shorten(note, 240)) for note in report.notes])

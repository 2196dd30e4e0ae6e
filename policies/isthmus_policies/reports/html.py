"""The report as one HTML file that asks nothing of a network: for auditors, archives and print."""

from collections import Counter
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from isthmus_policies.reports.coverage import by_framework
from isthmus_policies.reports.model import FINDINGS, SEVERITIES, Outcome, Report
from isthmus_policies.reports.text import count_of, visible


def render(report: Report) -> str:
    template = _environment().get_template("report.html.j2")
    ordered = sorted(report.findings, key=lambda each: (each.input, each.urn, -each.outcome.rank))
    return template.render(
        report=report,
        groups=[list(group) for _, group in groupby(ordered, key=lambda e: (e.input, e.urn))],
        frameworks=by_framework(report),
        outcomes=(Outcome.PASS, *reversed(FINDINGS)),
        verdicts=FINDINGS,
        severities=SEVERITIES,
        count_of=count_of,
        severity_counts=Counter((each.severity, each.outcome) for each in report.findings),
    )


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )


def _finalize(value: object) -> object:
    """Every text goes through here before it is escaped: none can be forgotten."""
    return visible(value) if isinstance(value, str) else value

"""The report as one HTML file that asks nothing of a network: for auditors, archives and print."""

from collections import Counter
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from isthmus_policies.packs.lists import WhyNot
from isthmus_policies.reports.change import Change
from isthmus_policies.reports.conditions import conditions
from isthmus_policies.reports.coverage import Standing, coverages
from isthmus_policies.reports.html_view import (
    bars,
    by_severity,
    evidence,
    ids_by_framework,
)
from isthmus_policies.reports.model import FINDINGS, SEVERITIES, Outcome, Report
from isthmus_policies.reports.text import count_of, visible


def render(report: Report, change: Change | None = None) -> str:
    template = _environment().get_template("report.html.j2")
    return template.render(
        report=report,
        change=change,
        title=_title(report),
        conditions=conditions,
        severities=SEVERITIES,
        verdicts=FINDINGS,
        outcomes=(Outcome.PASS, *reversed(FINDINGS)),
        severity_counts=Counter((each.severity, each.outcome) for each in report.findings),
        broken=by_severity(report.findings),
        by_severity=by_severity,
        coverages=coverages(report),
        standings=Standing,
        reasons=WhyNot,
        bars=bars,
        evidence=evidence,
        ids_by_framework=ids_by_framework,
        count_of=count_of,
    )


def _title(report: Report) -> str:
    stacks = dict.fromkeys(each.stack or each.name for each in report.inputs)
    return f"Policy report: {', '.join(stacks)}"


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
    """Every text goes through here before it is escaped: none can be forgotten. What a macro of
    ours wrote is markup, and each text in it has been here."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return visible(value)

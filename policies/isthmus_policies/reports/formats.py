"""The forms a report can take; a form's libraries are loaded when it is asked for."""

from collections.abc import Callable
from enum import StrEnum

from isthmus_policies.offline.problem import CannotJudge
from isthmus_policies.reports.change import Change
from isthmus_policies.reports.model import Report


class Format(StrEnum):
    CONSOLE = "console"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    MARKDOWN = "markdown"
    HTML = "html"
    OSCAL = "oscal"
    CSV = "csv"


def render(report: Report, form: Format, change: Change | None = None) -> str:
    """The report as text. Raises CannotJudge if a library for the form is not installed."""
    try:
        return _write(report, form, change)
    except ModuleNotFoundError as error:
        raise CannotJudge(
            f"--format {form}",
            f"the package '{error.name}' is missing",
            "Install the extra: `pip install 'isthmus[oscal]'`.",
        ) from None


def _write(report: Report, form: Format, change: Change | None) -> str:
    match form:
        case Format.CONSOLE:
            from isthmus_policies.reports import console

            return console.render(report, change)
        case Format.MARKDOWN:
            from isthmus_policies.reports import markdown

            return markdown.render(report, change)
        case Format.HTML:
            from isthmus_policies.reports import html

            return html.render(report, change)
        case _:
            return _writer(form)(report)


def _writer(form: Format) -> Callable[[Report], str]:
    """The writer of a form that knows nothing of earlier reports."""
    match form:
        case Format.SARIF:
            from isthmus_policies.reports.sarif import render as write
        case Format.JUNIT:
            from isthmus_policies.reports.junit import render as write
        case Format.OSCAL:
            from isthmus_policies.reports.oscal import render as write
        case Format.CSV:
            from isthmus_policies.reports.csv_report import render as write
        case _:
            from isthmus_policies.reports.json_report import render as write
    return write

"""Telling a finding costs the same however many there are.

Counted in calls of Python functions, which are the same on every machine.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from isthmus_policies.gate import Subject, choose_rules, judge
from isthmus_policies.offline.snapshot import read_snapshot
from isthmus_policies.reports.change import compare
from isthmus_policies.reports.formats import Format, render
from isthmus_policies.reports.model import Report
from isthmus_policies.settings import Settings

from ..offline.copies import copies_of_cases

pytestmark = [pytest.mark.policy, pytest.mark.pure]

RULES = (
    "transport-s3-bucket-tls-only",
    "keys-aws-key-rotation",
    "exposure-s3-bucket-public-access-block",
)
GROWTH = 1.05


@contextmanager
def counted_calls() -> Iterator[list[int]]:
    calls = [0]

    def on_event(frame: FrameType, event: str, argument: Any) -> None:
        calls[0] += event == "call"

    sys.setprofile(on_event)
    try:
        yield calls
    finally:
        sys.setprofile(None)


def report_of(copies: int, folder: Path) -> Report:
    file = folder / f"{copies}.json"
    file.write_text(json.dumps(copies_of_cases(copies)))
    settings = Settings(frozenset({"EU"}))
    return judge([Subject(read_snapshot(file), settings, "")], choose_rules(["all"], RULES))


def calls_for_each(report: Report, form: Format, base: Path) -> float:
    base.write_text(render(report, Format.JSON))
    render(report, form, compare(report, base))  # loads what the form needs
    with counted_calls() as calls:
        render(report, form, compare(report, base))
    return calls[0] / len(report.findings)


@pytest.mark.parametrize("form", [form for form in Format if form is not Format.OSCAL])
def test_cost_of_a_finding_does_not_grow_with_their_number(form: Format, tmp_path: Path) -> None:
    base = tmp_path / "base.json"
    few, many = (calls_for_each(report_of(copies, tmp_path), form, base) for copies in (2, 4))
    assert many < few * GROWTH

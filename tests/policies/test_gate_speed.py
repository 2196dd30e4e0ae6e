"""The gate's work for each resource does not grow with their number.

Counted in executed lines, which are the same on every machine; `make bench` measures the time.
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
from isthmus_policies.settings import Settings

from .offline.states import Json, many_resources

pytestmark = [pytest.mark.policy, pytest.mark.pure]

GROWTH = 1.15
"""What a resource may cost more in a stack of four times the size. A rule that compares every resource
with every other comes to nearly four."""


@contextmanager
def counted_lines() -> Iterator[list[int]]:
    """Counts the lines of the gate's own code that are executed; each turn of a loop counts again."""
    lines = [0]

    def on_line(frame: FrameType, event: str, argument: Any) -> Any:
        lines[0] += event == "line"
        return on_line

    def on_call(frame: FrameType, event: str, argument: Any) -> Any:
        return on_line if "isthmus_policies" in frame.f_code.co_filename else None

    before = sys.gettrace()  # coverage looks on as well
    sys.settrace(on_call)
    try:
        yield lines
    finally:
        sys.settrace(before)


def lines_for_each(document: Json, file: Path) -> float:
    file.write_text(json.dumps(document))
    choice = choose_rules(["all"])
    with counted_lines() as lines:
        snapshot = read_snapshot(file)
        report = judge([Subject(snapshot, Settings(frozenset({"EU"})), "")], choice)
    return lines[0] / report.resources


def test_cost_of_a_resource_does_not_grow_with_their_number(tmp_path: Path) -> None:
    lines_for_each(many_resources(400), tmp_path / "first.json")  # reads the tables
    few, many = (
        lines_for_each(many_resources(count, kinds=400), tmp_path / f"{count}.json")
        for count in (400, 1600)
    )
    assert many < few * GROWTH

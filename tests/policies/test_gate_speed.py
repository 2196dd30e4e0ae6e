"""What a rule costs for a resource does not grow with the number of resources.

Counted in executed lines, which are the same on every machine; `make bench` measures the time.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from isthmus_policies.gate import Choice, Subject, choose_rules, judge
from isthmus_policies.graph import Graph
from isthmus_policies.offline.snapshot import read_snapshot
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Enforcement, Rule, Severity, rule
from isthmus_policies.settings import Settings
from isthmus_policies.verdict import Pass, Verdicts

from .offline.copies import copies_of_cases
from .offline.states import BUCKET

pytestmark = [pytest.mark.policy, pytest.mark.pure]

GROWTH = 1.03
"""What a judgement may cost more in a stack of twice the size. It would be twice as much for
a rule that goes through all resources for each of them."""
SETTINGS = Settings(frozenset({"EU"}), max_monthly_usd=1.0, max_grid_grams_per_kwh=1.0)
"""With the ceilings, since rules that have nothing to do cost nothing."""
REST = "reading and telling"
JUDGE = Rule.judge.__code__


class Work:
    """The lines of the gate's own code that are executed; each turn of a loop counts again."""

    def __init__(self) -> None:
        self.lines = Counter[str]()
        self.times = Counter[str]()
        self._doing = REST

    def for_each_judgement(self) -> dict[str, float]:
        return {name: self.lines[name] / times for name, times in self.times.items()}

    @contextmanager
    def counted(self) -> Iterator[None]:
        before = sys.gettrace()  # coverage looks on as well
        sys.settrace(self._on_call)
        try:
            yield
        finally:
            sys.settrace(before)

    def _on_call(self, frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_code is JUDGE:
            self._doing = frame.f_locals["self"].id
            self.times[self._doing] += 1
        file = frame.f_code.co_filename
        return self._on_line if "isthmus_policies" in file or file == __file__ else None

    def _on_line(self, frame: FrameType, event: str, argument: Any) -> Any:
        self.lines[self._doing] += event == "line"
        if frame.f_code is JUDGE and event == "return":
            self._doing = REST
        return self._on_line


def work_on(copies: int, choice: Choice, folder: Path) -> Work:
    file = folder / f"{copies}.json"
    file.write_text(json.dumps(copies_of_cases(copies)))
    settings, work = SETTINGS, Work()
    judge([Subject(read_snapshot(file), settings, "")], choice)  # reads the tables
    with work.counted():
        snapshot = read_snapshot(file)
        judge([Subject(snapshot, settings, "")], choice)
    work.times[REST] = len(snapshot.resources)
    return work


def growth(choice: Choice, folder: Path) -> dict[str, float]:
    """By rule: what a judgement costs among twice as many resources, against what it costs now."""
    few, many = (work_on(copies, choice, folder).for_each_judgement() for copies in (1, 2))
    return {name: many[name] / cost for name, cost in few.items()}


def test_cost_of_a_judgement_does_not_grow_with_their_number(tmp_path: Path) -> None:
    grown = growth(choose_rules(["all"]), tmp_path)
    assert {name: ratio for name, ratio in grown.items() if ratio > GROWTH} == {}


@rule(
    "storage-bucket-compared", title="", why="", fix="", severity=Severity.LOW, types=(BUCKET,),
    enforcement=Enforcement.ADVISORY,
)  # fmt: skip
def compares_buckets(bucket: Resource, context: Context, graph: Graph) -> Verdicts:
    [other.urn for other in graph.of_type(BUCKET)]
    return Pass()


def test_a_rule_that_compares_every_resource_with_every_other_is_found(tmp_path: Path) -> None:
    assert growth(Choice((compares_buckets,), ("test",)), tmp_path)[compares_buckets.id] > 1.5

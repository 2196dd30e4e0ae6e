"""The gate's cost: a bound for each resource, and no more than that however many there are.

CPU time, not wall clock: other processes must not fail a test.
"""

import json
import time
from pathlib import Path

import pytest

from isthmus_policies.gate import Subject, choose_rules, judge
from isthmus_policies.offline.snapshot import read_snapshot
from isthmus_policies.settings import Settings
from isthmus_policies.testing import Given

from .loading import load_cases
from .offline.states import Json, export, provider, reference, resource

pytestmark = [pytest.mark.policy, pytest.mark.pure]

LIMIT_MS_PER_RESOURCE = 1.5
"""Five times what is aimed at (0.3 ms, every rule, 1,000 resources): a slow machine passes, a rule that
compares every resource with every other does not."""


def stack(count: int) -> Json:
    """So many resources: those of the cases, over and over under new names."""
    given = [case.given for case in load_cases() if case.answer in ("pass", "fail")]
    return export(provider(region="eu-north-1"), *(renamed(given, n) for n in range(count)))


def renamed(given: list[Given], number: int) -> Json:
    each = given[number % len(given)]
    props = json.loads(json.dumps(each.props, default=str))
    return resource(each.type, f"{each.name}-{number}", props, provider=reference())


def measure(file: Path) -> tuple[float, int]:
    """CPU seconds to read and judge, and the number of resources."""
    choice = choose_rules(["all"])
    started = time.process_time()
    snapshot = read_snapshot(file)
    report = judge([Subject(snapshot, Settings(frozenset({"EU"})), "")], choice)
    return time.process_time() - started, report.resources


def test_cost_for_each_resource_is_small_and_does_not_grow(tmp_path: Path) -> None:
    seconds: dict[int, float] = {}
    for count in (200, 1000, 4000):
        file = tmp_path / f"{count}.json"
        file.write_text(json.dumps(stack(count)))
        seconds[count], judged = measure(file)
        assert judged > count * 0.9
    assert seconds[1000] * 1000 / 1000 < LIMIT_MS_PER_RESOURCE
    assert seconds[4000] < 4 * 2.5 * max(seconds[1000], 0.05)

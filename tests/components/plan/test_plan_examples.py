"""The plan of each example stack, compared with the one on record.

When a plan is meant to change: `UPDATE_GOLDEN=1 pytest tests/components/plan`, and read the
difference before you commit it. It is what the change decides.
"""

import json
import os
from pathlib import Path

import pytest

from isthmus.plan.as_json import plan_as_json
from isthmus.plan.price import price_plan, price_site
from isthmus.plan.stack import plan_stack
from isthmus.spec.load import load_stack_file

pytestmark = pytest.mark.pure

ROOT = Path(__file__).parents[3]
STACKS = sorted((ROOT / "stacks").glob("Pulumi.*.yaml"))
GOLDEN = Path(__file__).parent / "golden"


def golden_file(stack: Path) -> Path:
    return GOLDEN / f"{stack.stem.removeprefix('Pulumi.')}.json"


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.stem)
def test_an_example_plans_cleanly_and_as_recorded(stack: Path) -> None:
    planned = plan_stack(load_stack_file(stack))
    assert planned.problems == ()
    assert planned.plan is not None
    text = json.dumps(plan_as_json(planned.plan), indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        golden_file(stack).write_text(text, encoding="utf-8")
    assert json.loads(text) == json.loads(golden_file(stack).read_text(encoding="utf-8"))


def test_every_record_has_its_example() -> None:
    assert {file.name for file in GOLDEN.iterdir()} == {golden_file(stack).name for stack in STACKS}


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.stem)
def test_prices_of_sites_add_up(stack: Path) -> None:
    plan = plan_stack(load_stack_file(stack)).plan
    assert plan is not None
    sites = [price_site(site) for site in plan.sites]
    total = price_plan(plan)
    assert total.usd_min == pytest.approx(sum(price.usd_min for price in sites))
    assert total.usd_max == pytest.approx(sum(price.usd_max for price in sites))
    assert 0 < total.usd_min <= total.usd_max


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.stem)
def test_every_resource_can_be_tagged(stack: Path) -> None:
    plan = plan_stack(load_stack_file(stack)).plan
    assert plan is not None
    for site in plan.sites:
        assert {"owner", "environment", "data-classification", "managed-by", "site"} <= dict(
            site.tags
        ).keys()


def test_production_is_protected_and_development_is_not() -> None:
    korea = plan_stack(load_stack_file(ROOT / "stacks/Pulumi.korea.yaml")).plan
    demo = plan_stack(load_stack_file(ROOT / "stacks/Pulumi.demo.yaml")).plan
    assert korea is not None
    assert demo is not None
    for plan, expected in ((korea, True), (demo, False)):
        for site in plan.sites:
            assert site.cluster is not None
            things = [site.keys, *site.stores, site.cluster]
            assert all(thing.protect is expected for thing in things)

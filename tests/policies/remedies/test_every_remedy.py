"""After a remedy its rule has nothing to find, and nothing else is different: for every remedy, over
all the failing cases of its rule."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from isthmus_policies.places import Catalogue
from isthmus_policies.registry import RULES
from isthmus_policies.remedies import REMEDIES, remediable
from isthmus_policies.remedies.edit import put
from isthmus_policies.remedies.mend import Mended, mend
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Rule
from isthmus_policies.tables import read_table, type_facts
from isthmus_policies.testing import DEFAULT_SETTINGS, blur_each, to_resource
from isthmus_policies.values import UNKNOWN, Tree, Value
from isthmus_policies.verdict import Fail
from isthmus_simulator.facts import TypeFacts, read_facts
from tests.policies.loading import Case, load_cases
from tests.policies.sdk_types import has_input

pytestmark = [pytest.mark.policy, pytest.mark.contract]

VALUES = {"owner": "ml@example.com", "environment": "staging", "data-classification": "internal"}
CONTEXT = Context(replace(DEFAULT_SETTINGS, tag_values=VALUES), Catalogue())
ARMED = {rule.id: rule for rule in remediable(RULES)}
CLOUDS = Path(__file__).parents[3] / "simulator" / "isthmus_simulator" / "clouds"


class Tried(NamedTuple):
    """A failing case, as it is written or tagged as production."""

    case: Case
    rule: Rule
    resource: Resource

    def __str__(self) -> str:
        return f"{self.case}"

    def mended(self) -> Mended:
        return mend(self.resource, (self.rule,), CONTEXT)


def tried() -> Iterator[Tried]:
    for case in load_cases():
        if case.answer == "fail" and case.rule in ARMED:
            resource = to_resource(case.given)
            yield Tried(case, ARMED[case.rule], resource)
            if case.rule != "tags-resource-required":
                yield Tried(case, ARMED[case.rule], in_production(resource))


def in_production(resource: Resource) -> Resource:
    path = type_facts()[resource.type].tags if resource.type in type_facts() else ""
    props = put(resource.props, (path, "environment"), "production") if path else None
    return replace(resource, props=props) if props else resource


@cache
def simulated() -> dict[str, TypeFacts]:
    return {
        token: facts
        for cloud in ("aws", "azure", "gcp")
        for token, facts in read_facts(CLOUDS / cloud / "types").items()
    }


ALL = list(tried())


def test_every_remedy_is_for_a_rule_and_types_that_exist() -> None:
    assert set(ARMED) == set(REMEDIES)
    for rule_id, remedy in REMEDIES.items():
        assert remedy.sets, rule_id
        assert remedy.safe, rule_id
        assert set(remedy.types) <= set(ARMED[rule_id].types), rule_id


@pytest.mark.parametrize("rule_id", sorted(REMEDIES))
def test_a_remedy_mends_some_failing_case_of_its_rule(rule_id: str) -> None:
    assert any(each.mended().applied for each in ALL if each.rule.id == rule_id)


@pytest.mark.parametrize("each", ALL, ids=str)
def test_a_case_passes_afterwards_or_is_untouched(each: Tried) -> None:
    mended = each.mended()
    assert mended.broken == ()
    if not mended.applied:
        assert mended.resource == each.resource
        return
    given = replace(each.case.given, props=mended.resource.props)
    verdicts = replace(each.case, given=given).judge()
    assert not any(isinstance(verdict, Fail) for verdict in verdicts), verdicts


@pytest.mark.parametrize("each", ALL, ids=str)
def test_a_remedy_sets_what_it_says_and_nothing_else(each: Tried) -> None:
    assert each.rule.remedy
    allowed = each.rule.remedy.sets
    before, after = each.resource.props, each.mended().resource.props
    tops = {path.partition(".")[0] for path in allowed}
    assert {k: v for k, v in before.items() if k not in tops} == {
        k: v for k, v in after.items() if k not in tops
    }
    for change in (c for applied in each.mended().applied for c in applied.changes):
        assert f"{change.path}.".startswith(tuple(f"{p}{end}" for p in allowed for end in ".["))


@pytest.mark.parametrize("each", ALL, ids=str)
def test_a_second_remedy_changes_nothing(each: Tried) -> None:
    assert mend(each.mended().resource, (each.rule,), CONTEXT).applied == ()


@pytest.mark.parametrize("each", ALL, ids=str)
def test_what_is_unknown_stays_unknown(each: Tried) -> None:
    for blurred in blur_each(each.resource.props):
        resource = replace(each.resource, props=as_tree(blurred))
        mended = mend(resource, (each.rule,), CONTEXT)
        assert mended.broken == ()
        unknown = set(unknown_in(resource.props))
        assert unknown
        assert unknown <= set(unknown_in(mended.resource.props))


@pytest.mark.parametrize("each", ALL, ids=str)
def test_what_is_changed_is_an_input_that_changes_in_place(each: Tried) -> None:
    facts = simulated().get(each.resource.type, TypeFacts())
    for change in (c for applied in each.mended().applied for c in applied.changes):
        path = ".".join("*" if isinstance(key, int) else key for key in change.keys)
        assert has_input(each.resource.type, path)
        assert not any(f"{path}.".startswith(f"{made_new}.") for made_new in facts.replace)


def test_no_tag_that_is_put_makes_a_new_resource() -> None:
    rows = read_table("tags_in_place")
    assert len({row["type"] for row in rows}) == len(rows)
    for row in rows:
        path = type_facts()[row["type"]].tags
        assert path, row["type"]
        assert row["source"]
        replaces = simulated().get(row["type"], TypeFacts()).replace
        assert path not in replaces, row["type"]
        assert path.partition(".")[0] not in replaces, row["type"]


def as_tree(value: Value) -> Tree:
    assert isinstance(value, dict)
    return value


def unknown_in(value: Value, path: str = "") -> Iterator[str]:
    if value is UNKNOWN:
        yield path
    elif isinstance(value, dict):
        for key, child in value.items():
            yield from unknown_in(child, f"{path}.{key}")
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from unknown_in(child, f"{path}[{index}]")

import pytest

from isthmus_simulator.diff import Change, compare, must_replace
from isthmus_simulator.values import UNKNOWN, Secret

pytestmark = pytest.mark.pure


def test_equal_inputs_have_no_changes() -> None:
    same = {"a": 1, "b": {"c": [1, 2]}, "s": Secret("x")}
    assert compare(same, {**same, "none": None, "__defaults": ["a"]}) == []


def test_changes_have_paths_and_kinds() -> None:
    old = {"name": "a", "tags": {"x": "1", "y": "2"}, "rules": [{"port": 1}], "gone": True}
    new = {
        "name": "b",
        "tags": {"x": "9", "z": "3"},
        "rules": [{"port": 1}, {"port": 2}],
        "later": UNKNOWN,
    }
    assert set(compare(old, new)) == {
        Change("name", "update"),
        Change("tags.x", "update"),
        Change("tags.y", "delete"),
        Change("tags.z", "add"),
        Change("rules[1]", "add"),
        Change("gone", "delete"),
        Change("later", "add"),
    }


def test_a_key_with_dots_is_quoted_as_the_engine_expects() -> None:
    assert compare({"tags": {}}, {"tags": {"a.b/c": "1"}}) == [Change('tags["a.b/c"]', "add")]


def test_replacement_follows_the_path_down() -> None:
    replacing = frozenset({"vpcId", "vpcConfig.subnetIds"})
    assert must_replace(Change("vpcId", "update"), replacing)
    assert must_replace(Change("vpcConfig.subnetIds[0]", "update"), replacing)
    assert not must_replace(Change("vpcConfig.endpoint", "update"), replacing)


def test_a_replacing_path_leaves_out_places_in_lists() -> None:
    change = Change("interfaces[1].address", "update")
    assert must_replace(change, frozenset({"interfaces.address"}))
    assert not must_replace(change, frozenset({"interfaces.name"}))

"""Values are put where they belong, over nothing unknown, and every difference is told."""

import json
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus_policies.remedies.edit import Change, Keys, changes_between, put, put_all
from isthmus_policies.values import MISSING, UNKNOWN, Secret, Tree, Value

pytestmark = [pytest.mark.policy, pytest.mark.pure]

NAMES = st.sampled_from(("a", "b", "c.d", "tags"))
LEAVES = st.one_of(st.booleans(), st.integers(), st.text(max_size=5), st.just(UNKNOWN), st.none())
VALUES: st.SearchStrategy[Value] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.dictionaries(NAMES, inner, max_size=3),
        st.lists(inner, max_size=3),
        inner.map(lambda value: value if isinstance(value, Secret) else Secret(value)),
    ),
    max_leaves=12,
)
TREES = st.dictionaries(NAMES, VALUES, max_size=4)
KEYS: st.SearchStrategy[Keys] = st.lists(
    st.one_of(NAMES, st.integers(0, 3)), min_size=1, max_size=3
).map(tuple)
HIDDEN = "hidden-0b7d"


def follow(tree: Value, keys: Keys) -> Value:
    for key in keys:
        tree = tree.value if isinstance(tree, Secret) else tree
        tree = cast(Any, tree)[key]
    return tree.value if isinstance(tree, Secret) else tree


@given(TREES, KEYS, st.one_of(st.booleans(), st.text(max_size=3)))
def test_what_is_put_is_there_and_all_else_as_it_was(
    tree: Tree, keys: Keys, value: bool | str
) -> None:
    result = put(tree, keys, value)
    if result is None:
        return
    assert follow(result, keys) == value
    changes = list(changes_between(tree, result))
    assert [each.keys for each in changes] in ([keys], [])
    assert all(each.before is not UNKNOWN for each in changes)


@given(TREES, KEYS)
def test_nothing_is_put_over_what_is_unknown(tree: Tree, keys: Keys) -> None:
    made = put(tree, keys, UNKNOWN)
    if made is not None:
        assert put(made, keys, True) is None
        assert put(made, (*keys, "below"), True) is None
        assert put_all(made, {keys: True}) is None


@given(TREES, TREES)
def test_a_secret_is_never_shown(tree: Tree, other: Tree) -> None:
    before, after = {**tree, "s": Secret(HIDDEN)}, {**other, "s": Secret(f"{HIDDEN}!")}
    wrapped = list(changes_between({"x": Secret(tree)}, {"x": Secret({**tree, "y": HIDDEN})}))
    told = [each.render() for each in (*changes_between(before, after), *wrapped)]
    assert told
    assert not any(HIDDEN in each for each in told)


def test_a_block_that_was_left_out_is_not_invented() -> None:
    assert put({}, ("tags", "owner"), "ml") == {"tags": {"owner": "ml"}}
    assert put({"settings": {}}, ("settings", "userLabels", "owner"), "ml") == {
        "settings": {"userLabels": {"owner": "ml"}}
    }
    assert put({}, ("settings", "userLabels", "owner"), "ml") is None


def test_a_change_says_what_was_and_what_is() -> None:
    before: Tree = {"tls": "1.0", "list": [{"a": 1}], "s": Secret("x")}
    after: Tree = {"tls": "1.2", "list": [{"a": 2}, {"b": UNKNOWN}], "s": Secret("y"), "new": None}
    assert [each.render() for each in changes_between(before, after)] == [
        'tls: "1.0" -> "1.2"',
        "list[0].a: 1 -> 2",
        'list[1]: not set -> {"b": "not known yet"}',
        's: "(secret)" -> "(secret)"',
    ]


def test_a_change_can_be_written_as_json() -> None:
    change = Change(("tags", "a.b"), MISSING, {"x": [Secret(1), None]})
    assert change.path == "tags.a.b"
    assert change.shown_before is None
    assert json.loads(json.dumps(change.shown_after)) == {"x": ["(secret)", None]}

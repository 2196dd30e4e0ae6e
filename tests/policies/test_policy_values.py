"""Paths lead to values, to what is missing and to what is unknown, and never raise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus_policies.values import (
    MISSING,
    UNKNOWN,
    Located,
    Secret,
    Value,
    as_list,
    below,
    contains_unknown,
    find,
    read,
)

pytestmark = [pytest.mark.policy, pytest.mark.pure]

TREE: dict[str, Value] = {
    "name": "lake",
    "size": 3,
    "nothing": None,
    "later": UNKNOWN,
    "password": Secret("x"),
    "rules": [{"to": "a"}, {"to": UNKNOWN}, {}],
    "tags": {"owner": "ml", "team": Secret("y")},
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("name", "lake"),
        ("absent", MISSING),
        ("nothing", MISSING),
        ("nothing.below", MISSING),
        ("name.below", MISSING),
        ("later", UNKNOWN),
        ("later.below.deep", UNKNOWN),
        ("password", "x"),
        ("rules[0].to", "a"),
        ("rules.0.to", "a"),
        ("rules[1].to", UNKNOWN),
        ("rules[2].to", MISSING),
        ("rules[3].to", MISSING),
        ("rules[7].to", MISSING),
        ("name.0", MISSING),
        ("size.0", MISSING),
        ("rules.to", MISSING),
        ("tags.team", "y"),
    ],
)
def test_read(path: str, value: Value) -> None:
    assert read(TREE, path) == value


def test_find_gives_every_place_with_its_exact_path() -> None:
    assert list(find(TREE, "rules.*.to")) == [
        Located("rules[0].to", "a"),
        Located("rules[1].to", UNKNOWN),
    ]
    assert list(find(TREE, "tags.*")) == [Located("tags.owner", "ml"), Located("tags.team", "y")]


@pytest.mark.parametrize(
    "path",
    ["nothing", "absent", "marked", "name.*", "name.0", "size.*", "rules[3].to", "rules[7].to"],
)
def test_find_finds_nothing_where_nothing_is(path: str) -> None:
    assert list(find({**TREE, "marked": MISSING}, path)) == []


@pytest.mark.parametrize(
    ("value", "listed"),
    [
        (None, ()),
        (MISSING, ()),
        ("text", ("text",)),
        (["a", "b"], ("a", "b")),
        (Secret(["a"]), ("a",)),
        (UNKNOWN, (UNKNOWN,)),
    ],
)
def test_as_list_takes_one_value_for_a_list_of_one(value: Value, listed: tuple[Value, ...]) -> None:
    assert as_list(value) == listed


def test_what_lies_below_an_unknown_has_no_path_of_its_own() -> None:
    assert below(Located("rules[0]", {}), "to") == "rules[0].to"
    assert below(Located("rules", UNKNOWN), "to") == "rules"


def test_find_stops_at_an_unknown_on_the_way() -> None:
    assert list(find(TREE, "later.*.to")) == [Located("later", UNKNOWN)]


def test_a_secret_is_not_shown() -> None:
    assert repr([Secret("x")]) == "[Secret(...)]"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(UNKNOWN),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(st.sampled_from("abc"), values), st.lists(st.sampled_from("abc*01"), min_size=1)
)
def test_what_is_found_is_found_again_at_its_path(
    tree: dict[str, Value], segments: list[str]
) -> None:
    for located in find(tree, ".".join(segments)):
        assert read(tree, located.path) == located.value
        if located.value is UNKNOWN:
            assert contains_unknown(tree)

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
    contains_unknown,
    find,
    read,
)

pytestmark = [pytest.mark.policy, pytest.mark.pure]

TREE: dict[str, Value] = {
    "name": "lake",
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
        ("rules[7].to", MISSING),
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


def test_find_stops_at_an_unknown_on_the_way() -> None:
    assert list(find(TREE, "later.*.to")) == [Located("later", UNKNOWN)]


def test_a_secret_is_not_shown() -> None:
    assert "x" not in repr(Secret("x"))


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

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus_simulator.values import (
    FINGERPRINT,
    UNKNOWN,
    Secret,
    contains_unknown,
    lookup,
    read_struct,
    reveal,
    seal,
    unseal,
    write_struct,
)

pytestmark = pytest.mark.pure

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(max_size=8)
    | st.just(UNKNOWN)
)
keys = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=6)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3) | inner.map(Secret)
    ),
    max_leaves=12,
)
trees = st.dictionaries(keys, values, max_size=4)


@given(trees)
def test_what_is_written_is_read_back(tree: dict[str, Any]) -> None:
    assert read_struct(write_struct(tree)) == tree


@given(trees)
def test_a_sealed_tree_is_opened_only_by_who_knows_the_secrets(tree: dict[str, Any]) -> None:
    sealed = seal(tree)
    assert unseal(sealed, tree) == tree
    assert "Secret" not in repr(sealed)


def test_a_secret_changed_in_the_world_comes_back_as_another_secret() -> None:
    stored = seal({"password": Secret("new")})
    opened = unseal(stored, {"password": Secret("old")})
    assert isinstance(opened["password"], Secret)
    assert reveal(opened)["password"] == stored["password"][FINGERPRINT]


def test_secrets_do_not_show_in_a_representation() -> None:
    assert "canary" not in repr({"a": [Secret("canary")]})


def test_lookup_follows_paths_and_collects_over_lists() -> None:
    tree = {"vpc": Secret({"subnets": [{"id": "a"}, {"id": "b"}]}), "later": UNKNOWN}
    assert lookup(tree, "vpc.subnets.*.id") == ["a", "b"]
    assert lookup(tree, "vpc.nothing.here") is None
    assert lookup(tree, "later.id") is UNKNOWN


def test_contains_unknown_looks_everywhere() -> None:
    assert contains_unknown({"a": [Secret({"b": UNKNOWN})]})
    assert not contains_unknown({"a": [Secret({"b": 1})]})

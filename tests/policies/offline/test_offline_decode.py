"""Values as the engine writes them become values that rules read, and secrets stay closed."""

import json
from typing import Any

import pytest
from pulumi_policy import proxy

from isthmus_policies.offline.decode import HIDDEN, MAX_DEPTH, UNKNOWNS, to_tree, to_value
from isthmus_policies.offline.stream import BadJson
from isthmus_policies.values import MISSING, UNKNOWN, Secret, read

from .states import SECRET, SIGNATURE, UNKNOWN_TEXT

pytestmark = [pytest.mark.policy, pytest.mark.pure]


def mark(kind: str, **more: Any) -> dict[str, Any]:
    return {SIGNATURE: kind, **more}


def test_the_marks_of_unknowns_are_those_of_the_policy_sdk() -> None:
    assert {
        proxy.UNKNOWN_BOOLEAN_VALUE, proxy.UNKNOWN_NUMBER_VALUE, proxy.UNKNOWN_STRING_VALUE,
        proxy.UNKNOWN_ARRAY_VALUE, proxy.UNKNOWN_ASSET_VALUE, proxy.UNKNOWN_ARCHIVE_VALUE,
        proxy.UNKNOWN_OBJECT_VALUE,
    } == UNKNOWNS  # fmt: skip


def test_plain_values_stay_as_they_are() -> None:
    raw = {"a": [1, 2.5, True, None, "x", {"b": 3.0}]}
    tree = to_tree(raw, False)
    assert tree == raw
    assert isinstance(read(tree, "a[5].b"), int)


def test_an_unknown_is_unknown_wherever_it_stands() -> None:
    assert to_value([{"a": UNKNOWN_TEXT}], True) == [{"a": UNKNOWN}]


@pytest.mark.parametrize(
    "raw",
    [
        SECRET,
        {**SECRET, "ciphertext": "", "plaintext": '"open sesame"'},
        mark("1b47061264138c4ac30d75fd1eb44270", plaintext='{"password": "open sesame"}'),
        mark("1b47061264138c4ac30d75fd1eb44270", plaintext="42"),
        mark("1b47061264138c4ac30d75fd1eb44270", plaintext="not JSON"),
        mark("1b47061264138c4ac30d75fd1eb44270", value="open sesame"),
        mark("d0e6a833031e9bbcd3f4e8bde6ca49a4", value="open sesame", secret=True),
    ],
)
def test_a_secret_is_set_but_not_known(raw: dict[str, Any]) -> None:
    tree = to_tree({"password": raw}, False)
    assert tree["password"] == HIDDEN
    assert read(tree, "password") is UNKNOWN
    assert "sesame" not in repr(tree)


def test_a_secret_switch_can_be_judged() -> None:
    raw = mark("1b47061264138c4ac30d75fd1eb44270", plaintext="true")
    assert to_value(raw, False) == Secret(True)


def test_a_preview_blinds_its_secrets_with_a_word() -> None:
    assert to_value("[secret]", True) == HIDDEN
    assert to_value("[secret]", False) == "[secret]"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (mark("c44067f5952c0a294b673a41bacd8c17", text="body"), "<asset>"),
        (mark("0def7320c3a5731c473e5ecbe6d01bc7", path="x.zip"), "<archive>"),
        (mark("803fd3297a5875dc03ca845dda5d2a98", value="AA=="), "<bytes>"),
        (mark("5cf8f73096256a8f31e491e813e4eb8e", urn="urn:x", id="i-1"), "i-1"),
        (mark("5cf8f73096256a8f31e491e813e4eb8e", urn="urn:x", id=""), "urn:x"),
        (mark("d0e6a833031e9bbcd3f4e8bde6ca49a4", value="v"), "v"),
        (mark("d0e6a833031e9bbcd3f4e8bde6ca49a4"), UNKNOWN),
        (mark("0" * 32), UNKNOWN),
        ({SIGNATURE: ["no", "text"]}, UNKNOWN),
    ],
)
def test_what_is_marked_otherwise(raw: object, value: object) -> None:
    assert to_value(raw, False) == value


def test_properties_that_are_no_object_are_none() -> None:
    assert to_tree(None, False) == to_tree([1], False) == to_tree(SECRET, False) == {}
    assert read(to_tree({"a": None}, False), "a") is MISSING


def test_nesting_has_a_limit() -> None:
    def nest(levels: int) -> object:
        return json.loads("[" * levels + "]" * levels)

    assert to_value(nest(MAX_DEPTH), False)
    with pytest.raises(BadJson, match=f"more than {MAX_DEPTH} levels"):
        to_value(nest(MAX_DEPTH + 1), False)


def test_half_of_a_surrogate_pair_can_be_written() -> None:
    tree = to_tree(json.loads(r'{"\udc00": "a\ud800b", "ok": "\ud83d\ude00"}'), False)
    assert json.dumps(tree, ensure_ascii=False).encode() == '{"?": "a?b", "ok": "😀"}'.encode()

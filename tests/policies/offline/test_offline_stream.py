"""JSON in pieces reads like JSON in one, and whatever is wrong with it is told."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus_policies.offline import stream
from isthmus_policies.offline.stream import BadJson, JsonStream

pytestmark = [pytest.mark.policy, pytest.mark.pure]

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=15,
)  # fmt: skip


def pieces(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


def read_members(cursor: JsonStream) -> dict[str, object]:
    return {key: cursor.value() for key in cursor.members()}


@given(values, st.integers(1, 9), st.booleans())
def test_pieces_read_like_the_whole(value: object, size: int, indented: bool) -> None:
    text = json.dumps(value, indent=2 if indented else None, ensure_ascii=not indented)
    cursor = JsonStream(pieces(f" {text}\n", size))
    assert cursor.value() == json.loads(text)
    cursor.end()
    assert cursor.at == len(text) + 2


@given(
    st.dictionaries(st.text(max_size=4), st.lists(values, max_size=3), max_size=4),
    st.integers(1, 9),
)
def test_walking_reads_like_the_whole(value: dict[str, list[object]], size: int) -> None:
    cursor = JsonStream(pieces(json.dumps(value), size))
    found = {key: [cursor.value() for _ in cursor.elements()] for key in cursor.members()}
    cursor.end()
    assert found == json.loads(json.dumps(value))


@given(st.dictionaries(st.text(max_size=4), values, min_size=1, max_size=3), st.data())
def test_a_text_that_was_cut_off_is_never_read(
    value: dict[str, object], data: st.DataObject
) -> None:
    text = json.dumps(value)
    cut = data.draw(st.integers(0, len(text) - 1))
    cursor = JsonStream(pieces(text[:cut], 5))
    with pytest.raises(BadJson) as raised:
        read_members(cursor)
    assert raised.value.is_cut_off
    assert 0 <= raised.value.at <= cut


@pytest.mark.parametrize(
    ("text", "said", "at"),
    [
        ('{"a": NaN}', "number that is not JSON", 6),
        ('{"a": 1 "b": 2}', "',' should follow, not '\"'", 8),
        ('{"a" 1}', "':' should follow", 5),
        ("{a: 1}", "a key in quotes should follow", 1),
        ('{"a": [1, 2}}', "',' delimiter", 11),
        ('{"a": "\n"}', "invalid control character", 7),
        ('{"a": ' + "9" * 5000 + "}", "thousands of digits", 6),
        ('{"a": ' + "[" * 100_000, "nested too deeply", 6),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, said: str, at: int) -> None:
    cursor = JsonStream(iter([text + " " * 40]))
    with pytest.raises(BadJson) as raised:
        read_members(cursor)
    assert said in raised.value.what
    assert (raised.value.at, raised.value.is_cut_off) == (at, False)


def test_more_text_after_the_end_is_told() -> None:
    cursor = JsonStream(iter(["{} {}"]))
    assert list(cursor.members()) == []
    with pytest.raises(BadJson, match="more text follows"):
        cursor.end()


def test_one_value_may_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MAX_PIECE_CHARACTERS", 1000)
    endless = ("x" * 100 for _ in iter(int, 1))
    cursor = JsonStream(piece for source in (iter(['"']), endless) for piece in source)
    with pytest.raises(BadJson, match="longer than 1000 characters"):
        cursor.value()

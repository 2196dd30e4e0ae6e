import pytest

from isthmus_simulator.templates import Maker, fill, mentions
from isthmus_simulator.values import UNKNOWN

pytestmark = pytest.mark.pure


def test_holes_are_filled_and_a_lone_hole_keeps_its_type() -> None:
    values = {"id": "x", "count": 3, "spec": {"zone": "b"}, "NAME": "Mixed"}
    assert fill("arn:{id}/{count}-{spec.zone}", values, Maker("s")) == "arn:x/3-b"
    assert fill("{count}", values, Maker("s")) == 3
    assert fill({"a": ["{id}"], "n": 1}, values, Maker("s")) == {"a": ["x"], "n": 1}
    assert fill("{NAME:lower}", values, Maker("s")) == "mixed"
    assert fill("x-{nothing}", values, Maker("s")) == "x-"


def test_an_unknown_piece_makes_the_text_unknown() -> None:
    assert fill("arn:{id}", {"id": UNKNOWN}, Maker("s")) is UNKNOWN


def test_makers_are_deterministic_of_the_asked_length_and_differ_by_part() -> None:
    assert fill("{hex:17}", {}, Maker("s")) == fill("{hex:17}", {}, Maker("s"))
    assert len(fill("{hex:17}", {}, Maker("s"))) == 17
    digits = fill("{digits:12}", {}, Maker("s"))
    assert len(digits) == 12
    assert digits[0] != "0"
    assert Maker("s").child("a").hex(8) != Maker("s").child("b").hex(8)
    assert len(fill("{uuid}", {}, Maker("s"))) == 36


def test_mentions_finds_the_values_a_template_reads() -> None:
    assert mentions({"a": ["x{password}"]}, {"password"})
    assert not mentions("{hex:7}-{name}", {"password"})

import pytest

from isthmus_simulator.check import Failure, Strictness, check_inputs
from isthmus_simulator.schema import ObjectShape, TypeSchema
from isthmus_simulator.values import SIGNATURE, UNKNOWN, Secret

pytestmark = pytest.mark.pure

LOOSE = Strictness(coerces=True, closed_enums=False)
STRICT = Strictness(coerces=False, closed_enums=True, open_enums=frozenset({"Growing"}))
SIZES = ("Small", "Large")
SCHEMA = TypeSchema(
    token="t:m:T",
    inputs=ObjectShape(
        {
            "name": "str",
            "count": "int",
            "ratio": "float",
            "on": "bool",
            "code": "asset",
            "free": "any",
            "tags": ("map", "str"),
            "size": ("enum", "Size", False, SIZES),
            "open": ("enum", "Open", True, SIZES),
            "growing": ("enum", "Growing", True, SIZES),
            "rules": ("list", ("object", "Rule")),
        },
        ("name",),
    ),
    outputs={},
    required_outputs=(),
    replace=(),
    import_ids=(),
    shapes={"Rule": ObjectShape({"port": "int", "rule": ("object", "Rule")}, ("port",))},
)


def failures(strictness: Strictness = LOOSE, **inputs: object) -> dict[str, str]:
    found = check_inputs(SCHEMA, {"name": "n", **inputs}, strictness)
    return {one.path: one.reason for one in found}


def test_good_inputs_pass() -> None:
    assert (
        failures(
            count=3,
            ratio=0.5,
            on=True,
            tags={"a": "b"},
            size="Small",
            rules=[{"port": 1}],
            code={SIGNATURE: "x"},
            free=[1, {"a": None}],
        )
        == {}
    )


def test_everything_wrong_is_said_at_once() -> None:
    found = check_inputs(SCHEMA, {"cuont": 1, "on": "maybe", "rules": [{"port": "x"}, {}]}, LOOSE)
    assert [one.path for one in found] == ["name", "cuont", "on", "rules[0].port", "rules[1].port"]
    assert Failure("cuont", 'unknown property "cuont"; did you mean "count"?') in found


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("count", 1.5, "a whole number"),
        ("count", True, "a whole number"),
        ("count", "many", "a whole number"),
        ("ratio", "x", "a number"),
        ("on", 1, "true or false"),
        ("tags", ["a"], "an object"),
        ("rules", {"port": 1}, "a list"),
        ("name", {"a": 1}, "a string"),
        ("code", "text", "an asset or archive"),
    ],
)
def test_a_wrong_type_says_what_was_expected(key: str, value: object, wanted: str) -> None:
    assert f"expected {wanted}" in failures(**{key: value})[key]


def test_bridged_providers_read_numbers_from_texts_and_others_do_not() -> None:
    assert failures(LOOSE, count="3", on="true") == {}
    assert set(failures(STRICT, count="3", on="true")) == {"count", "on"}


def test_a_value_outside_an_enumeration_is_refused_with_the_nearest() -> None:
    assert 'did you mean "Small"?' in failures(size="Smal")["size"]
    assert failures(LOOSE, open="Huge") == {}
    assert "not a valid Open" in failures(STRICT, open="Huge")["open"]
    assert failures(STRICT, growing="Huge") == {}
    assert failures(STRICT, size="small") == {}  # clouds read their enumerations in any case


def test_unknown_values_and_bookkeeping_keys_pass() -> None:
    assert failures(count=UNKNOWN, rules=[{"port": UNKNOWN}], __defaults=["name"]) == {}


def test_a_secret_of_the_wrong_type_is_not_shown() -> None:
    found = failures(count=Secret("canary-77"))
    assert set(found) == {"count"}
    assert "canary" not in str(found)

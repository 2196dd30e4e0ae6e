"""Judges inputs against the SDK's own types: what the engine shows as check failures at preview."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, cast

from isthmus_simulator.schema import ObjectShape, TypeSchema, Wire
from isthmus_simulator.values import SIGNATURE, UNKNOWN, Properties, Secret, Value

SECRET_REASON = "this secret value does not fit the property's type or values (not shown)"
INTERNAL = "__"
"""Prefix of the bookkeeping keys that SDKs and bridges put among the inputs (`__defaults`)."""


@dataclass(frozen=True, slots=True)
class Failure:
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Strictness:
    """How a cloud's provider reads loose values.

    `coerces`: numbers and booleans may be written as strings and back, as bridged providers allow.
    `closed_enums`: values outside an enumeration that the SDK leaves open are refused, as the API does.
    `open_enums`: names of enumerations that the API extends faster than the SDK, never refused.
    """

    coerces: bool
    closed_enums: bool
    open_enums: frozenset[str] = frozenset()


def check_inputs(schema: TypeSchema, inputs: Properties, strictness: Strictness) -> list[Failure]:
    return list(_Checker(schema, strictness).check_object(schema.inputs, inputs, ""))


class _Checker:
    def __init__(self, schema: TypeSchema, strictness: Strictness) -> None:
        self._schema = schema
        self._strictness = strictness

    def check_object(self, shape: ObjectShape, value: Properties, path: str) -> Iterator[Failure]:
        for key in shape.required:
            if value.get(key) is None:
                yield Failure(_join(path, key), f'missing required property "{key}"')
        for key, item in value.items():
            if key.startswith(INTERNAL):
                continue
            wire = shape.properties.get(key)
            if wire is None:
                yield Failure(_join(path, key), _unknown_property(key, tuple(shape.properties)))
            else:
                yield from self._check(wire, item, _join(path, key))

    def _check(self, wire: Wire, value: Value, path: str) -> Iterator[Failure]:
        if isinstance(value, Secret):
            yield from (
                Failure(one.path, SECRET_REASON) for one in self._check(wire, value.value, path)
            )
            return
        if value is None or value is UNKNOWN or wire == "any":
            return
        if isinstance(wire, str):
            if not _fits(wire, value, self._strictness.coerces):
                yield Failure(path, _wrong_type(_WORDS[wire], value))
        else:
            yield from self._check_nested(wire, value, path)

    def _check_nested(self, wire: tuple[Any, ...], value: Value, path: str) -> Iterator[Failure]:
        kind = wire[0]
        if kind == "enum":
            yield from self._check_enum(wire, value, path)
        elif kind == "list":
            if not isinstance(value, list):
                yield Failure(path, _wrong_type("a list", value))
                return
            for number, item in enumerate(cast(list[Value], value)):
                yield from self._check(wire[1], item, f"{path}[{number}]")
        elif not isinstance(value, dict):
            yield Failure(path, _wrong_type("an object", value))
        elif kind == "map":
            for key, item in cast(Properties, value).items():
                yield from self._check(wire[1], item, _join(path, key))
        else:
            yield from self.check_object(
                self._schema.shapes[wire[1]], cast(Properties, value), path
            )

    def _check_enum(self, wire: tuple[Any, ...], value: Value, path: str) -> Iterator[Failure]:
        _, name, is_open, values = wire
        if is_open and (not self._strictness.closed_enums or name in self._strictness.open_enums):
            return
        known = {str(one).lower() for one in values}
        if isinstance(value, dict | list) or str(value).lower() not in known:
            yield Failure(path, _bad_enum(name, value, values))


def _fits(wire: str, value: Value, coerces: bool) -> bool:
    if wire == "asset":
        return isinstance(value, dict) and SIGNATURE in value
    if isinstance(value, dict | list):
        return False
    if wire == "str":
        return isinstance(value, str) or coerces
    if wire == "bool":
        return isinstance(value, bool) or (coerces and value in ("true", "false"))
    if isinstance(value, bool):
        return False
    if isinstance(value, str):
        return coerces and _is_number(value, whole=wire == "int")
    return wire == "float" or isinstance(value, int)


def _is_number(text: str, *, whole: bool) -> bool:
    try:
        return not whole or float(text).is_integer() if float(text) == float(text) else False
    except ValueError:
        return False


_WORDS = {
    "str": "a string",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "asset": "an asset or archive",
}


def _wrong_type(wanted: str, value: Value) -> str:
    return f"expected {wanted}, got {_describe(value)}"


def _describe(value: Value) -> str:
    if isinstance(value, bool):
        return f"{'true' if value else 'false'} (a boolean)"
    if isinstance(value, dict):
        return "an asset" if SIGNATURE in value else "an object"
    if isinstance(value, list):
        return "a list"
    kind = "a string" if isinstance(value, str) else "a number"
    return f'{kind} ("{value}")' if isinstance(value, str) and len(value) < 60 else kind


def _unknown_property(key: str, known: Sequence[str]) -> str:
    near = _nearest(key, known)
    hint = f'did you mean "{near}"?' if near else f"known properties: {', '.join(sorted(known))}"
    return f'unknown property "{key}"; {hint}'


def _nearest(key: str, known: Sequence[str]) -> str:
    return next(iter(get_close_matches(key, known, n=1, cutoff=0.6)), "")


def _bad_enum(name: str, value: Value, values: Sequence[Any]) -> str:
    texts = [str(one) for one in values]
    near = get_close_matches(str(value), texts, n=1, cutoff=0.5)
    hint = f'did you mean "{near[0]}"? ' if near else ""
    return f'"{value}" is not a valid {name}; {hint}Valid values: {", ".join(texts[:20])}'


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key

"""Reads nested inputs without trusting their shape: they are what a program wrote."""

from typing import cast

from isthmus_simulator.values import UNKNOWN, Properties, Value


def table(value: Value) -> Properties:
    return cast(Properties, value) if isinstance(value, dict) else {}


def inner(inputs: Properties, *path: str) -> Properties:
    here = inputs
    for step in path:
        here = table(here.get(step))
    return here


def tables(value: Value) -> list[Properties]:
    items = cast(list[Value], value) if isinstance(value, list) else []
    return [cast(Properties, item) for item in items if isinstance(item, dict)]


def texts(value: Value) -> list[str]:
    items = cast(list[Value], value) if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str)]


def text(value: Value) -> str:
    return value if isinstance(value, str) else ""


def whole(value: Value, fallback: int = 0) -> int:
    return int(value) if isinstance(value, int | float) and value is not UNKNOWN else fallback

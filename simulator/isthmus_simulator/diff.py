"""What changed between the inputs of two runs, property by property."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

from isthmus_simulator.check import INTERNAL
from isthmus_simulator.values import UNKNOWN, Properties, Value, reveal


@dataclass(frozen=True, slots=True)
class Change:
    path: str
    kind: Literal["add", "delete", "update"]


def compare(old: Properties, new: Properties) -> list[Change]:
    return list(_objects(_visible(reveal(old)), _visible(reveal(new)), ""))


def _visible(properties: Properties) -> Properties:
    return {key: value for key, value in properties.items() if not key.startswith(INTERNAL)}


def _objects(old: Properties, new: Properties, path: str) -> Iterator[Change]:
    for key in dict.fromkeys([*old, *new]):
        yield from _values(old.get(key), new.get(key), _join(path, key))


def _join(path: str, key: str) -> str:
    if not key.replace("_", "").replace("-", "").isalnum():
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key


def _values(old: Value, new: Value, path: str) -> Iterator[Change]:
    if old is None and new is None:
        return
    if old is None or new is None:
        yield Change(path, "add" if old is None else "delete")
    elif new is UNKNOWN or old is UNKNOWN:
        yield Change(path, "update")
    elif isinstance(old, dict) and isinstance(new, dict):
        yield from _objects(cast(Properties, old), cast(Properties, new), path)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _lists(cast(list[Value], old), cast(list[Value], new), path)
    elif old != new:
        yield Change(path, "update")


def _lists(old: list[Value], new: list[Value], path: str) -> Iterator[Change]:
    for number in range(max(len(old), len(new))):
        before = old[number] if number < len(old) else None
        after = new[number] if number < len(new) else None
        yield from _values(before, after, f"{path}[{number}]")


def must_replace(change: Change, replacing: frozenset[str]) -> bool:
    """Whether the change's path is one of these properties or lies inside one, whatever the list position."""
    plain = re.sub(r"\[\d+\]", "", change.path).split("[")[0]
    parts = plain.split(".")
    return any(".".join(parts[: number + 1]) in replacing for number in range(len(parts)))

"""Property values as the engine knows them, and how to read one by its path."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final, TypeAlias


class Mark(Enum):
    MISSING = "missing"
    UNKNOWN = "unknown"


MISSING: Final = Mark.MISSING
"""The property is not set. A null counts as missing: clouds and engine treat them alike."""
UNKNOWN: Final = Mark.UNKNOWN
"""The property is set, but to a value that only exists once the deployment has run."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A value the engine marked as secret: rules may judge it, messages must not show it."""

    value: "Value"

    def __repr__(self) -> str:
        return "Secret(...)"


HIDDEN: Final = Secret(UNKNOWN)
"""A secret as rules get it: that it is set is known, a rule that needs its value cannot tell."""

Scalar = None | bool | int | float | str
Value: TypeAlias = Scalar | Mark | Secret | Sequence["Value"] | Mapping[str, "Value"]
Tree = Mapping[str, Value]

MAPPING: Final = (dict, Mapping)
"""For `isinstance`, the usual case first: to ask an abstract class takes five times as long."""


@dataclass(frozen=True, slots=True)
class Located:
    """A value and the exact path at which it was found, such as `rules[0].destination.bucket`."""

    path: str
    value: Value


def read(tree: Tree, path: str) -> Value:
    """The value at a path such as `encryption.keySource` or `rules[0].bucket`.

    MISSING when it, or anything on the way to it, is not set; UNKNOWN when it, or anything on the
    way to it, is unknown. For paths with `*` use `find`.
    """
    value: Value = tree
    for segment in _segments(path):
        value = _child(value, segment)
        if isinstance(value, Mark):
            break
    return value


def find(tree: Tree, path: str) -> Iterator[Located]:
    """Every value a path leads to; `*` stands for each element of a list or value of a mapping.

    An unknown met on the way is found in place of what may lie behind it. What is missing is not
    found.
    """
    return _find(tree, _segments(path), "")


def below(found: Located, path: str) -> str:
    """The path of what lies below a value; of an unknown its own, as what is below has none yet."""
    return found.path if found.value is UNKNOWN else f"{found.path}.{path}"


def is_true(value: Value) -> bool:
    """Some AWS properties (launch templates) carry booleans as text."""
    return value is True or value == "true"


def is_false(value: Value) -> bool:
    return value is False or value == "false"


def contains_unknown(value: Value) -> bool:
    """Whether the value, or anything inside it, is unknown."""
    value = reveal(value)
    if isinstance(value, MAPPING):
        return any(contains_unknown(child) for child in value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(contains_unknown(child) for child in value)
    return value is UNKNOWN


def as_list(value: Value) -> tuple[Value, ...]:
    """A list as it is, one value as a list of one, nothing as an empty list."""
    value = reveal(value)
    if value is None or value is MISSING:
        return ()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(value)
    return (value,)


def reveal(value: Value) -> Value:
    """The value behind a secret's mark."""
    return value.value if isinstance(value, Secret) else value


@lru_cache(maxsize=4096)
def _segments(path: str) -> tuple[str, ...]:
    return tuple(path.replace("[", ".").replace("]", "").split("."))


def _child(value: Value, segment: str) -> Value:
    """What lies one step down, without its mark if it is a secret."""
    child: Value = MISSING
    if isinstance(value, MAPPING):
        child = value.get(segment)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        child = value[int(segment)] if segment.isdigit() and int(segment) < len(value) else None
    child = reveal(child)
    return MISSING if child is None else child


def _find(value: Value, segments: tuple[str, ...], path: str) -> Iterator[Located]:
    value = reveal(value)
    if value is None or value is MISSING:
        return
    if not segments or value is UNKNOWN:
        yield Located(path, value)
        return
    for name, child in _children(value, segments[0]):
        yield from _find(child, segments[1:], _join(path, name))


def _children(value: Value, segment: str) -> Iterator[tuple[str | int, Value]]:
    if isinstance(value, MAPPING):
        if segment == "*":
            yield from value.items()
        elif segment in value:
            yield segment, value[segment]
    elif isinstance(value, Sequence) and not isinstance(value, str):
        if segment == "*":
            yield from enumerate(value)
        elif segment.isdigit() and int(segment) < len(value):
            yield int(segment), value[int(segment)]


def _join(path: str, name: str | int) -> str:
    if isinstance(name, int):
        return f"{path}[{name}]"
    return f"{path}.{name}" if path else name

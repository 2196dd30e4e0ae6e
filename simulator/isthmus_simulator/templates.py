"""Texts with holes: `arn:{partition}:ec2:{region}:{account}:vpc/{id}`.

A hole is a path into the values at hand, or one of the makers `{hex:17}`, `{digits:12}`, `{letters:6}`
and `{uuid}`. Makers are fed by the resource's URN and generation, so the same program in two worlds gets
the same ids. A text that is one hole alone keeps the type of its value.
"""

import hashlib
import re
import uuid
from collections.abc import Callable, Collection, Mapping
from typing import Any, cast

from isthmus_simulator.values import UNKNOWN, Value, lookup

HOLE = re.compile(r"\{([a-zA-Z_][\w.]*)(?::(\w+))?\}")


class Maker:
    """Deterministic random-looking pieces; each call of one resource gives another one."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._count = 0

    def child(self, part: str) -> "Maker":
        """A maker for one part, whose pieces do not move when other parts come or go."""
        return Maker(f"{self._seed}/{part}")

    def digest(self) -> str:
        self._count += 1
        return hashlib.sha256(f"{self._seed}#{self._count}".encode()).hexdigest()

    def hex(self, length: int) -> str:
        return self.digest()[:length]

    def digits(self, length: int) -> str:
        text = str(int(self.digest(), 16))
        return text[1 : length + 1] if text[1] != "0" else "1" + text[2 : length + 1]

    def letters(self, length: int) -> str:
        number = int(self.digest(), 16)
        return "".join(chr(97 + (number >> (5 * place)) % 26) for place in range(length))

    def uuid(self) -> str:
        return str(uuid.UUID(self.digest()[:32], version=4))


def fill(template: Any, values: Mapping[str, Any], maker: Maker) -> Value:
    """The template with its holes filled; inside tables and lists too."""
    if isinstance(template, dict):
        table = cast(dict[str, Any], template)
        return {key: fill(item, values, maker) for key, item in table.items()}
    if isinstance(template, list | tuple):
        return [fill(item, values, maker) for item in cast(list[Any], template)]
    if not isinstance(template, str):
        return template
    whole = HOLE.fullmatch(template)
    if whole:
        return _hole(whole, values, maker)
    pieces = [_hole(match, values, maker) for match in HOLE.finditer(template)]
    if any(piece is UNKNOWN for piece in pieces):
        return UNKNOWN
    filled = iter(pieces)
    return HOLE.sub(lambda _: _text(next(filled)), template)


def _hole(match: re.Match[str], values: Mapping[str, Any], maker: Maker) -> Value:
    name, argument = match.groups()
    makers: dict[str, Callable[[int], str]] = {
        "hex": maker.hex,
        "digits": maker.digits,
        "letters": maker.letters,
    }
    if argument is not None and name in makers:
        return makers[name](int(argument))
    if name == "uuid":
        return maker.uuid()
    value = lookup(dict(values), name)
    return value.lower() if argument == "lower" and isinstance(value, str) else value


def _text(value: Value) -> str:
    return "" if value is None else str(value)


def mentions(template: Any, names: Collection[str]) -> bool:
    """Whether a hole of the template reads one of these values."""
    if isinstance(template, dict):
        return any(mentions(item, names) for item in cast(dict[str, Any], template).values())
    if isinstance(template, list | tuple):
        return any(mentions(item, names) for item in cast(list[Any], template))
    holes = HOLE.findall(template) if isinstance(template, str) else []
    return any(name.split(".")[0] in names for name, _ in holes)

"""A configuration tree that remembers where each of its pieces was written."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from isthmus.spec.problem import Path

Scalar = str | int | float | bool | None


class Span(NamedTuple):
    """Where a piece of text begins and ends; lines and columns count from 1, the end is
    exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(slots=True)
class Node:
    """A scalar, a mapping or a list, and what is known of how it got there."""

    span: Span | None = None
    scalar: Scalar = None
    written: str = ""
    """A scalar's spelling: `1.30` where the value is the number 1.3."""
    entries: "dict[str, Entry] | None" = None
    items: "list[Node] | None" = None
    secure: bool = False
    """Encrypted in the stack file."""
    maybe_secure: bool = False
    """Part of a key that holds a secret somewhere, at a place the stack file does not show."""
    hidden: bool = False
    """May hold a secret: never shown."""
    repaired: bool = False
    """A stand-in for something already reported."""
    absent: bool = False
    """Reported and taken out, so that the default holds."""

    @property
    def kind(self) -> str:
        """What a reader would call it."""
        if self.entries is not None:
            return "a mapping"
        if self.items is not None:
            return "a list"
        return _scalar_kind(self.scalar)

    @property
    def shown(self) -> str | None:
        """Its value for a message, shortened; None where it may be secret."""
        if self.hidden or self.secure or self.absent:
            return None
        if self.entries is not None:
            return _shortened("{" + ", ".join(self.entries) + "}")
        if self.items is not None:
            return _shortened("[" + ", ".join(item.shown or "..." for item in self.items) + "]")
        return _shortened(self.written)


@dataclass(slots=True)
class Entry:
    """One key of a mapping. `written` is the key as the file spells it."""

    written: str
    span: Span | None
    node: Node


@dataclass(slots=True)
class Found:
    """How far a path leads into a tree."""

    nodes: list[Node] = field(default_factory=list[Node])
    written: list[str | int] = field(default_factory=list[str | int])
    key_span: Span | None = None
    complete: bool = False

    @property
    def node(self) -> Node:
        return self.nodes[-1]


def find(root: Node, path: Path) -> Found:
    """Follows a path as far as it leads; the rest of it keeps the caller's spelling."""
    found = Found(nodes=[root])
    for depth, part in enumerate(path):
        child = _child(found.node, part)
        if child is None:
            found.written.extend(path[depth:])
            return found
        found.nodes.append(child.node)
        found.written.append(child.written if isinstance(part, str) else part)
        found.key_span = child.span or found.key_span
    found.complete = True
    return found


def plain(node: Node) -> object:
    """The tree without its memory, as a validator takes it."""
    if node.entries is not None:
        return {k: plain(e.node) for k, e in node.entries.items() if not e.node.absent}
    if node.items is not None:
        return [plain(item) for item in node.items]
    return node.scalar


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    yield node
    for entry in (node.entries or {}).values():
        yield from walk(entry.node)
    for item in node.items or ():
        yield from walk(item)


def node_of(value: object, like: Node | None = None) -> Node:
    """A tree for a plain value; positions come from `like`, a tree of the same shape, where it has
    them."""
    span = like.span if like else None
    secure = like.secure if like else False
    if isinstance(value, dict):
        entries = {str(k): _entry_of(str(k), v, like) for k, v in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        return Node(span=span, entries=entries, secure=secure)
    if isinstance(value, list | tuple):
        likes = like.items if like and like.items else []
        nodes = [node_of(v, likes[i] if i < len(likes) else None) for i, v in enumerate(value)]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        return Node(span=span, items=nodes, secure=secure)
    scalar = value if isinstance(value, Scalar) else str(value)
    written = like.written if like and like.written else _spelling(scalar)
    return Node(span=span, scalar=scalar, written=written, secure=secure)


def _entry_of(key: str, value: object, like: Node | None) -> Entry:
    twin = like.entries.get(key) if like and like.entries else None
    return Entry(key, twin.span if twin else None, node_of(value, twin.node if twin else None))


def _child(node: Node, part: str | int) -> Entry | None:
    if isinstance(part, str):
        return node.entries.get(part) if node.entries else None
    if node.items is None or part >= len(node.items):
        return None
    item = node.items[part]
    return Entry("", item.span, item)


def _spelling(scalar: Scalar) -> str:
    if scalar is None:
        return "null"
    return str(scalar).lower() if isinstance(scalar, bool) else str(scalar)


def _scalar_kind(scalar: Scalar) -> str:
    if scalar is None:
        return "nothing"
    if isinstance(scalar, bool):
        return str(scalar).lower()
    return "text" if isinstance(scalar, str) else "a number"


def _shortened(text: str, limit: int = 60) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 3] + "..."

"""Reads YAML into a tree that knows its lines, the way Pulumi's own reader (Go, YAML 1.2 scalars)
takes it.

Python's usual constructor follows YAML 1.1, where the country code `NO` is false; and composing a
deeply nested text with it overflows the C stack. So the events of the C parser are read here, one
by one.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple, Protocol, cast

import yaml

from isthmus.spec.problem import Path
from isthmus.spec.tree import Entry, Node, Scalar, Span

MAX_DEPTH = 40
"""A stack's configuration is about ten levels deep."""
MAX_NODES = 50_000
"""Far above any real stack; stops aliases that multiply."""

_NULLS = {"", "~", "null", "Null", "NULL"}
_BOOLEANS = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_INTEGER = re.compile(r"[-+]?(0x[0-9a-fA-F]+|0o[0-7]+|0b[01]+|[0-9]+)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


class _Mark(Protocol):
    """A place in the text; counts from 0."""

    line: int
    column: int


class _Event(Protocol):
    """What PyYAML's untyped parser events hold; which of it depends on the kind of event."""

    start_mark: _Mark
    end_mark: _Mark
    anchor: str | None
    tag: str | None
    implicit: tuple[bool, bool]
    value: str


class NotReadableError(Exception):
    """The text is not YAML that a stack file may hold."""

    def __init__(self, what: str, hint: str, span: Span | None) -> None:
        super().__init__(what)
        self.what, self.hint, self.span = what, hint, span


class Duplicate(NamedTuple):
    """A key that its mapping already had; its value was left out."""

    path: Path
    span: Span
    first: Span
    value: Node


def read_yaml(text: str) -> tuple[Node, list[Duplicate]]:
    """The one document of a text as a tree; an empty text is an empty scalar.

    Raises NotReadableError for a syntax error, several documents, and nesting or aliases without
    end.
    """
    try:
        events = cast("Iterator[_Event]", yaml.parse(text, Loader=yaml.CSafeLoader))
        reader = _Reader(events)
        return reader.document(), reader.duplicates
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        span = (
            Span(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2) if mark else None
        )
        what = " ".join(part for part in (error.context, error.problem) if part)
        raise NotReadableError(f"this is not YAML: {what}", _syntax_hint(what), span) from None
    except yaml.reader.ReaderError:
        what = "the file holds a character that YAML does not allow"
        raise NotReadableError(what, "save it as UTF-8 text", None) from None


def read_scalar(text: str) -> Scalar:
    """A plain (unquoted) scalar as YAML 1.2 and Pulumi's reader understand it."""
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if text[0] not in "+-.0123456789":
        return text
    digits = text.replace("_", "")
    if _INTEGER.fullmatch(digits):
        return _integer(digits)
    return float(digits) if _FLOAT.fullmatch(digits) else text


class _Reader:
    """Turns a stream of parser events into nodes."""

    def __init__(self, events: Iterator[_Event]) -> None:
        self._events = events
        self.duplicates: list[Duplicate] = []
        self._anchors: dict[str, Node] = {}
        self._count = 0
        self._path: list[str | int] = []

    def document(self) -> Node:
        next(self._events)
        event = next(self._events)
        if isinstance(event, yaml.StreamEndEvent):
            return Node()
        root = self._node(next(self._events))
        next(self._events)
        following = next(self._events)
        if not isinstance(following, yaml.StreamEndEvent):
            what = "the file holds more than one YAML document"
            raise NotReadableError(what, "remove the '---' and what follows it", _span(following))
        return root

    def _node(self, event: _Event) -> Node:
        self._count_one(event, len(self._path))
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if isinstance(event, yaml.ScalarEvent):
            node = _scalar_node(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._list(event)
        else:
            node = self._mapping(event)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _count_one(self, event: _Event, depth: int) -> None:
        self._count += 1
        if depth > MAX_DEPTH or self._count > MAX_NODES:
            what = f"the file has more than {MAX_DEPTH} levels or {MAX_NODES} values"
            raise NotReadableError(what, "a stack's configuration is far smaller", _span(event))

    def _alias(self, event: _Event) -> Node:
        node = self._anchors.get(event.anchor or "")
        if node is None:
            what = f"the alias *{event.anchor} has no finished anchor before it"
            raise NotReadableError(what, "write the value out", _span(event))
        return self._copy(node, event, len(self._path))

    def _copy(self, node: Node, event: _Event, depth: int) -> Node:
        # Copied, so that what is later noted about one use does not hold for the other.
        self._count_one(event, depth)
        entries = (
            None
            if node.entries is None
            else {
                key: Entry(e.written, e.span, self._copy(e.node, event, depth + 1))
                for key, e in node.entries.items()
            }
        )
        items = (
            None
            if node.items is None
            else [self._copy(item, event, depth + 1) for item in node.items]
        )
        return Node(node.span, node.scalar, node.written, entries, items)

    def _below(self, part: str | int, event: _Event) -> Node:
        self._path.append(part)
        node = self._node(event)
        self._path.pop()
        return node

    def _list(self, start: _Event) -> Node:
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._below(len(items), event))
        return Node(span=_span(start, event), items=items)

    def _mapping(self, start: _Event) -> Node:
        entries: dict[str, Entry] = {}
        merged: dict[str, Entry] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key, span = _key(event), _span(event)
            value = self._below(key, next(self._events))
            if key == "<<" and event.implicit[0]:
                merged |= _merged(value)
            elif key in entries:
                first = entries[key].span or span
                self.duplicates.append(Duplicate((*self._path, key), span, first, value))
            else:
                entries[key] = Entry(key, span, value)
        return Node(span=_span(start, event), entries=merged | entries)


def _merged(value: Node) -> dict[str, Entry]:
    sources = value.items if value.items is not None else [value]
    entries: dict[str, Entry] = {}
    for source in sources:
        entries = (source.entries or {}) | entries
    return entries


def _key(event: _Event) -> str:
    if not isinstance(event, yaml.ScalarEvent):
        raise NotReadableError(
            "a key is not plain text", "write a plain name before ':'", _span(event)
        )
    return event.value


def _scalar_node(event: _Event) -> Node:
    text: str = event.value
    unquoted = event.implicit[0] and event.tag is None
    return Node(span=_span(event), scalar=read_scalar(text) if unquoted else text, written=text)


def _integer(digits: str) -> int | float:
    # Go reads a leading zero as octal, and as a float when a digit does not fit.
    bare = digits.lstrip("+-")
    if len(bare) > 1 and bare[0] == "0" and bare.isdigit():
        return float(digits) if re.search("[89]", bare) else int(digits, 8)
    return int(digits, 0)


def _span(start: _Event, end: _Event | None = None) -> Span:
    last = (end or start).end_mark
    return Span(
        start.start_mark.line + 1, start.start_mark.column + 1, last.line + 1, last.column + 1
    )


def _syntax_hint(what: str) -> str:
    if "tab" in what or "cannot start any token" in what:
        return "indent with spaces; put text that begins with a special character in quotes"
    if "mapping values are not allowed" in what:
        return "check the indentation, and put text that contains ': ' in quotes"
    if "quoted scalar" in what:
        return "close the quotation mark"
    return "check the indentation of this line and the one before it"

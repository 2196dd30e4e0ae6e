"""A module's source: its top-level statements, and what of them decides anything."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, pairwise, takewhile
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

_METADATA = {"title", "why", "fix", "severity", "controls", "requirements", "enforcement"}
"""What is said about a rule, and judges nothing."""
_SPEAKERS = {"Fail", "Unknown", "NotApplicable"}
"""Their first argument is a message."""
_LISTS_OF_NAMES = {"RULES", "__all__"}
"""A rule that is missing is found by the policy contract, a name by the type checker."""

Span = tuple[int, int]
Placed = Any
"""A node that knows its lines and columns, which most classes of `ast` promise and `AST` does not."""


@dataclass(frozen=True)
class Statement:
    node: ast.stmt
    name: str
    start: int
    text: bytes

    @cached_property
    def code(self) -> CodeType:
        return compile(self.text, self.name, "exec")

    @cached_property
    def binds(self) -> frozenset[str]:
        return frozenset(_bound_by(self.node))

    @cached_property
    def reads(self) -> frozenset[str]:
        """The names it needs when the module is imported, not when its functions are called."""
        return frozenset(_read_at_import(self.node))


@dataclass(frozen=True)
class Source:
    module: str
    file: Path
    raw: bytes = field(repr=False)

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        return tuple(self._statement(node) for node in ast.parse(self.raw).body)

    @cached_property
    def imports(self) -> tuple["Import", ...]:
        """Every name that is taken from another module."""
        return tuple(
            Import(node.module, alias.name, alias.asname or alias.name)
            for node in ast.parse(self.raw).body
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        )

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *accumulate(len(line) for line in self.raw.splitlines(keepends=True))]

    def _statement(self, node: ast.stmt) -> Statement:
        decorators: Sequence[ast.expr] = getattr(node, "decorator_list", ())
        first = min((node.lineno, *(each.lineno for each in decorators)))
        start, end = self._line_starts[first - 1], self.span(node)[1]
        name = next(iter(_bound_by(node)), f"line {first}")
        return Statement(node, name, start, self.raw[start:end])

    def span(self, node: Placed) -> Span:
        starts = self._line_starts
        first, last = int(node.lineno), int(node.end_lineno)
        return (
            starts[first - 1] + int(node.col_offset),
            starts[last - 1] + int(node.end_col_offset),
        )

    def text(self, node: Placed) -> str:
        start, end = self.span(node)
        return self.raw[start:end].decode()

    def token_between(self, left: ast.expr, right: ast.expr, token: str) -> Span:
        """Where an operator stands between its operands."""
        start, end = self.span(left)[1], self.span(right)[0]
        pattern = rb"\s+".join(map(re.escape, token.encode().split()))
        found = re.search(rb"(?<!\w)" + pattern, self.raw[start:end])
        assert found, f"no '{token}' in {self.raw[start:end]!r}"
        return start + found.start(), start + found.end()

    def are_bare(self, nodes: Sequence[Placed]) -> bool:
        """Whether nothing but commas, colons and comments stands between neighbours: no brackets."""
        return not any(
            set(b"()") & set(self.raw[self.span(one)[1] : self.span(other)[0]])
            for one, other in pairwise(nodes)
        )

    def without(
        self, firsts: Sequence[Placed], lasts: Sequence[Placed], index: int
    ) -> tuple[int, int, str]:
        """The edit that takes the entry out which starts and ends with the nodes at an index."""
        start, end = self.span(firsts[index])[0], self.span(lasts[index])[1]
        if index + 1 < len(firsts):
            return start, self.raw.index(b",", end) + 1, ""
        return self.span(lasts[index - 1])[1], end, ""

    def replaced(self, start: int, end: int, spans: Sequence[Span], new: str) -> str:
        """The text from start to end with each of the spans in it replaced."""
        cuts = [start, *(at for span in spans for at in span), end]
        kept = [self.raw[a:b].decode() for a, b in zip(cuts[::2], cuts[1::2], strict=True)]
        return new.join(kept)

    def edited(self, statement: Statement, start: int, end: int, new: str) -> str:
        first, last = start - statement.start, end - statement.start
        return (statement.text[:first] + new.encode() + statement.text[last:]).decode()

    def diff(self, start: int, end: int, new: str) -> tuple[int, str]:
        """The line of the first change, and the change with what stands around it."""
        old = self.raw[start:end].decode()
        head = _common(old, new)
        tail = _common(old[head:][::-1], new[head:][::-1])
        first, last = start + len(old[:head].encode()), end - len(old[len(old) - tail :].encode())
        line = self.raw[:first].count(b"\n") + 1
        before = self.raw[self._line_starts[line - 1] : first].decode()
        after = self.raw[last:].decode().partition("\n")[0]
        change = f"[-{old[head : len(old) - tail]}-]{{+{new[head : len(new) - tail]}+}}"
        return line, " ".join(f"{before}{change}{after}".split())


class Import(NamedTuple):
    module: str
    name: str
    alias: str

    @property
    def whole(self) -> str:
        """What the module is called, if it is a module that is taken."""
        return f"{self.module}.{self.name}"


def read_source(module: str, file: Path) -> Source:
    return Source(module, file, file.read_bytes())


def own_children(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a node that decide something: no annotations, messages, metadata, imports."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Raise() | ast.JoinedStr():
            return
        case ast.Assign(value=value) if _says_what_it_serves(value):
            return
        case ast.Subscript(slice=ast.Tuple()):
            return  # a type
        case ast.FunctionDef():
            yield from (*node.decorator_list, *_defaults(node.args), *node.body)
        case ast.ClassDef(body=body):
            yield from body
        case ast.AnnAssign(annotation=ast.Name(id="TypeAlias")):
            return
        case ast.AnnAssign(value=value):
            yield from (value,) if value else ()
        case ast.Assign(targets=[ast.Name(id=name)]) if name in _LISTS_OF_NAMES:
            return
        case ast.Expr(value=ast.Constant()):
            return
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts) if len(parts) > 1:
            # A word that is another says no more than one that is left out.
            yield from (part for part in parts if not _is_text(part))
        case ast.Call(func=ast.Name(id="rule")):
            yield from (each.value for each in node.keywords if each.arg not in _METADATA)
        case ast.Call(func=ast.Name(id=name)) if name in _SPEAKERS:
            yield from node.args[1:]
        case ast.Call(func=ast.Name(id="TypeVar" | "TypeVarTuple")):
            return
        case ast.Call(func=ast.Name(id="cast")):
            yield from node.args[1:]
        case _:
            yield from ast.iter_child_nodes(node)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _says_what_it_serves(value: ast.expr) -> bool:
    """Whether it is a table of requirements."""
    calls = (each.func for each in ast.walk(value) if isinstance(each, ast.Call))
    return any(isinstance(each, ast.Name) and each.id == "Requirement" for each in calls)


def _defaults(arguments: ast.arguments) -> list[ast.expr]:
    return [*arguments.defaults, *(each for each in arguments.kw_defaults if each)]


def _bound_by(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            yield from (each.id for target in targets for each in _names(target))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case _:
            return


def _read_at_import(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef():
            early: list[ast.AST] = [*node.decorator_list, *_defaults(node.args)]
        case ast.ClassDef():
            early = [*node.decorator_list, *node.bases, *node.body]
        case ast.AnnAssign(value=value):
            early = [value] if value else []
        case _:
            yield from (each.id for each in _names(node))
            return
    for each in early:
        yield from _read_at_import(each)


def _names(node: ast.AST) -> Iterator[ast.Name]:
    return (each for each in ast.walk(node) if isinstance(each, ast.Name))


def _common(one: str, other: str) -> int:
    """How long the common beginning is, in whole words."""
    pairs = zip(one, other, strict=False)
    length = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    while length and not one[length - 1].isspace():
        length -= 1
    return length

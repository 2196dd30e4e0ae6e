"""The small ways in which a rule can be wrong, as text edits of its source."""

import ast
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import singledispatch
from itertools import pairwise
from typing import NamedTuple

from tests.mutation.source import Source, own_children

_FLIPS: dict[type[ast.cmpop], tuple[tuple[str, str], ...]] = {
    ast.Eq: (("==", "!="),),
    ast.NotEq: (("!=", "=="),),
    ast.Is: (("is", "is not"),),
    ast.IsNot: (("is not", "is"),),
    ast.In: (("in", "not in"),),
    ast.NotIn: (("not in", "in"),),
    ast.Lt: (("<", "<="), ("<", ">=")),
    ast.LtE: (("<=", "<"), ("<=", ">")),
    ast.Gt: ((">", ">="), (">", "<=")),
    ast.GtE: ((">=", ">"), (">=", "<")),
}
_TWINS = {
    "any": "all",
    "all": "any",
    "min": "max",
    "max": "min",
    # Whether a switch that is left out is safe.
    "expect_true": "expect_not_false",
    "expect_not_false": "expect_true",
    "expect_false": "expect_not_true",
    "expect_not_true": "expect_false",
    "expect_at_least": "expect_at_most",
    "expect_at_most": "expect_at_least",
    "is_true": "is_false",
    "is_false": "is_true",
}
_VERDICTS = {
    "Pass": 'Fail("broken on purpose")',
    "Fail": "Pass()",
    "Unknown": "Pass()",
    "NotApplicable": "Pass()",
}
_WORD = re.compile(r"\S*[\w*]\S*")
"""Words and paths decide; whole phrases are told to people."""


class Edit(NamedTuple):
    """Bytes of the source from start to end become the new text."""

    start: int
    end: int
    new: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """One statement of a module with one edit."""

    module: str
    statement: int
    """Index among the module's top-level statements."""
    place: str
    """The function, class or constant it is in."""
    line: int
    text: str
    """The whole statement as edited."""
    diff: str
    """The edited line, written `before [-old-]{+new+} after`."""
    meaning: str


def mutants_of(source: Source) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its lines, each once."""
    for index, statement in enumerate(source.statements):
        seen: set[str] = set()
        for edit in sorted(_edits_below(statement.node, source)):
            text = source.edited(statement, edit.start, edit.end, edit.new)
            if text in seen:
                continue
            seen.add(text)
            line, diff = source.diff(edit.start, edit.end, edit.new)
            yield Mutant(source.module, index, statement.name, line, text, diff, edit.meaning)


def _edits_below(node: ast.AST, source: Source) -> Iterator[Edit]:
    yield from _edits(node, source)
    yield from _forced_conditions(node, source)
    for child in own_children(node):
        yield from _edits_below(child, source)


@singledispatch
def _edits(node: ast.AST, source: Source) -> Iterator[Edit]:
    """The edits of a node itself; its children are asked by themselves."""
    yield from ()


@_edits.register
def _(node: ast.Compare, source: Source) -> Iterator[Edit]:
    sides = [node.left, *node.comparators]
    for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
        for old, new in _FLIPS[type(operator)]:
            edit = source.token_between(left, right, old)
            yield Edit(*edit, new, f"the comparison is turned: {old} becomes {new}")


@_edits.register
def _(node: ast.BoolOp, source: Source) -> Iterator[Edit]:
    old, new, neutral = (
        ("and", "or", "True") if isinstance(node.op, ast.And) else ("or", "and", "False")
    )
    start, end = source.span(node)
    joins = [source.token_between(a, b, old) for a, b in pairwise(node.values)]
    yield Edit(start, end, source.replaced(start, end, joins, new), f"'{old}' becomes '{new}'")
    for part in node.values:
        yield Edit(*source.span(part), neutral, f"one part of '{old}' is left out")


@_edits.register
def _(node: ast.UnaryOp, source: Source) -> Iterator[Edit]:
    if isinstance(node.op, ast.Not):
        start, _ = source.span(node)
        yield Edit(start, start + len("not "), "", "the negation is gone")


@_edits.register
def _(node: ast.Constant, source: Source) -> Iterator[Edit]:
    span, value = source.span(node), node.value
    if isinstance(value, bool):
        yield Edit(*span, str(not value), f"{value} becomes {not value}")
    elif isinstance(value, int):
        yield Edit(*span, str(value + 1), "the number is one more")
        yield Edit(*span, str(value - 1), "the number is one less")
    elif isinstance(value, float):
        yield Edit(*span, f"{value + 0.1:.1f}", "the number is a tenth more")
        yield Edit(*span, f"{value - 0.1:.1f}", "the number is a tenth less")
    elif isinstance(value, str) and _WORD.fullmatch(value):
        yield Edit(
            *span, json.dumps(value + "_", ensure_ascii=False), "the word or path is another"
        )


@_edits.register
def _(node: ast.JoinedStr, source: Source) -> Iterator[Edit]:
    for index, part in enumerate(node.values):
        text = part.value if isinstance(part, ast.Constant) else ""
        if isinstance(text, str) and _WORD.fullmatch(text):
            values: list[ast.expr] = list(node.values)
            values[index] = ast.Constant(text + "_")
            text = ast.unparse(ast.JoinedStr(values))
            text = text if '"' in text else text.replace("'", '"')
            yield Edit(*source.span(node), text, "the path is another")


@_edits.register(ast.Tuple)
@_edits.register(ast.List)
@_edits.register(ast.Set)
def _(node: ast.Tuple | ast.List | ast.Set, source: Source) -> Iterator[Edit]:
    if isinstance(getattr(node, "ctx", None), ast.Store):
        return
    texts = [source.text(each) for each in node.elts]
    local = len(texts) > 2 and source.are_bare(node.elts)
    for index in range(len(texts)):
        edit = (
            source.without(node.elts, node.elts, index)
            if local
            else (*source.span(node), _collection(node, texts[:index] + texts[index + 1 :]))
        )
        yield Edit(*edit, "an element is left out")


@_edits.register
def _(node: ast.Dict, source: Source) -> Iterator[Edit]:
    keys = [key or value for key, value in zip(node.keys, node.values, strict=True)]
    if len(keys) == 1:
        yield Edit(*source.span(node), "{}", "the only entry is left out")
    elif source.are_bare([each for pair in zip(keys, node.values, strict=True) for each in pair]):
        for index, key in enumerate(node.keys):
            if key:  # what `**` brings in is broken where it is written
                yield Edit(*source.without(keys, node.values, index), "an entry is left out")


@_edits.register
def _(node: ast.Name, source: Source) -> Iterator[Edit]:
    if node.id in _TWINS:
        yield Edit(*source.span(node), _TWINS[node.id], f"{node.id} becomes {_TWINS[node.id]}")


@_edits.register
def _(node: ast.Call, source: Source) -> Iterator[Edit]:
    if isinstance(node.func, ast.Name) and node.func.id in _VERDICTS:
        new = _VERDICTS[node.func.id]
        yield Edit(*source.span(node), new, f"{node.func.id} becomes {new.partition('(')[0]}")


@_edits.register
def _(node: ast.Return, source: Source) -> Iterator[Edit]:
    if node.value is None:
        yield Edit(*source.span(node), "pass", "it goes on instead of returning")


@_edits.register
def _(node: ast.Continue, source: Source) -> Iterator[Edit]:
    yield Edit(*source.span(node), "pass", "it goes on instead of leaving this one out")


@_edits.register
def _(node: ast.FunctionDef, source: Source) -> Iterator[Edit]:
    if isinstance(node.returns, ast.Name) and node.returns.id == "bool":
        for each in ast.walk(node):
            if isinstance(each, ast.Return) and not isinstance(each.value, ast.Constant | None):
                for answer in ("True", "False"):
                    yield Edit(*source.span(each.value), answer, f"it always says {answer}")


def _forced_conditions(node: ast.AST, source: Source) -> Iterator[Edit]:
    """`False` in place of a condition is also how an early return is removed."""
    for condition in _conditions(node):
        yield Edit(*source.span(condition), "True", "the condition always holds")
        yield Edit(
            *source.span(condition), "False", "the condition never holds, its branch is gone"
        )


def _conditions(node: ast.AST) -> Sequence[ast.expr]:
    match node:
        case ast.If(test) | ast.IfExp(test) | ast.While(test):
            return (test,)
        case ast.comprehension(ifs=conditions):
            return conditions
        case _:
            return ()


def _collection(node: ast.Tuple | ast.List | ast.Set, kept: Sequence[str]) -> str:
    inner = ", ".join(kept)
    match node:
        case ast.List():
            return f"[{inner}]"
        case ast.Set():
            return f"{{{inner}}}" if kept else "set()"
        case _:
            return f"({inner},)" if len(kept) == 1 else f"({inner})"

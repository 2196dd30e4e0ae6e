"""What the fixes of rules tell people to write: `aws.kms.Key(name, enable_key_rotation=True)`.

A fix is a sentence with pieces of Python in it. Read are the resources that it names, and the
arguments that it gives to one of them, or, outside of any call, to the rule's own types.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from isthmus_policies.rule import Rule

from .sdk_types import inputs_by_type

_RESOURCE = re.compile(r"\b(?:aws|gcp|azure_native)(?:\.[a-z]\w*)+\.[A-Z]\w*")
_ARGUMENT = re.compile(r"(?<![\w.])([a-z]\w*)=(?=[\[{'\w])")
_REST = re.compile(r",\s*\.\.\.(?=[)}\]])|(?<={)\.\.\., ")
_WORDS = re.compile(r"<[^>]*>")
"""In place of a value."""
_CLOSES = {"(": ")", "[": "]", "{": "}"}


class Piece(NamedTuple):
    text: str
    tokens: tuple[str, ...]
    """The types that it is about; none if the SDKs' resources are not meant, but a provider."""
    arguments: tuple[str, ...]
    """Paths, as Python names them; `*` for the elements of a list."""


def resources_in(text: str) -> list[str]:
    return _RESOURCE.findall(text)


def pieces_of(rule: Rule) -> list[Piece]:
    text = _REST.sub("", _WORDS.sub("None", rule.fix))
    calls = list(_calls_in(text))
    rest = text
    for call in calls:
        rest = rest.replace(call, "")
    types = tuple(token for token in rule.types if token in inputs_by_type())
    return [
        *(_read_call(each) for each in calls),
        *(Piece(each, types, tuple(_arguments_in(f"f({each})"))) for each in _loose_in(rest)),
    ]


def _read_call(call: str) -> Piece:
    token = tokens_by_class().get(call.partition("(")[0])
    return Piece(call, (token,) if token else (), tuple(_arguments_in(call)))


@cache
def tokens_by_class() -> Mapping[str, str]:
    """`aws.s3.Bucket` to `aws:s3/bucket:Bucket`."""
    return {
        ".".join((_package(token), file.parent.name, token.rpartition(":")[2])): token
        for token, (_, file) in inputs_by_type().items()
    }


def _package(token: str) -> str:
    return token.partition(":")[0].replace("-", "_")


def _calls_in(text: str) -> Iterator[str]:
    for found in _RESOURCE.finditer(text):
        if text[found.end() : found.end() + 1] == "(":
            yield text[found.start() : _end_of(text, found.end())]


def _loose_in(text: str) -> Iterator[str]:
    """Arguments outside of any call: `autoscaling={'max_node_count': 8}`."""
    past = 0
    for found in _ARGUMENT.finditer(text):
        if found.start() >= past:
            past = _end_of(text, found.end())
            yield text[found.start() : past]


def _end_of(text: str, start: int) -> int:
    """Where the value ends that begins there: after its last bracket, its quote, or its word."""
    if text[start] not in _CLOSES:
        found = re.compile(r"'[^']*'|[\w.]+").match(text, start)
        assert found, text[start:]
        return found.end()
    open_brackets: list[str] = []
    for each in re.compile(r"'[^']*'|[()\[\]{}]").finditer(text, start):
        if each[0] in _CLOSES:
            open_brackets.append(_CLOSES[each[0]])
        elif each[0] in _CLOSES.values():
            assert open_brackets.pop() == each[0], text
        if not open_brackets:
            return each.end()
    raise AssertionError(f"a bracket stays open: {text}")


def _arguments_in(call: str) -> Iterator[str]:
    tree = ast.parse(call, mode="eval").body
    assert isinstance(tree, ast.Call)
    for given in tree.keywords:
        if given.arg and given.arg != "opts":
            yield from _paths_in(given.value, given.arg)


def _paths_in(node: ast.expr, path: str) -> Iterator[str]:
    match node:
        case ast.Dict(keys=keys, values=values) if keys:
            for key, value in zip(keys, values, strict=True):
                assert isinstance(key, ast.Constant), ast.unparse(node)
                yield from _paths_in(value, f"{path}.{key.value}")
        case ast.List(elts=parts) if parts:
            yield from _paths_of_all(parts, f"{path}.*")
        case _:
            yield path


def _paths_of_all(parts: Sequence[ast.expr], path: str) -> Iterator[str]:
    for part in parts:
        yield from _paths_in(part, path)

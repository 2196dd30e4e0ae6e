"""Only a cloud's own room knows which cloud it is; elsewhere, what differs is data."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from isthmus_catalog import Cloud
from tests.contracts.house import COMPONENTS, PROGRAM, REPOSITORY, parse, python_files, told

pytestmark = pytest.mark.contract

CLOUDS = {cloud.value for cloud in Cloud}
NEUTRAL = [
    file
    for file in (*python_files("components", "cli"), PROGRAM)
    if not file.is_relative_to(COMPONENTS / "clouds")
]


def cloud_questions(tree: ast.AST) -> Iterator[int]:
    """The lines that decide something by a cloud's name: comparisons, cases and look-ups."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, comparators=others) if any(
                map(names_cloud, [left, *others])
            ):
                yield node.lineno
            case ast.MatchValue(value=value) if names_cloud(value):
                yield node.lineno
            case ast.Dict(keys=keys) if any(key is not None and names_cloud(key) for key in keys):
                yield node.lineno
            case ast.Call(func=ast.Attribute(attr="startswith" | "endswith"), args=args) if any(
                map(names_cloud, args)
            ):
                yield node.lineno
            case _:
                pass


def names_cloud(node: ast.expr) -> bool:
    """Whether an expression is one cloud, as `Cloud.AWS` or as text, or several in brackets."""
    match node:
        case ast.Attribute(value=value, attr=name):
            return ast.unparse(value).split(".")[-1] == "Cloud" and name in Cloud.__members__
        case ast.Constant(value=str(text)):
            return text in CLOUDS
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            return any(map(names_cloud, parts))
        case ast.Call(func=func, args=[argument]):
            return ast.unparse(func).split(".")[-1] == "Cloud" and names_cloud(argument)
        case _:
            return False


@pytest.mark.parametrize(
    "code",
    [
        "if cloud == 'aws': pass",
        "x = 1 if site.cloud != Cloud.GCP else 2",
        "if plan.cloud is isthmus_catalog.Cloud.AZURE: pass",
        "if cloud in ('aws', 'gcp'): pass",
        "match cloud:\n  case Cloud.AWS: pass",
        "match cloud:\n  case 'azure': pass",
        "mtu = {Cloud.AWS: 9001, Cloud.GCP: 8896}[cloud]",
        "if cloud == Cloud('aws'): pass",
        "if site.cloud.startswith('aws'): pass",
    ],
)
def test_a_question_for_the_cloud_is_recognized(code: str) -> None:
    assert list(cloud_questions(ast.parse(code))) != []


@pytest.mark.parametrize(
    "code",
    [
        "others = [other for other in Cloud if other != cloud]",
        "if row['cloud'] == site.cloud: pass",
        "place = ROOMS[cloud]",
        "if cloud in (None, one.cloud): pass",
    ],
)
def test_comparing_two_unknown_clouds_is_fine(code: str) -> None:
    assert list(cloud_questions(ast.parse(code))) == []


@pytest.mark.parametrize("file", NEUTRAL, ids=lambda file: str(file.relative_to(REPOSITORY)))
def test_nothing_is_decided_by_a_clouds_name(file: Path) -> None:
    assert [told(file, line) for line in cloud_questions(parse(file))] == []

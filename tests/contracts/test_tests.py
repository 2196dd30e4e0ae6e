"""The tests keep their own house: each is found under one name, and says what it needs."""

import ast
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.contracts.house import REPOSITORY, SETTINGS, files, parse, python_files, told

pytestmark = pytest.mark.contract

DECLARED = {line.partition(":")[0] for line in SETTINGS["tool"]["pytest"]["ini_options"]["markers"]}
BUILT_IN = {"parametrize", "usefixtures", "filterwarnings"}
"""Pytest's own marks that are welcome here. `skip`, `skipif` and `xfail` are not: a test that does not
run proves nothing."""
MODULES = python_files("tests")
TESTS = [file for file in MODULES if file.name.startswith("test_")]

every_test_module = pytest.mark.parametrize(
    "file", TESTS, ids=lambda file: str(file.relative_to(REPOSITORY))
)


def marks(file: Path) -> list[tuple[int, str]]:
    """Every `pytest.mark.<name>` with its line."""
    return [
        (node.lineno, node.attr)
        for node in ast.walk(parse(file))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "pytest.mark"
    ]


def name_when_imported(file: Path) -> str:
    """The module name that pytest gives a file: with its packages, from the first folder that is none."""
    parts, folder = [file.stem], file.parent
    while (folder / "__init__.py").exists():
        parts.append(folder.name)
        folder = folder.parent
    return ".".join(reversed(parts))


def test_every_module_has_a_name_of_its_own() -> None:
    """Two files of one name would hide each other. A `conftest.py` is imported anew in every folder."""
    names = Counter(name_when_imported(file) for file in MODULES if file.name != "conftest.py")
    assert [name for name, count in names.items() if count > 1] == []


@every_test_module
def test_a_module_uses_marks_that_are_declared(file: Path) -> None:
    assert [
        f"{told(file, n)} {name}" for n, name in marks(file) if name not in DECLARED | BUILT_IN
    ] == []


@every_test_module
def test_a_module_says_what_kind_of_test_it_holds(file: Path) -> None:
    assert DECLARED & {name for _, name in marks(file)}, (
        f"write `pytestmark = pytest.mark...` in {file}"
    )


def test_every_declared_mark_is_used() -> None:
    assert DECLARED - {name for file in TESTS for _, name in marks(file)} == set()


def test_no_test_leaves_itself_out() -> None:
    leaving = {"pytest.skip", "pytest.xfail", "pytest.importorskip"}
    found = [
        told(file, node.lineno)
        for file in MODULES
        for node in ast.walk(parse(file))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in leaving
    ]
    assert found == []


def test_every_test_file_is_where_pytest_looks() -> None:
    looked_at = SETTINGS["tool"]["pytest"]["ini_options"]["testpaths"]
    assert looked_at == ["tests", "docs/examples"]
    found = {file for file in files() if fnmatch(file.name, "test_*.py")}
    folders = [REPOSITORY / path for path in looked_at]
    assert [file for file in found if not any(map(file.is_relative_to, folders))] == []

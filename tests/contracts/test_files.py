"""What no file of the house may hold, and how large its files and functions may be."""

import ast
from pathlib import Path

import pytest

from tests.contracts.house import ROOMS, files, parse, python_files, told

pytestmark = pytest.mark.contract

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
REGISTRIES = tuple(
    # Written with spaces, since no file may hold them, this one included.
    name.replace(" ", ".")
    for name in (
        "pypi org",
        "pythonhosted org",
        "npmjs org",
        "npmjs com",
        "yarnpkg com",
        "proxy golang org",
        "sum golang org",
        "maven org",
        "maven apache org",
        "deb debian org",
        "archive ubuntu com",
        "crates io",
        "rubygems org",
    )
)
LOCK_FILES = {
    "uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "package-lock.json", "yarn.lock", "pnpm-lock.yaml",
}  # fmt: skip
"""They hold addresses of their writer's registry. `requirements.txt` pins by hash and names none."""
SOURCES = python_files(*ROOMS)


def registry_addresses(text: str) -> list[tuple[int, str]]:
    """Every line that names a package registry."""
    lowered = text.lower()
    if not any(registry in lowered for registry in REGISTRIES):
        return []
    lines = enumerate(lowered.splitlines(), start=1)
    return [(number, name) for number, line in lines for name in REGISTRIES if name in line]


@pytest.mark.parametrize("registry", REGISTRIES)
def test_a_registry_address_is_recognized(registry: str) -> None:
    assert registry_addresses(f"first\nurl = 'https://Files.{registry.upper()}/simple'") == [
        (2, registry)
    ]


def test_no_file_names_a_package_registry() -> None:
    """Which registry, mirror or proxy a machine uses is the machine's own setting."""
    found = [
        f"{told(file, line)} {name}"
        for file in files()
        for line, name in registry_addresses(file.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert found == []


def test_no_tool_leaves_a_lock_file() -> None:
    assert [file for file in files() if file.name in LOCK_FILES] == []


@pytest.mark.parametrize("room", ROOMS)
def test_no_file_is_too_long(room: str) -> None:
    lengths = {file: len(file.read_text().splitlines()) for file in python_files(room)}
    assert lengths
    assert [told(file, length) for file, length in lengths.items() if length > LONGEST_FILE] == []


@pytest.mark.parametrize("room", ROOMS)
def test_no_function_is_too_long(room: str) -> None:
    found = [
        f"{told(file, node.lineno)} {node.name}: {length} lines"
        for file in python_files(room)
        for node, length in functions(file)
        if length > LONGEST_FUNCTION
    ]
    assert found == []


def functions(file: Path) -> list[tuple[ast.FunctionDef | ast.AsyncFunctionDef, int]]:
    return [
        (node, node.end_lineno - node.lineno + 1)
        for node in ast.walk(parse(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    ]


def test_most_functions_are_short() -> None:
    """Nine of ten within 40 lines, half of them within ten."""
    lengths = sorted(length for file in SOURCES for _, length in functions(file))
    assert lengths[len(lengths) // 2] <= 10
    assert lengths[len(lengths) * 9 // 10] <= 40

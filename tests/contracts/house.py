"""What the house says of itself: its rooms, its files, its settings, and what it asks of a cloud's room."""

import ast
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

REPOSITORY = Path(__file__).parents[2]
SETTINGS: dict[str, Any] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
ROOMS: tuple[str, ...] = tuple(SETTINGS["tool"]["basedpyright"]["include"])
"""The folders whose types are checked: everything that is not a test."""
COMPONENTS = REPOSITORY / "components" / "isthmus"
PROGRAM = REPOSITORY / "stacks" / "__main__.py"
EXAMPLES = tuple(sorted((REPOSITORY / "stacks").glob("Pulumi.*.yaml")))


class Asked(NamedTuple):
    """A function that a component or the stack program calls in a cloud's room."""

    asker: str
    topic: str
    function: str


def asked_of_rooms() -> tuple[Asked, ...]:
    """Every `room(cloud, "topic").function(...)` of the public components and of the stack program."""
    return tuple(
        Asked(file.stem, topic, function)
        for file in (*public_modules(), PROGRAM)
        for node in ast.walk(parse(file))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (topic := _topic(node.func.value))
        and (function := node.func.attr)
    )


def _topic(node: ast.expr) -> str | None:
    if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "room"):
        return None
    topic = node.args[1]
    assert isinstance(topic, ast.Constant), f"line {node.lineno}: the topic is not written out"
    return str(topic.value)


def public_modules() -> list[Path]:
    """The modules beside `isthmus/__init__.py`, where components and their arguments live."""
    return sorted(file for file in COMPONENTS.glob("*.py") if file.stem != "__init__")


def python_files(*folders: str) -> list[Path]:
    return [
        file
        for file in files()
        if file.suffix == ".py" and file.relative_to(REPOSITORY).parts[0] in folders
    ]


@cache
def files() -> tuple[Path, ...]:
    """Every file that belongs to the house, whether git knows it already or not."""
    return tuple(sorted(_walk(REPOSITORY)))


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir():
            if not is_ignored(path.relative_to(REPOSITORY) / "any"):
                yield from _walk(path)
        elif not is_ignored(path.relative_to(REPOSITORY)):
            yield path


def is_ignored(path: Path) -> bool:
    """Whether `.gitignore` leaves a path out; read here, so that no git is needed."""
    folders = [pattern.rstrip("/") for pattern in _ignored()]
    names = [pattern for pattern in _ignored() if not pattern.endswith("/")]
    return any(fnmatch(part, one) for part in path.parts[:-1] for one in folders) or any(
        fnmatch(path.name, one) for one in names
    )


@cache
def _ignored() -> tuple[str, ...]:
    written = (REPOSITORY / ".gitignore").read_text().splitlines()
    found = tuple(line for line in written if line and not line.startswith("#"))
    assert not any("/" in one.rstrip("/") or one.startswith("!") for one in found), (
        "names only, please"
    )
    return (".git/", *found)


@cache
def parse(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def told(file: Path, line: int) -> str:
    """A place as an editor opens it."""
    return f"{file.relative_to(REPOSITORY)}:{line}"

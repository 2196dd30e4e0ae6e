"""The command line's frame: only the called subcommand is imported, arguments go through
untouched."""

import sys
from types import ModuleType

import pytest
import typer

from isthmus_cli import main

pytestmark = pytest.mark.pure


def stand_in(monkeypatch: pytest.MonkeyPatch, name: str) -> list[list[str]]:
    """Puts a recording subcommand in the place of a real one."""
    seen: list[list[str]] = []

    def record(words: list[str] = typer.Argument(default=None)) -> None:  # noqa: B008
        seen.append(words)

    module = ModuleType(f"stand_in_{name}")
    setattr(module, name, record)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    commands = {**main.COMMANDS, name: main.COMMANDS[name]._replace(module=module.__name__)}
    monkeypatch.setattr(main, "COMMANDS", commands)
    return seen


def test_simulate_passes_every_argument_through(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = stand_in(monkeypatch, "simulate")
    words = ["pulumi", "up", "-s", "demo", "--yes", "--help", "-C", "x", "--", "a"]
    with pytest.raises(SystemExit) as done:
        main.run(["simulate", *words])
    assert done.value.code == 0
    assert seen == [words]


def test_other_subcommands_are_not_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = {n: c._replace(module="no_such_module") for n, c in main.COMMANDS.items()}
    monkeypatch.setattr(main, "COMMANDS", missing)
    with pytest.raises(SystemExit) as done:
        main.run(["--help"])
    assert done.value.code == 0


def test_a_group_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = stand_in(monkeypatch, "world")
    module = sys.modules["stand_in_world"]
    app = typer.Typer()
    app.command("inner")(module.__dict__["world"])
    app.command("other")(lambda: None)
    module.__dict__["app"] = app
    with pytest.raises(SystemExit) as done:
        main.run(["world", "inner", "a", "b"])
    assert done.value.code == 0
    assert seen == [["a", "b"]]

"""The documents speak of what exists: their links lead somewhere, their commands can be typed."""

import re
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup, TyperOption
from typer.main import get_command

from isthmus_cli.main import COMMANDS, make_app
from tests.contracts.documents import (
    Words,
    anchors,
    commands,
    documents,
    exists,
    links,
    paths,
    slug,
)
from tests.contracts.house import REPOSITORY, ROOMS

pytestmark = pytest.mark.contract

every_document = pytest.mark.parametrize(
    "document", documents(), ids=lambda file: str(file.relative_to(REPOSITORY))
)


def test_there_are_documents_to_read() -> None:
    names = {str(file.relative_to(REPOSITORY)) for file in documents()}
    assert {"README.md", "CONTRIBUTING.md", "docs/architecture.md"} <= names
    assert commands("isthmus") != []
    assert commands("make") != []


@every_document
def test_links_lead_to_something(document: Path) -> None:
    broken = [
        f"{line.place}: {target}"
        for line, target in links(document)
        if leads_nowhere(document, target)
    ]
    assert broken == []


def leads_nowhere(document: Path, target: str) -> bool:
    if re.match(r"[a-z]+:", target):
        return False
    name, _, anchor = target.partition("#")
    file = (document.parent / name).resolve() if name else document
    return not file.exists() or bool(
        anchor and file.suffix == ".md" and anchor not in anchors(file)
    )


@pytest.mark.parametrize(
    ("target", "is_broken"),
    [
        ("docs/architecture.md", False),
        ("docs/architecture.md#the-rooms", False),
        ("docs/architecture.md#the-cellar", True),
        ("docs/cellar.md", True),
        ("#no-such-heading", True),
        ("https://example.com/anything", False),
    ],
)
def test_a_link_to_nothing_is_recognized(target: str, is_broken: bool) -> None:
    assert leads_nowhere(REPOSITORY / "CONTRIBUTING.md", target) is is_broken


def test_the_architecture_shows_every_room() -> None:
    shown = (REPOSITORY / "docs" / "architecture.md").read_text()
    assert [room for room in ROOMS if f"\n{room}/" not in shown] == []


@every_document
def test_files_and_folders_that_are_named_exist(document: Path) -> None:
    assert [f"{line.place}: {name}" for line, name in paths(document) if not exists(name)] == []


@pytest.mark.parametrize("words", commands("isthmus"), ids=str)
def test_a_command_can_be_typed(words: Words) -> None:
    assert mistake(words.words[1:]) is None


@pytest.mark.parametrize("words", commands("make"), ids=str)
def test_a_make_target_exists(words: Words) -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert {word for word in words.words[1:] if "=" not in word} <= targets


def mistake(words: tuple[str, ...]) -> str | None:
    """What is wrong with the words after `isthmus`; None if they are a command with its options."""
    called = next((word for word in words if not word.startswith("-")), None)
    command = get_command(make_app(called))
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word.startswith("-"):
            options = options_of(command)
            name, _, value = word.partition("=")
            if name not in options:
                return f"there is no option {name}, only {', '.join(options)}"
            if not options[name] and not value:
                rest = rest[1:]
        elif isinstance(command, TyperGroup):
            if word not in command.commands:
                return f"there is no command {word}, only {', '.join(command.commands)}"
            command = command.commands[word]
        if command.name and command.name in COMMANDS and COMMANDS[command.name].passes_through:
            return None
    return None


def options_of(command: Any) -> dict[str, bool]:
    """A command's options, and whether each is a switch that takes no value."""
    options = [one for one in command.params if isinstance(one, TyperOption)]
    return {"--help": True} | {name: one.is_flag for one in options for name in one.opts}


@pytest.mark.parametrize(
    "typed",
    [
        "plan -s demo --json",
        "world --orphans",
        "world drift --remove",
        "simulate anything --at-all",
        "--help",
    ],
)
def test_a_right_command_is_recognized(typed: str) -> None:
    assert mistake(tuple(typed.split())) is None


@pytest.mark.parametrize(
    "typed", ["plam", "plan --stacks demo", "world destroy", "world remove --all"]
)
def test_a_wrong_command_is_recognized(typed: str) -> None:
    assert mistake(tuple(typed.split())) is not None


def test_headings_are_spelled_as_on_the_page() -> None:
    assert slug("What it costs: a cloud, `world`") == "what-it-costs-a-cloud-world"

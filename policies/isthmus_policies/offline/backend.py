"""Finds states in the engine's file backend, without the engine."""

import os
from pathlib import Path
from typing import NamedTuple

from isthmus_policies.nearest import name_nearest
from isthmus_policies.offline.problem import CannotJudge

_ENDINGS = (".json", ".json.gz")
"""The second one with PULUMI_DIY_BACKEND_GZIP."""


class Stored(NamedTuple):
    """A stack's state; stores of an older layout name no project."""

    project: str
    stack: str
    file: Path


def stacks_folder(url: str) -> Path:
    """Where a file backend keeps its states. `url` is what PULUMI_BACKEND_URL says: `file://~`,
    `file://./relative` or `file:///absolute`, perhaps with parameters."""
    path = url.removeprefix("file://").partition("?")[0]
    if os.name == "nt":
        path = path.lstrip("/")
    folder = Path(path or "/").expanduser() / ".pulumi" / "stacks"
    if not folder.is_dir():
        raise CannotJudge(
            url,
            f"no stack was ever deployed there: there is no folder {folder}",
            "Check PULUMI_BACKEND_URL; inside `isthmus simulate` it names the simulated world.",
        )
    return folder


def list_states(folder: Path) -> list[Stored]:
    """Every state of the backend, by project and stack."""
    found: list[Stored] = []
    for file in folder.rglob("*.json*"):
        ending = next((each for each in _ENDINGS if file.name.endswith(each)), None)
        inside = file.relative_to(folder).parts
        if ending and file.is_file() and len(inside) <= 2:
            project = inside[0] if len(inside) == 2 else ""
            found.append(Stored(project, file.name.removesuffix(ending), file))
    return sorted(found)


def find_state(folder: Path, project: str, stack: str) -> Stored:
    """The state of a stack of a project. Raises CannotJudge with the nearest names."""
    states = list_states(folder)
    mine = [each for each in states if each.project in (project, "")]
    found = next((each for each in mine if each.stack == stack), None)
    if found:
        return found
    names = [each.stack for each in mine]
    known = f"Deployed there: {', '.join(names)}." if names else "Nothing is deployed there."
    raise CannotJudge(
        f"stack {stack}",
        f"the backend {folder} holds no state of it in project {project}",
        f"{name_nearest(stack, names)}{known} To judge it before its first deployment: "
        "`pulumi preview --json --show-sames > preview.json`, then --state preview.json.",
    )

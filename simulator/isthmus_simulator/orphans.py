"""Finds what exists in the world and in no state: what a killed engine or a lost state leaves behind."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from isthmus_simulator.world import Resource, World


def find_orphans(world: World, states: Path) -> list[Resource]:
    """World resources that no stack of the backend folder `states` holds, oldest first."""
    held = set(_held(states))
    with world.transaction() as session:
        return [one for one in session.resources() if (one.type, one.id) not in held]


def _held(states: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(states.glob(".pulumi/stacks/**/*.json")):
        for resource in _resources(path):
            if resource.get("custom") and resource.get("id"):
                yield resource["type"], resource["id"]


def _resources(path: Path) -> list[dict[str, Any]]:
    """A state that cannot be read is an error: taking it for empty would call everything an orphan."""
    try:
        stored = json.loads(path.read_text())
        latest: dict[str, Any] = stored["checkpoint"].get("latest") or {}
    except (ValueError, KeyError, AttributeError) as error:
        raise UnreadableState(path, str(error)) from error
    return latest.get("resources") or []


class UnreadableState(Exception):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: not a readable Pulumi state ({reason})")
        self.path = path

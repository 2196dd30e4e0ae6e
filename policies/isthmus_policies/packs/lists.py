"""What requirements each framework has, from `data/frameworks/`."""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from isthmus_policies.nearest import name_nearest
from isthmus_policies.tables import read_table


class Listed(NamedTuple):
    id: str
    title: str
    """In our own words; empty if nobody wrote one."""
    showable: str
    """`yes` if a mapping or a rule shows something of it, `no` if the source maps no check to it,
    empty if nobody says."""
    source: str


class Framework(NamedTuple):
    name: str
    title: str
    version: str
    complete: bool
    """Whether the list holds all there are, at the level that `lists` tells."""
    lists: str
    source: str
    requirements: tuple[Listed, ...]


def framework_named(name: str) -> Framework:
    """Raises KeyError, which names the frameworks that come near."""
    if name in frameworks():
        return frameworks()[name]
    hint = f"{name_nearest(name, frameworks())}Frameworks: {', '.join(frameworks())}."
    raise KeyError(f"there is no framework '{name}'. {hint}")


@cache
def frameworks() -> Mapping[str, Framework]:
    return {
        row["framework"]: Framework(
            row["framework"], row["title"], row["version"], row["complete"] == "yes",
            row["lists"], row["source"], _requirements(row["framework"]),
        )
        for row in read_table("frameworks/frameworks")
    }  # fmt: skip


def _requirements(framework: str) -> tuple[Listed, ...]:
    return tuple(Listed(**row) for row in read_table(f"frameworks/{file_name(framework)}"))


def file_name(framework: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", framework.lower()).strip("-")

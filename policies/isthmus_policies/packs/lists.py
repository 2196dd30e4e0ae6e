"""What requirements each framework has, from `data/frameworks/`."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from isthmus_policies.nearest import name_nearest
from isthmus_policies.tables import read_table


class Showable(StrEnum):
    """Whether the configuration of infrastructure can show anything of a requirement."""

    YES = "yes"
    """A published mapping names a check for it, or a rule of ours serves it."""
    PARTLY = "partly"
    """No mapping that we know names a check; by our reading configuration has a part in it."""
    NO = "no"
    """By our reading no rule can show it; `why_not` says what it is about."""


class WhyNot(StrEnum):
    """What a requirement is about that no infrastructure rule can show."""

    POLICY = "policy"
    """A policy, a plan or another document."""
    PEOPLE = "people"
    """Roles, training, screening: what persons know and answer for."""
    PREMISES = "premises"
    """Buildings, hardware, paper, media, wireless networks."""
    CONTRACT = "contract"
    """Agreements, and what suppliers and partners do."""
    PROCESS = "process"
    """Work that recurs or answers something: reviews, tests, risk analyses, incidents."""
    APPLICATION = "application"
    """What programs do with data, and how they are written."""
    MACHINE = "machine"
    """What runs inside a machine: operating system, anti-malware, users' devices."""
    LAW = "law"
    """Scope, definitions, rights, duties of authorities: nothing that a system could meet."""


class Listed(NamedTuple):
    id: str
    title: str
    """In our own words; empty if nobody wrote one."""
    showable: Showable
    why_not: WhyNot | None
    """Why it is not showable; None for the others."""
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
    withdrawn: tuple[str, ...]
    """Ids that an earlier edition had. They are no requirements, though old mappings name some."""

    def counts(self) -> Mapping[Showable, int]:
        """How many requirements are showable, partly, and not at all."""
        return Counter(each.showable for each in self.requirements)


def framework_named(name: str) -> Framework:
    """Raises KeyError, which names the frameworks that come near."""
    if name in frameworks():
        return frameworks()[name]
    hint = f"{name_nearest(name, frameworks())}Frameworks: {', '.join(frameworks())}."
    raise KeyError(f"there is no framework '{name}'. {hint}")


@cache
def frameworks() -> Mapping[str, Framework]:
    withdrawn = _withdrawn()
    return {
        row["framework"]: Framework(
            row["framework"], row["title"], row["version"], row["complete"] == "yes",
            row["lists"], row["source"], _requirements(row["framework"]),
            withdrawn.get(row["framework"], ()),
        )
        for row in read_table("frameworks/frameworks")
    }  # fmt: skip


def _requirements(framework: str) -> tuple[Listed, ...]:
    return tuple(_listed(row) for row in read_table(f"frameworks/{file_name(framework)}"))


def _listed(row: Mapping[str, str]) -> Listed:
    why_not = WhyNot(row["why_not"]) if row["why_not"] else None
    return Listed(row["id"], row["title"], Showable(row["showable"]), why_not, row["source"])


def _withdrawn() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in read_table("withdrawn_requirements"):
        found[row["framework"]].append(row["id"])
    return {framework: tuple(ids) for framework, ids in found.items()}


def file_name(framework: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", framework.lower()).strip("-")

"""Mutants that no case could tell from the rule, each named with its reason in `equivalent.yaml`."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from ruamel.yaml import YAML

from tests.mutation.operators import Mutant

FILE = Path(__file__).with_suffix(".yaml")


class Equivalent(NamedTuple):
    module: str
    place: str
    diff: str
    reason: str

    def names(self, mutant: Mutant) -> bool:
        return (self.module, self.place, self.diff) == (mutant.module, mutant.place, mutant.diff)

    def __str__(self) -> str:
        return f"{self.module} {self.place}: {self.diff}"


def read_equivalents(file: Path = FILE) -> tuple[Equivalent, ...]:
    blocks = YAML(typ="safe", pure=True).load(file)
    return tuple(
        Equivalent(block["module"], block["in"], each["mutant"], each["reason"])
        for block in blocks
        for each in block["mutants"]
    )


def stale(
    named: Iterable[Equivalent], module: str, survivors: Iterable[Mutant]
) -> list[Equivalent]:
    """Those of a module that a case notices after all, or that its code can no longer have."""
    found = tuple(survivors)
    return [
        each
        for each in named
        if each.module == module and not any(each.names(mutant) for mutant in found)
    ]

"""Facts about resource types that rules share, read once from `data/`."""

import csv
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parent / "data"


class TypeFacts(NamedTuple):
    tags: str
    """The property that holds tags (labels), or nothing if the type has none."""
    location: tuple[str, ...]
    """The properties that may say where it is: region, location, zone."""


class ReplicaPath(NamedTuple):
    path: str
    """Where a type names a further place its data goes to."""
    target: str
    """Empty if the place is named itself; else the type of the resource named there."""


@cache
def type_facts() -> Mapping[str, TypeFacts]:
    """What the cloud SDKs say of their types: all of AWS, elsewhere those with tags or a place."""
    return {
        row["type"]: TypeFacts(row["tags"], tuple(row["location"].split()))
        for row in read_table("types")
    }


@cache
def replica_paths() -> Mapping[str, tuple[ReplicaPath, ...]]:
    paths: dict[str, list[ReplicaPath]] = defaultdict(list)
    for row in read_table("replica_paths"):
        paths[row["type"]].append(ReplicaPath(row["path"], row["target"]))
    return {token: tuple(found) for token, found in paths.items()}


@cache
def global_types() -> Mapping[str, str]:
    """Type tokens and prefixes whose place does not matter, with the reason."""
    return {row["type"]: row["reason"] for row in read_table("global_types")}


def read_table(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))

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
    targets: tuple[str, ...]
    """Empty if the place is named itself; else the types of the resources named there."""


class UnnamedPlace(NamedTuple):
    path: str
    """Where a type names the place of copies that the cloud else places by itself."""
    when: str
    """The property without which there are no such copies; empty if there always are."""
    what: str
    """What happens where nobody names the place."""


class GeoCopy(NamedTuple):
    path: str
    """The property that decides whether Azure copies the data to the paired region."""
    words: tuple[str, ...]
    """Its values with which it does."""
    default: str
    """What holds where it is not set."""
    unless: tuple[str, ...]
    """Another property and its value with which there is no copy; empty if there is none."""
    not_in: tuple[str, ...]
    """Regions that are never copied from."""


class ModelRoute(NamedTuple):
    path: str
    """The property whose value decides where a model's requests are processed."""
    says: str
    """In whose words: of `bedrock` or `azure`."""


class EdgeService(NamedTuple):
    switch: str
    """The property that turns it on; empty if it always is."""
    what: str
    """What it does with data."""


@cache
def type_facts() -> Mapping[str, TypeFacts]:
    """What the cloud SDKs say of their types: all of AWS, elsewhere those with tags or a place."""
    return {
        row["type"]: TypeFacts(row["tags"], tuple(row["location"].split()))
        for row in read_table("types")
    }


@cache
def replica_paths() -> Mapping[str, tuple[ReplicaPath, ...]]:
    return _paths("replica_paths")


@cache
def transfer_paths() -> Mapping[str, tuple[ReplicaPath, ...]]:
    """Where a type names what it sends data to; as `replica_paths`, which names copies."""
    return _paths("transfer_paths")


@cache
def copy_sources() -> Mapping[str, tuple[str, ...]]:
    """Where a type names what its own data is a copy or a part of, and so classified by."""
    paths: dict[str, list[str]] = defaultdict(list)
    for row in read_table("copy_sources"):
        paths[row["type"]].append(row["path"])
    return {token: tuple(found) for token, found in paths.items()}


@cache
def unnamed_places() -> Mapping[str, tuple[UnnamedPlace, ...]]:
    found: dict[str, list[UnnamedPlace]] = defaultdict(list)
    for row in read_table("unnamed_places"):
        found[row["type"]].append(UnnamedPlace(row["path"], row["when"], row["what"]))
    return {token: tuple(places) for token, places in found.items()}


@cache
def geo_copies() -> Mapping[str, tuple[GeoCopy, ...]]:
    found: dict[str, list[GeoCopy]] = defaultdict(list)
    for row in read_table("geo_copies"):
        words, unless = tuple(row["words"].split()), tuple(row["unless"].split())
        copy = GeoCopy(row["path"], words, row["default"], unless, tuple(row["not_in"].split()))
        found[row["type"]].append(copy)
    return {token: tuple(copies) for token, copies in found.items()}


@cache
def model_routes() -> Mapping[str, tuple[ModelRoute, ...]]:
    found: dict[str, list[ModelRoute]] = defaultdict(list)
    for row in read_table("model_routes"):
        found[row["type"]].append(ModelRoute(row["path"], row["says"]))
    return {token: tuple(routes) for token, routes in found.items()}


@cache
def inference_geographies() -> Mapping[str, frozenset[str]]:
    """What holds wherever Bedrock takes a request for a model of that prefix, such as `eu`."""
    rows = read_table("inference_geographies")
    return {row["prefix"]: frozenset(row["jurisdictions"].split()) for row in rows}


@cache
def edge_services() -> Mapping[str, EdgeService]:
    rows = read_table("edge_services")
    return {row["type"]: EdgeService(row["switch"], row["what"]) for row in rows}


@cache
def parts_in_processing() -> Mapping[str, str]:
    """Types to what they are where data is processed: see `lineage.py`."""
    return {row["type"]: row["part"] for row in read_table("processing_types")}


@cache
def global_types() -> Mapping[str, str]:
    """Type tokens and prefixes whose place does not matter, with the reason."""
    return {row["type"]: row["reason"] for row in read_table("global_types")}


def read_table(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    return [dict(zip(head, row, strict=True)) for row in rows if row]


def _paths(table: str) -> Mapping[str, tuple[ReplicaPath, ...]]:
    paths: dict[str, list[ReplicaPath]] = defaultdict(list)
    for row in read_table(table):
        paths[row["type"]].append(ReplicaPath(row["path"], tuple(row["target"].split())))
    return {token: tuple(found) for token, found in paths.items()}

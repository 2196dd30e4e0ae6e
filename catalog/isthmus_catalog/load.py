"""Reads the tables in data/ once, and turns a row into a value only when it is asked for."""

import csv
from fractions import Fraction
from functools import cache
from pathlib import Path

from isthmus_catalog.model import (
    Accelerator,
    Cloud,
    Jurisdiction,
    Lifecycle,
    MachineType,
    Offer,
    Quota,
    Region,
    Source,
)

Row = dict[str, str]

_DATA = Path(__file__).parent / "data"


@cache
def read_table(name: str) -> tuple[list[str], list[list[str]]]:
    """The header and the raw rows of `data/<name>.csv`."""
    with (_DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        return next(reader), list(reader)


def read_rows(name: str) -> list[Row]:
    """Every row of a table by column name: for small tables, or for checking a large one."""
    header, rows = read_table(name)
    return [dict(zip(header, values, strict=True)) for values in rows]


@cache
def index_rows(name: str, key_width: int) -> dict[tuple[str, ...], list[str]]:
    """Raw rows by their first `key_width` columns; parsing waits until a row is looked up."""
    return {tuple(values[:key_width]): values for values in read_table(name)[1]}


def find_row(name: str, *key: str) -> Row | None:
    """The row whose leading columns are `key`, or None."""
    values = index_rows(name, len(key)).get(key)
    return None if values is None else dict(zip(read_table(name)[0], values, strict=True))


def split_words(text: str) -> tuple[str, ...]:
    """The parts of a `;` separated cell, none for an empty one."""
    return tuple(text.split(";")) if text else ()


@cache
def load_sources() -> dict[str, Source]:
    """Every source by its id."""
    return {row["id"]: Source(**row) for row in read_rows("sources")}


@cache
def cite(references: str) -> str:
    """Spell out references such as `moto;skypilot:catalogs/v9/aws/vms.csv@2c3d7ea7`."""
    parts: list[str] = []
    for reference in split_words(references):
        source_id, _, locator = reference.partition(":")
        parts.append(f"{load_sources()[source_id].title} {locator}".rstrip())
    return "; ".join(parts)


def to_region(row: Row) -> Region:
    """A region; its one citation names what each reference is for."""
    cited = {
        "place and zones": row["zones_source"],
        "pair": row["paired_region_source"],
        "grid": row["grid_source"],
        "PUE": row["pue_source"],
    }
    return Region(
        cloud=Cloud(row["cloud"]),
        name=row["region"],
        display_name=row["display_name"],
        city=row["city"],
        country=row["country"],
        jurisdictions=frozenset(split_words(row["jurisdictions"])),
        partition=row["partition"],
        zones=split_words(row["zones"]),
        paired_region=row["paired_region"] or None,
        grid_gco2e_per_kwh=_number(row["grid_gco2e_per_kwh"]),
        pue=_number(row["pue"]),
        carbon_free_energy_share=_number(row["carbon_free_energy_share"]),
        source="; ".join(f"{use}: {cite(text)}" for use, text in cited.items() if text),
        note=row["note"],
    )


def to_jurisdiction(row: Row) -> Jurisdiction:
    """A jurisdiction with its member countries."""
    members = frozenset(split_words(row["members"]))
    return Jurisdiction(row["tag"], row["name"], members, cite(row["source"]))


def to_machine_type(row: Row) -> MachineType:
    """A machine type; empty cells become None, never zero."""
    count = row["accelerators_per_node"]
    return MachineType(
        cloud=Cloud(row["cloud"]),
        name=row["machine_type"],
        family=row["family"],
        vcpus=_whole(row["vcpus"]),
        memory_gib=_number(row["memory_gib"]),
        arch=row["arch"],
        accelerator=row["accelerator"] or None,
        accelerator_count=Fraction(count) if count else None,
        accelerator_memory_gib=_number(row["accelerator_memory_gib"]),
        network_gbps=_number(row["network_gbps"]),
        rdma_kind=row["rdma_kind"] or None,
        rdma_interfaces=_whole(row["rdma_interfaces"]),
        nic_count=_whole(row["network_cards_or_nics"]),
        local_nvme_gib=_number(row["local_nvme_gib"]),
        requires=split_words(row["requires"]),
        supports=split_words(row["supports"]),
        spot_supported=_flag(row["spot_supported"]),
        topologies=split_words(row["topologies"]),
        source=cite(row["source"]),
        note=row["note"],
    )


def to_offer(row: Row) -> Offer:
    """A list price of a machine type in a region."""
    return Offer(
        cloud=Cloud(row["cloud"]),
        region=row["region"],
        machine_type=row["machine_type"],
        zones=split_words(row["zones"]),
        on_demand_usd_per_hour=_number(row["on_demand_usd_per_hour"]),
        spot_usd_per_hour=_number(row["spot_usd_per_hour"]),
        source=cite(row["source"]),
        note=row["note"],
    )


def to_accelerator(row: Row) -> Accelerator:
    """An accelerator model; its citation names the source of peak and power too."""
    cited = {"": row["source"], "peak: ": row["peak_source"], "power: ": row["tdp_source"]}
    return Accelerator(
        name=row["accelerator"],
        vendor=row["vendor"],
        memory_gib=_number(row["memory_gib"]),
        aliases=split_words(row["aliases"]),
        peak_bf16_dense_tflops=_number(row["peak_bf16_dense_tflops"]),
        tdp_watts=_number(row["tdp_watts"]),
        source="; ".join(f"{use}{cite(text)}" for use, text in cited.items() if text),
        note=row["note"],
    )


def to_quota(row: Row) -> Quota:
    """A quota with the default limit we rehearse with."""
    return Quota(
        cloud=Cloud(row["cloud"]),
        name=row["quota_name"],
        code=row["quota_code"],
        unit=row["unit"],
        scope=row["scope"],
        lifecycle=Lifecycle(row["lifecycle"]),
        machine_types=split_words(row["machine_types"]),
        default_limit=int(row["default_limit"]),
        source=cite(row["source"]),
        note=row["note"],
    )


def _number(text: str) -> float | None:
    return float(text) if text else None


def _whole(text: str) -> int | None:
    return int(text) if text else None


def _flag(text: str) -> bool | None:
    return {"yes": True, "no": False}.get(text)

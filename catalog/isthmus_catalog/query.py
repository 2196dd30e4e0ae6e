"""What the clouds sell: machine types, accelerators, offers and the quotas that limit them."""

import re
from fnmatch import fnmatchcase
from functools import cache

from isthmus_catalog.load import (
    Row,
    find_row,
    index_rows,
    load_sources,
    read_rows,
    read_table,
    split_words,
    to_accelerator,
    to_machine_type,
    to_offer,
    to_quota,
)
from isthmus_catalog.model import (
    Accelerator,
    Cloud,
    Lifecycle,
    MachineType,
    Offer,
    Quota,
    Source,
)

# Compute Engine shapes ordered by size, e.g. custom-2-10240-ext or n2-custom-4-16384: family (none
# is n1), vCPUs, MiB. Read in Cyclenerd/google-cloud-pricing-cost-calculator build/gcp.yml@7a2c55d3.
_CUSTOM_SHAPE = re.compile(r"(?:(n1|n2|n2d|n4|e2)-)?custom-(\d+)-(\d+)(?:-ext)?")


@cache
def machine_type(cloud: Cloud, name: str) -> MachineType | None:
    """The machine type of that name, or None.

    Takes any case on Azure, as its API does, and custom shapes on Google Cloud.
    """
    key = _azure_sizes().get(name.lower(), name) if cloud == Cloud.AZURE else name
    row = find_row("machine_types", cloud, key)
    if row is not None:
        return to_machine_type(row)
    return _read_custom_shape(name) if cloud == Cloud.GCP else None


def machine_types(
    cloud: Cloud | None = None, accelerator: str | None = None
) -> tuple[MachineType, ...]:
    """Every machine type, or those of one cloud, or those that carry one accelerator.

    `accelerator` is a name or an alias; one that is not known matches nothing.
    """
    header, rows = read_table("machine_types")
    model = _canonical_accelerator(accelerator)
    column = header.index("accelerator")
    found = (
        (row[0], row[1]) for row in rows if cloud in (None, row[0]) and model in (None, row[column])
    )
    return tuple(item for key in found if (item := machine_type(Cloud(key[0]), key[1])))


@cache
def accelerator(name: str) -> Accelerator | None:
    """The accelerator with that name or alias ("nvidia-h100-80gb", "h100", "NVIDIA H100"), or None.

    "a100" is the 40 GB part and "v100" the 16 GB part, as most catalogues mean them.
    """
    key = _accelerator_names().get(re.sub(r"[\s_/]+", "-", name.strip().lower()))
    row = find_row("accelerators", key) if key else None
    return None if row is None else to_accelerator(row)


@cache
def accelerators() -> tuple[Accelerator, ...]:
    """Every accelerator model, by name."""
    return tuple(to_accelerator(row) for row in read_rows("accelerators"))


@cache
def offer(cloud: Cloud, region: str, machine_type: str) -> Offer | None:
    """The offer of a machine type in a region, or None where no list mentions it.

    None does not mean that it is not sold: ask `is_offered`.
    """
    row = find_row("offers", cloud, region, machine_type)
    return None if row is None else to_offer(row)


def offers(
    cloud: Cloud | None = None,
    region: str | None = None,
    machine_type: str | None = None,
    accelerator: str | None = None,
) -> tuple[Offer, ...]:
    """The offers that match every argument given, in the order of cloud, region and type."""
    carriers = None
    if accelerator is not None:
        carriers = {(item.cloud, item.name) for item in machine_types(cloud, accelerator)}
    found = (
        key
        for key in index_rows("offers", 3)
        if cloud in (None, key[0])
        and region in (None, key[1])
        and machine_type in (None, key[2])
        and (carriers is None or (key[0], key[2]) in carriers)
    )
    return tuple(item for key in found if (item := offer(Cloud(key[0]), key[1], key[2])))


def is_offered(cloud: Cloud, region: str, machine_type: str) -> bool | None:
    """Whether a region sells a machine type: True, False, or None where it is not known.

    False only for a type sold elsewhere, where a listing that is complete for that region and
    type leaves it out.
    """
    selling = _regions_selling(cloud, machine_type)
    if region in selling:
        return True
    return False if selling and _is_covered(cloud, region, machine_type) else None


def regions_offering(cloud: Cloud, machine_type: str) -> tuple[str, ...]:
    """The regions known to sell a machine type, by name; others may sell it too."""
    return tuple(sorted(_regions_selling(cloud, machine_type)))


@cache
def quotas(cloud: Cloud) -> tuple[Quota, ...]:
    """Every quota of a cloud."""
    return tuple(to_quota(row) for row in read_rows("quotas") if row["cloud"] == cloud)


def quotas_for(cloud: Cloud, machine_type: str, spot: bool = False) -> tuple[Quota, ...]:
    """The quotas that buying a machine type counts against, on demand or as spot."""
    wanted = (Lifecycle.SPOT if spot else Lifecycle.ON_DEMAND, Lifecycle.BOTH)
    return tuple(
        quota
        for quota in quotas(cloud)
        if quota.lifecycle in wanted
        and any(fnmatchcase(machine_type, pattern) for pattern in quota.machine_types)
    )


def sources() -> tuple[Source, ...]:
    """Every source that a figure in the catalogue was read from."""
    return tuple(load_sources().values())


@cache
def _azure_sizes() -> dict[str, str]:
    keys = index_rows("machine_types", 2)
    return {name.lower(): name for cloud, name in keys if cloud == Cloud.AZURE}


@cache
def _accelerator_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for row in read_rows("accelerators"):
        for name in (row["accelerator"], *split_words(row["aliases"])):
            names[name] = row["accelerator"]
    return names


def _canonical_accelerator(name: str | None) -> str | None:
    if name is None:
        return None
    known = accelerator(name)
    return known.name if known else name


@cache
def _regions_selling(cloud: Cloud, machine_type: str) -> frozenset[str]:
    priced = {key[1] for key in index_rows("offers", 3) if key[::2] == (cloud, machine_type)}
    family, _, size = machine_type.partition(".")
    listed = _listings().get((cloud, family), ())
    return frozenset(priced).union(
        *(row["regions"].split() for row in listed if size in row["sizes"].split())
    )


@cache
def _listings() -> dict[tuple[str, str], list[Row]]:
    families: dict[tuple[str, str], list[Row]] = {}
    for row in read_rows("offerings"):
        families.setdefault((row["cloud"], row["family"]), []).append(row)
    return families


def _is_covered(cloud: Cloud, region: str, machine_type: str) -> bool:
    return any(
        row["cloud"] == cloud
        and any(fnmatchcase(machine_type, item) for item in split_words(row["machine_types"]))
        and any(fnmatchcase(region, item) for item in split_words(row["regions"]))
        for row in read_rows("offer_coverage")
    )


def _read_custom_shape(name: str) -> MachineType | None:
    match = _CUSTOM_SHAPE.fullmatch(name)
    if match is None:
        return None
    blank = dict.fromkeys(read_table("machine_types")[0], "")
    shape: Row = {
        "cloud": Cloud.GCP,
        "machine_type": name,
        "family": match[1] or "n1",
        "vcpus": match[2],
        "memory_gib": str(int(match[3]) / 1024),
        "arch": "x86_64",
        "source": "gcosts:build/gcp.yml@7a2c55d3",
        "note": "custom shape; the limits of its family are not checked",
    }
    return to_machine_type(blank | shape)

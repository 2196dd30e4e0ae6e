"""Where the clouds are: regions, zones, multi-regions and the jurisdictions that hold there."""

import re
from functools import cache

from isthmus_catalog.load import (
    Row,
    cite,
    find_row,
    read_rows,
    split_words,
    to_jurisdiction,
    to_region,
)
from isthmus_catalog.model import Cloud, Jurisdiction, Location, LocationKind, Region

# A zone is its region and a letter: eu-north-1a on AWS, europe-west4-a on Google Cloud. Used only
# where a region's zones are not on record; Azure zones are bare numbers and name no place.
_ZONE_OF_UNLISTED_REGION = {
    Cloud.AWS: re.compile(r"(.+-\d)[a-z]"),
    Cloud.GCP: re.compile(r"(.+\d)-[a-z]"),
}


@cache
def region(cloud: Cloud, name: str) -> Region | None:
    """The region of that name, or None.

    Azure also takes display names in any case ("Sweden Central"), as its API does.
    """
    key = _fold(cloud, name) if cloud == Cloud.AZURE else name
    row = find_row("regions", cloud, key)
    return None if row is None else to_region(row)


@cache
def regions(cloud: Cloud | None = None) -> tuple[Region, ...]:
    """Every region, or those of one cloud, in the order of cloud and name."""
    rows = (row for row in read_rows("regions") if cloud in (None, row["cloud"]))
    return tuple(to_region(row) for row in rows)


@cache
def jurisdictions() -> frozenset[str]:
    """Every tag a region can carry, such as EU, EEA, KR, UK or US-GOV."""
    return frozenset(row["tag"] for row in read_rows("jurisdictions"))


@cache
def jurisdiction(tag: str) -> Jurisdiction | None:
    """The jurisdiction with that tag, or None."""
    row = find_row("jurisdictions", tag)
    return None if row is None else to_jurisdiction(row)


@cache
def paired_region(name: str, cloud: Cloud = Cloud.AZURE) -> Region | None:
    """The region that geo-redundant data of region `name` is copied to, or None.

    Only Azure fixes pairs. The pair may lie in another country: brazilsouth copies to the US.
    """
    home = region(cloud, name)
    if home is None or home.paired_region is None:
        return None
    return region(cloud, home.paired_region)


@cache
def location(cloud: Cloud, name: str) -> Location | None:
    """What a place name stands for: a region, a zone, or several regions at once.

    Takes any case, and display names on Azure. None where the name is not known.
    """
    key = _fold(cloud, name)
    home = region(cloud, key)
    if home is not None:
        return _in_region(home, home.name, LocationKind.REGION)
    zone_home = _zone_homes(cloud).get(key) or _home_of_unlisted_zone(cloud, key)
    if zone_home is not None:
        return _in_region(zone_home, key, LocationKind.ZONE)
    row = _multi_regions(cloud).get(key)
    return None if row is None else _to_location(row)


def _fold(cloud: Cloud, name: str) -> str:
    folded = name.strip().lower()
    return folded.replace(" ", "") if cloud == Cloud.AZURE else folded


def _in_region(home: Region, name: str, kind: LocationKind) -> Location:
    return Location(
        home.cloud, name, kind, (home.name,), home.jurisdictions, home.source, home.note
    )


@cache
def _zone_homes(cloud: Cloud) -> dict[str, Region]:
    if cloud == Cloud.AZURE:
        return {}
    return {zone: home for home in regions(cloud) for zone in home.zones}


def _home_of_unlisted_zone(cloud: Cloud, key: str) -> Region | None:
    pattern = _ZONE_OF_UNLISTED_REGION.get(cloud)
    match = pattern.fullmatch(key) if pattern else None
    home = region(cloud, match[1]) if match else None
    return home if home is not None and not home.zones else None


@cache
def _multi_regions(cloud: Cloud) -> dict[str, Row]:
    rows = (row for row in read_rows("multi_regions") if row["cloud"] == cloud)
    return {_fold(cloud, row["name"]): row for row in rows}


def _to_location(row: Row) -> Location:
    cloud, members = Cloud(row["cloud"]), split_words(row["regions"])
    return Location(
        cloud=cloud,
        name=row["name"],
        kind=LocationKind(row["kind"]),
        regions=members,
        jurisdictions=_shared_jurisdictions(cloud, members, row["jurisdictions"]),
        source=cite(row["source"]),
        note=row["note"],
    )


def _shared_jurisdictions(cloud: Cloud, members: tuple[str, ...], stated: str) -> frozenset[str]:
    """What holds for every member; `stated` only where a cloud promises it without naming any."""
    if not members:
        return frozenset(split_words(stated))
    homes = [region(cloud, member) for member in members]
    return frozenset[str].intersection(*(home.jurisdictions for home in homes if home))

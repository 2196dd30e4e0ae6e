"""Where a resource of Google Cloud lives: its own project, region and zone, else the provider's."""

import hashlib
import re
from typing import cast

import isthmus_catalog as catalog
from isthmus_catalog import Cloud as CatalogCloud
from isthmus_simulator.cloud import Call, Setting
from isthmus_simulator.values import Properties

ZONE = re.compile(r"(.+\d)-[a-z]")
WORLD_TIME = "2026-01-01T00:00:00.000000Z"
"""The world's clock stands still, so that two runs can be compared."""


def last_part(text: str) -> str:
    """`projects/p/zones/us-central1-a` and a plain name alike: the last step of a path."""
    return text.rstrip("/").rsplit("/", 1)[-1]


def text_of(inputs: Properties, key: str) -> str:
    value = inputs.get(key)
    return value if isinstance(value, str) else ""


def project_of(call: Call) -> str:
    given = text_of(call.inputs, "project").removeprefix("projects/")
    return given or call.setting.account


def zone_of(call: Call) -> str:
    return last_part(text_of(call.inputs, "zone")) or call.setting.zone


def region_of(call: Call) -> str:
    """In the provider's own order: the region, the zone or the location given, then the defaults."""
    region = last_part(text_of(call.inputs, "region"))
    if region:
        return region
    own = text_of(call.inputs, "zone") or text_of(call.inputs, "location")
    return region_of_place(last_part(own)) if own else default_region(call.setting)


def default_region(setting: Setting) -> str:
    return setting.region or region_of_place(setting.zone)


def location_of(call: Call) -> str:
    """A region, zone or multi-region: the location given, else the region."""
    return last_part(text_of(call.inputs, "location")) or region_of(call)


def cluster_location_of(call: Call) -> str:
    """GKE alone prefers the provider's zone to its region."""
    return last_part(text_of(call.inputs, "location")) or call.setting.zone or call.setting.region


def region_of_place(place: str) -> str:
    zone = ZONE.fullmatch(place)
    return zone[1] if zone else place


def zones_of(region: str) -> tuple[str, ...]:
    found = catalog.region(CatalogCloud.GCP, region)
    return found.zones if found else ()


def is_region(name: str) -> bool:
    return catalog.region(CatalogCloud.GCP, name) is not None


def is_zone(name: str) -> bool:
    """A zone whose region's zones are not on record passes: the catalogue takes it by its form."""
    return bool(ZONE.fullmatch(name)) and catalog.location(CatalogCloud.GCP, name) is not None


def is_location(name: str) -> bool:
    return catalog.location(CatalogCloud.GCP, name) is not None


def project_number(project: str) -> str:
    """The twelve digits that Google gives a project beside its id, always the same for one id."""
    digits = str(int(hashlib.sha256(project.encode()).hexdigest(), 16))
    return "1" + digits[1:12]


def inner(inputs: Properties, *path: str) -> Properties:
    """The object at a path of objects, empty when there is none."""
    here = inputs
    for step in path:
        value = here.get(step)
        here = cast(Properties, value) if isinstance(value, dict) else {}
    return here


def objects(inputs: Properties, key: str) -> list[Properties]:
    """The objects in a list of objects, none when there is no such list."""
    value = inputs.get(key)
    items = cast(list[object], value) if isinstance(value, list) else []
    return [cast(Properties, item) for item in items if isinstance(item, dict)]

"""What the clouds sell, where, under whose law and at what list price; every figure has a source.

Pure data and lookups: imports nothing of ours and nothing heavy. Tables are read on first use.
"""

from isthmus_catalog.model import (
    Accelerator,
    Cloud,
    Jurisdiction,
    Lifecycle,
    Location,
    LocationKind,
    MachineType,
    Offer,
    Quota,
    Region,
    Source,
)
from isthmus_catalog.places import (
    jurisdiction,
    jurisdictions,
    location,
    paired_region,
    region,
    regions,
)
from isthmus_catalog.query import (
    accelerator,
    accelerators,
    is_offered,
    machine_type,
    machine_types,
    offer,
    offers,
    quotas,
    quotas_for,
    regions_offering,
    sources,
)
from isthmus_catalog.spelling import nearest

__all__ = [
    "Accelerator",
    "Cloud",
    "Jurisdiction",
    "Lifecycle",
    "Location",
    "LocationKind",
    "MachineType",
    "Offer",
    "Quota",
    "Region",
    "Source",
    "accelerator",
    "accelerators",
    "is_offered",
    "jurisdiction",
    "jurisdictions",
    "location",
    "machine_type",
    "machine_types",
    "nearest",
    "offer",
    "offers",
    "paired_region",
    "quotas",
    "quotas_for",
    "region",
    "regions",
    "regions_offering",
    "sources",
]

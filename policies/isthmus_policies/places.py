"""Where on earth a cloud's location lies: what residency rules ask of the region catalogue."""

from typing import Protocol


class Place(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def jurisdictions(self) -> frozenset[str]:
        """What holds everywhere in the place, such as `EU` and `SE`; empty where nothing does."""
        ...


class Places(Protocol):
    def location(self, cloud: str, name: str) -> Place | None:
        """A region, zone or multi-region by the cloud's own name; None if it is not on record."""
        ...

    def paired_region(self, cloud: str, name: str) -> Place | None:
        """Where a region's geo-redundant copies go; None if it has no pair on record."""
        ...


class Catalogue:
    """The region catalogue, imported when the first question comes: most packs never ask one."""

    def location(self, cloud: str, name: str) -> Place | None:
        from isthmus_catalog import Cloud, location

        return location(Cloud(cloud), name)

    def paired_region(self, cloud: str, name: str) -> Place | None:
        from isthmus_catalog import Cloud, paired_region

        return paired_region(name, Cloud(cloud))

"""What machines are, cost and emit: what rules on cost and carbon ask of the catalogue."""

from collections.abc import Iterable
from typing import Protocol

HOURS_PER_MONTH = 730
"""A year of 8760 hours by twelve, as the clouds' own calculators and `isthmus plan` count."""


class Machine(Protocol):
    @property
    def accelerator(self) -> str | None:
        """The model of the accelerators inside; None if there are none."""
        ...


class Offer(Protocol):
    """USD per hour at list price, without tax or commitment; None is not known, never zero."""

    @property
    def on_demand_usd_per_hour(self) -> float | None: ...

    @property
    def spot_usd_per_hour(self) -> float | None: ...


class Grid(Protocol):
    """A region, as the electricity that its machines run on."""

    @property
    def name(self) -> str: ...

    @property
    def jurisdictions(self) -> frozenset[str]: ...

    @property
    def partition(self) -> str:
        """Regions of one partition share accounts; a government's or China's stand apart."""
        ...

    @property
    def grid_gco2e_per_kwh(self) -> float | None:
        """Yearly average by location; None is not known, never zero."""
        ...


class Market(Protocol):
    def machine(self, cloud: str, name: str) -> Machine | None:
        """The machine type of that name; None if it is not on record."""
        ...

    def offer(self, cloud: str, place: str, machine: str) -> Offer | None:
        """What a machine type costs in a region, or in the region of a zone; None if not known."""
        ...

    def grid(self, cloud: str, place: str) -> Grid | None:
        """The region of that name, or of that zone; None if it is not on record."""
        ...

    def grids(self, cloud: str) -> Iterable[Grid]:
        """Every region of the cloud."""
        ...


class CatalogueMarket:
    """The catalogue, imported when the first question comes: most packs never ask one."""

    def machine(self, cloud: str, name: str) -> Machine | None:
        from isthmus_catalog import Cloud, machine_type

        return machine_type(Cloud(cloud), name)

    def offer(self, cloud: str, place: str, machine: str) -> Offer | None:
        from isthmus_catalog import Cloud, machine_type, offer

        home, known = self.grid(cloud, place), machine_type(Cloud(cloud), machine)
        return offer(Cloud(cloud), home.name, known.name) if home and known else None

    def grid(self, cloud: str, place: str) -> Grid | None:
        from isthmus_catalog import Cloud, location, region

        found = location(Cloud(cloud), place)
        names = found.regions if found else ()
        return region(Cloud(cloud), *names) if len(names) == 1 else None

    def grids(self, cloud: str) -> Iterable[Grid]:
        from isthmus_catalog import Cloud, regions

        return regions(Cloud(cloud))

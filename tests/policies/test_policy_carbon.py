"""How clean a grid must be, and which cleaner regions a finding names, on grids of a test's choice."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pytest

from isthmus_policies.market import CatalogueMarket, Grid, Machine, Offer
from isthmus_policies.rule import Enforcement
from isthmus_policies.rules.carbon import accelerator_grid_ceiling, machine_grid_ceiling
from isthmus_policies.settings import Settings
from isthmus_policies.testing import Given, judge
from isthmus_policies.verdict import Fail, Pass, Unknown, Verdict

pytestmark = [pytest.mark.policy, pytest.mark.pure]


@dataclass(frozen=True)
class Region:
    name: str
    country: str
    jurisdictions: frozenset[str]
    grid_gco2e_per_kwh: float | None
    partition: str = "aws"


@dataclass(frozen=True)
class Kind:
    accelerator: str | None = "h100"


HOME = Region("home", "DE", frozenset({"DE", "EEA", "EU"}), 300)


@dataclass(frozen=True, eq=False)
class Grids:
    regions: tuple[Region, ...] = field(default=())

    def machine(self, cloud: str, name: str) -> Machine | None:
        return Kind()

    def offer(self, cloud: str, place: str, machine: str) -> Offer | None:
        return None

    def grid(self, cloud: str, place: str) -> Grid | None:
        return next((each for each in (HOME, *self.regions) if each.name == place), None)

    def grids(self, cloud: str) -> Iterable[Grid]:
        return (HOME, *self.regions)


def ask(ceiling: float, *regions: Region, jurisdictions: Iterable[str] = ("EU",)) -> Verdict:
    given = Given(
        "aws:ec2/instance:Instance", {"instanceType": "x"}, provider={"region": HOME.name}
    )
    settings = Settings(frozenset(jurisdictions), max_grid_grams_per_kwh=ceiling)
    [verdict] = judge(accelerator_grid_ceiling, given, settings=settings, market=Grids(regions))
    return verdict


def advice(ceiling: float, *regions: Region, jurisdictions: Iterable[str] = ("EU",)) -> str:
    verdict = ask(ceiling, *regions, jurisdictions=jurisdictions)
    assert isinstance(verdict, Fail)
    return verdict.message.partition("; ")[2]


def region(name: str, grams: float | None, country: str = "FR", *more: str) -> Region:
    return Region(name, country, frozenset({country, *(more or ("EEA", "EU"))}), grams)


NONE_NEAR = "no region of this cloud and of the allowed jurisdictions is known to be clean enough"


def test_the_ceiling_itself_is_allowed() -> None:
    assert ask(300) == Pass()
    verdict = ask(299.9)
    assert isinstance(verdict, Fail)
    assert verdict.message.startswith(
        "the grid of 'home' emits 300 gCO2e/kWh, above the ceiling of"
    )


def test_a_region_as_clean_as_the_ceiling_is_clean_enough() -> None:
    assert advice(100, region("a", 100)) == "cleaner: a (100)"
    assert advice(100, region("a", 100.1)) == NONE_NEAR


def test_a_region_of_which_nothing_is_known_is_not_advised() -> None:
    assert advice(100, region("a", None)) == NONE_NEAR


def test_the_nearest_in_law_come_first_and_then_the_cleanest() -> None:
    found = advice(
        100,
        region("abroad", 1, "NO", "EEA"),
        region("a-dirtier", 90),
        region("b-cleaner", 10),
        region("at-home", 99, "DE"),
        jurisdictions=("EEA",),
    )
    assert found == "cleaner: at-home (99), b-cleaner (10), a-dirtier (90)"


def test_no_more_than_three_are_named() -> None:
    found = advice(100, *(region(name, 10) for name in "dcba"))
    assert found == "cleaner: a (10), b (10), c (10)"


def test_a_region_outside_the_allowed_jurisdictions_is_not_advised() -> None:
    swiss = region("swiss", 10, "CH", "CH")
    assert advice(100, swiss) == NONE_NEAR
    assert advice(100, swiss, jurisdictions=("EU", "CH")) == "cleaner: swiss (10)"
    assert advice(100, swiss, jurisdictions=()) == "cleaner: swiss (10)"


def test_regions_that_stand_apart_are_not_advised() -> None:
    sovereign = replace(region("sovereign", 10), partition="aws-eusc")
    assert advice(100, sovereign) == NONE_NEAR


def test_only_the_rule_on_accelerators_stops_a_stack() -> None:
    assert accelerator_grid_ceiling.enforcement is Enforcement.MANDATORY
    assert machine_grid_ceiling.enforcement is Enforcement.ADVISORY


def test_what_may_be_an_accelerator_is_unknown_and_says_why() -> None:
    given = Given(
        "aws:ec2/instance:Instance", {"instanceType": "zz9"}, provider={"region": "eu-central-1"}
    )
    settings = Settings(frozenset({"EU"}), max_grid_grams_per_kwh=100)
    [verdict] = judge(accelerator_grid_ceiling, given, settings=settings)
    assert isinstance(verdict, Unknown)
    assert verdict.message.startswith(
        "whether these are accelerators is not known, and the grid of"
    )


def test_the_catalogue_knows_the_grids_of_every_cloud() -> None:
    catalogue = CatalogueMarket()
    assert all(list(catalogue.grids(cloud)) for cloud in ("aws", "gcp", "azure"))
    zone = catalogue.grid("gcp", "europe-north1-a")
    assert zone is not None
    assert zone.name == "europe-north1"
    assert {each.name for each in catalogue.grids("aws")} >= {"eu-north-1", "eu-west-3"}

"""Regions, zones, pairs, multi-regions and jurisdictions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import isthmus_catalog as catalog
from isthmus_catalog import Cloud, LocationKind
from isthmus_catalog.load import read_rows, split_words

pytestmark = pytest.mark.pure

REGIONS = catalog.regions()
EU, EEA = (catalog.jurisdiction(tag) for tag in ("EU", "EEA"))


def test_each_cloud_has_its_regions() -> None:
    counts = {cloud: len(catalog.regions(cloud)) for cloud in Cloud}
    assert counts == {Cloud.AWS: 39, Cloud.GCP: 45, Cloud.AZURE: 59}
    assert sum(counts.values()) == len(REGIONS)


@pytest.mark.parametrize("region", REGIONS, ids=lambda region: f"{region.cloud}-{region.name}")
def test_a_region_is_consistent(region: catalog.Region) -> None:
    assert catalog.region(region.cloud, region.name) == region
    assert region.display_name
    assert region.partition
    assert region.jurisdictions <= catalog.jurisdictions()
    home = "UK" if region.country == "GB" else region.country
    assert home in region.jurisdictions
    assert EU is not None
    assert EEA is not None
    assert ("EU" in region.jurisdictions) == (region.country in EU.members)
    assert ("EEA" in region.jurisdictions) == (region.country in EEA.members)
    assert region.grid_gco2e_per_kwh is None or 0 < region.grid_gco2e_per_kwh < 1_200
    assert region.pue is None or 1 <= region.pue < 2
    assert region.carbon_free_energy_share is None or 0 <= region.carbon_free_energy_share <= 1
    assert region.source or region.note


@pytest.mark.parametrize("region", REGIONS, ids=lambda region: f"{region.cloud}-{region.name}")
def test_zones_belong_to_their_region(region: catalog.Region) -> None:
    assert list(region.zones) == sorted(set(region.zones))
    if region.cloud == Cloud.AZURE:
        assert set(region.zones) <= {"1", "2", "3"}
        return
    separator = "" if region.cloud == Cloud.AWS else "-"
    assert {zone[:-1] for zone in region.zones} <= {region.name + separator}
    for zone in region.zones:
        found = catalog.location(region.cloud, zone)
        assert found is not None
        assert (found.kind, found.regions) == (LocationKind.ZONE, (region.name,))
        assert found.jurisdictions == region.jurisdictions


def test_known_zones() -> None:
    expected = {
        (Cloud.AWS, "eu-north-1"): ("eu-north-1a", "eu-north-1b", "eu-north-1c"),
        (Cloud.AWS, "us-west-1"): ("us-west-1a", "us-west-1b"),
        (Cloud.GCP, "europe-west1"): ("europe-west1-b", "europe-west1-c", "europe-west1-d"),
        (Cloud.GCP, "us-central1"): tuple(f"us-central1-{letter}" for letter in "abcf"),
        (Cloud.AZURE, "swedencentral"): ("1", "2", "3"),
        (Cloud.AZURE, "westus"): (),
    }
    for (cloud, name), zones in expected.items():
        region = catalog.region(cloud, name)
        assert region is not None
        assert region.zones == zones


def test_pairs_lead_to_regions_and_only_azure_has_them() -> None:
    for region in REGIONS:
        if region.paired_region is not None:
            assert region.cloud == Cloud.AZURE
            assert catalog.paired_region(region.name) is not None


def test_a_pair_may_lie_in_another_country() -> None:
    pair = catalog.paired_region("Brazil South")
    assert pair is not None
    assert (pair.name, pair.country) == ("southcentralus", "US")
    assert catalog.paired_region("italynorth") is None
    assert catalog.paired_region("nowhere") is None
    assert catalog.paired_region("eu-north-1", Cloud.AWS) is None


@pytest.mark.parametrize(
    ("cloud", "name", "kind", "regions"),
    [
        (Cloud.AZURE, "Sweden Central", LocationKind.REGION, ("swedencentral",)),
        (Cloud.AZURE, "SWEDENCENTRAL", LocationKind.REGION, ("swedencentral",)),
        (Cloud.GCP, "EUROPE-WEST4", LocationKind.REGION, ("europe-west4",)),
        (Cloud.GCP, "europe-west4-a", LocationKind.ZONE, ("europe-west4",)),
        (Cloud.AWS, "eu-north-1a", LocationKind.ZONE, ("eu-north-1",)),
        (Cloud.AWS, "us-gov-west-1b", LocationKind.ZONE, ("us-gov-west-1",)),
        (Cloud.GCP, "eur4", LocationKind.DUAL_REGION, ("europe-north1", "europe-west4")),
        (Cloud.GCP, "eu", LocationKind.MULTI_REGION, ()),
        (Cloud.AZURE, "Global", LocationKind.GLOBAL, ()),
        (Cloud.AZURE, "france", LocationKind.GEOGRAPHY, ("francecentral", "francesouth")),
    ],
)
def test_location_reads_any_name_of_a_place(
    cloud: Cloud, name: str, kind: LocationKind, regions: tuple[str, ...]
) -> None:
    found = catalog.location(cloud, name)
    assert found is not None
    assert (found.kind, found.regions) == (kind, regions)


@pytest.mark.parametrize(
    ("cloud", "name", "holds"),
    [
        (Cloud.GCP, "EU", "EU EEA"),
        (Cloud.GCP, "US", "US"),
        (Cloud.GCP, "ASIA", ""),
        (Cloud.GCP, "ASIA1", "JP"),
        (Cloud.GCP, "EUR4", "EU EEA"),
        (Cloud.GCP, "EUR5", ""),
        (Cloud.GCP, "EUR7", ""),
        (Cloud.GCP, "EUR8", ""),
        (Cloud.GCP, "NAM4", "US"),
        (Cloud.GCP, "global", ""),
        (Cloud.AZURE, "norway", "EEA NO"),
        (Cloud.AZURE, "europe", ""),
    ],
)
def test_several_regions_share_only_what_holds_in_all(cloud: Cloud, name: str, holds: str) -> None:
    found = catalog.location(cloud, name)
    assert found is not None
    assert found.jurisdictions == set(holds.split())


@pytest.mark.parametrize(
    ("cloud", "name"),
    [
        (Cloud.AWS, "eu-north-1z"),
        (Cloud.AWS, "eu-nroth-1"),
        (Cloud.GCP, "europe-west1-a"),
        (Cloud.GCP, "swedencentral"),
        (Cloud.AZURE, "1"),
        (Cloud.AZURE, ""),
    ],
)
def test_location_does_not_guess(cloud: Cloud, name: str) -> None:
    assert catalog.location(cloud, name) is None


def test_regions_are_exact_where_the_cloud_is() -> None:
    assert catalog.region(Cloud.AWS, "EU-NORTH-1") is None
    assert catalog.region(Cloud.GCP, "Europe-West4") is None
    assert catalog.region(Cloud.AZURE, "Sweden Central") is not None


@given(st.sampled_from(REGIONS), st.data())
def test_location_ignores_case(region: catalog.Region, data: st.DataObject) -> None:
    flips = data.draw(st.lists(st.booleans(), min_size=len(region.name)))
    name = "".join(c.upper() if up else c for c, up in zip(region.name, flips, strict=False))
    assert catalog.location(region.cloud, name) == catalog.location(region.cloud, region.name)


def test_members_of_multi_regions_exist_and_never_repeat_a_region_name() -> None:
    for row in read_rows("multi_regions"):
        cloud = Cloud(row["cloud"])
        assert catalog.region(cloud, row["name"]) is None
        assert all(catalog.region(cloud, member) for member in split_words(row["regions"]))
        assert set(split_words(row["jurisdictions"])) <= catalog.jurisdictions()
        # Jurisdictions follow from members, so stating both would be one fact in two places.
        assert not (row["regions"] and row["jurisdictions"])


def test_jurisdictions_have_countries_as_members() -> None:
    assert EU is not None
    assert EEA is not None
    assert len(EU.members) == 27
    assert EEA.members - EU.members == {"IS", "LI", "NO"}
    for tag in catalog.jurisdictions():
        area = catalog.jurisdiction(tag)
        assert area is not None
        assert area.members
        assert all(len(country) == 2 for country in area.members)
    assert catalog.jurisdiction("XX") is None

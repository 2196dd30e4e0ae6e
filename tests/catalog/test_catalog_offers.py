"""Offers, what is sold where, and quotas."""

import pytest

import isthmus_catalog as catalog
from isthmus_catalog import Cloud, Lifecycle
from isthmus_catalog.load import read_rows

pytestmark = pytest.mark.pure

OFFERS = catalog.offers()


def test_every_offer_names_a_region_and_a_machine_type_on_record() -> None:
    for offer in OFFERS:
        assert catalog.region(offer.cloud, offer.region), offer
        assert catalog.machine_type(offer.cloud, offer.machine_type), offer


def test_prices_are_positive_and_spot_never_dearer() -> None:
    for offer in OFFERS:
        on_demand, spot = offer.on_demand_usd_per_hour, offer.spot_usd_per_hour
        assert on_demand is None or 0 < on_demand < 1_000, offer
        assert spot is None or 0 < spot < 1_000, offer
        assert on_demand is None or spot is None or spot <= on_demand, offer
        assert offer.source, offer


def test_zones_of_an_offer_are_zones_of_its_region() -> None:
    for offer in OFFERS:
        region = catalog.region(offer.cloud, offer.region)
        assert region is not None
        assert set(offer.zones) <= set(region.zones), offer


def test_a_machine_without_spot_has_no_spot_price() -> None:
    for offer in OFFERS:
        if offer.spot_usd_per_hour is not None:
            machine = catalog.machine_type(offer.cloud, offer.machine_type)
            assert machine is not None
            assert machine.spot_supported is not False, offer


def test_bigger_machines_of_a_series_cost_more() -> None:
    prices = {
        size: offer.on_demand_usd_per_hour
        for size in ("a3-highgpu-1g", "a3-highgpu-2g", "a3-highgpu-4g", "a3-highgpu-8g")
        if (offer := catalog.offer(Cloud.GCP, "europe-west4", size))
    }
    found = [price for price in prices.values() if price]
    assert len(found) == 4
    assert found == sorted(found)


def test_known_offer_of_p5() -> None:
    offer = catalog.offer(Cloud.AWS, "eu-north-1", "p5.48xlarge")
    assert offer is not None
    assert offer.zones == ("eu-north-1a", "eu-north-1b", "eu-north-1c")
    assert (offer.on_demand_usd_per_hour, offer.spot_usd_per_hour) == (58.8928, 10.5722)


def test_tpu_hosts_are_priced_by_the_chip() -> None:
    one, four = (
        catalog.offer(Cloud.GCP, "europe-west4", f"ct6e-standard-{chips}t") for chips in (1, 4)
    )
    assert one is not None
    assert four is not None
    assert one.on_demand_usd_per_hour == 2.97
    assert four.on_demand_usd_per_hour == pytest.approx(4 * 2.97)


def test_offers_filter_by_every_argument() -> None:
    h100 = catalog.offers(accelerator="h100")
    assert {offer.cloud for offer in h100} == set(Cloud)
    here = catalog.offers(Cloud.AWS, "eu-north-1", accelerator="h100")
    assert [offer.machine_type for offer in here] == ["p5.48xlarge", "p5.4xlarge"]
    assert catalog.offers(Cloud.AWS, machine_type="p5.48xlarge", region="nowhere") == ()
    assert catalog.offers(accelerator="nvidia-h1000") == ()


@pytest.mark.parametrize(
    ("cloud", "region", "machine_type", "expected"),
    [
        (Cloud.AWS, "eu-north-1", "p5.48xlarge", True),
        (Cloud.AWS, "eu-north-1", "t3.micro", True),
        (Cloud.AWS, "eu-north-1", "t2.micro", False),
        (Cloud.AWS, "eu-central-2", "p5.48xlarge", False),
        (Cloud.AWS, "us-gov-west-1", "t3.micro", None),
        (Cloud.AWS, "me-central-1", "t3.micro", None),
        (Cloud.AWS, "us-east-1", "p6e-gb200.36xlarge", None),
        (Cloud.AWS, "eu-north-1", "nosuch.large", None),
        (Cloud.GCP, "europe-west4", "a3-highgpu-8g", True),
        (Cloud.GCP, "europe-west8", "a3-highgpu-8g", False),
        (Cloud.GCP, "europe-west8", "e2-standard-4", None),
        (Cloud.AZURE, "swedencentral", "Standard_ND96isr_H100_v5", True),
        (Cloud.AZURE, "norwaywest", "Standard_ND96isr_H100_v5", None),
    ],
)
def test_is_offered(cloud: Cloud, region: str, machine_type: str, expected: bool | None) -> None:
    assert catalog.is_offered(cloud, region, machine_type) is expected


def test_regions_offering() -> None:
    assert "eu-north-1" in catalog.regions_offering(Cloud.AWS, "p5.48xlarge")
    assert catalog.regions_offering(Cloud.AWS, "nosuch.large") == ()
    assert len(catalog.regions_offering(Cloud.AWS, "m6i.large")) > 25


def test_an_offer_implies_that_it_is_offered() -> None:
    for offer in OFFERS:
        assert catalog.is_offered(offer.cloud, offer.region, offer.machine_type) is True


def test_listings_name_machine_types_and_regions_on_record() -> None:
    for row in read_rows("offerings"):
        cloud = Cloud(row["cloud"])
        for size in row["sizes"].split():
            assert catalog.machine_type(cloud, f"{row['family']}.{size}"), row
        assert all(catalog.region(cloud, name) for name in row["regions"].split())


@pytest.mark.parametrize("cloud", Cloud)
def test_quotas_are_finite_and_match_something(cloud: Cloud) -> None:
    names = [machine.name for machine in catalog.machine_types(cloud)]
    for quota in catalog.quotas(cloud):
        assert quota.unit in ("vCPU", "GPU", "chip", "TensorCore"), quota
        assert 0 < quota.default_limit < 100_000
        assert quota.source
        if quota.machine_types:
            spot = quota.lifecycle == Lifecycle.SPOT
            assert any(quota in catalog.quotas_for(cloud, name, spot) for name in names), quota


@pytest.mark.parametrize(
    ("cloud", "machine_type", "spot", "codes"),
    [
        (Cloud.AWS, "p5.48xlarge", False, ["L-417A185B"]),
        (Cloud.AWS, "p5.48xlarge", True, ["L-C4BD4855"]),
        (Cloud.AWS, "p4d.24xlarge", True, ["L-7212CCBC"]),
        (Cloud.AWS, "t3.micro", False, ["L-1216C47A"]),
        (Cloud.AWS, "trn2.48xlarge", False, ["L-2C3B7624"]),
        (Cloud.AWS, "inf2.xlarge", False, ["L-1945791B"]),
        (Cloud.AZURE, "Standard_D16s_v5", False, ["standardDSv5Family", "cores"]),
        (Cloud.AZURE, "Standard_D16as_v5", False, ["cores"]),
        (Cloud.AZURE, "Standard_ND96isr_H100_v5", True, ["lowPriorityCores"]),
    ],
)
def test_quotas_for(cloud: Cloud, machine_type: str, spot: bool, codes: list[str]) -> None:
    assert [quota.code for quota in catalog.quotas_for(cloud, machine_type, spot)] == codes


def test_default_limits_hold_sixteen_nodes_of_eight_accelerators() -> None:
    for cloud, name in (
        (Cloud.AWS, "p5.48xlarge"),
        (Cloud.GCP, "a3-highgpu-8g"),
        (Cloud.AZURE, "Standard_ND96isr_H100_v5"),
    ):
        machine = catalog.machine_type(cloud, name)
        assert machine is not None
        assert machine.vcpus is not None
        for quota in catalog.quotas_for(cloud, name):
            node = machine.vcpus if quota.unit == "vCPU" else 8
            assert quota.default_limit >= 16 * node, quota

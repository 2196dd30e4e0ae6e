"""Prices and carbon: what is not known is named, and never counted as nothing."""

from dataclasses import replace

import pytest

from isthmus.plan.build import make_plan
from isthmus.plan.carbon import estimate_carbon
from isthmus.plan.model import HOURS_PER_MONTH
from isthmus.plan.price import Price, price_plan, price_pool, price_site

from .conftest import MakeSpec

pytestmark = pytest.mark.pure

POOL = {"accelerator": "h100", "machineType": "p5.48xlarge", "minNodes": 1, "maxNodes": 3}


def test_a_pool_costs_its_machines(make_spec: MakeSpec) -> None:
    site = make_plan(make_spec({"north": {"cluster": {"pools": {"gpu": POOL}}}})).sites[0]
    assert site.cluster is not None
    [pool] = site.cluster.pools
    assert pool.usd_per_hour is not None
    price = price_pool(site.name, pool)
    assert price.usd_min == pytest.approx(pool.usd_per_hour * HOURS_PER_MONTH)
    assert price.usd_max == pytest.approx(price.usd_min * 3)


def test_spot_has_a_price_of_its_own(make_spec: MakeSpec) -> None:
    pools = {"steady": POOL, "spot": {**POOL, "spot": True}}
    cluster = make_plan(make_spec({"north": {"cluster": {"pools": pools}}})).sites[0].cluster
    assert cluster is not None
    steady, spot = (pool.usd_per_hour or 0 for pool in cluster.pools)
    assert 0 < spot < steady


def test_what_has_no_price_is_named(make_spec: MakeSpec) -> None:
    plan = make_plan(make_spec({"north": {"cluster": {"pools": {"gpu": POOL}}}}))
    site = plan.sites[0]
    assert site.cluster is not None
    unknown = replace(site.cluster.pools[0], usd_per_hour=None)
    dear = replace(site, cluster=replace(site.cluster, pools=(unknown,)))
    assert price_site(dear).unpriced == ("north/gpu",)
    assert price_plan(replace(plan, sites=(site, dear))).unpriced == ("north/gpu",)


def test_a_site_without_cluster_costs_no_machines(make_spec: MakeSpec) -> None:
    assert price_site(make_plan(make_spec()).sites[0]) == Price(0.0, 0.0)


def test_carbon_is_power_times_grid(make_spec: MakeSpec) -> None:
    site = make_plan(make_spec({"north": {"cluster": {"pools": {"gpu": POOL}}}})).sites[0]
    # 700 W boards, 8 a machine, 3 machines, 8.8 g a kWh, PUE 1.135.
    expected = 0.7 * 8 * 3 * HOURS_PER_MONTH * 1.135 * 8.8 / 1e6
    assert estimate_carbon(site).tonnes_max == pytest.approx(expected)


def test_carbon_that_is_not_known_is_named(make_spec: MakeSpec) -> None:
    pool = {"accelerator": "trn1"}
    sites = {"east": {"region": "us-east-1", "cluster": {"pools": {"trn": pool}}}}
    carbon = estimate_carbon(make_plan(make_spec(sites, jurisdictions=("US",))).sites[0])
    assert carbon.unknown == ("east/trn",)

"""Ranges of sites and data centres: which are refused, and with which words."""

from ipaddress import IPv4Network
from itertools import combinations

import pytest

from isthmus.plan.build import check, make_plan

from .conftest import FindProblem, MakeSpec

pytestmark = pytest.mark.pure


def test_two_sites_that_overlap(find_problem: FindProblem) -> None:
    sites = {"a1": {"range": "10.64.0.0/16"}, "b1": {"range": "10.64.16.0/20"}}
    problem = find_problem("sites.b1.range", sites)
    assert "a1" in problem.what
    assert "b1" in problem.what
    assert "10.64.16.0/20" in problem.what


def test_a_site_and_a_data_centre_that_overlap(find_problem: FindProblem) -> None:
    centers = {"home": {"range": "10.64.0.0/12"}}
    problem = find_problem("sites.a1.range", {"a1": {"range": "10.65.0.0/16"}}, dataCenters=centers)
    assert "home" in problem.what


def test_two_data_centres_that_overlap(find_problem: FindProblem) -> None:
    centers = {"home": {"range": "10.0.0.0/12"}, "away": {"range": "10.1.0.0/16"}}
    find_problem("network.dataCenters.away.range", dataCenters=centers)


def test_neighbours_do_not_overlap(make_spec: MakeSpec) -> None:
    sites = {"a1": {"range": "10.64.0.0/16"}, "b1": {"range": "10.65.0.0/16"}}
    assert not check(make_spec(sites, dataCenters={"home": {"range": "10.66.0.0/16"}}))


def test_a_plan_that_is_not_private(find_problem: FindProblem) -> None:
    assert "RFC 1918" in find_problem("network.range", range="8.0.0.0/8").hint


def test_the_carriers_shared_range_is_not_ours(find_problem: FindProblem) -> None:
    find_problem("network.range", range="100.64.0.0/10")


def test_a_data_centre_may_have_any_addresses(make_spec: MakeSpec) -> None:
    assert not check(make_spec(dataCenters={"home": {"range": "100.64.0.0/10"}}))


def test_a_plan_too_small_for_a_site(find_problem: FindProblem) -> None:
    find_problem("network.range", range="10.0.0.0/24")


def test_a_site_outside_of_the_plan(find_problem: FindProblem) -> None:
    assert "10.64.0.0/10" in find_problem("sites.a1.range", {"a1": {"range": "10.0.0.0/16"}}).hint


@pytest.mark.parametrize("size", [15, 21])
def test_a_site_too_large_or_too_small(find_problem: FindProblem, size: int) -> None:
    find_problem("sites.a1.range", {"a1": {"range": f"10.64.0.0/{size}"}})


@pytest.mark.parametrize("size", [16, 20])
def test_the_largest_and_the_smallest_site(make_spec: MakeSpec, size: int) -> None:
    assert not check(make_spec({"a1": {"range": f"10.64.0.0/{size}"}}))


def test_a_range_that_the_cloud_keeps_for_itself(
    find_problem: FindProblem, make_spec: MakeSpec
) -> None:
    sites = {"a1": {"cloud": "azure", "region": "swedencentral", "range": "172.30.0.0/16"}}
    find_problem("sites.a1.range", sites, range="172.16.0.0/12")
    sites["a1"]["range"] = "172.29.0.0/16"
    assert not check(make_spec(sites, range="172.16.0.0/12"))


def test_a_plan_that_is_full(make_spec: MakeSpec) -> None:
    sites: dict[str, dict[str, str]] = {f"site-{n}": {} for n in range(3)}
    problems = check(make_spec(sites, range="10.0.0.0/19"))
    assert len(problems) == 1, "two /20 fit"
    assert "network.range" in problems[0].hint


def test_no_two_networks_of_a_plan_share_an_address(make_spec: MakeSpec) -> None:
    sites: dict[str, dict[str, str]] = {f"site-{n}": {} for n in range(9)}
    plan = make_plan(make_spec(sites, dataCenters={"home": {"range": "10.64.0.0/11"}}))
    ranges = [site.network.range for site in plan.sites] + [IPv4Network("10.64.0.0/11")]
    assert not any(a.overlaps(b) for a, b in combinations(ranges, 2))
    for site in plan.sites:
        assert set(site.network.private_ranges) == set(ranges) - {site.network.range}

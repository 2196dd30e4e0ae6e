"""Address arithmetic: nothing overlaps, nothing leaves its range, nothing moves without a
reason."""

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.plan.addresses import (
    LONGEST_PREFIX,
    SHORTEST_PREFIX,
    divide_site,
    overlap,
    place_sites,
    site_prefix,
    slice_range,
)

pytestmark = pytest.mark.pure

NAMES = st.from_regex(r"[a-z][a-z0-9-]{1,10}", fullmatch=True)


@st.composite
def ranges(draw: st.DrawFn, shortest: int, longest: int) -> IPv4Network:
    prefix = draw(st.integers(shortest, longest))
    offset = draw(st.integers(0, (1 << (prefix - 8)) - 1))
    return IPv4Network(
        (int(IPv4Network("10.0.0.0/8").network_address) + (offset << (32 - prefix)), prefix)
    )


PLANS = ranges(8, LONGEST_PREFIX)
SITES = ranges(SHORTEST_PREFIX, LONGEST_PREFIX)


def apart(networks: list[IPv4Network]) -> bool:
    return not any(a.overlaps(b) for a, b in combinations(networks, 2))


@given(SITES)
def test_parts_of_a_site_are_apart_and_inside(whole: IPv4Network) -> None:
    ranges = divide_site(whole)
    parts = [
        ranges.nodes,
        ranges.pods,
        ranges.services,
        ranges.fabric,
        ranges.endpoints,
        ranges.control,
    ]
    assert apart(parts)
    assert sum(part.num_addresses for part in parts) == whole.num_addresses
    assert all(part.subnet_of(whole) for part in parts)
    assert ranges.control_plane.subnet_of(ranges.control)
    assert ranges.control_plane.prefixlen == 28


@given(SITES)
def test_half_is_for_nodes_and_a_quarter_for_pods(whole: IPv4Network) -> None:
    ranges = divide_site(whole)
    assert ranges.nodes.num_addresses * 2 == whole.num_addresses
    assert ranges.pods.num_addresses * 4 == whole.num_addresses
    assert ranges.services.prefixlen == whole.prefixlen + 4 <= 24


@given(SITES, st.booleans(), st.booleans())
def test_the_network_declares_its_subnets_and_nothing_it_must_not(
    whole: IPv4Network, pods_inside: bool, services_inside: bool
) -> None:
    site = divide_site(whole)
    declared = site.network_ranges(pods_inside, services_inside)
    for part in (site.nodes, site.endpoints, site.control_plane):
        assert any(part.subnet_of(one) for one in declared)
    assert any(site.pods.overlaps(one) for one in declared) == pods_inside
    assert any(site.services.overlaps(one) for one in declared) == services_inside


@given(SITES, st.integers(1, 16))
def test_slices_are_equal_apart_and_enough(whole: IPv4Network, pieces: int) -> None:
    slices = slice_range(whole, pieces)
    assert len(slices) >= pieces
    assert len({one.prefixlen for one in slices}) == 1
    assert apart(list(slices))
    assert all(one.subnet_of(whole) for one in slices)


@given(PLANS, st.sets(NAMES, min_size=1, max_size=12), st.lists(SITES, max_size=4))
def test_places_are_apart_from_each_other_and_from_what_is_taken(
    plan: IPv4Network, names: set[str], taken: list[IPv4Network]
) -> None:
    placed = place_sites(plan, names, taken)
    found = [place for place in placed.values() if place]
    assert set(placed) == names
    assert apart(found)
    assert all(place.subnet_of(plan) and place.prefixlen == site_prefix(plan) for place in found)
    assert not any(place.overlaps(other) for place in found for other in taken)


@given(PLANS, st.sets(NAMES, min_size=1, max_size=12), st.lists(SITES, max_size=4))
def test_a_site_goes_without_a_place_only_if_the_plan_is_full(
    plan: IPv4Network, names: set[str], taken: list[IPv4Network]
) -> None:
    placed = place_sites(plan, names, taken)
    if None in placed.values():
        used = [place for place in placed.values() if place] + taken
        pieces = plan.subnets(new_prefix=site_prefix(plan))
        assert all(any(piece.overlaps(one) for one in used) for piece in pieces)


@given(PLANS, st.lists(NAMES, min_size=1, max_size=8, unique=True).flatmap(st.permutations))
def test_the_order_of_sites_moves_nothing(plan: IPv4Network, names: list[str]) -> None:
    assert place_sites(plan, names, []) == place_sites(plan, sorted(names), [])


@given(st.sets(NAMES, min_size=1, max_size=8), NAMES)
def test_a_further_site_moves_only_who_wanted_its_place(names: set[str], added: str) -> None:
    plan = IPv4Network("10.0.0.0/8")
    before = place_sites(plan, names - {added}, [])
    after = place_sites(plan, names | {added}, [])
    alone = {name: place_sites(plan, [name], [])[name] for name in names | {added}}
    moved = [name for name in before if before[name] != after[name]]
    if len(set(alone.values())) == len(alone):
        assert not moved


def test_a_name_keeps_its_place_for_good() -> None:
    """A golden value: were it to change, every network of every stack would be replaced."""
    placed = place_sites(IPv4Network("10.64.0.0/10"), ["aws-north", "gcp-west"], [])
    assert {name: str(place) for name, place in placed.items()} == {
        "aws-north": "10.94.0.0/16",
        "gcp-west": "10.96.0.0/16",
    }


@given(SITES, SITES)
def test_overlap_is_what_both_have(first: IPv4Network, second: IPv4Network) -> None:
    common = overlap(first, second)
    assert (common is not None) == first.overlaps(second)
    if common is not None:
        assert common.subnet_of(first)
        assert common.subnet_of(second)


@pytest.mark.parametrize(
    ("plan", "prefix"),
    [
        ("10.0.0.0/8", 16),
        ("10.64.0.0/10", 16),
        ("172.16.0.0/12", 16),
        ("10.0.0.0/14", 18),
        ("10.0.0.0/16", 20),
    ],
)
def test_a_small_plan_has_small_sites(plan: str, prefix: int) -> None:
    assert site_prefix(IPv4Network(plan)) == prefix

"""The layout of a site's network: by zone or by region, with fabric networks where a fabric wants
them."""

from collections.abc import Sequence
from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.plan.build import make_plan
from isthmus.plan.model import NetworkPlan, SitePlan, Subnet
from isthmus_catalog import Cloud

from .conftest import MakeSpec

pytestmark = pytest.mark.pure

PLACES = {"aws": "eu-north-1", "gcp": "europe-west4", "azure": "swedencentral"}


def one_site(make_spec: MakeSpec, cloud: str, **site: Any) -> SitePlan:
    sites = {"here": {"cloud": cloud, "region": PLACES[cloud], **site}}
    return make_plan(make_spec(sites)).sites[0]


def subnets(network: NetworkPlan) -> Sequence[Subnet]:
    return (
        *network.node_subnets,
        *network.endpoint_subnets,
        network.control_plane,
        *network.fabric_subnets,
    )


def test_zonal_subnets_are_one_a_zone(make_spec: MakeSpec) -> None:
    network = one_site(make_spec, "aws").network
    assert [subnet.zone for subnet in network.node_subnets] == list(network.zones)
    assert [subnet.zone for subnet in network.endpoint_subnets] == list(network.zones)
    assert network.control_plane.zone == network.zones[0]


@pytest.mark.parametrize("cloud", ["gcp", "azure"])
def test_regional_subnets_span_the_zones(make_spec: MakeSpec, cloud: str) -> None:
    network = one_site(make_spec, cloud).network
    assert [subnet.zone for subnet in subnets(network)] == [None] * 3


def test_a_further_zone_moves_no_subnet(make_spec: MakeSpec) -> None:
    two = one_site(make_spec, "aws", zones=2).network.node_subnets
    three = one_site(make_spec, "aws", zones=3).network.node_subnets
    assert three[:2] == two


@pytest.mark.parametrize("cloud", list(PLACES))
def test_subnets_are_apart_and_in_the_network(make_spec: MakeSpec, cloud: str) -> None:
    network = one_site(make_spec, cloud).network
    parts = [subnet.range for subnet in subnets(network)] + [network.pods, network.services]
    assert not any(a.overlaps(b) for a, b in combinations(parts, 2))
    assert all(part.subnet_of(network.range) for part in parts)
    declared = [*network.node_subnets, *network.endpoint_subnets, network.control_plane]
    for subnet in declared:
        assert any(subnet.range.subnet_of(whole) for whole in network.network_ranges)


@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_services_stay_outside_of_the_network_where_the_cloud_wants_it(
    make_spec: MakeSpec, cloud: str
) -> None:
    network = one_site(make_spec, cloud).network
    assert not any(network.services.overlaps(whole) for whole in network.network_ranges)


@pytest.mark.parametrize(
    ("accelerator", "machine", "networks"),
    [("h100", "a3-megagpu-8g", 8), ("h100", "a3-highgpu-8g", 4), ("l4", "g2-standard-4", 0)],
)
def test_fabric_networks_are_as_many_as_its_interfaces(
    make_spec: MakeSpec, accelerator: str, machine: str, networks: int
) -> None:
    cluster = {"pools": {"gpu": {"accelerator": accelerator, "machineType": machine}}}
    network = one_site(make_spec, "gcp", cluster=cluster).network
    assert len(network.fabric_subnets) == networks
    assert network.fabric_mtu == (8244 if networks else 0)


@pytest.mark.parametrize(
    ("cloud", "machine"), [("aws", "p5.48xlarge"), ("azure", "Standard_ND96isr_H100_v5")]
)
def test_a_fabric_inside_the_network_needs_no_networks(
    make_spec: MakeSpec, cloud: str, machine: str
) -> None:
    cluster = {"pools": {"gpu": {"accelerator": "h100", "machineType": machine}}}
    site = one_site(make_spec, cloud, cluster=cluster)
    assert site.network.fabric_subnets == ()
    assert site.cluster is not None
    [pool] = site.cluster.pools
    assert pool.fabric is not None
    assert len(pool.zones) == 1, "a fabric does not reach beyond a zone"


@given(data=st.data())
def test_every_spec_has_a_plan_or_a_reason(data: st.DataObject) -> None:
    """Whatever is asked for, there is a plan exactly if there is no problem."""
    from isthmus.plan.build import decide
    from isthmus.spec.model import Spec
    from isthmus_catalog import machine_types, regions

    cloud = data.draw(st.sampled_from(list(Cloud)))
    machines = [m for m in machine_types(cloud) if m.accelerator]
    machine = data.draw(st.sampled_from(machines))
    place = data.draw(st.sampled_from(regions(cloud)))
    spec = Spec.model_validate({
        "platform": {"owner": "team", "environment": "staging", "dataClassification": "public"},
        "residency": {"jurisdictions": sorted(place.jurisdictions)},
        "network": {"range": data.draw(st.sampled_from(["10.0.0.0/8", "172.16.0.0/14", "192.168.0.0/16"]))},
        "sites": {"here": {
            "cloud": cloud, "region": place.name, "zones": data.draw(st.integers(1, 3)),
            "cluster": {"pools": {"gpu": {
                "accelerator": machine.accelerator,
                "machineType": data.draw(st.sampled_from([machine.name, None])),
                "maxNodes": data.draw(st.integers(1, 200)),
                "spot": data.draw(st.booleans()),
            }}},
        }},
    })  # fmt: skip
    planned = decide(spec)
    assert (planned.plan is None) == bool(planned.problems)
    for problem in planned.problems:
        assert problem.what
        assert problem.why
        assert problem.hint


def test_the_control_plane_has_sixteen_addresses(make_spec: MakeSpec) -> None:
    network = one_site(make_spec, "gcp", range="10.64.0.0/20").network
    assert network.control_plane.range == IPv4Network("10.64.15.0/28")

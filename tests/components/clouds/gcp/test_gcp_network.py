"""The network sent to Google Cloud is closed, private and logged."""

from dataclasses import replace
from ipaddress import IPv4Network

import pulumi
import pytest
from conftest import KEYS, NETWORK_PLAN, PLACE, made_keys
from gcp_recording import record
from pulumi_gcp import serviceaccount
from tests.components.clouds.recording import Recording

from isthmus.clouds.gcp.dns import ZONES, records_of
from isthmus.clouds.gcp.firewall import own_ranges, rules_for
from isthmus.clouds.gcp.network import build_network, flow_filter
from isthmus.clouds.gcp.ordering import first

pytestmark = pytest.mark.cloud

VIP = ["199.36.153.4", "199.36.153.5", "199.36.153.6", "199.36.153.7"]


def test_networks_have_no_default_route_and_no_subnets_of_their_own(network: Recording) -> None:
    networks = network.of("Network")
    assert len(networks) == 9
    assert all(each.inputs["deleteDefaultRoutesOnCreate"] is True for each in networks)
    assert all(each.inputs["autoCreateSubnetworks"] is False for each in networks)


def test_the_only_route_leads_to_the_restricted_vip(network: Recording) -> None:
    (route,) = network.of("Route")
    assert route.inputs["destRange"] == "199.36.153.4/30"
    assert route.inputs["nextHopGateway"] == "default-internet-gateway"


def test_nothing_gives_a_way_out_or_a_public_address(network: Recording) -> None:
    kinds = {each.type.split(":")[-1] for each in network.sent}
    assert kinds.isdisjoint({"RouterNat", "Router", "Address", "GlobalAddress", "ForwardingRule"})


def test_every_subnet_is_private_logged_and_in_the_region(network: Recording) -> None:
    subnets = network.of("Subnetwork")
    assert len(subnets) == 11
    for subnet in subnets:
        assert subnet.inputs["region"] == "europe-west4"
        assert subnet.inputs["privateIpGoogleAccess"] is True
        assert subnet.inputs["stackType"] == "IPV4_ONLY"
        assert subnet.inputs["logConfig"]["metadata"] == "INCLUDE_ALL_METADATA"


def test_node_flows_are_all_logged_and_fabric_flows_sampled(network: Recording) -> None:
    assert network.named("eu-nodes").inputs["logConfig"]["flowSampling"] == 1.0
    assert network.named("eu-fabric-1").inputs["logConfig"]["flowSampling"] == 0.1


def test_the_first_node_subnet_carries_pods_and_services(network: Recording) -> None:
    assert network.named("eu-nodes").inputs["secondaryIpRanges"] == [
        {"rangeName": "pods", "ipCidrRange": "10.64.128.0/18"},
        {"rangeName": "services", "ipCidrRange": "10.64.192.0/20"},
    ]
    assert not network.named("eu-endpoints").inputs.get("secondaryIpRanges")


def test_egress_is_denied_but_to_google_and_the_site(network: Recording) -> None:
    denied = network.named("eu-deny-egress").inputs
    assert denied["direction"] == "EGRESS"
    assert denied["denies"] == [{"protocol": "all"}]
    assert denied["destinationRanges"] == ["0.0.0.0/0"]
    assert denied["logConfig"] == {"metadata": "INCLUDE_ALL_METADATA"}
    opened = {
        each.name: each.inputs
        for each in network.of("Firewall")
        if each.inputs["direction"] == "EGRESS" and "allows" in each.inputs
    }
    assert opened.keys() == {"eu-to-google", "eu-to-site"}
    assert opened["eu-to-google"]["destinationRanges"] == ["199.36.153.4/30"]
    assert opened["eu-to-google"]["allows"] == [{"protocol": "tcp", "ports": ["443"]}]
    assert opened["eu-to-site"]["destinationRanges"] == ["10.64.0.0/16"]
    assert all(each["priority"] < denied["priority"] for each in opened.values())


def test_ingress_is_denied_and_opened_inside_fabric_networks_only(network: Recording) -> None:
    ingress = [each for each in network.of("Firewall") if each.inputs["direction"] == "INGRESS"]
    vpc = network.handle["network"]
    (denied,) = [each for each in ingress if each.inputs["network"] == vpc]
    assert denied.inputs["denies"] == [{"protocol": "all"}]
    assert denied.inputs["sourceRanges"] == ["0.0.0.0/0"]
    within = [each.inputs for each in ingress if each.inputs["network"] != vpc]
    assert sorted(each["sourceRanges"] for each in within) == sorted(
        [str(subnet.range)] for subnet in NETWORK_PLAN.fabric_subnets
    )


def test_each_fabric_subnet_has_a_network_of_its_own_with_the_fabric_mtu(
    network: Recording,
) -> None:
    assert len(set(network.handle["fabric_networks"])) == 8
    for rail, subnet in enumerate(NETWORK_PLAN.fabric_subnets, start=1):
        rail_network = network.named(f"eu-fabric-{rail}-vpc")
        rail_subnet = network.named(f"eu-fabric-{rail}")
        assert rail_network.inputs["mtu"] == 8244
        assert rail_subnet.inputs["ipCidrRange"] == str(subnet.range)
        assert rail_subnet.inputs["network"] == network.handle["fabric_networks"][rail - 1]


def test_googles_names_resolve_to_the_vip_inside_the_network_only(network: Recording) -> None:
    zones = network.of("ManagedZone")
    assert {zone.inputs["dnsName"] for zone in zones} == {"googleapis.com.", "gcr.io.", "pkg.dev."}
    vpc = network.handle["network"]
    for zone in zones:
        assert zone.inputs["visibility"] == "private"
        assert zone.inputs["privateVisibilityConfig"] == {"networks": [{"networkUrl": vpc}]}
    answers = {
        record.inputs["name"]: record.inputs["rrdatas"]
        for record in network.of("RecordSet")
        if record.inputs["type"] == "A"
    }
    assert answers == {"restricted.googleapis.com.": VIP, "gcr.io.": VIP, "pkg.dev.": VIP}


@pytest.mark.parametrize("zone", ZONES, ids=lambda zone: zone.name)
def test_every_other_name_of_a_zone_points_to_its_addresses(zone) -> None:  # noqa: ANN001
    (_, anchor, _, _), (_, names, kind, target) = records_of(zone)
    assert (names, kind, target) == (f"*.{zone.domain}", "CNAME", [anchor])


def test_flow_logs_stay_in_the_region_under_the_sites_key(network: Recording) -> None:
    (bucket,) = network.of("ProjectBucketConfig")
    assert bucket.inputs["location"] == "europe-west4"
    assert bucket.inputs["retentionDays"] == 60
    assert bucket.inputs["cmekSettings"] == {"kmsKeyName": KEYS["logs"]}
    (sink,) = network.of("ProjectSink")
    (exclusion,) = network.of("ProjectExclusion")
    assert sink.inputs["destination"].startswith("logging.googleapis.com/projects/isthmus-test/")
    assert sink.inputs["filter"] == exclusion.inputs["filter"]
    for subnet in network.of("Subnetwork"):
        assert f'"{subnet.name}-1a2b3c4"' in sink.inputs["filter"]


def test_who_takes_a_subnet_waits_for_what_machines_need_to_start() -> None:
    def build(parent: pulumi.ComponentResource) -> dict[str, object]:
        handle = build_network(parent, PLACE, NETWORK_PLAN, made_keys())
        serviceaccount.Account("taker", description=handle.node_subnet_ids.apply(first))
        return {}

    taker = record(build).named("taker")
    assert taker.dependencies >= {"eu-to-google", "eu-deny-egress", "eu-apis-addresses"}


def test_name_queries_are_logged(network: Recording) -> None:
    policy = network.one("Policy")
    assert policy.inputs["enableLogging"] is True
    assert policy.inputs["networks"] == [{"networkUrl": network.handle["network"]}]


def test_flow_filter_names_the_network_and_each_subnet() -> None:
    assert flow_filter(["vpc", "a", "b"]) == (
        '((log_id("compute.googleapis.com/vpc_flows") OR log_id("compute.googleapis.com/firewall"))'
        ' AND resource.labels.subnetwork_name=("a" OR "b"))'
        ' OR (log_id("dns.googleapis.com/dns_queries") AND jsonPayload.sourceNetwork="vpc")'
    )


def test_other_sites_are_not_opened() -> None:
    opened = [each for rule in rules_for(NETWORK_PLAN) if rule.allowed for each in rule.ranges]
    assert not any(each.overlaps(other) for each in opened for other in NETWORK_PLAN.private_ranges)


def test_pods_outside_the_sites_range_are_its_own_too() -> None:
    plan = replace(NETWORK_PLAN, pods=IPv4Network("10.80.0.0/16"))
    assert own_ranges(plan) == (IPv4Network("10.64.0.0/16"), IPv4Network("10.80.0.0/16"))

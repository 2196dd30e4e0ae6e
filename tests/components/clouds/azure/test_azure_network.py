"""The network: subnets as planned, nothing in or out but what is listed, all of it logged."""

from dataclasses import replace
from typing import Any

import pytest
from azure_recording import keys_handle, record
from tests.components.clouds.recording import Recording

from isthmus.clouds.azure.flow_logs import watcher_name
from isthmus.clouds.azure.network import build_network, declared_ranges
from isthmus.clouds.handles import Place
from isthmus.plan.model import NetworkPlan

pytestmark = pytest.mark.cloud


def rules_of(sent: Recording, name: str) -> dict[str, dict[str, Any]]:
    group = sent.named(name, "NetworkSecurityGroup")
    return {rule["name"]: rule for rule in group.inputs["securityRules"]}


def test_subnets_are_as_planned_and_private(sent_network: Recording) -> None:
    subnets = {one.name: one.inputs for one in sent_network.of("Subnet")}
    ranges = {name: inputs["addressPrefix"] for name, inputs in subnets.items()}
    assert ranges == {
        "gavle-nodes": "10.64.0.0/17",
        "gavle-endpoints": "10.64.128.0/24",
        "gavle-control-plane": "10.64.255.0/28",
    }
    for name in ("gavle-nodes", "gavle-endpoints"):
        assert subnets[name]["defaultOutboundAccess"] is False
        assert subnets[name]["privateEndpointNetworkPolicies"] == "Enabled"
        assert "/RouteTable/" in subnets[name]["routeTable"]["id"]
    assert all(
        "/NetworkSecurityGroup/" in one["networkSecurityGroup"]["id"] for one in subnets.values()
    )


def test_subnets_are_made_one_after_the_other(sent_network: Recording) -> None:
    after = {one.name: one.dependencies for one in sent_network.of("Subnet")}
    assert "gavle-nodes" in after["gavle-endpoints"]
    assert "gavle-endpoints" in after["gavle-control-plane"]


def test_control_plane_subnet_belongs_to_aks(sent_network: Recording) -> None:
    subnet = sent_network.named("gavle-control-plane", "Subnet").inputs
    [delegation] = subnet["delegations"]
    assert delegation["serviceName"] == "Microsoft.ContainerService/managedClusters"
    assert "routeTable" not in subnet


def test_nothing_leads_out(sent_network: Recording) -> None:
    [route] = sent_network.one("RouteTable").inputs["routes"]
    assert route == {"addressPrefix": "0.0.0.0/0", "name": "nowhere", "nextHopType": "None"}
    assert sent_network.one("RouteTable").inputs["disableBgpRoutePropagation"] is True
    public = {"PublicIPAddress", "NatGateway", "VirtualNetworkGateway", "AzureFirewall"}
    assert not public & {one.type.split(":")[-1] for one in sent_network.sent}


@pytest.mark.parametrize("name", ["gavle-nodes", "gavle-endpoints"])
def test_rules_close_both_directions_last(sent_network: Recording, name: str) -> None:
    rules = rules_of(sent_network, name)
    for direction in ("Inbound", "Outbound"):
        last = max(
            (rule for rule in rules.values() if rule["direction"] == direction),
            key=lambda rule: rule["priority"],
        )
        assert (last["access"], last["priority"], last["protocol"]) == ("Deny", 4096, "*")
        assert last["sourceAddressPrefix"] == last["destinationAddressPrefix"] == "*"


def test_nodes_reach_nodes_pods_control_plane_and_endpoints_only(sent_network: Recording) -> None:
    rules = rules_of(sent_network, "gavle-nodes")
    workloads = ["10.64.0.0/17", "10.128.0.0/16"]
    assert rules["allow-from-workloads"]["sourceAddressPrefixes"] == workloads
    assert rules["allow-to-workloads"]["destinationAddressPrefixes"] == workloads
    assert rules["allow-to-control-plane"]["destinationPortRanges"] == ["443", "4443"]
    assert rules["allow-to-endpoints"]["destinationAddressPrefix"] == "10.64.128.0/24"
    assert rules["allow-to-endpoints"]["destinationPortRange"] == "443"
    outbound = {
        prefix
        for rule in rules.values()
        if (rule["direction"], rule["access"]) == ("Outbound", "Allow")
        for prefix in rule.get("destinationAddressPrefixes", [rule.get("destinationAddressPrefix")])
    }
    assert outbound == {*workloads, "10.64.255.0/28", "10.64.128.0/24"}


def test_no_rule_lets_the_internet_or_another_site_in(sent_network: Recording) -> None:
    for group in sent_network.of("NetworkSecurityGroup"):
        for rule in group.inputs["securityRules"]:
            if (rule["direction"], rule["access"]) != ("Inbound", "Allow"):
                continue
            sources = rule.get("sourceAddressPrefixes", [rule.get("sourceAddressPrefix")])
            assert all(
                source == "AzureLoadBalancer" or source.startswith(("10.64.", "10.128."))
                for source in sources
            )


def test_control_plane_answers_nodes_and_probes(sent_network: Recording) -> None:
    rules = rules_of(sent_network, "gavle-control-plane")
    assert rules["allow-from-network"]["destinationPortRanges"] == ["443", "4443"]
    assert rules["allow-from-probes"]["destinationPortRange"] == "9988"
    assert rules["deny-inbound"]["access"] == "Deny"
    assert not [rule for rule in rules.values() if rule["direction"] == "Outbound"]


def test_every_service_has_a_linked_zone(sent_network: Recording) -> None:
    zones = {one.inputs["privateZoneName"] for one in sent_network.of("PrivateZone")}
    assert zones == {
        "privatelink.blob.core.windows.net",
        "privatelink.dfs.core.windows.net",
        "privatelink.azurecr.io",
        "privatelink.vaultcore.azure.net",
    }
    links = sent_network.of("VirtualNetworkLink")
    assert len(links) == len(zones)
    assert all(one.inputs["registrationEnabled"] is False for one in links)


def test_vault_and_flow_logs_are_reached_privately(sent_network: Recording) -> None:
    groups = [
        one.inputs["privateLinkServiceConnections"][0]["groupIds"]
        for one in sent_network.of("PrivateEndpoint")
    ]
    assert sorted(groups) == [["blob"], ["vault"]]
    endpoint = sent_network.named("gavle-vault", "PrivateEndpoint").inputs
    assert endpoint["subnet"]["id"].endswith("/Subnet/gavle-endpoints0a1b2c3d")
    [config] = sent_network.named("gavle-vault-dns", "PrivateDnsZoneGroup").inputs[
        "privateDnsZoneConfigs"
    ]
    assert config["privateDnsZoneId"].endswith("/privateDnsZones/privatelink.vaultcore.azure.net")


def test_flow_log_covers_the_network_under_the_log_key(sent_network: Recording) -> None:
    log = sent_network.one("FlowLog")
    assert log.inputs["resourceGroupName"] == "NetworkWatcherRG"
    assert log.inputs["networkWatcherName"] == "NetworkWatcher_swedencentral"
    assert "/VirtualNetwork/" in log.inputs["targetResourceId"]
    assert log.inputs["enabled"] is True
    assert log.inputs["retentionPolicy"] == {"days": 100, "enabled": True}
    assert log.inputs["identity"]["type"] == "UserAssigned"
    assert "gavle-flow-writer-role" in log.dependencies
    account = sent_network.one("StorageAccount").inputs
    assert account["encryption"]["keyVaultProperties"]["keyName"] == "logs"
    assert account["sku"]["name"] == "Standard_ZRS"


def test_flow_logs_expire(sent_network: Recording) -> None:
    [rule] = sent_network.one("ManagementPolicy").inputs["policy"]["rules"]
    delete = rule["definition"]["actions"]["baseBlob"]["delete"]
    assert delete == {"daysAfterModificationGreaterThan": 100}
    assert rule["definition"]["filters"]["blobTypes"] == ["blockBlob", "appendBlob"]


def test_network_watcher_is_the_regions_own(sent_network: Recording) -> None:
    assert watcher_name("westeurope") == "NetworkWatcher_westeurope"
    assert not sent_network.of("NetworkWatcher")


def test_handle_has_no_fabric(sent_network: Recording) -> None:
    handle = sent_network.handle
    assert handle["fabric_network_ids"] == handle["fabric_subnet_ids"] == []
    assert handle["node_subnet_ids"][0].endswith("/Subnet/gavle-nodes0a1b2c3d")
    assert "/VirtualNetwork/" in handle["network_id"]


def test_network_declares_what_the_plan_declares(place: Place, network_plan: NetworkPlan) -> None:
    whole = network_plan.range
    assert declared_ranges(network_plan) == [str(whole)]
    halves = tuple(whole.subnets(prefixlen_diff=1))
    split = replace(network_plan, network_ranges=halves, zones=())
    sent = record(lambda parent: build_network(parent, place, split, keys_handle()))
    space = sent.one("VirtualNetwork").inputs["addressSpace"]["addressPrefixes"]
    assert space == [str(half) for half in halves]
    assert sent.one("StorageAccount").inputs["sku"]["name"] == "Standard_LRS"

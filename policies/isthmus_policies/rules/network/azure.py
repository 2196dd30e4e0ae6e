"""Azure networks: private ways to the data, and a firewall around every subnet."""

from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import expect_reference, is_word
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import UNKNOWN
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdict, Verdicts

_STORES = (
    "azure-native:storage:StorageAccount",
    "azure-native:cosmosdb:DatabaseAccount",
    "azure-native:keyvault:Vault",
)
_ENDPOINT = ("azure-native:network:PrivateEndpoint",)
_LINKS = (
    "privateLinkServiceConnections.*.privateLinkServiceId",
    "manualPrivateLinkServiceConnections.*.privateLinkServiceId",
)
"""The second kind waits for the owner's approval, which is for an owner in another tenant."""
_NETWORK = "azure-native:network:VirtualNetwork"
_SUBNET = "azure-native:network:Subnet"
_GROUP = ("azure-native:network:NetworkSecurityGroup",)
_WITHOUT_GROUP = (
    # Source: Azure Policy "Gateway subnets should not be configured with a network security group".
    "GatewaySubnet",
    # Source: github.com/Azure/Enterprise-Scale/issues/456.
    "AzureFirewallSubnet",
    "AzureFirewallManagementSubnet",
)


@rule(
    "network-azure-store-private-endpoint",
    title="Storage accounts, Cosmos DB accounts and vaults have a private endpoint",
    why="Only a private endpoint lets a closed service be reached, and keeps the traffic private.",
    fix="azure_native.network.PrivateEndpoint(name, subnet={'id': subnet.id}, "
    "private_link_service_connections=[{'name': name, 'private_link_service_id': account.id, "
    "'group_ids': ['blob']}])",
    severity=Severity.MEDIUM,
    types=_STORES,
    controls=("AZ-SA-05", "AZ-COS-02", "AZ-KV-02"),
)
def azure_store_private_endpoint(store: Resource, context: Context, graph: Graph) -> Verdicts:
    if any(graph.referenced_by(store, path, _ENDPOINT) for path in _LINKS):
        return Pass()
    if any(graph.unresolved(path, _ENDPOINT) for path in _LINKS):
        return Unknown("cannot tell before the deployment which service an endpoint leads to")
    return Fail("no private endpoint of this stack leads to it")


@rule(
    "network-azure-subnet-security-group",
    title="Every subnet has a network security group",
    why="Without one, the subnet admits whatever reaches it.",
    fix="azure_native.network.Subnet(name, network_security_group={'id': group.id}, ...)",
    severity=Severity.HIGH,
    types=(_NETWORK, _SUBNET),
    controls=("AZ-NSG-01",),
)
def azure_subnet_security_group(
    resource: Resource, context: Context, graph: Graph
) -> Iterator[Verdict]:
    if resource.type == _SUBNET:
        yield _judge_subnet(resource, "", graph)
    for subnet in resource.find("subnets.*"):
        if subnet.value is UNKNOWN:
            yield Unknown("which subnets it has is not known yet", subnet.path)
        else:
            yield _judge_subnet(resource, f"{subnet.path}.", graph)


def _judge_subnet(resource: Resource, start: str, graph: Graph) -> Verdict:
    names = (resource.get(f"{start}{key}") for key in ("subnetName", "name"))
    if any(is_word(name, *_WITHOUT_GROUP) for name in names):
        return NotApplicable("Azure allows no security group on this subnet")
    path = f"{start}networkSecurityGroup.id"
    return expect_reference(resource, path, graph, _GROUP, "nothing filters what enters the subnet")


RULES = (azure_store_private_endpoint, azure_subnet_security_group)

"""Azure resources are not reachable from the internet."""

from collections.abc import Iterator

from isthmus_policies.questions.expect import (
    expect,
    expect_firewall,
    expect_no_internet,
    is_word,
)
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import MISSING, UNKNOWN, Tree, is_false, is_true, read
from isthmus_policies.values import find as find_values
from isthmus_policies.verdict import Fail, Pass, Unknown, Verdict, Verdicts

_ACCOUNT = "azure-native:storage:StorageAccount"
_CONTAINER = "azure-native:storage:BlobContainer"
_GROUP = "azure-native:network:NetworkSecurityGroup"
_GROUP_RULE = "azure-native:network:SecurityRule"
_CLUSTER = "azure-native:containerservice:ManagedCluster"
_NODE_POOL = "azure-native:containerservice:AgentPool"
_PUBLIC_ADDRESSES = {
    "azure-native:network:NetworkInterface": "ipConfigurations.*.publicIPAddress",
    "azure-native:compute:VirtualMachine": "networkProfile.networkInterfaceConfigurations.*"
    ".ipConfigurations.*.publicIPAddressConfiguration",
    "azure-native:compute:VirtualMachineScaleSet": "virtualMachineProfile.networkProfile"
    ".networkInterfaceConfigurations.*.ipConfigurations.*.publicIPAddressConfiguration",
}
_PUBLIC_NODE_SWITCHES = {
    _CLUSTER: "agentPoolProfiles.*.enableNodePublicIP",
    _NODE_POOL: "enableNodePublicIP",
}


@rule(
    "exposure-storage-blob-no-anonymous-access",
    title="Storage accounts and containers refuse anonymous access",
    why="One container that is set to public would otherwise be published.",
    fix="azure_native.storage.StorageAccount(name, allow_blob_public_access=False)",
    severity=Severity.CRITICAL,
    types=(_ACCOUNT, _CONTAINER),
    controls=("AZ-SA-03",),
)
def storage_blob_no_anonymous_access(resource: Resource, context: Context) -> Verdicts:
    path = "allowBlobPublicAccess" if resource.type == _ACCOUNT else "publicAccess"
    value = resource.get(path)
    if value is UNKNOWN:
        return Unknown("whether anonymous access is possible is not known yet", path)
    if resource.type == _CONTAINER:
        private = value is MISSING or is_word(value, "None")
        return Pass() if private else Fail("anonymous access is possible", path)
    # The default for accounts has been both: it counts only when it is said.
    return Pass() if value is False else Fail("anonymous access is possible", path)


@rule(
    "exposure-storage-account-private-network",
    title="Storage accounts are closed to public networks",
    why="A leaked key or token could otherwise be used from anywhere.",
    fix="azure_native.storage.StorageAccount(name, public_network_access='Disabled')",
    severity=Severity.HIGH,
    types=(_ACCOUNT,),
    controls=("AZ-SA-04",),
)
def storage_account_private_network(account: Resource, context: Context) -> Verdicts:
    filters, sources = "networkRuleSet.defaultAction", "networkRuleSet.ipRules.*.iPAddressOrRange"
    return expect_firewall(account, "publicNetworkAccess", filters, sources)


@rule(
    "exposure-azure-security-group-no-internet-ingress",
    title="Network security groups admit nothing from the internet",
    why="Whatever listens behind the group is scanned and attacked within minutes.",
    fix="azure_native.network.SecurityRule(name, access='Allow', direction='Inbound', "
    "source_address_prefix='VirtualNetwork', destination_port_range='443', ...)",
    severity=Severity.CRITICAL,
    types=(_GROUP, _GROUP_RULE),
    controls=("AZ-NSG-01",),
)
def azure_security_group_no_internet_ingress(
    resource: Resource, context: Context
) -> Iterator[Verdict]:
    inline = [f"{found.path}." for found in resource.find("securityRules.*")]
    for prefix in [""] if resource.type == _GROUP_RULE else inline:
        yield from _judge_security_rule(resource.props, prefix)


def _judge_security_rule(props: Tree, prefix: str) -> Iterator[Verdict]:
    denies = is_word(read(props, f"{prefix}access"), "Deny")
    leaves = is_word(read(props, f"{prefix}direction"), "Outbound")
    if denies or leaves:
        return
    paths = ("sourceAddressPrefix", "sourceAddressPrefixes.*")
    sources = [found for path in paths for found in find_values(props, prefix + path)]
    # Of a rule that is not known at all, both lead to the same place.
    yield from map(expect_no_internet, {source.path: source for source in sources}.values())


@rule(
    "exposure-aks-api-private",
    title="The AKS API server is not open to the internet",
    why="The API server is the cluster's front door; AKS opens it to all unless told otherwise.",
    fix="azure_native.containerservice.ManagedCluster(name, "
    "api_server_access_profile={'enable_private_cluster': True})",
    severity=Severity.HIGH,
    types=(_CLUSTER,),
    controls=("AZ-AKS-01",),
)
def aks_api_private(cluster: Resource, context: Context) -> Verdicts:
    path = "apiServerAccessProfile.enablePrivateCluster"
    private = cluster.get(path)
    if is_true(private):
        return Pass()
    if private is UNKNOWN:
        return Unknown("whether the API server is public is not known yet", path)
    ranges = tuple(cluster.find("apiServerAccessProfile.authorizedIPRanges.*"))
    if not ranges:
        return Fail("the API server is open to the internet", path)
    return [expect_no_internet(found) for found in ranges]


@rule(
    "exposure-azure-machine-no-public-ip",
    title="Azure machines and nodes have no public addresses",
    why="A machine without a public address cannot be reached from the internet by mistake.",
    fix="azure_native.network.NetworkInterface(name, ip_configurations=[{'name': 'internal', "
    "'subnet': {'id': subnet.id}}]) without public_ip_address",
    severity=Severity.HIGH,
    types=(*_PUBLIC_ADDRESSES, *_PUBLIC_NODE_SWITCHES),
    controls=("AZ-VM-04",),
)
def azure_machine_no_public_ip(machine: Resource, context: Context) -> Iterator[Verdict]:
    if machine.type in _PUBLIC_NODE_SWITCHES:
        for found in machine.find(_PUBLIC_NODE_SWITCHES[machine.type]):
            message = "its nodes get public addresses"
            yield expect(machine, found.path, is_false(found.value), message)
        return
    for found in machine.find(_PUBLIC_ADDRESSES[machine.type]):
        if found.value is UNKNOWN:
            yield Unknown("whether it gets a public address is not known yet", found.path)
        else:
            yield Fail("it gets a public address", found.path)


RULES = (
    storage_blob_no_anonymous_access,
    storage_account_private_network,
    azure_security_group_no_internet_ingress,
    aks_api_private,
    azure_machine_no_public_ip,
)

"""Each refusal with the smallest program that meets it, and the same program put right."""

from dataclasses import dataclass

import pytest

from isthmus_simulator.cloud import CloudError
from isthmus_simulator.clouds.azure import CLOUD
from isthmus_simulator.values import Properties
from tests.simulator.clouds.azure.azure_scenes import (
    FIREWALL,
    GUID,
    IDENTITY,
    INTERFACE,
    NETWORK,
    PLAN,
    ROLE,
    STORE,
    SUBNET,
    Step,
    build,
    cluster,
    machine,
    vault,
)
from tests.simulator.clouds.azure.conftest import Subscription

pytestmark = pytest.mark.pure


@dataclass(frozen=True)
class Case:
    """`bad` is refused with `says` after `before`; `good` is taken."""

    before: tuple[Step, ...]
    bad: Step
    good: Step
    says: str


def pair(
    before: tuple[Step, ...], step: Step, wrong: Properties, right: Properties, says: str
) -> Case:
    kind, name, inputs = step
    return Case(before, (kind, name, {**inputs, **wrong}), (kind, name, {**inputs, **right}), says)


def rule(priority: int, port: str) -> Properties:
    return {
        "name": f"r{priority}{port}", "priority": priority, "direction": "Inbound", "access": "Allow",
        "protocol": "Tcp", "sourcePortRange": "*", "sourceAddressPrefix": "*",
        "destinationPortRange": port, "destinationAddressPrefix": "*",
    }  # fmt: skip


NODES = (NETWORK, SUBNET, INTERFACE)
MISSING_SUBNET = (
    "/subscriptions/00000000-0000-0000-0000-0000000000a1/resourceGroups/rg/providers/Microsoft.Network/"
    "virtualNetworks/net/subnets/nowhere"
)
POOL = {"name": "system", "mode": "System", "count": 1, "vmSize": "Standard_D4s_v5"}
GRANT: Step = (
    "authorization:RoleAssignment", "grant",
    {"scope": "$store", "principalId": GUID, "roleDefinitionId": ROLE, "roleAssignmentName": GUID},
)  # fmt: skip
OTHER_GUID = "7f9619ff-8b86-d011-b42d-00c04fc964ff"
SERVER: Step = (
    "sql:Server", "sql", {"serverName": "sql", "administratorLogin": "boss", "version": "12.0"},
)  # fmt: skip
LINUX_PLAN: Step = ("web:AppServicePlan", "plan", {**PLAN[2], "reserved": True})
APP: Step = ("web:WebApp", "app", {"name": "app", "serverFarmId": "$plan"})
LAKE: Step = ("storage:StorageAccount", "store", {**STORE[2], "isHnsEnabled": True})
SERVICE: Step = (
    "storage:BlobServiceProperties", "service",
    {"accountName": "store", "blobServicesName": "default"},
)  # fmt: skip

CASES = {
    "group": pair((), STORE, {"resourceGroupName": "none"}, {"resourceGroupName": "rg"},
                  "ResourceGroupNotFound.*Resource group 'none' could not be found"),
    "group-location": pair((), ("resources:ResourceGroup", "g", {}), {"location": "atlantis"},
                           {"location": "Sweden Central"}, "LocationNotAvailableForResourceGroup"),
    "location": pair((), STORE, {"location": "westeuropa"}, {"location": "West Europe"},
                     "LocationNotAvailableForResourceType.*storageAccounts'.*'westeurope"),
    "parent": pair((NETWORK,), SUBNET, {"virtualNetworkName": "other"}, {},
                   "ParentResourceNotFound.*virtualNetworks/subnets.*virtualNetworks/other"),
    "parent-ignores-case": pair((NETWORK,), SUBNET, {"virtualNetworkName": "nett"},
                                {"virtualNetworkName": "NET"}, "ParentResourceNotFound"),
    "range-outside": pair((NETWORK,), SUBNET, {"addressPrefix": "10.1.0.0/24"}, {},
                          "NetcfgSubnetRangeOutsideVnet.*Subnet 'sub'.*virtual network 'net'"),
    "range-overlaps-inline": pair((NETWORK,), SUBNET, {"addressPrefix": "10.0.9.128/25"}, {},
                                  "NetcfgSubnetRangesOverlap"),
    "range-overlaps": pair((NETWORK, SUBNET), ("network:Subnet", "two", {"virtualNetworkName": "net"}),
                           {"addressPrefix": "10.0.0.0/23"}, {"addressPrefix": "10.0.2.0/23"},
                           "NetcfgSubnetRangesOverlap"),
    "range-host-bits": pair((NETWORK,), SUBNET, {"addressPrefix": "10.0.1.7/24"}, {},
                            "InvalidCIDRNotation.*should be 10.0.1.0/24"),
    "range-nonsense": pair((), NETWORK, {"addressSpace": {"addressPrefixes": ["10.0.0.0/99"]}}, {},
                           "InvalidAddressPrefixFormat"),
    "reference": pair((NETWORK, SUBNET), INTERFACE,
                      {"ipConfigurations": [{"name": "ip", "subnet": {"id": MISSING_SUBNET}}]}, {},
                      "InvalidResourceReference.*subnets/nowhere referenced by resource"),
    "reference-inline": pair((NETWORK, SUBNET), INTERFACE,
                             {"ipConfigurations": [{"name": "ip", "subnet": {"id": MISSING_SUBNET}}]},
                             {"ipConfigurations": [{"name": "ip", "subnet": {
                                 "id": MISSING_SUBNET.replace("nowhere", "INLINE")}}]},
                             "InvalidResourceReference"),
    "reference-elsewhere": pair((NETWORK, SUBNET), INTERFACE, {"location": "northeurope"},
                                {"location": "westeurope"}, "both resources are in the same region"),
    "identity": pair((IDENTITY,), STORE,
                     {"identity": {"type": "UserAssigned", "userAssignedIdentities": [
                         MISSING_SUBNET.split("/Microsoft")[0]
                         + "/Microsoft.ManagedIdentity/userAssignedIdentities/x"]}},
                     {"identity": {"type": "UserAssigned", "userAssignedIdentities": ["$who"]}},
                     "FailedIdentityOperation"),
    "static-address": pair((NETWORK, SUBNET), INTERFACE,
                           {"ipConfigurations": [{"name": "ip", "subnet": {"id": "$sub"},
                                                  "privateIPAddress": "10.0.2.9"}]},
                           {"ipConfigurations": [{"name": "ip", "subnet": {"id": "$sub"},
                                                  "privateIPAddress": "10.0.1.9"}]},
                           "PrivateIPAddressNotInSubnet"),
    "rule-priority": pair((), FIREWALL, {"securityRules": [rule(99, "80")]},
                          {"securityRules": [rule(100, "80")]}, "SecurityRuleInvalidPriority"),
    "rule-port": pair((), FIREWALL, {"securityRules": [rule(100, "80-70000")]},
                      {"securityRules": [rule(100, "80-443")]}, "SecurityRuleInvalidPortRange"),
    "rule-conflict": pair((), FIREWALL, {"securityRules": [rule(100, "80"), rule(100, "81")]},
                          {"securityRules": [rule(100, "80"), rule(110, "81")]}, "SecurityRuleConflict"),
    "public-standard": pair((), ("network:PublicIPAddress", "ip", {"sku": {"name": "Standard"}}),
                            {"publicIPAllocationMethod": "Dynamic"},
                            {"publicIPAllocationMethod": "Static"}, "StandardSkuPublicIPAddressMustBeStatic"),
    "size-unknown": pair(NODES, machine(), {"hardwareProfile": {"vmSize": "Standard_D2s_v99"}}, {},
                         "InvalidParameter.*Standard_D2s_v99 provided for the VM size is not valid"),
    "admin-name": pair(NODES, machine(), {"osProfile": {"adminUsername": "admin"}},
                       {"osProfile": {"adminUsername": "ada"}}, "Admin Username specified is not allowed"),
    "password": pair(NODES, machine(), {"osProfile": {"adminUsername": "ada", "adminPassword": "secret"}},
                     {"osProfile": {"adminUsername": "ada", "adminPassword": "Secret-123"}},
                     "must satisfy at least 3 of password complexity"),
    "interface-used": pair((*NODES, machine()), machine(vmName="two"), {}, {
                               "networkProfile": {"networkInterfaces": []}}, "NicInUse"),
    "cluster-identity": pair((), cluster(), {"identity": None}, {},
                             "Required parameter servicePrincipalProfile is missing"),
    "cluster-system-pool": pair((), cluster(), {"agentPoolProfiles": [{**POOL, "mode": "User"}]}, {},
                                "Must define at least one system pool"),
    "cluster-pool-name": pair((), cluster(), {"agentPoolProfiles": [{**POOL, "name": "Sys-1"}]}, {},
                              "agentPoolProfile.name is invalid"),
    "cluster-size": pair((), cluster(), {"agentPoolProfiles": [{**POOL, "vmSize": "Standard_Zz9"}]}, {},
                         "VM size of Standard_Zz9 is not allowed"),
    "cluster-services": pair(
        (NETWORK, SUBNET), cluster(agentPoolProfiles=[{**POOL, "vnetSubnetID": "$sub"}]),
        {}, {"networkProfile": {"serviceCidr": "172.16.0.0/16", "dnsServiceIP": "172.16.0.10"}},
        "ServiceCidrOverlapExistingSubnetsCidr.*10.0.0.0/16.*10.0.1.0/24"),
    "cluster-dns": pair((), cluster(), {"networkProfile": {"dnsServiceIP": "10.9.0.10"}},
                        {"networkProfile": {"dnsServiceIP": "10.0.0.10"}}, "DnsServiceIpOutOfServiceCidr"),
    "store-name": pair((), STORE, {"accountName": "My-Store"}, {}, "does not match expression"),
    "store-kind": pair((), STORE, {"kind": "BlockBlobStorage"}, {}, "InvalidSkuForKind"),
    "container-name": pair((STORE,), ("storage:BlobContainer", "data", {"accountName": "store"}),
                           {"containerName": "a--b"}, {"containerName": "a-b"}, "InvalidResourceName"),
    "container-public": pair(
        (("storage:StorageAccount", "store", {**STORE[2], "allowBlobPublicAccess": False}),),
        ("storage:BlobContainer", "data", {"accountName": "store"}),
        {"publicAccess": "Blob"}, {"publicAccess": "None"}, "PublicAccessNotPermitted"),
    "lake-versions": pair((LAKE,), SERVICE, {"isVersioningEnabled": True}, {"isVersioningEnabled": False},
                          "FeatureNotSupportedForAccount"),
    "service-name": pair((STORE,), SERVICE, {"blobServicesName": "mine"}, {}, "must be 'default'"),
    "vault-name": pair((), vault(), {"vaultName": "my_vault"}, {}, "does not match expression"),
    "grant-guid": pair((STORE,), GRANT, {"roleAssignmentName": "reader"}, {}, "InvalidRoleAssignmentId"),
    "grant-role": pair((STORE,), GRANT, {"roleDefinitionId": "Reader"}, {}, "RoleDefinitionDoesNotExist"),
    "grant-twice": pair((STORE, GRANT), ("authorization:RoleAssignment", "again",
                                         {**GRANT[2], "roleAssignmentName": OTHER_GUID}),
                        {}, {"principalId": OTHER_GUID}, "RoleAssignmentExists"),
    "federation": pair((IDENTITY,), ("managedidentity:FederatedIdentityCredential", "f",
                                     {"resourceName": "who", "subject": "s", "audiences": ["a"]}),
                       {"issuer": "http://x"}, {"issuer": "https://x"}, "must be an https URL"),
    "linux": pair((PLAN,), APP, {"siteConfig": {"linuxFxVersion": "PYTHON|3.11"}}, {},
                  "LinuxFxVersion has an invalid value"),
    "linux-reserved": pair((LINUX_PLAN,), APP, {"location": "northeurope"},
                           {"siteConfig": {"linuxFxVersion": "PYTHON|3.11"}}, "Cannot find ServerFarm"),
    "sql-login": pair((), SERVER, {"administratorLogin": "sa"}, {}, "InvalidLoginName"),
    "sql-password": pair((), SERVER, {"administratorLoginPassword": "boss12345"},
                         {"administratorLoginPassword": "Other-12345"}, "PasswordNotComplex"),
    "enumeration": pair((), STORE, {"minimumTlsVersion": "TLS1_9"}, {"minimumTlsVersion": "tls1_2"},
                        "not a valid MinimumTlsVersion"),
    "slip": pair((), NETWORK, {"addressSpace": {"addressPrefixs": ["10.0.0.0/16"]}}, {},
                 'did you mean "addressPrefixes"'),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_wrong_program_is_refused_and_the_right_one_taken(
    account: Subscription, name: str
) -> None:
    case = CASES[name]
    build(account, *case.before)
    before = account.ids()
    with pytest.raises(CloudError, match=case.says):
        build(account, case.bad)
    assert account.ids() == before
    build(account, case.good)


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (STORE, "StorageAccountAlreadyTaken"),
        (vault(), "VaultAlreadyExists"),
        (("containerregistry:Registry", "r", {"registryName": "images", "sku": {"name": "Basic"}}),
         "AlreadyInUse.*images.azurecr.io"),
        (APP, "Website with given name app already exists"),
        (SERVER, "NameAlreadyExists"),
        (("cosmosdb:DatabaseAccount", "db", {"accountName": "db", "databaseAccountOfferType": "Standard",
          "locations": [{"locationName": "westeurope"}]}), "Dns record for db under zone Document"),
        (("eventhub:Namespace", "hubs", {"namespaceName": "my-hubs"}), "my-hubs is not available"),
    ],
)  # fmt: skip
def test_global_names_are_taken_once_in_all_groups(
    account: Subscription, step: Step, code: str
) -> None:
    account.create(
        "resources:ResourceGroup", "other", {"resourceGroupName": "other", "location": "uksouth"}
    )
    account.create(*PLAN)
    kind, name, inputs = step
    account.create(kind, name, inputs)
    with pytest.raises(CloudError, match=code):
        account.create(
            kind, "again", {**inputs, "resourceGroupName": "other", "location": "westeurope"}
        )
    account.delete(kind, name)
    account.create(
        kind, "again", {**inputs, "resourceGroupName": "other", "location": "westeurope"}
    )


def test_what_exists_already_is_not_taken_over(account: Subscription) -> None:
    account.create(*NETWORK)
    with pytest.raises(
        CloudError, match=r"cannot create already existing resource '/subscriptions/.*/net'"
    ):
        account.create("network:VirtualNetwork", "again", {**NETWORK[2], "location": "uksouth"})


def test_sizes_are_bought_within_quota(account: Subscription) -> None:
    with account.world.transaction() as session:
        session.set_quota_limit("azure-native", "cores", "westeurope", 6)
    build(account, *NODES, machine())
    with pytest.raises(
        CloudError, match=r"exceeding approved cores Cores quota.*Current Usage: 2, Additional"
    ):
        account.create(
            "compute:VirtualMachineScaleSet",
            "set",
            {"sku": {"name": "Standard_D2s_v3", "capacity": 3}},
        )
    with pytest.raises(CloudError, match="InsufficientVCPUQuota"):
        account.create(*cluster())
    account.delete("compute:VirtualMachine", "vm")
    account.create(
        "compute:VirtualMachineScaleSet", "set", {"sku": {"name": "Standard_D2s_v3", "capacity": 3}}
    )


def test_peered_networks_share_no_addresses(account: Subscription) -> None:
    account.create(*NETWORK)
    for name, range_ in (("far", "10.1.0.0/16"), ("near", "10.0.128.0/17")):
        space = {"addressPrefixes": [range_]}
        account.create(
            "network:VirtualNetwork", name, {"virtualNetworkName": name, "addressSpace": space}
        )
    peering = {"virtualNetworkName": "net", "remoteVirtualNetwork": {"id": "$near"}}
    with pytest.raises(CloudError, match=r"VnetAddressSpacesOverlap.*10.0.0.0/16, 10.0.128.0/17"):
        account.create("network:VirtualNetworkPeering", "p", peering)
    account.create(
        "network:VirtualNetworkPeering", "p", {**peering, "remoteVirtualNetwork": {"id": "$far"}}
    )


def test_purge_protection_stays(account: Subscription) -> None:
    with pytest.raises(CloudError, match="cannot be set to false"):
        build(account, vault(enablePurgeProtection=False))
    with pytest.raises(CloudError, match="between 7 and 90"):
        build(account, vault(softDeleteRetentionInDays=5))
    build(account, vault(enablePurgeProtection=True, softDeleteRetentionInDays=7))
    with pytest.raises(CloudError, match="irreversible"):
        account.update("keyvault:Vault", "vault", {"properties": vault()[2]["properties"]})


def test_a_subscription_and_a_location_that_are_none_are_refused_at_once() -> None:
    with pytest.raises(CloudError, match=r"InvalidSubscriptionId.*'prod'"):
        CLOUD.configure({"subscriptionId": "prod"}, {})
    with pytest.raises(CloudError, match=r"LocationNotAvailable.*'westeurop'.*'westeurope"):
        CLOUD.configure({"location": "westeurop"}, {})
    assert CLOUD.configure({"location": "West Europe"}, {}).region == "westeurope"

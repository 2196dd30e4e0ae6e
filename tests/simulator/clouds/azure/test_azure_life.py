"""Names, places, outputs, what keeps a thing from deletion, and what functions answer."""

import base64

import pytest

from isthmus_simulator.cloud import CloudError, facts_of
from isthmus_simulator.clouds.azure import CLOUD, paths
from isthmus_simulator.lifecycle import DEFAULTS
from isthmus_simulator.schema import SchemaStore
from isthmus_simulator.values import UNKNOWN, Properties
from isthmus_simulator.world import World
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
    build,
    cluster,
    machine,
    vault,
)
from tests.simulator.clouds.azure.conftest import Subscription

pytestmark = pytest.mark.pure

GROUP = "/subscriptions/00000000-0000-0000-0000-0000000000a1/resourceGroups/rg"


def told_tokens() -> list[str]:
    return [f"azure-native:{module}:{kind}" for module, kinds in paths.table().items()
            for kind in kinds if kind != "namespace"]  # fmt: skip


def test_paths_are_told_of_types_that_the_sdk_has(schemas: SchemaStore) -> None:
    assert [token for token in told_tokens() if token not in schemas.tokens()] == []


@pytest.mark.parametrize(
    "module", ["storage", "keyvault", "containerservice", "privatedns", "managedidentity"]
)
def test_paths_are_made_of_inputs(schemas: SchemaStore, module: str) -> None:
    for token in told_tokens():
        schema = schemas.type_schema(token) if token.split(":")[1] == module else None
        if schema:
            first = {hole.split(".")[0] for hole in paths.holes(paths.path_of(schema))}
            assert first <= set(schema.inputs.properties), token


def test_a_path_that_nobody_told_is_derived_from_the_inputs(schemas: SchemaStore) -> None:
    schema = schemas.type_schema("azure-native:storage:Connector")
    assert schema is not None
    assert not paths.told_path(schema.token)
    assert paths.path_of(schema).endswith(
        "/Microsoft.Storage/accounts/{accountName}/connectors/{connectorName}"
    )


@pytest.mark.parametrize(
    ("kind", "how"),
    [("resources:ResourceGroup", paths.RANDOM), ("network:VirtualNetwork", paths.RANDOM),
     ("network:Subnet", paths.COPY), ("cdn:Endpoint", paths.RANDOM),
     ("authorization:RoleAssignment", paths.GUID), ("web:WebAppApplicationSettings", paths.GIVEN),
     ("monitor:DiagnosticSetting", paths.RANDOM)],
)  # fmt: skip
def test_names_are_made_as_the_provider_makes_them(kind: str, how: str) -> None:
    assert paths.naming(paths.told_path(f"azure-native:{kind}")) == how


def test_made_names_are_the_logical_name_and_eight_digits_or_the_name_alone(
    account: Subscription,
) -> None:
    network = account.check("network:VirtualNetwork", {"resourceGroupName": "rg"}, "net")
    assert network["virtualNetworkName"][:3] == "net"
    assert len(network["virtualNetworkName"]) == len("net") + 8
    assert network[DEFAULTS] == ["virtualNetworkName"]
    subnet = account.check(
        "network:Subnet", {"resourceGroupName": "rg", "virtualNetworkName": "x"}, "sub"
    )
    assert subnet["subnetName"] == "sub"
    inputs = {"principalId": GUID, "roleDefinitionId": ROLE, "scope": GROUP}
    grant = account.check("authorization:RoleAssignment", inputs, "grant")
    assert len(grant["roleAssignmentName"]) == len(GUID)


def test_what_moves_a_resource_replaces_it(schemas: SchemaStore) -> None:
    token = "azure-native:containerservice:ManagedCluster"
    schema = schemas.type_schema(token)
    assert schema is not None
    replacing = CLOUD.replaces(schema, facts_of(CLOUD, token))
    assert {"resourceName", "resourceGroupName", "location", "dnsPrefix"} <= replacing
    assert "kubernetesVersion" not in replacing


def test_a_location_comes_from_the_old_inputs_the_provider_or_the_group(
    account: Subscription,
) -> None:
    assert account.check("storage:StorageAccount", STORE[2] | {"resourceGroupName": "rg"}, "s")[
        "location"
    ] == ("westeurope")
    unknown = account.check(
        "storage:StorageAccount", STORE[2] | {"resourceGroupName": UNKNOWN}, "s"
    )
    assert unknown["location"] is UNKNOWN
    kept = account.check(
        "storage:StorageAccount",
        STORE[2] | {"resourceGroupName": "rg"},
        "s",
        {"location": "uksouth"},
    )
    assert kept["location"] == "uksouth"


def test_one_place_in_another_spelling_is_no_change(account: Subscription) -> None:
    inputs = STORE[2] | {"resourceGroupName": "rg", "location": "uksouth"}
    checked = account.check("storage:StorageAccount", inputs, "s", {"location": "UK South"})
    assert checked["location"] == "UK South"


def test_the_providers_location_goes_before_the_groups(
    tmp_path: object, schemas: SchemaStore, account: Subscription
) -> None:
    there = Subscription(account.world, schemas, {"location": "uksouth"})
    assert there.create(*STORE)["location"] == "uksouth"


def test_a_group_without_any_location_says_what_to_set(empty: Subscription) -> None:
    with pytest.raises(CloudError, match="pulumi config set azure-native:location"):
        empty.create("resources:ResourceGroup", "rg", {})


def test_outputs_are_arms(account: Subscription) -> None:
    store = account.create(*STORE)
    assert store["id"] == f"{GROUP}/providers/Microsoft.Storage/storageAccounts/store"
    assert store["type"] == "Microsoft.Storage/storageAccounts"
    assert (store["name"], store["location"], store["provisioningState"]) == (
        "store",
        "westeurope",
        "Succeeded",
    )
    assert store["primaryEndpoints"]["dfs"] == "https://store.dfs.core.windows.net/"
    assert store["azureApiVersion"].startswith("20")


def test_parts_of_a_network_have_ids(account: Subscription) -> None:
    network = account.create(*NETWORK)
    assert network["subnets"][0]["id"] == f"{network['id']}/subnets/inline"
    account.create(*SUBNET)
    assert account.create(*INTERFACE)["ipConfigurations"][0]["privateIPAddress"] == "10.0.1.4"
    second = account.create(
        "network:NetworkInterface", "two", {**INTERFACE[2], "networkInterfaceName": "two"}
    )
    assert second["ipConfigurations"][0]["privateIPAddress"] == "10.0.1.5"


def test_a_cluster_has_its_names_and_its_nodes_group(account: Subscription) -> None:
    made = account.create(*cluster(oidcIssuerProfile={"enabled": True}))
    assert made["fqdn"].startswith("aks-")
    assert made["fqdn"].endswith(".hcp.westeurope.azmk8s.io")
    assert made["oidcIssuerProfile"]["issuerURL"].startswith(
        "https://westeurope.oic.prod-aks.azure.com/"
    )
    assert made["nodeResourceGroup"] == "MC_rg_aks_westeurope"
    assert made["privateFQDN"] == ""
    account.create("network:PublicIPAddress", "ip", {"resourceGroupName": "MC_rg_aks_westeurope"})
    again = account.update("containerservice:ManagedCluster", "aks", {"tags": {"a": "b"}})
    assert (again["fqdn"], again["oidcIssuerProfile"]) == (made["fqdn"], made["oidcIssuerProfile"])


def test_assigned_identities_are_answered_as_a_table(account: Subscription) -> None:
    who = account.create(*IDENTITY)
    given = {"type": "UserAssigned", "userAssignedIdentities": ["$who"]}
    store = account.create("storage:StorageAccount", "store", {**STORE[2], "identity": given})
    found = store["identity"]["userAssignedIdentities"][who["id"]]
    assert found["principalId"] == who["principalId"]


IN_USE = [
    ((NETWORK, SUBNET, INTERFACE), ("network:Subnet", "sub"), "InUseSubnetCannotBeDeleted.*/nic"),
    ((NETWORK, SUBNET, INTERFACE, machine()), ("network:NetworkInterface", "nic"), "NicInUse"),
    ((FIREWALL, NETWORK, ("network:Subnet", "sub", {**SUBNET[2], "networkSecurityGroup": {"id": "$nsg"}})),
     ("network:NetworkSecurityGroup", "nsg"), "InUseNetworkSecurityGroupCannotBeDeleted.*subnets/sub"),
    ((PLAN, ("web:WebApp", "app", {"name": "app", "serverFarmId": "$plan"})),
     ("web:AppServicePlan", "plan"), "Server farm 'plan' cannot be deleted"),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "target", "says"), IN_USE)
def test_what_is_used_is_not_deleted(account: Subscription, steps: tuple[object, ...],
                                     target: tuple[str, str], says: str) -> None:  # fmt: skip
    build(account, *steps)  # pyright: ignore[reportArgumentType]
    with pytest.raises(CloudError, match=says):
        account.delete(*target)
    kind, name, _ = steps[-1]  # pyright: ignore[reportGeneralTypeIssues, reportUnknownVariableType]
    account.delete(kind, name)  # pyright: ignore[reportUnknownArgumentType]
    account.delete(*target)


def test_grants_and_logs_do_not_keep_a_thing(account: Subscription) -> None:
    build(account, NETWORK, SUBNET)
    account.create("authorization:RoleAssignment", "grant",
                   {"principalId": GUID, "roleDefinitionId": ROLE, "scope": "$sub"})  # fmt: skip
    account.delete("network:Subnet", "sub")
    assert [one for one in account.ids() if "roleAssignments" in one] == []


def test_a_group_takes_everything_with_it(account: Subscription) -> None:
    build(account, NETWORK, SUBNET, INTERFACE, STORE, vault())
    account.delete("resources:ResourceGroup", "rg")
    assert account.ids() == []


def test_a_lock_keeps_what_is_in_its_scope(account: Subscription) -> None:
    account.create(*STORE)
    account.create("storage:BlobContainer", "data", {"accountName": "store"})
    account.create(
        "authorization:ManagementLockByScope", "lock", {"scope": "$store", "level": "CanNotDelete"}
    )
    for kind, name in (("storage:BlobContainer", "data"), ("storage:StorageAccount", "store"),
                       ("resources:ResourceGroup", "rg")):  # fmt: skip
        with pytest.raises(CloudError, match=r"ScopeLocked.*storageAccounts/store"):
            account.delete(kind, name)
    account.update("storage:StorageAccount", "store", {"tags": {"a": "b"}})
    account.delete("authorization:ManagementLockByScope", "lock")
    account.delete("resources:ResourceGroup", "rg")
    assert account.ids() == []


def test_network_watchers_are_there_once_a_region_has_a_network(account: Subscription) -> None:
    build(account, STORE, vault())
    log: Properties = {
        "resourceGroupName": "NetworkWatcherRG", "networkWatcherName": "NetworkWatcher_westeurope",
        "storageId": "$store", "targetResourceId": "$vault", "location": "westeurope",
    }  # fmt: skip
    with pytest.raises(CloudError, match=r"ParentResourceNotFound.*NetworkWatcher_westeurope"):
        account.create("network:FlowLog", "log", log)
    account.create(*NETWORK)
    account.create("network:FlowLog", "log", {**log, "targetResourceId": "$net"})
    account.delete("network:FlowLog", "log")
    assert not any("NetworkWatcher" in one for one in account.ids())


def test_keys_are_well_formed_and_always_the_same(account: Subscription) -> None:
    account.create(*STORE)
    answer = account.ask("storage:listStorageAccountKeys", {"accountName": "store"})
    key = answer["keys"][0]["value"]
    assert base64.b64decode(key).decode().startswith("simulated key 1 of /subscriptions/")
    assert account.ask("storage:listStorageAccountKeys", {"accountName": "store"}) == answer
    with pytest.raises(
        CloudError, match=r"ResourceNotFound.*Microsoft.Storage/storageAccounts/other"
    ):
        account.ask("storage:listStorageAccountKeys", {"accountName": "other"})


def test_lookups_find_by_path_in_any_case(account: Subscription) -> None:
    build(account, NETWORK)
    found = account.ask("network:getVirtualNetwork", {"virtualNetworkName": "NET"})
    assert found["id"] == account.known["net"]["id"]
    part = account.ask("network:getSubnet", {"virtualNetworkName": "net", "subnetName": "inline"})
    assert part["addressPrefix"] == "10.0.9.0/24"
    with pytest.raises(CloudError, match="ResourceGroupNotFound"):
        account.ask(
            "network:getVirtualNetwork", {"virtualNetworkName": "net", "resourceGroupName": "no"}
        )


def test_a_kubeconfig_names_the_cluster(account: Subscription) -> None:
    made = account.create(*cluster())
    answer = account.ask(
        "containerservice:listManagedClusterUserCredentials", {"resourceName": "aks"}
    )
    text = base64.b64decode(answer["kubeconfigs"][0]["value"]).decode()
    assert f"server: https://{made['fqdn']}:443" in text
    account.update("containerservice:ManagedCluster", "aks", {"disableLocalAccounts": True})
    with pytest.raises(CloudError, match="disable local accounts"):
        account.ask("containerservice:listManagedClusterAdminCredentials", {"resourceName": "aks"})


def test_worlds_are_alike(account: Subscription, tmp_path: object, schemas: SchemaStore) -> None:
    other = Subscription(World(account.world.folder / "other"), schemas, {})
    other.create(
        "resources:ResourceGroup", "rg", {"resourceGroupName": "rg", "location": "westeurope"}
    )
    assert other.create(*cluster())["fqdn"] == account.create(*cluster())["fqdn"]

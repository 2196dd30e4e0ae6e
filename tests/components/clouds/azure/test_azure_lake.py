"""The store: a closed Data Lake account under the data key."""

from dataclasses import replace

import pulumi
import pytest
from azure_recording import keys_handle, network_handle, record
from tests.components.clouds.recording import Recording

from isthmus.clouds.azure.lake import build_store, has_zones, soft_delete_days
from isthmus.clouds.handles import Place
from isthmus.plan.model import StorePlan

pytestmark = pytest.mark.cloud


def test_account_is_a_lake_under_the_data_key(sent_store: Recording) -> None:
    account = sent_store.one("StorageAccount").inputs
    assert account["isHnsEnabled"] is True
    assert account["kind"] == "StorageV2"
    assert account["encryption"]["keySource"] == "Microsoft.Keyvault"
    assert account["encryption"]["requireInfrastructureEncryption"] is True
    assert account["encryption"]["keyVaultProperties"] == {
        "keyName": "data",
        "keyVaultUri": "https://vault.vault.azure.net/",
    }
    identity = account["encryption"]["encryptionIdentity"]["encryptionUserAssignedIdentity"]
    assert account["identity"] == {"type": "UserAssigned", "userAssignedIdentities": [identity]}


def test_account_is_closed(sent_store: Recording) -> None:
    account = sent_store.one("StorageAccount").inputs
    assert account["publicNetworkAccess"] == "Disabled"
    assert account["networkRuleSet"] == {"bypass": "AzureServices", "defaultAction": "Deny"}
    assert account["minimumTlsVersion"] == "TLS1_2"
    assert account["enableHttpsTrafficOnly"] is True
    for closed in (
        "allowBlobPublicAccess",
        "allowSharedKeyAccess",
        "allowCrossTenantReplication",
        "isLocalUserEnabled",
        "isSftpEnabled",
    ):
        assert account[closed] is False
    assert sent_store.one("BlobContainer").inputs["publicAccess"] == "None"


def test_copies_stay_in_the_region(sent_store: Recording) -> None:
    assert sent_store.one("StorageAccount").inputs["sku"]["name"] == "Standard_ZRS"


def test_zones_are_counted_on_only_where_known() -> None:
    assert has_zones("swedencentral")
    assert not has_zones("westcentralus")
    assert not has_zones("nowhere")


def test_deleted_files_can_be_brought_back(sent_store: Recording) -> None:
    properties = sent_store.one("BlobServiceProperties").inputs
    assert properties["deleteRetentionPolicy"]["days"] == 30
    assert properties["containerDeleteRetentionPolicy"] == {"days": 30, "enabled": True}
    # Refused by Azure for accounts with a hierarchical namespace.
    assert "isVersioningEnabled" not in properties


def test_soft_delete_ends_where_azure_ends_it() -> None:
    assert [soft_delete_days(days) for days in (1, 365, 3650)] == [1, 365, 365]


def test_both_faces_have_private_endpoints(sent_store: Recording) -> None:
    zones = {
        one.inputs["privateDnsZoneConfigs"][0]["privateDnsZoneId"]
        for one in sent_store.of("PrivateDnsZoneGroup")
    }
    assert {zone.split("/")[-1] for zone in zones} == {
        "privatelink.blob.core.windows.net",
        "privatelink.dfs.core.windows.net",
    }
    assert all("/resourceGroups/net/" in zone for zone in zones)


def test_without_a_network_there_are_no_endpoints(place: Place, store_plan: StorePlan) -> None:
    sent = record(lambda parent: build_store(parent, place, store_plan, keys_handle()))
    assert not sent.of("PrivateEndpoint")


def test_every_access_is_logged(sent_store: Recording) -> None:
    setting = sent_store.one("DiagnosticSetting").inputs
    assert {log["category"] for log in setting["logs"]} == {
        "StorageRead",
        "StorageWrite",
        "StorageDelete",
    }
    assert setting["resourceUri"].endswith("/blobServices/default")


def test_store_carries_its_own_classification(sent_store: Recording) -> None:
    assert sent_store.one("StorageAccount").inputs["tags"]["data-classification"] == "restricted"


def test_url_is_the_file_systems(sent_store: Recording) -> None:
    assert sent_store.handle["url"].startswith("abfss://gavle-datasets-data")
    assert sent_store.handle["url"].endswith(".dfs.core.windows.net/")


def test_two_stores_of_a_site_share_no_name(place: Place, store_plan: StorePlan) -> None:
    def build(parent: pulumi.ComponentResource) -> None:
        for name in ("datasets", "checkpoints"):
            plan = replace(store_plan, name=name)
            build_store(parent, place, plan, keys_handle(), network_handle())

    urns = [(one.type, one.name) for one in record(build).sent]
    assert len(urns) == len(set(urns))

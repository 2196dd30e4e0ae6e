"""Keys: a closed vault, rotating keys, an identity that may wrap and no more."""

import pytest
from azure_recording import TENANT
from tests.components.clouds.recording import Recording

from isthmus.clouds.azure.keys import key_operations

pytestmark = pytest.mark.cloud


def test_vault_is_closed_and_recoverable(sent_keys: Recording) -> None:
    properties = sent_keys.one("Vault").inputs["properties"]
    assert properties["publicNetworkAccess"] == "Disabled"
    assert properties["networkAcls"] == {"bypass": "AzureServices", "defaultAction": "Deny"}
    assert properties["enableRbacAuthorization"] is True
    assert properties["enablePurgeProtection"] is True
    assert properties["softDeleteRetentionInDays"] == 30
    assert properties["tenantId"] == TENANT
    assert "accessPolicies" not in properties


def test_vault_name_leaves_room_for_the_random_end(sent_keys: Recording) -> None:
    name = sent_keys.one("Vault").name
    assert name.startswith("gavle")
    assert name.isalnum()
    assert len(name) <= 16


def test_every_purpose_has_a_rotating_hsm_key(sent_keys: Recording) -> None:
    keys = sent_keys.of("Key")
    assert {key.name for key in keys} == {"gavle-data", "gavle-cluster", "gavle-logs"}
    for key in keys:
        properties = key.inputs["properties"]
        assert properties["kty"] == "RSA-HSM"
        assert properties["keySize"] == 3072
        assert properties["attributes"]["exportable"] is False
        [action] = properties["rotationPolicy"]["lifetimeActions"]
        assert action == {"action": {"type": "rotate"}, "trigger": {"timeAfterCreate": "P90D"}}


def test_only_the_cluster_key_encrypts_directly() -> None:
    assert {operation.value for operation in key_operations("data")} == {"wrapKey", "unwrapKey"}
    assert {operation.value for operation in key_operations("cluster")} >= {"encrypt", "decrypt"}


def test_key_user_may_wrap_and_no_more(sent_keys: Recording) -> None:
    role = sent_keys.one("RoleAssignment").inputs
    assert role["roleDefinitionId"].endswith("/e147488a-f6f5-4113-8e2d-b22465e65bf6")
    assert role["principalId"] == "gavle-key-user-principal"
    assert role["principalType"] == "ServicePrincipal"
    assert "/Vault/" in role["scope"]


def test_secret_values_stay_secret(sent_keys: Recording) -> None:
    secret = sent_keys.one("Secret")
    assert secret.inputs["properties"]["value"] == "s3cr3t"
    assert any(path.startswith("properties") for path in secret.secrets)


def test_vault_use_is_logged(sent_keys: Recording) -> None:
    setting = sent_keys.one("DiagnosticSetting").inputs
    assert setting["logs"] == [{"category": "AuditEvent", "enabled": True}]
    assert "/Vault/" in setting["resourceUri"]
    assert sent_keys.one("Workspace").inputs["retentionInDays"] == 365


def test_handle_names_keys_with_and_without_version(sent_keys: Recording) -> None:
    handle = sent_keys.handle
    assert set(handle["key_ids"]) == {"data", "cluster", "logs"}
    assert handle["key_version_ids"]["data"] == handle["key_ids"]["data"] + "/0123"
    assert set(handle["secret_ids"]) == {"token"}
    assert "/UserAssignedIdentity/" in handle["identity_id"]


def test_unprotected_keys_can_be_destroyed(sent_keys: Recording) -> None:
    assert not any(one.protect for one in sent_keys.sent)
    assert not sent_keys.of("ManagementLockByScope")

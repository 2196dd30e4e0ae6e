"""Storage accounts under a customer-managed key, closed to every public network."""

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import storage

from isthmus.clouds.azure import identifiers, names
from isthmus.clouds.azure.logs import send_logs
from isthmus.clouds.handles import KeysHandle, Place

ACCESS_CATEGORIES = ("StorageRead", "StorageWrite", "StorageDelete")
TAMPER_CATEGORIES = ("StorageRead", "StorageDelete")
"""On log accounts: who read or removed records. What services write there is the logs
themselves."""


@dataclass(frozen=True, slots=True)
class AccountShape:
    """What differs between accounts: the purpose (part of the name), the key, whether it is a
    lake."""

    purpose: str
    key_purpose: str
    is_lake: bool
    is_zone_redundant: bool
    protect: bool

    @property
    def sku(self) -> storage.SkuName:
        """Copies stay in the region: across zones where it has them, never in the paired region."""
        zonal, local = storage.SkuName.STANDARD_ZRS, storage.SkuName.STANDARD_LRS
        return zonal if self.is_zone_redundant else local


def build_account(
    parent: pulumi.Resource,
    place: Place,
    group_name: pulumi.Input[str],
    shape: AccountShape,
    keys: KeysHandle,
) -> storage.StorageAccount:
    """An account that only private endpoints and Azure's trusted services reach.

    Trusted services keep their way in although public access is disabled: flow logs and diagnostic
    settings need it. Source: learn.microsoft.com/azure/storage/common/storage-network-security
    ("will remain in effect"). No shared keys, no local users, no copies to other tenants.
    """
    name = names.compact_name(place.name, shape.purpose, limit=names.STORAGE_ACCOUNT_LENGTH)
    return storage.StorageAccount(
        name,
        resource_group_name=group_name,
        location=place.region,
        kind=storage.Kind.STORAGE_V2,
        sku=storage.SkuArgs(name=shape.sku),
        is_hns_enabled=shape.is_lake,
        identity=storage.IdentityArgs(
            type=storage.IdentityType.USER_ASSIGNED, user_assigned_identities=[keys.identity_id]
        ),
        encryption=customer_key_encryption(keys.key_ids[shape.key_purpose], keys.identity_id),
        enable_https_traffic_only=True,
        minimum_tls_version=storage.MinimumTlsVersion.TLS1_2,
        public_network_access=storage.PublicNetworkAccess.DISABLED,
        network_rule_set=storage.NetworkRuleSetArgs(
            default_action=storage.DefaultAction.DENY, bypass=storage.Bypass.AZURE_SERVICES
        ),
        allow_blob_public_access=False,
        allow_shared_key_access=False,
        default_to_o_auth_authentication=True,
        allow_cross_tenant_replication=False,
        allowed_copy_scope=storage.AllowedCopyScope.AAD,
        is_local_user_enabled=False,
        is_sftp_enabled=False,
        tags=place.tags,
        opts=pulumi.ResourceOptions(parent=parent, protect=shape.protect),
    )


def customer_key_encryption(
    key_uri: pulumi.Output[str], identity_id: pulumi.Output[str]
) -> storage.EncryptionArgs:
    """Encryption under the customer's key. No version is named, so that rotation is followed within
    a day."""
    return storage.EncryptionArgs(
        key_source=storage.KeySource.MICROSOFT_KEYVAULT,
        key_vault_properties=storage.KeyVaultPropertiesArgs(
            key_name=key_uri.apply(identifiers.key_name),
            key_vault_uri=key_uri.apply(identifiers.vault_uri),
        ),
        encryption_identity=storage.EncryptionIdentityArgs(
            encryption_user_assigned_identity=identity_id
        ),
        require_infrastructure_encryption=True,
        services=storage.EncryptionServicesArgs(
            blob=storage.EncryptionServiceArgs(enabled=True, key_type=storage.KeyType.ACCOUNT)
        ),
    )


def delete_after(
    parent: pulumi.Resource,
    name: str,
    group_name: pulumi.Input[str],
    account: storage.StorageAccount,
    days: int,
) -> storage.ManagementPolicy:
    """Deletes blobs that were last written more than `days` ago."""
    last_written = storage.DateAfterModificationArgs(days_after_modification_greater_than=days)
    actions = storage.ManagementPolicyActionArgs(
        base_blob=storage.ManagementPolicyBaseBlobArgs(delete=last_written)
    )
    # Diagnostic settings write append blobs, flow logs write block blobs.
    filters = storage.ManagementPolicyFilterArgs(blob_types=["blockBlob", "appendBlob"])
    return storage.ManagementPolicy(
        name,
        resource_group_name=group_name,
        account_name=account.name,
        # The only name that Azure takes.
        management_policy_name="default",
        policy=storage.ManagementPolicySchemaArgs(
            rules=[
                storage.ManagementPolicyRuleArgs(
                    name="expire",
                    type=storage.RuleType.LIFECYCLE,
                    enabled=True,
                    definition=storage.ManagementPolicyDefinitionArgs(
                        actions=actions, filters=filters
                    ),
                )
            ]
        ),
        opts=pulumi.ResourceOptions(parent=parent),
    )


def build_log_account(
    parent: pulumi.Resource,
    place: Place,
    group_name: pulumi.Input[str],
    shape: AccountShape,
    keys: KeysHandle,
    workspace_id: pulumi.Input[str],
    days: int,
) -> storage.StorageAccount:
    """An account for records under the customer's log key, deleted after `days`.

    Blob soft delete and versioning stay off: records are rewritten every minute, and each rewrite
    would be kept as a copy (azure-docs soft-delete-blob-overview.md, Put Block List).
    """
    account = build_account(parent, place, group_name, shape, keys)
    name = f"{place.name}-{shape.purpose}"
    delete_after(parent, f"{name}-expiry", group_name, account, days)
    send_logs(parent, f"{name}-access", blob_service_id(account), TAMPER_CATEGORIES, workspace_id)
    return account


def blob_service_id(account: storage.StorageAccount) -> pulumi.Output[str]:
    """Access records belong to the account's blob service."""
    return pulumi.Output.concat(account.id, "/blobServices/default")

"""Keys and secrets: an Azure Key Vault on its own private ground, and an identity that may use the
keys."""

from collections.abc import Mapping

import pulumi
from pulumi_azure_native import keyvault, managedidentity

from isthmus.clouds.azure import groups, identifiers, logs, names, roles, signed_in
from isthmus.clouds.handles import KeysHandle, Place
from isthmus.plan.model import KeysPlan

KEY_BITS = 3072
"""The middle of what storage, disks and AKS take (2048, 3072, 4096): enough beyond 2030 by NIST SP
800-57."""

WRAPPING = (keyvault.JsonWebKeyOperation.WRAP_KEY, keyvault.JsonWebKeyOperation.UNWRAP_KEY)
CIPHERING = (keyvault.JsonWebKeyOperation.ENCRYPT, keyvault.JsonWebKeyOperation.DECRYPT)


def build_keys(
    parent: pulumi.ComponentResource,
    place: Place,
    plan: KeysPlan,
    secrets: Mapping[str, pulumi.Input[str]],
) -> KeysHandle:
    """Builds the vault, one HSM-backed key a purpose, the secrets, and the identity that may use
    the keys.

    Keys and secrets are made through Resource Manager, which a vault's closed network does not stop
    (MicrosoftDocs/azure-docs issue 68668), so the stack can be run from outside. Secrets are
    encrypted by the vault's own hardware module: Azure takes no customer key for them. A deleted
    vault stays recoverable, and its name taken, for `plan.deletion_days` (7 to 90).
    """
    group = groups.build_group(parent, place, "keys")
    vault = build_vault(parent, place, group.name, plan)
    workspace = logs.build_workspace(
        parent, f"{place.name}-keys-logs", place, group.name, logs.DEFAULT_LOG_DAYS
    )
    logs.send_logs(parent, f"{place.name}-keys-audit", vault.id, ("AuditEvent",), workspace.id)
    if plan.protect:
        groups.lock_against_deletion(parent, f"{place.name}-keys-lock", vault.id)
    keys = {
        purpose: build_key(parent, place, group.name, vault, plan, purpose)
        for purpose in plan.purposes
    }
    held = {
        name: build_secret(parent, place, group.name, vault, name, value)
        for name, value in secrets.items()
    }
    return KeysHandle(
        key_ids=pulumi.Output.all(**{name: key.key_uri for name, key in keys.items()}),
        vault_id=vault.id,
        identity_id=build_key_user(parent, place, group.name, vault),
        secret_ids=pulumi.Output.all(**{name: secret.id for name, secret in held.items()}),
        key_version_ids=pulumi.Output.all(
            **{name: key.key_uri_with_version for name, key in keys.items()}
        ),
    )


def build_vault(
    parent: pulumi.Resource, place: Place, group_name: pulumi.Input[str], plan: KeysPlan
) -> keyvault.Vault:
    """A vault that only private endpoints and Azure's trusted services reach, and only by roles.

    Trusted services are how storage and disks come to their keys (Key Vault network security page:
    "Trusted services"). Purge protection cannot be switched off again.
    """
    return keyvault.Vault(
        names.compact_name(place.name, "keys", limit=names.VAULT_LENGTH),
        resource_group_name=group_name,
        location=place.region,
        properties=keyvault.VaultPropertiesArgs(
            tenant_id=signed_in.tenant_of(parent),
            sku=keyvault.SkuArgs(family=keyvault.SkuFamily.A, name=keyvault.SkuName.PREMIUM),
            enable_rbac_authorization=True,
            enable_soft_delete=True,
            enable_purge_protection=True,
            soft_delete_retention_in_days=plan.deletion_days,
            enabled_for_deployment=False,
            enabled_for_disk_encryption=False,
            enabled_for_template_deployment=False,
            public_network_access="Disabled",
            network_acls=keyvault.NetworkRuleSetArgs(
                default_action=keyvault.NetworkRuleAction.DENY,
                bypass=keyvault.NetworkRuleBypassOptions.AZURE_SERVICES,
            ),
        ),
        tags=place.tags,
        opts=pulumi.ResourceOptions(parent=parent, protect=plan.protect),
    )


def build_key(
    parent: pulumi.Resource,
    place: Place,
    group_name: pulumi.Input[str],
    vault: keyvault.Vault,
    plan: KeysPlan,
    purpose: str,
) -> keyvault.Key:
    """A key that makes a new version of itself every `plan.rotation_days` (at least 7).

    Versions do not expire: services that pin one (AKS etcd encryption) would stop with it.
    """
    return keyvault.Key(
        f"{place.name}-{purpose}",
        resource_group_name=group_name,
        vault_name=vault.name,
        properties=keyvault.KeyPropertiesArgs(
            kty=keyvault.JsonWebKeyType.RS_A_HSM,
            key_size=KEY_BITS,
            key_ops=list(key_operations(purpose)),
            attributes=keyvault.KeyAttributesArgs(enabled=True, exportable=False),
            rotation_policy=rotate_after(plan.rotation_days),
        ),
        tags=place.tags,
        opts=pulumi.ResourceOptions(parent=parent, protect=plan.protect),
    )


def key_operations(purpose: str) -> tuple[keyvault.JsonWebKeyOperation, ...]:
    """What a key may do: wrap the services' own keys; AKS etcd encryption encrypts with it
    directly."""
    return (*WRAPPING, *CIPHERING) if purpose == "cluster" else WRAPPING


def rotate_after(days: int) -> keyvault.RotationPolicyArgs:
    return keyvault.RotationPolicyArgs(
        lifetime_actions=[
            keyvault.LifetimeActionArgs(
                action=keyvault.ActionArgs(type=keyvault.KeyRotationPolicyActionType.ROTATE),
                trigger=keyvault.TriggerArgs(time_after_create=f"P{days}D"),
            )
        ]
    )


def build_secret(
    parent: pulumi.Resource,
    place: Place,
    group_name: pulumi.Input[str],
    vault: keyvault.Vault,
    name: str,
    value: pulumi.Input[str],
) -> keyvault.Secret:
    return keyvault.Secret(
        f"{place.name}-{name}",
        resource_group_name=group_name,
        vault_name=vault.name,
        properties=keyvault.SecretPropertiesArgs(value=pulumi.Output.secret(value)),
        tags=place.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def build_key_user(
    parent: pulumi.Resource,
    place: Place,
    group_name: pulumi.Input[str],
    vault: keyvault.Vault,
) -> pulumi.Output[str]:
    """The identity that storage and disks take on to wrap their keys: it may wrap and unwrap, no
    more."""
    identity = managedidentity.UserAssignedIdentity(
        f"{place.name}-key-user",
        resource_group_name=group_name,
        location=place.region,
        tags=place.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    assignment = roles.assign_role(
        parent,
        f"{place.name}-key-user-role",
        roles.Role.KEY_VAULT_CRYPTO_SERVICE_ENCRYPTION_USER,
        identity.principal_id,
        vault.id,
    )
    return identifiers.available_after(identity.id, assignment.id)

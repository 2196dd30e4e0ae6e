"""Azure key vaults: what they lose, whom they let in, and how long their contents live."""

from collections.abc import Iterator

from isthmus_policies.questions.expect import (
    expect,
    expect_firewall,
    expect_not_false,
    expect_present,
    expect_true,
)
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import MISSING
from isthmus_policies.verdict import Verdict, Verdicts

_VAULT = "azure-native:keyvault:Vault"
_HSM = "azure-native:keyvault:ManagedHsm"
_RECOVERY_DAYS = 90
"""The longest that Azure offers, and its default (SDK documentation of the property)."""


@rule(
    "secrets-azure-vault-recoverable",
    title="Deleted vaults, keys and secrets can be restored for 90 days",
    why="Data whose key is gone for good is gone for good.",
    fix="azure_native.keyvault.Vault(name, properties={'enable_purge_protection': True, "
    "'soft_delete_retention_in_days': 90, ...})",
    severity=Severity.HIGH,
    types=(_VAULT, _HSM),
    controls=("AZ-KV-01",),
)
def azure_vault_recoverable(vault: Resource, context: Context) -> Iterator[Verdict]:
    yield expect_true(vault, "properties.enablePurgeProtection", "what was deleted can be purged")
    yield expect_not_false(vault, "properties.enableSoftDelete", "what is deleted is gone at once")
    path = "properties.softDeleteRetentionInDays"
    days = vault.get(path)
    holds = days is MISSING or (isinstance(days, int | float) and days >= _RECOVERY_DAYS)
    yield expect(vault, path, holds, f"it is kept for less than {_RECOVERY_DAYS} days")


@rule(
    "secrets-azure-vault-role-based",
    title="Key vaults ask Azure roles who may do what",
    why="Access policies grant whole kinds of operations on everything in the vault.",
    fix="azure_native.keyvault.Vault(name, properties={'enable_rbac_authorization': True, ...})",
    severity=Severity.MEDIUM,
    types=(_VAULT,),
    controls=("AZ-KV-02",),
)
def azure_vault_role_based(vault: Resource, context: Context) -> Verdicts:
    path = "properties.enableRbacAuthorization"
    return expect_true(vault, path, "it goes by access policies of its own")


@rule(
    "secrets-azure-vault-private-network",
    title="Key vaults are closed to public networks, or admit chosen ones only",
    why="A leaked token could otherwise fetch keys and secrets from anywhere.",
    fix="azure_native.keyvault.Vault(name, properties={'public_network_access': 'Disabled', ...})",
    severity=Severity.HIGH,
    types=(_VAULT, _HSM),
    controls=("AZ-KV-02",),
)
def azure_vault_private_network(vault: Resource, context: Context) -> Verdicts:
    rules = "properties.networkAcls"
    filters, sources = f"{rules}.defaultAction", f"{rules}.ipRules.*.value"
    return expect_firewall(vault, "properties.publicNetworkAccess", filters, sources)


@rule(
    "secrets-azure-vault-contents-expire",
    title="Keys and secrets of a vault expire",
    why="A credential that never expires is valid for whoever finds it years later.",
    fix="azure_native.keyvault.Secret(name, properties={'attributes': {'expires': 1798761600}, "
    "...}); seconds since 1970",
    severity=Severity.MEDIUM,
    types=("azure-native:keyvault:Key", "azure-native:keyvault:Secret"),
    controls=("AZ-KV-03",),
)
def azure_vault_contents_expire(content: Resource, context: Context) -> Verdicts:
    """The expiry that a rotation policy gives does not count: it is for later versions only."""
    # The cloud's own name is `exp`; the SDK calls it `expires`.
    return expect_present(content, "properties.attributes.expires", "it never expires")


RULES = (
    azure_vault_recoverable,
    azure_vault_role_based,
    azure_vault_private_network,
    azure_vault_contents_expire,
)

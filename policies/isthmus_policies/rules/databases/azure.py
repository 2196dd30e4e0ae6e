"""Cosmos DB accounts: keys, networks, identities and backups."""

from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import (
    AZURE_KEYS,
    expect,
    expect_customer_key,
    expect_firewall,
    expect_one_of,
    expect_true,
    is_word,
)
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import MISSING
from isthmus_policies.verdict import Verdict, Verdicts

_ACCOUNT = ("azure-native:cosmosdb:DatabaseAccount",)


@rule(
    "databases-cosmos-customer-key",
    title="Cosmos DB is encrypted with a customer-managed key",
    why="With Microsoft's own key nobody can revoke access to the data by disabling a key.",
    fix="azure_native.cosmosdb.DatabaseAccount(name, key_vault_key_uri=key.key_uri)",
    severity=Severity.HIGH,
    types=_ACCOUNT,
    controls=("AZ-COS-01",),
)
def cosmos_customer_key(account: Resource, context: Context, graph: Graph) -> Verdicts:
    return expect_customer_key(account, "keyVaultKeyUri", graph, AZURE_KEYS)


@rule(
    "databases-cosmos-private-network",
    title="Cosmos DB is closed to public networks, or admits chosen ones only",
    why="A leaked key could otherwise be used from anywhere.",
    fix="azure_native.cosmosdb.DatabaseAccount(name, public_network_access='Disabled')",
    severity=Severity.HIGH,
    types=_ACCOUNT,
    controls=("AZ-COS-02",),
)
def cosmos_private_network(account: Resource, context: Context) -> Verdicts:
    filters, sources = "isVirtualNetworkFilterEnabled", "ipRules.*.ipAddressOrRange"
    return expect_firewall(account, "publicNetworkAccess", filters, sources)


@rule(
    "databases-cosmos-no-account-keys",
    title="Cosmos DB admits by Entra identity only",
    why="Whoever holds an account key can read and change everything, and nobody can tell who.",
    fix="azure_native.cosmosdb.DatabaseAccount(name, disable_local_auth=True, "
    "disable_key_based_metadata_write_access=True)",
    severity=Severity.HIGH,
    types=_ACCOUNT,
    controls=("AZ-COS-03",),
)
def cosmos_no_account_keys(account: Resource, context: Context) -> Iterator[Verdict]:
    yield expect_true(account, "disableLocalAuth", "the account's keys open everything in it")
    path = "disableKeyBasedMetadataWriteAccess"
    yield expect_true(account, path, "an account key can change its databases and containers")


@rule(
    "databases-cosmos-tls",
    title="Cosmos DB accepts TLS 1.2 or later",
    why="TLS 1.0 and 1.1 are broken.",
    fix="azure_native.cosmosdb.DatabaseAccount(name, minimal_tls_version='Tls12')",
    severity=Severity.HIGH,
    types=_ACCOUNT,
    controls=("AZ-COS-03",),
)
def cosmos_tls(account: Resource, context: Context) -> Verdicts:
    # The default is TLS 1.2 (SDK documentation of the property).
    version = account.get("minimalTlsVersion")
    holds = version is MISSING or is_word(version, "Tls12")
    return expect(account, "minimalTlsVersion", holds, "TLS older than 1.2 is accepted")


@rule(
    "databases-cosmos-continuous-backup",
    title="Cosmos DB is backed up continuously",
    why="Periodic backups lose whatever was written since the last one, hours of it.",
    fix="azure_native.cosmosdb.DatabaseAccount(name, backup_policy={'type': 'Continuous', "
    "'continuous_mode_properties': {'tier': 'Continuous30Days'}})",
    severity=Severity.MEDIUM,
    types=_ACCOUNT,
    controls=("AZ-COS-04",),
)
def cosmos_continuous_backup(account: Resource, context: Context) -> Verdicts:
    message = "it is backed up only now and then"
    return expect_one_of(account, "backupPolicy.type", ("Continuous",), message)


RULES = (
    cosmos_customer_key,
    cosmos_private_network,
    cosmos_no_account_keys,
    cosmos_tls,
    cosmos_continuous_backup,
)

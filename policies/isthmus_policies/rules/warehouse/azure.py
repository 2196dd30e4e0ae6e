"""Synapse workspaces and their SQL pools."""

from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.cidr import range_admits_internet
from isthmus_policies.questions.companions import judge_companions
from isthmus_policies.questions.expect import (
    AZURE_KEYS,
    expect_customer_key,
    expect_one_of,
    expect_true,
)
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import UNKNOWN
from isthmus_policies.verdict import Fail, Pass, Unknown, Verdict, Verdicts

_WORKSPACE = "azure-native:synapse:Workspace"
_FIREWALL_RULE = "azure-native:synapse:IpFirewallRule"
_POOL = "azure-native:synapse:SqlPool"
_POOL_ENCRYPTION = ("azure-native:synapse:SqlPoolTransparentDataEncryption",)


@rule(
    "warehouse-synapse-customer-key",
    title="Synapse workspaces are encrypted with a customer-managed key",
    why="With Microsoft's own key nobody can revoke access to the data by disabling a key.",
    fix="azure_native.synapse.Workspace(name, encryption={'cmk': {'key': {'name': 'default', "
    "'key_vault_url': key.key_uri}}}); it can only be set at creation",
    severity=Severity.HIGH,
    types=(_WORKSPACE,),
    controls=("AZ-SYN-01",),
)
def synapse_customer_key(workspace: Resource, context: Context, graph: Graph) -> Verdicts:
    return expect_customer_key(workspace, "encryption.cmk.key.keyVaultUrl", graph, AZURE_KEYS)


@rule(
    "warehouse-synapse-managed-network",
    title="Synapse computes in a managed network that data cannot leave",
    why="A notebook could otherwise send what it reads to any address.",
    fix="azure_native.synapse.Workspace(name, managed_virtual_network='default', "
    "managed_virtual_network_settings={'prevent_data_exfiltration': True})",
    severity=Severity.HIGH,
    types=(_WORKSPACE,),
    controls=("AZ-SYN-02",),
)
def synapse_managed_network(workspace: Resource, context: Context) -> Iterator[Verdict]:
    message = "its computers are in a network shared with others"
    yield expect_one_of(workspace, "managedVirtualNetwork", ("default",), message)
    path = "managedVirtualNetworkSettings.preventDataExfiltration"
    yield expect_true(workspace, path, "its computers may send data anywhere")


@rule(
    "warehouse-synapse-private-network",
    title="Synapse is closed to the internet",
    why="A leaked password or token could otherwise be used from anywhere.",
    fix="azure_native.synapse.Workspace(name, public_network_access='Disabled') without "
    "azure_native.synapse.IpFirewallRule",
    severity=Severity.HIGH,
    types=(_WORKSPACE, _FIREWALL_RULE),
    controls=("AZ-SYN-02",),
)
def synapse_private_network(resource: Resource, context: Context) -> Verdicts:
    if resource.type == _WORKSPACE:
        message = "every network is admitted"
        return expect_one_of(resource, "publicNetworkAccess", ("Disabled",), message)
    first, last = resource.get("startIpAddress"), resource.get("endIpAddress")
    if UNKNOWN in (first, last):
        return Unknown("whom the firewall rule admits is not known yet", "startIpAddress")
    if isinstance(first, str) and isinstance(last, str) and range_admits_internet(first, last):
        return Fail(f"'{first}' to '{last}' admits strangers", "startIpAddress")
    return Pass()


@rule(
    "warehouse-synapse-entra-only",
    title="Synapse admits by Entra identity only",
    why="The SQL administrator's password is shared, and belongs to nobody.",
    fix="azure_native.synapse.Workspace(name, azure_ad_only_authentication=True)",
    severity=Severity.HIGH,
    types=(_WORKSPACE,),
    controls=("AZ-SYN-03",),
)
def synapse_entra_only(workspace: Resource, context: Context) -> Verdicts:
    return expect_true(workspace, "azureADOnlyAuthentication", "it admits by SQL password")


@rule(
    "warehouse-synapse-pool-encryption",
    title="Synapse SQL pools are encrypted",
    why="Unless it is turned on, whoever gets hold of a pool's files or backups can read them.",
    fix="azure_native.synapse.SqlPoolTransparentDataEncryption(name, sql_pool_name=pool.name, "
    "workspace_name=workspace.name, transparent_data_encryption_name='current', status='Enabled')",
    severity=Severity.HIGH,
    types=(_POOL,),
    controls=("AZ-SYN-03",),
)
def synapse_pool_encryption(pool: Resource, context: Context, graph: Graph) -> Verdicts:
    def judge(encryption: Resource) -> Iterator[Verdict]:
        yield expect_one_of(encryption, "status", ("Enabled",), "encryption is turned off")

    return judge_companions(
        pool, "sqlPoolName", _POOL_ENCRYPTION, graph, judge, within="workspaceName"
    )


RULES = (
    synapse_customer_key,
    synapse_managed_network,
    synapse_private_network,
    synapse_entra_only,
    synapse_pool_encryption,
)

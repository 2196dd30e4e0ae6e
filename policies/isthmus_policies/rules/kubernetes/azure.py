"""AKS clusters: who gets in, what their nodes encrypt, and how they are kept in order."""

from collections.abc import Iterator, Mapping

from isthmus_policies.questions.expect import expect_any_true, expect_one_of, expect_true
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import reveal
from isthmus_policies.verdict import Verdict, Verdicts

_CLUSTER = "azure-native:containerservice:ManagedCluster"
_NODE_POOL = "azure-native:containerservice:AgentPool"


@rule(
    "kubernetes-aks-entra-only",
    title="AKS admits by Entra identity only, and asks Kubernetes roles what it may do",
    why="A local account's certificate is shared, and cannot be withdrawn from one person.",
    fix="azure_native.containerservice.ManagedCluster(name, enable_rbac=True, "
    "disable_local_accounts=True, aad_profile={'managed': True})",
    severity=Severity.HIGH,
    types=(_CLUSTER,),
    controls=("AZ-AKS-02",),
)
def aks_entra_only(cluster: Resource, context: Context) -> Iterator[Verdict]:
    yield expect_true(cluster, "enableRBAC", "every user may do everything")
    yield expect_true(cluster, "disableLocalAccounts", "local accounts are admitted")
    yield expect_true(cluster, "aadProfile.managed", "Entra identities are not known to it")


@rule(
    "kubernetes-aks-host-encryption",
    title="AKS nodes are encrypted at their host",
    why="Temporary disks and disk caches of the host hold data too, in plain without it.",
    fix="azure_native.containerservice.AgentPool(name, enable_encryption_at_host=True)",
    severity=Severity.MEDIUM,
    types=(_CLUSTER, _NODE_POOL),
    controls=("AZ-AKS-03",),
)
def aks_host_encryption(resource: Resource, context: Context) -> Iterator[Verdict]:
    pools = [f"{pool.path}." for pool in resource.find("agentPoolProfiles.*")]
    for start in [""] if resource.type == _NODE_POOL else pools:
        path, message = f"{start}enableEncryptionAtHost", "its nodes' caches are not encrypted"
        yield expect_true(resource, path, message)


@rule(
    "kubernetes-aks-network-policy",
    title="AKS enforces network policies",
    why="Without an engine, the network policies that teams write have no effect at all.",
    fix="azure_native.containerservice.ManagedCluster(name, network_profile="
    "{'network_plugin': 'azure', 'network_dataplane': 'cilium', 'network_policy': 'cilium'})",
    severity=Severity.MEDIUM,
    types=(_CLUSTER,),
    controls=("AZ-AKS-04",),
)
def aks_network_policy(cluster: Resource, context: Context) -> Verdicts:
    engines = ("azure", "calico", "cilium")
    message = "every pod may talk to every other"
    return expect_one_of(cluster, "networkProfile.networkPolicy", engines, message)


@rule(
    "kubernetes-aks-azure-policy",
    title="AKS runs the Azure Policy add-on",
    why="It is what refuses privileged pods and foreign images inside the cluster.",
    fix="azure_native.containerservice.ManagedCluster(name, "
    "addon_profiles={'azurepolicy': {'enabled': True}})",
    severity=Severity.MEDIUM,
    types=(_CLUSTER,),
    controls=("AZ-AKS-04",),
)
def aks_azure_policy(cluster: Resource, context: Context) -> Verdicts:
    return expect_true(cluster, _addon(cluster, "azurepolicy"), "nothing judges what runs in it")


@rule(
    "kubernetes-aks-monitoring",
    title="AKS is monitored by Azure Monitor",
    why="A cluster that nobody watches is broken into, or breaks, unnoticed.",
    fix="azure_native.containerservice.ManagedCluster(name, addon_profiles={'omsagent': "
    "{'enabled': True, 'config': {'logAnalyticsWorkspaceResourceID': workspace.id}}})",
    severity=Severity.MEDIUM,
    types=(_CLUSTER,),
    controls=("AZ-AKS-05",),
)
def aks_monitoring(cluster: Resource, context: Context) -> Verdicts:
    sources = (_addon(cluster, "omsagent"), "azureMonitorProfile.metrics.enabled")
    return expect_any_true(cluster, sources, "nothing reports what goes on in it")


@rule(
    "kubernetes-aks-automatic-upgrade",
    title="AKS clusters are upgraded automatically",
    why="Known holes in Kubernetes stay open until somebody remembers to upgrade.",
    fix="azure_native.containerservice.ManagedCluster(name, "
    "auto_upgrade_profile={'upgrade_channel': 'patch'})",
    severity=Severity.LOW,
    types=(_CLUSTER,),
    controls=("AZ-AKS-05",),
)
def aks_automatic_upgrade(cluster: Resource, context: Context) -> Verdicts:
    channels = ("rapid", "stable", "patch", "node-image")
    path, message = "autoUpgradeProfile.upgradeChannel", "nothing upgrades it"
    return expect_one_of(cluster, path, channels, message)


def _addon(cluster: Resource, name: str) -> str:
    """The path of an add-on's switch, as its author spells the name: Azure ignores the case."""
    given = reveal(cluster.get("addonProfiles"))
    names = tuple(given) if isinstance(given, Mapping) else ()
    spelt = next((each for each in names if each.casefold() == name), name)
    return f"addonProfiles.{spelt}.enabled"


RULES = (
    aks_entra_only,
    aks_host_encryption,
    aks_network_policy,
    aks_azure_policy,
    aks_monitoring,
    aks_automatic_upgrade,
)

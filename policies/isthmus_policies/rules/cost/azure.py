"""Azure: addresses, disks, throughput, notebooks and clusters that cost more than they must."""

from collections.abc import Mapping

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import (
    expect,
    expect_not_false,
    expect_present,
    expect_true,
    is_word,
)
from isthmus_policies.questions.stage import why_not_outside_production
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Enforcement, Severity, rule
from isthmus_policies.values import UNKNOWN, reveal
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdicts

_NETWORK = "azure-native:network:"
_USED_BY: Mapping[str, tuple[str, ...]] = {
    "ipConfigurations.*.publicIPAddress.id": (
        f"{_NETWORK}NetworkInterface",
        f"{_NETWORK}VirtualNetworkGateway",
        f"{_NETWORK}AzureFirewall",
        f"{_NETWORK}BastionHost",
    ),
    "frontendIPConfigurations.*.publicIPAddress.id": (
        f"{_NETWORK}LoadBalancer",
        f"{_NETWORK}ApplicationGateway",
    ),
    "publicIpAddresses.*.id": (f"{_NETWORK}NatGateway",),
}
"""What may use an address, and where it names it."""
_COSMOS = (
    "azure-native:cosmosdb:SqlResourceSqlDatabase",
    "azure-native:cosmosdb:SqlResourceSqlContainer",
    "azure-native:cosmosdb:MongoDBResourceMongoDBDatabase",
    "azure-native:cosmosdb:MongoDBResourceMongoDBCollection",
    "azure-native:cosmosdb:CassandraResourceCassandraKeyspace",
    "azure-native:cosmosdb:CassandraResourceCassandraTable",
    "azure-native:cosmosdb:GremlinResourceGremlinDatabase",
    "azure-native:cosmosdb:GremlinResourceGremlinGraph",
    "azure-native:cosmosdb:TableResourceTable",
)
_KIND = "properties.computeType"


@rule(
    "cost-azure-address-attached",
    title="Public IP addresses are used by something",
    why="A static address that nothing uses is paid for like one that is used.",
    fix="azure_native.network.NatGateway(name, public_ip_addresses=[{'id': address.id}]), or no "
    "address",
    severity=Severity.LOW,
    types=(f"{_NETWORK}PublicIPAddress",),
    enforcement=Enforcement.ADVISORY,
)
def azure_address_attached(address: Resource, context: Context, graph: Graph) -> Verdicts:
    if address.has("natGateway"):
        return Pass()
    if any(graph.referenced_by(address, path, types) for path, types in _USED_BY.items()):
        return Pass()
    if any(graph.unresolved(path, types) for path, types in _USED_BY.items()):
        return Unknown("whether anything of the stack uses the address is not known yet")
    return Fail("nothing of the stack uses the address")


@rule(
    "cost-azure-disk-iops",
    title="Disks outside production are not ultra disks",
    why="An ultra disk's provisioned operations are paid for by the hour, used or not.",
    fix="azure_native.compute.Disk(name, sku={'name': 'Premium_LRS'}), or the tag 'environment: "
    "production'",
    severity=Severity.LOW,
    types=("azure-native:compute:Disk",),
    enforcement=Enforcement.ADVISORY,
)
def azure_disk_iops(disk: Resource, context: Context) -> Verdicts:
    excuse = why_not_outside_production(disk)
    if excuse:
        return excuse
    holds = not is_word(disk.get("sku.name"), "UltraSSD_LRS")
    return expect(disk, "sku.name", holds, "its IOPS are provisioned")


@rule(
    "cost-azure-workspace-capped",
    title="Log Analytics workspaces outside production have a daily cap",
    why="One service in a loop can log in a day what a month is meant to cost.",
    fix="azure_native.operationalinsights.Workspace(name, workspace_capping={'daily_quota_gb': 5})",
    severity=Severity.LOW,
    types=("azure-native:operationalinsights:Workspace",),
    enforcement=Enforcement.ADVISORY,
)
def azure_workspace_capped(workspace: Resource, context: Context) -> Verdicts:
    excuse = why_not_outside_production(workspace)
    if excuse:
        return excuse
    path = "workspaceCapping.dailyQuotaGb"
    quota = reveal(workspace.get(path))
    # -1 stands for no cap (unverified).
    holds = isinstance(quota, int | float) and quota > 0
    return expect(workspace, path, holds, "nothing caps what it takes in a day")


@rule(
    "cost-cosmos-throughput-scales",
    title="Cosmos DB scales the throughput that it provisions",
    why="Provisioned throughput is paid for by the hour, whether anybody reads or writes.",
    fix="options={'autoscale_settings': {'max_throughput': 4000}}, or a serverless account",
    severity=Severity.LOW,
    types=_COSMOS,
    enforcement=Enforcement.ADVISORY,
)
def cosmos_throughput_scales(resource: Resource, context: Context) -> Verdicts:
    path = "options.throughput"
    return expect(resource, path, not resource.has(path), "its throughput is fixed")


@rule(
    "cost-azureml-instance-idle",
    title="Machine Learning compute instances stop when nobody uses them",
    why="A notebook that is left open over the weekend costs more than the work of the week.",
    fix="azure_native.machinelearningservices.Compute(name, properties={'compute_type': "
    "'ComputeInstance', 'properties': {'idle_time_before_shutdown': 'PT60M', ...}})",
    severity=Severity.MEDIUM,
    types=("azure-native:machinelearningservices:Compute",),
    enforcement=Enforcement.ADVISORY,
)
def azureml_instance_idle(compute: Resource, context: Context) -> Verdicts:
    kind, path = compute.get(_KIND), "properties.properties.idleTimeBeforeShutdown"
    if kind is UNKNOWN:
        return Unknown("whether it is somebody's machine is not known yet", _KIND)
    if not is_word(kind, "ComputeInstance"):
        return NotApplicable("it is not a compute instance")
    return expect_present(compute, path, "it does not stop when it is idle")


@rule(
    "cost-synapse-spark-pauses",
    title="Synapse Spark pools pause when nobody uses them",
    why="Nodes that wait for the next job are paid for while they wait.",
    fix="azure_native.synapse.BigDataPool(name, auto_pause={'enabled': True, 'delay_in_minutes': "
    "15})",
    severity=Severity.LOW,
    types=("azure-native:synapse:BigDataPool",),
    enforcement=Enforcement.ADVISORY,
)
def synapse_spark_pauses(pool: Resource, context: Context) -> Verdicts:
    return expect_true(pool, "autoPause.enabled", "it does not pause when it is idle")


@rule(
    "cost-kusto-cluster-stops",
    title="Data Explorer clusters outside production stop when nobody uses them",
    why="A cluster without data coming in and without queries costs as much as a busy one.",
    fix="azure_native.kusto.Cluster(name, enable_auto_stop=True)",
    severity=Severity.LOW,
    types=("azure-native:kusto:Cluster",),
    enforcement=Enforcement.ADVISORY,
)
def kusto_cluster_stops(cluster: Resource, context: Context) -> Verdicts:
    excuse = why_not_outside_production(cluster)
    if excuse:
        return excuse
    return expect_not_false(cluster, "enableAutoStop", "it does not stop when it is idle")


RULES = (
    azure_address_attached,
    azure_disk_iops,
    azure_workspace_capped,
    cosmos_throughput_scales,
    azureml_instance_idle,
    synapse_spark_pauses,
    kusto_cluster_stops,
)

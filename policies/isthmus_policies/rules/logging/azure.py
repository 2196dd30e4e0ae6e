"""Azure writes down who did what to the data, and which traffic went where."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from isthmus_policies.graph import Graph
from isthmus_policies.questions.companions import judge_companions
from isthmus_policies.questions.expect import expect, expect_true, is_word
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import UNKNOWN, Value, is_true, read, reveal
from isthmus_policies.verdict import Fail, Pass, Unknown, Verdict, Verdicts

_NETWORK = "azure-native:network:VirtualNetwork"
_FLOW_LOG = "azure-native:network:FlowLog"
_SETTING = ("azure-native:monitor:DiagnosticSetting",)
_POOL = "azure-native:synapse:SqlPool"
_WORKSPACE = ("azure-native:synapse:Workspace",)
_DATA_RESOURCES = (
    "azure-native:storage:StorageAccount",
    "azure-native:cosmosdb:DatabaseAccount",
    "azure-native:synapse:Workspace",
    "azure-native:containerregistry:Registry",
    # Those of Azure Policy's "Resource logs in ... should be enabled" that hold or move data.
    "azure-native:batch:BatchAccount",
    "azure-native:containerservice:ManagedCluster",
    "azure-native:databricks:Workspace",
    "azure-native:eventhub:Namespace",
    "azure-native:keyvault:ManagedHsm",
    "azure-native:keyvault:Vault",
    "azure-native:machinelearningservices:Workspace",
    "azure-native:search:Service",
    "azure-native:servicebus:Namespace",
    "azure-native:streamanalytics:StreamingJob",
)
_SERVICES = ("blobservices", "fileservices", "queueservices", "tableservices")
_SHORTEST_FLOW_LOG_DAYS = 90
"""Source: Prowler, network_flow_log_more_than_90_days, which it maps to CIS Azure 6.0."""
_SQL_AUDIT = ("SQLSecurityAuditEvents", "audit", "allLogs")
"""The log's category, and the groups of categories that contain it."""


@rule(
    "logging-azure-network-flow-log",
    title="Every virtual network has a flow log",
    why="After an attack, only the flow log tells which machines talked to whom.",
    fix="azure_native.network.FlowLog(name, target_resource_id=network.id, "
    "storage_id=account.id, network_watcher_name='NetworkWatcher_swedencentral', ...)",
    severity=Severity.MEDIUM,
    types=(_NETWORK,),
    controls=("AZ-NSG-02",),
)
def azure_network_flow_log(network: Resource, context: Context, graph: Graph) -> Verdicts:
    """A flow log of a security group does not count: Azure is retiring those for networks' own."""
    return judge_companions(network, "targetResourceId", (_FLOW_LOG,), graph, lambda log: ())


@rule(
    "logging-azure-flow-log-kept",
    title="Flow logs are on and kept for at least 90 days",
    why="Intrusions are often found months after they happened.",
    fix="azure_native.network.FlowLog(name, enabled=True, "
    "retention_policy={'enabled': True, 'days': 90}, ...); 0 days keeps them for ever",
    severity=Severity.MEDIUM,
    types=(_FLOW_LOG,),
    controls=("AZ-NSG-02",),
)
def azure_flow_log_kept(log: Resource, context: Context) -> Iterator[Verdict]:
    yield expect_true(log, "enabled", "it records nothing")
    yield expect_true(log, "retentionPolicy.enabled", "nothing says how long it is kept")
    days = log.get("retentionPolicy.days")
    # 0, the default of the SDK, means for ever.
    too_short = isinstance(days, int | float) and 0 < days < _SHORTEST_FLOW_LOG_DAYS
    message = f"it is kept for less than {_SHORTEST_FLOW_LOG_DAYS} days"
    yield expect(log, "retentionPolicy.days", not too_short, message)


@rule(
    "logging-azure-resource-logs",
    title="Everything that holds data sends its logs somewhere",
    why="Without resource logs nobody can tell who read or changed the data.",
    fix="azure_native.monitor.DiagnosticSetting(name, resource_uri=vault.id, "
    "logs=[{'category_group': 'allLogs', 'enabled': True}], workspace_id=workspace.id); of a "
    "storage account, resource_uri is the blob service's: account.id + '/blobServices/default'",
    severity=Severity.MEDIUM,
    types=_DATA_RESOURCES,
    controls=("AZ-LOG-01",),
)
def azure_resource_logs(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    return _judge_logs((resource,), (), graph)


@rule(
    "logging-synapse-pool-audit",
    title="Synapse SQL pools send their audit log somewhere",
    why="The audit log tells which queries read personal data, and whose they were.",
    fix="azure_native.monitor.DiagnosticSetting(name, resource_uri=pool.id, "
    "logs=[{'category': 'SQLSecurityAuditEvents', 'enabled': True}], workspace_id=workspace.id)",
    severity=Severity.MEDIUM,
    types=(_POOL,),
    controls=("AZ-SYN-03",),
)
def synapse_pool_audit(pool: Resource, context: Context, graph: Graph) -> Verdicts:
    """The pool's own setting counts, and its workspace's.

    Auditing has to be turned on besides; the SDK has no resource for that, so it cannot be seen.
    """
    workspaces = graph.references(pool, "workspaceName", _WORKSPACE)
    return _judge_logs((pool, *workspaces), _SQL_AUDIT, graph)


def _judge_logs(
    targets: Collection[Resource], categories: Collection[str], graph: Graph
) -> Verdict:
    """Whether a setting for one of the targets sends a log of the categories, or any log."""
    sent = [
        _is_sent(log.value, categories)
        for target in targets
        for setting in _settings_of(target, graph)
        for log in setting.find("logs.*")
    ]
    if True in sent:
        return Pass()
    if None in sent or graph.unresolved("resourceUri", _SETTING):
        return Unknown("cannot tell before the deployment which logs are sent")
    return Fail("no diagnostic setting of this stack sends its logs")


def _settings_of(target: Resource, graph: Graph) -> list[Resource]:
    """The settings for a resource, and for the services of a storage account, which have the logs.

    A service is no resource of its own: its id is known by the account's.
    """
    account = str(read(target.outputs, "id")).casefold()
    by_uri = graph.once(_settings_by_uri)
    return graph.referenced_by(target, "resourceUri", _SETTING) + [
        setting
        for service in _SERVICES
        for setting in by_uri.get(f"{account}/{service}/default", ())
    ]


def _settings_by_uri(graph: Graph) -> Mapping[str, Sequence[Resource]]:
    settings: dict[str, list[Resource]] = defaultdict(list)
    for setting in graph.of_type(*_SETTING):
        settings[str(setting.get("resourceUri")).casefold()].append(setting)
    return settings


def _is_sent(log: Value, categories: Collection[str]) -> bool | None:
    """Whether a log setting is on and of one of the categories; None if that is not known."""
    log = reveal(log)
    if not isinstance(log, Mapping):
        return None
    enabled = read(log, "enabled")
    names = [read(log, key) for key in ("category", "categoryGroup")]
    wanted = not categories or any(is_word(name, *categories) for name in names)
    if is_true(enabled) and wanted:
        return True
    on, named = enabled is UNKNOWN or is_true(enabled), wanted or UNKNOWN in names
    return None if on and named else False


RULES = (
    azure_network_flow_log,
    azure_flow_log_kept,
    azure_resource_logs,
    synapse_pool_audit,
)

"""Audit logs of Google Cloud: who read and changed data, and where that is kept."""

from collections.abc import Iterator, Mapping, Set

from isthmus_policies.graph import Graph
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Enforcement, Severity, rule
from isthmus_policies.values import MISSING, UNKNOWN, Value, is_true, reveal
from isthmus_policies.verdict import Fail, Pass, Unknown, Verdict, Verdicts

_AUDIT_CONFIGS = (
    "gcp:projects/iAMAuditConfig:IAMAuditConfig",
    "gcp:folder/iamAuditConfig:IamAuditConfig",
    "gcp:organizations/iamAuditConfig:IamAuditConfig",
)
_SINKS = (
    "gcp:logging/projectSink:ProjectSink",
    "gcp:logging/folderSink:FolderSink",
    "gcp:logging/organizationSink:OrganizationSink",
)
_SERVICES: Mapping[str, str] = {
    # BigQuery is not among them: its data access logs are always on
    # (docs.cloud.google.com/logging/docs/audit/configure-data-access).
    "gcp:container/cluster:Cluster": "container.googleapis.com",
    "gcp:filestore/instance:Instance": "file.googleapis.com",
    "gcp:kms/cryptoKey:CryptoKey": "cloudkms.googleapis.com",
    "gcp:secretmanager/regionalSecret:RegionalSecret": "secretmanager.googleapis.com",
    "gcp:secretmanager/secret:Secret": "secretmanager.googleapis.com",
    "gcp:storage/bucket:Bucket": "storage.googleapis.com",
    "gcp:vertex/aiDataset:AiDataset": "aiplatform.googleapis.com",
    "gcp:vertex/aiEndpoint:AiEndpoint": "aiplatform.googleapis.com",
}
"""What holds data to the service that logs its use."""
_AUDIT_LOGS = "cloudaudit.googleapis.com"


@rule(
    "logging-gcp-audit-config-complete",
    title="Audit configurations record reads and writes, of everybody",
    why="An account that is exempt can take the data and leave no trace.",
    fix="gcp.projects.IAMAuditConfig(name, project=project, service='allServices', "
    "audit_log_configs=[{'log_type': 'ADMIN_READ'}, {'log_type': 'DATA_READ'}, "
    "{'log_type': 'DATA_WRITE'}]) without exempted_members",
    severity=Severity.HIGH,
    types=_AUDIT_CONFIGS,
    controls=("GCP-LOG-01",),
)
def gcp_audit_config_complete(config: Resource, context: Context) -> Iterator[Verdict]:
    path = "auditLogConfigs"
    kinds = [reveal(found.value) for found in config.find(f"{path}.*.logType")]
    absent = [kind for kind in ("DATA_READ", "DATA_WRITE") if kind not in kinds]
    if absent and UNKNOWN in kinds:
        yield Unknown(f"whether {' and '.join(absent)} is recorded is not known yet", path)
    elif absent:
        yield Fail(f"{' and '.join(absent)} is not recorded", path)
    for found in config.find(f"{path}.*.exemptedMembers.*"):
        if found.value is UNKNOWN:
            yield Unknown("whether somebody is exempt is not known yet", found.path)
        else:
            yield Fail("somebody is exempt", found.path)


@rule(
    "logging-gcp-data-access-recorded",
    title="The use of data is recorded by the service that holds it",
    why="Google Cloud records reads of data only where that is asked for; it may also be asked for "
    "above the project, where this stack cannot see it.",
    fix="gcp.projects.IAMAuditConfig(name, project=project, service='allServices', "
    "audit_log_configs=[{'log_type': 'DATA_READ'}, {'log_type': 'DATA_WRITE'}])",
    severity=Severity.MEDIUM,
    types=tuple(_SERVICES),
    controls=("GCP-LOG-01",),
    enforcement=Enforcement.ADVISORY,
)
def gcp_data_access_recorded(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    return expect_data_access_log(_SERVICES[resource.type], graph)


def expect_data_access_log(service: str, graph: Graph, path: str = "") -> Verdict:
    """Whether an audit configuration of the stack is about the service, or about all.

    What it records is judged on the configuration itself. Whether it is of the same project is not
    asked: a project's id and its number both name it.
    """
    services = graph.once(_recorded_services)
    if not services.isdisjoint(("allservices", service)):
        return Pass()
    if UNKNOWN in services:
        return Unknown(f"whether the use of {service} is recorded is not known yet", path)
    return Fail(f"no audit configuration of this stack records the use of {service}", path)


def _recorded_services(graph: Graph) -> Set[Value]:
    """The services that configurations are about, in lower case, and UNKNOWN if one may be any."""
    services = [config.get("service") for config in graph.of_type(*_AUDIT_CONFIGS)]
    named = {each.casefold() for each in services if isinstance(each, str)}
    return named | {UNKNOWN} if UNKNOWN in services else named


@rule(
    "logging-gcp-audit-logs-kept",
    title="A sink keeps the audit logs",
    why="What no sink keeps is gone after 30 days; a sink may also be above the project, where this "
    "stack cannot see it.",
    fix="gcp.logging.ProjectSink(name, destination=pulumi.Output.concat("
    "'logging.googleapis.com/', log_bucket.id), filter='logName:\"cloudaudit.googleapis.com\"')",
    severity=Severity.MEDIUM,
    types=_AUDIT_CONFIGS,
    controls=("GCP-LOG-01",),
    enforcement=Enforcement.ADVISORY,
)
def gcp_audit_logs_kept(config: Resource, context: Context, graph: Graph) -> Verdicts:
    # 30 days: docs.cloud.google.com/logging/quotas#logs_retention_periods, of bucket _Default.
    return graph.once(_judge_sinks)


def _judge_sinks(graph: Graph) -> Verdict:
    keeps = [_keeps_audit_logs(sink) for sink in graph.of_type(*_SINKS)]
    if True in keeps:
        return Pass()
    if None in keeps:
        return Unknown("whether a sink keeps the audit logs is not known yet")
    return Fail("no sink of this stack keeps the audit logs")


def _keeps_audit_logs(sink: Resource) -> bool | None:
    """Whether the sink is on, chooses data access logs and excludes none; None if not known yet.

    A filter is read as text, not as the language it is: one that names the logs chooses them.
    """
    off, chosen = sink.get("disabled"), reveal(sink.get("filter"))
    excluded = [reveal(found.value) for found in sink.find("exclusions.*.filter")]
    if is_true(off) or any(_names_data_access(each) for each in excluded):
        return False
    if chosen is not UNKNOWN and chosen is not MISSING and not _names_data_access(chosen):
        return False
    return None if UNKNOWN in (off, chosen, *excluded) else True


def _names_data_access(text: object) -> bool:
    """`activity` is another audit log; all of them are meant where none is singled out."""
    if not isinstance(text, str) or _AUDIT_LOGS not in text:
        return False
    return "data_access" in text or "activity" not in text


RULES = (gcp_audit_config_complete, gcp_data_access_recorded, gcp_audit_logs_kept)

"""Redshift warehouses are encrypted, private, backed up, and speak TLS only."""

from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import (
    AWS_KEYS,
    expect_at_least,
    expect_customer_key,
    expect_not_false,
    expect_not_true,
    expect_true,
    is_word,
)
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import MISSING, UNKNOWN
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdict, Verdicts

_CLUSTER = "aws:redshift/cluster:Cluster"
_PARAMETERS = "aws:redshift/parameterGroup:ParameterGroup"
_NAMESPACE = "aws:redshiftserverless/namespace:Namespace"
_WORKGROUP = "aws:redshiftserverless/workgroup:Workgroup"
_SECURE_FAMILY = "redshift-2.0"
"""The family whose groups require TLS unless told not to, and from which new clusters get theirs.
Source: AWS Big Data Blog, "Amazon Redshift enhances security by changing default behavior in 2025".
"""
_SHORTEST_BACKUP_DAYS = 7
"""Security Hub, control Redshift.3."""


@rule(
    "warehouse-redshift-customer-key",
    title="Redshift warehouses are encrypted with a customer-managed key",
    why="A warehouse gathers what was kept apart; its key is the last lock before all of it.",
    fix="aws.redshift.Cluster(name, encrypted='true', kms_key_id=key.arn)",
    severity=Severity.HIGH,
    types=(_CLUSTER, _NAMESPACE),
    controls=("AWS-RS-01",),
)
def redshift_customer_key(warehouse: Resource, context: Context, graph: Graph) -> Iterator[Verdict]:
    # The provider's default is true since its version 7; namespaces are always encrypted.
    yield expect_not_false(warehouse, "encrypted", "the warehouse is not encrypted")
    yield expect_customer_key(warehouse, "kmsKeyId", graph, AWS_KEYS)


@rule(
    "warehouse-redshift-private",
    title="Redshift warehouses are not reachable from the internet",
    why="A public warehouse is found and tried within minutes, by everyone.",
    fix="aws.redshift.Cluster(name, publicly_accessible=False)",
    severity=Severity.CRITICAL,
    types=(_CLUSTER, _WORKGROUP),
    controls=("AWS-RS-02",),
)
def redshift_private(warehouse: Resource, context: Context) -> Verdicts:
    # Version 7 of the provider, and the API since January 2025, default to false.
    return expect_not_true(warehouse, "publiclyAccessible", "the warehouse has a public address")


@rule(
    "warehouse-redshift-vpc-routing",
    title="Redshift moves data through the VPC",
    why="Otherwise COPY and UNLOAD go past the VPC's firewalls, endpoints and flow logs.",
    fix="aws.redshift.Cluster(name, enhanced_vpc_routing=True)",
    severity=Severity.MEDIUM,
    types=(_CLUSTER, _WORKGROUP),
    controls=("AWS-RS-02",),
)
def redshift_vpc_routing(warehouse: Resource, context: Context) -> Verdicts:
    return expect_true(warehouse, "enhancedVpcRouting", "data moves outside of the VPC")


@rule(
    "warehouse-redshift-tls-only",
    title="Redshift refuses connections without TLS",
    why="Queries, results and passwords would travel in clear text.",
    fix="aws.redshift.ParameterGroup(name, family='redshift-2.0', "
    "parameters=[{'name': 'require_ssl', 'value': 'true'}])",
    severity=Severity.HIGH,
    types=(_CLUSTER, _PARAMETERS, _WORKGROUP),
    controls=("AWS-RS-02",),
)
def redshift_tls_only(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    if resource.type == _CLUSTER:
        return _judge_group_of(resource, graph)
    if resource.type == _PARAMETERS:
        default = _is_secure_family(resource)
        return _judge_parameters(resource, "parameters", "name", "value", default)
    # Unlike for clusters, no source says that workgroups which do not ask for TLS require it.
    path = "configParameters"
    return _judge_parameters(resource, path, "parameterKey", "parameterValue", default=False)


def _judge_group_of(cluster: Resource, graph: Graph) -> Verdict:
    path = "clusterParameterGroupName"
    name = cluster.get(path)
    if name is MISSING or name == f"default.{_SECURE_FAMILY}":
        return Pass()
    if graph.references(cluster, path, (_PARAMETERS,)):
        return NotApplicable("its parameter group is judged itself")
    if isinstance(name, str) and name.startswith("default."):
        return Fail(f"'{name}' admits connections without TLS", path)
    return Unknown("its parameter group is not of this stack, and cannot be seen", path)


def _is_secure_family(group: Resource) -> bool | None:
    family = group.get("family")
    return None if family is UNKNOWN else is_word(family, _SECURE_FAMILY)


def _judge_parameters(
    holder: Resource, path: str, key: str, value: str, default: bool | None
) -> Verdict:
    """Judges a list of parameters; `default` is what holds if the one on TLS is not among them."""
    names = {found.path: holder.get(f"{found.path}.{key}") for found in holder.find(f"{path}.*")}
    for found, name in names.items():
        if is_word(name, "require_ssl"):
            told = holder.get(f"{found}.{value}")
            if told is UNKNOWN:
                return Unknown("whether TLS is required is not known yet", f"{found}.{value}")
            return (
                Pass() if is_word(told, "true") else Fail("TLS is not required", f"{found}.{value}")
            )
    if default is None or UNKNOWN in names.values():
        return Unknown("whether TLS is required is not known yet", path)
    return Pass() if default else Fail("TLS is not required", path)


@rule(
    "warehouse-redshift-snapshots",
    title="Redshift clusters keep automated snapshots for a week or longer",
    why="A bad load is often found days later, when a day's snapshots no longer help.",
    fix=f"aws.redshift.Cluster(name, automated_snapshot_retention_period={_SHORTEST_BACKUP_DAYS})",
    severity=Severity.MEDIUM,
    types=(_CLUSTER,),
    controls=("AWS-RS-03",),
)
def redshift_snapshots(cluster: Resource, context: Context) -> Verdicts:
    message = f"snapshots are kept for less than {_SHORTEST_BACKUP_DAYS} days"
    path = "automatedSnapshotRetentionPeriod"
    return expect_at_least(cluster, path, _SHORTEST_BACKUP_DAYS, message)


RULES = (
    redshift_customer_key,
    redshift_private,
    redshift_vpc_routing,
    redshift_tls_only,
    redshift_snapshots,
)

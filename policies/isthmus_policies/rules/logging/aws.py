"""AWS keeps what it writes down about its use: trails, log groups and the audit logs of Redshift."""

from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.companions import judge_setting
from isthmus_policies.questions.expect import (
    AWS_KEYS,
    expect_at_least,
    expect_customer_key,
    expect_not_false,
    expect_true,
    expect_words,
    is_word,
)
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import MISSING
from isthmus_policies.verdict import NotApplicable, Pass, Verdict, Verdicts

_TRAILS = ("aws:cloudtrail/trail:Trail",)
_REDSHIFT = "aws:redshift/cluster:Cluster"
_REDSHIFT_NAMESPACE = "aws:redshiftserverless/namespace:Namespace"
_REDSHIFT_LOGGINGS = ("aws:redshift/logging:Logging",)
_REDSHIFT_LOGS = ("connectionlog", "useractivitylog", "userlog")

_SHORTEST_DAYS = 365
"""PCI DSS 4.0, 10.5.1: audit logs are kept for at least twelve months."""


@rule(
    "logging-log-group-retention",
    title="CloudWatch keeps logs for a year or longer",
    why="Breaches are found months after they happen, and only old logs tell how.",
    fix=f"aws.cloudwatch.LogGroup(name, retention_in_days={_SHORTEST_DAYS})",
    severity=Severity.MEDIUM,
    types=("aws:cloudwatch/logGroup:LogGroup",),
    controls=("AWS-LOG-01",),
)
def log_group_retention(group: Resource, context: Context) -> Verdicts:
    if is_word(group.get("logGroupClass"), "DELIVERY"):
        return NotApplicable("its logs are on their way elsewhere; CloudWatch keeps them two days")
    if group.get("retentionInDays") in (MISSING, 0):
        return Pass()  # 0, the default, is forever
    message = f"logs are kept for less than {_SHORTEST_DAYS} days"
    return expect_at_least(group, "retentionInDays", _SHORTEST_DAYS, message)


@rule(
    "logging-trail-every-region",
    title="CloudTrail records what is done in every region, and is switched on",
    why="Intruders work in the regions that nobody watches.",
    fix="aws.cloudtrail.Trail(name, is_multi_region_trail=True)",
    severity=Severity.HIGH,
    types=_TRAILS,
    controls=("AWS-LOG-02",),
)
def trail_every_region(trail: Resource, context: Context) -> Iterator[Verdict]:
    yield expect_true(trail, "isMultiRegionTrail", "other regions are not recorded")
    yield expect_not_false(trail, "enableLogging", "nothing is recorded")
    path = "includeGlobalServiceEvents"
    yield expect_not_false(trail, path, "global services such as IAM are not recorded")


@rule(
    "logging-trail-validation",
    title="CloudTrail signs its log files",
    why="Only a signature shows that a log was not rewritten by whom it speaks of.",
    fix="aws.cloudtrail.Trail(name, enable_log_file_validation=True)",
    severity=Severity.MEDIUM,
    types=_TRAILS,
    controls=("AWS-LOG-02",),
)
def trail_validation(trail: Resource, context: Context) -> Verdicts:
    return expect_true(trail, "enableLogFileValidation", "changed log files go unnoticed")


@rule(
    "logging-trail-customer-key",
    title="CloudTrail encrypts its log files with a customer-managed key",
    why="The trail shows where everything is and who may do what: a map for an intruder.",
    fix="aws.cloudtrail.Trail(name, kms_key_id=key.arn)",
    severity=Severity.MEDIUM,
    types=_TRAILS,
    controls=("AWS-LOG-02",),
)
def trail_customer_key(trail: Resource, context: Context, graph: Graph) -> Verdicts:
    return expect_customer_key(trail, "kmsKeyId", graph, AWS_KEYS)


@rule(
    "logging-redshift-audit",
    title="Redshift writes audit logs",
    why="Who asked for which data stands in the warehouse's own logs, and nowhere else.",
    fix="aws.redshift.Logging(name, cluster_identifier=warehouse.id, "
    f"log_destination_type='cloudwatch', log_exports={list(_REDSHIFT_LOGS)})",
    severity=Severity.MEDIUM,
    types=(_REDSHIFT, _REDSHIFT_NAMESPACE, *_REDSHIFT_LOGGINGS),
    controls=("AWS-RS-03",),
)
def redshift_audit(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    if resource.type == _REDSHIFT_NAMESPACE:
        return expect_words(resource, "logExports", _REDSHIFT_LOGS, "no logs are written of")
    return judge_setting(
        resource, (_REDSHIFT,), "clusterIdentifier", _REDSHIFT_LOGGINGS, graph, _judge_redshift
    )


def _judge_redshift(logging: Resource) -> tuple[Verdict]:
    destination = logging.get("logDestinationType")
    if destination is MISSING or is_word(destination, "s3"):
        return (Pass(),)  # S3 gets all of them
    return (expect_words(logging, "logExports", _REDSHIFT_LOGS, "no logs are written of"),)


RULES = (
    log_group_retention,
    trail_every_region,
    trail_validation,
    trail_customer_key,
    redshift_audit,
)

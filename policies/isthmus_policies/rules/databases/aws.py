"""DynamoDB tables are encrypted with a customer's key, recoverable, and hard to delete."""

from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import AWS_KEYS, expect_customer_key, expect_true
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import Located
from isthmus_policies.verdict import Verdict

_REPLICA = "aws:dynamodb/tableReplica:TableReplica"
_TABLES = ("aws:dynamodb/table:Table", _REPLICA)


def _replicas(table: Resource) -> Iterator[Located]:
    """The replicas that a table lists itself; a replica may also be a resource of its own."""
    return table.find("replicas.*")


@rule(
    "databases-dynamodb-customer-key",
    title="DynamoDB tables, and their replicas, are encrypted with a customer-managed key",
    why="With DynamoDB's own key nobody can revoke access to the data by disabling a key.",
    fix="aws.dynamodb.Table(name, server_side_encryption={'enabled': True, "
    "'kms_key_arn': key.arn})",
    severity=Severity.HIGH,
    types=_TABLES,
    controls=("AWS-DDB-01",),
)
def dynamodb_customer_key(table: Resource, context: Context, graph: Graph) -> Iterator[Verdict]:
    if table.type == _REPLICA:
        yield expect_customer_key(table, "kmsKeyArn", graph, AWS_KEYS)
        return
    message = "the table is under a key of DynamoDB"
    yield expect_true(table, "serverSideEncryption.enabled", message)
    yield expect_customer_key(table, "serverSideEncryption.kmsKeyArn", graph, AWS_KEYS)
    for replica in _replicas(table):
        yield expect_customer_key(table, f"{replica.path}.kmsKeyArn", graph, AWS_KEYS)


@rule(
    "databases-dynamodb-point-in-time-recovery",
    title="DynamoDB tables, and their replicas, can be restored to any point in time",
    why="A bad write is copied to every replica within a second; only the past has the data.",
    fix="aws.dynamodb.Table(name, point_in_time_recovery={'enabled': True})",
    severity=Severity.MEDIUM,
    types=_TABLES,
    controls=("AWS-DDB-02",),
)
def dynamodb_point_in_time_recovery(table: Resource, context: Context) -> Iterator[Verdict]:
    path = "pointInTimeRecovery" if table.type == _REPLICA else "pointInTimeRecovery.enabled"
    yield expect_true(table, path, "the past of the table is not kept")
    for replica in _replicas(table):
        path = f"{replica.path}.pointInTimeRecovery"
        yield expect_true(table, path, "the past of the replica is not kept")


@rule(
    "databases-dynamodb-deletion-protection",
    title="DynamoDB tables, and their replicas, are protected from deletion",
    why="A table deleted by mistake is gone within seconds, with all its data.",
    fix="aws.dynamodb.Table(name, deletion_protection_enabled=True)",
    severity=Severity.MEDIUM,
    types=_TABLES,
    controls=("AWS-DDB-02",),
)
def dynamodb_deletion_protection(table: Resource, context: Context) -> Iterator[Verdict]:
    holders = ("", *(f"{replica.path}." for replica in _replicas(table)))
    for holder in holders:
        path = f"{holder}deletionProtectionEnabled"
        yield expect_true(table, path, "it can be deleted at once")


RULES = (dynamodb_customer_key, dynamodb_point_in_time_recovery, dynamodb_deletion_protection)

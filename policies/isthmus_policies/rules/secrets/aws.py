"""Secrets are rotated, and the keys they are under serve nobody but their owner."""

import re
from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.companions import judge_setting
from isthmus_policies.questions.expect import (
    expect,
    expect_at_least,
    expect_at_most,
    expect_no_statement,
    expect_not_false,
)
from isthmus_policies.questions.policy_document import CALLER_KEYS, Statement
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import Value
from isthmus_policies.verdict import Pass, Verdict, Verdicts

_SECRETS = ("aws:secretsmanager/secret:Secret",)
_ROTATIONS = ("aws:secretsmanager/secretRotation:SecretRotation",)
_KEYS = (
    "aws:kms/key:Key",
    "aws:kms/externalKey:ExternalKey",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/replicaExternalKey:ReplicaExternalKey",
)
_LONGEST_ROTATION_DAYS = 90
"""PCI DSS 4.0, 8.3.9: passwords are changed every 90 days."""
_DELETION_DAYS = 30
"""The longest wait that KMS offers before it destroys a key, and its default."""
_RATE = re.compile(r"rate\((\d+) (hour|day)s?\)")
_HOURS = {"hour": 1, "day": 24}
_EVERY_MONTH = re.compile(r"cron\(\S+ \S+ \S+ (\*|\*/[12]|1/[12]) \S+ \*\)")
"""A cron expression, of six fields, that skips at most every other month."""
_KMS_CALLER_KEYS = CALLER_KEYS | {"kms:calleraccount"}


@rule(
    "secrets-aws-secret-rotation",
    title="Secrets are rotated at least every 90 days",
    why="A secret that leaked unnoticed stays good until it is changed.",
    fix="aws.secretsmanager.SecretRotation(name, secret_id=secret.id, "
    f"rotation_rules={{'automatically_after_days': {_LONGEST_ROTATION_DAYS}}}, "
    "rotation_lambda_arn=function.arn)",
    severity=Severity.MEDIUM,
    types=(*_SECRETS, *_ROTATIONS),
    controls=("AWS-SEC-01",),
)
def aws_secret_rotation(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    return judge_setting(resource, _SECRETS, "secretId", _ROTATIONS, graph, _judge_rotation)


def _judge_rotation(rotation: Resource) -> Iterator[Verdict]:
    yield expect_not_false(rotation, "rotationEnabled", "the rotation is switched off")
    days, schedule = "rotationRules.automaticallyAfterDays", "rotationRules.scheduleExpression"
    message = f"it is rotated less often than every {_LONGEST_ROTATION_DAYS} days"
    if rotation.has(schedule):
        yield expect(rotation, schedule, _is_often(rotation.get(schedule)), message)
    else:
        yield expect_at_most(rotation, days, _LONGEST_ROTATION_DAYS, message)


def _is_often(schedule: Value) -> bool:
    text = schedule if isinstance(schedule, str) else ""
    rate = _RATE.fullmatch(text)
    if rate:
        return int(rate[1]) * _HOURS[rate[2]] <= _LONGEST_ROTATION_DAYS * 24
    return bool(_EVERY_MONTH.fullmatch(text))


@rule(
    "secrets-kms-key-policy-closed",
    title="No KMS key policy lets everyone use the key",
    why="The key's policy stands above IAM: whom it admits can decrypt, from any account.",
    fix="name the principal, {'Principal': {'AWS': role_arn}}, or limit it, "
    "{'Condition': {'StringEquals': {'kms:CallerAccount': account_id}}}",
    severity=Severity.CRITICAL,
    types=(*_KEYS, "aws:kms/keyPolicy:KeyPolicy"),
    controls=("AWS-KMS-02",),
)
def kms_key_policy_closed(resource: Resource, context: Context) -> Verdicts:
    # Without a policy the key gets KMS's default one, which admits its own account only.
    return expect_no_statement(resource, "policy", _admits_everyone, "the policy admits everyone")


def _admits_everyone(statement: Statement) -> bool:
    limited = statement.is_limited(_KMS_CALLER_KEYS)
    return statement.allows and statement.principal_is_anyone and not limited


@rule(
    "secrets-kms-key-deletion-window",
    title="KMS keys wait 30 days before they are destroyed",
    why="With its key all data is gone for good; the wait is the time to notice.",
    fix=f"aws.kms.Key(name, deletion_window_in_days={_DELETION_DAYS})",
    severity=Severity.MEDIUM,
    types=_KEYS,
    controls=("AWS-KMS-02",),
)
def kms_key_deletion_window(key: Resource, context: Context) -> Verdicts:
    path = "deletionWindowInDays"
    if not key.has(path):
        return Pass()
    message = f"the key is destroyed sooner than {_DELETION_DAYS} days after it was deleted"
    return expect_at_least(key, path, _DELETION_DAYS, message)


RULES = (aws_secret_rotation, kms_key_policy_closed, kms_key_deletion_window)

"""Customer-managed KMS keys, one a purpose, and the secrets kept under them."""

from collections.abc import Mapping

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import kms, secretsmanager

from isthmus.clouds.aws.account import Account, account_of
from isthmus.clouds.aws.iam import Statement, document
from isthmus.clouds.aws.naming import tags_of
from isthmus.clouds.handles import KeysHandle, Place
from isthmus.plan.model import KeysPlan

SECRETS_KEY = "data"
"""Secrets are data: they share the purpose under which the lake is encrypted."""

_CRYPTO_ACTIONS = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncrypt*",
    "kms:GenerateDataKey*",
    "kms:DescribeKey",
)


def build_keys(
    parent: pulumi.ComponentResource,
    place: Place,
    plan: KeysPlan,
    secrets: Mapping[str, Input[str]],
) -> KeysHandle:
    """One key for each purpose of the plan and one secret for each name, under the data key.

    Secret values are marked secret whatever they came as, and never appear in plain text in the
    state.
    """
    account = account_of(parent)
    arns = {
        purpose: _build_key(parent, place, plan, purpose, account).arn for purpose in plan.purposes
    }
    secret_arns = {
        name: _build_secret(parent, place, plan, name, value, arns[SECRETS_KEY])
        for name, value in secrets.items()
    }
    return KeysHandle(
        key_ids=_gather(arns),
        vault_id=Output.from_input(""),
        identity_id=Output.from_input(""),
        secret_ids=_gather(secret_arns),
    )


def key_policy(purpose: str, account: Account, region: str) -> str:
    """The key's resource policy: the account's IAM decides, plus the one AWS service the purpose
    needs."""
    extra = {"logs": _logs_service, "cluster": _node_volumes}.get(purpose)
    return document(_administration(account), *(extra(account, region) if extra else ()))


def _administration(account: Account) -> Statement:
    # Without the account's root in the policy, nobody could ever change or delete the key (KMS
    # Developer Guide, "Default key policy"); with it, use of the key is granted by IAM policies of
    # this account.
    return {
        "Sid": "AccountAdministration",
        "Effect": "Allow",
        "Principal": {"AWS": account.root_arn},
        "Action": "kms:*",
        "Resource": "*",
    }


def _logs_service(account: Account, region: str) -> tuple[Statement, ...]:
    # CloudWatch Logs User Guide, "Encrypt log data using KMS": the encryption context ties the use
    # of the key to log groups of this account and region.
    return (
        {
            "Sid": "CloudWatchLogs",
            "Effect": "Allow",
            "Principal": {"Service": f"logs.{region}.amazonaws.com"},
            "Action": list(_CRYPTO_ACTIONS),
            "Resource": "*",
            "Condition": {
                "ArnLike": {
                    "kms:EncryptionContext:aws:logs:arn": account.arn("logs", region, "*"),
                }
            },
        },
    )


def _node_volumes(account: Account, region: str) -> tuple[Statement, ...]:
    # EC2 Auto Scaling User Guide, "Required KMS key policy for use with encrypted volumes". The
    # role is matched by condition and not as the principal, because KMS refuses a policy that names
    # a role which does not exist, and in a fresh account AWS makes this one with the first Auto
    # Scaling group.
    role = (
        f"arn:{account.partition}:iam::{account.id}:role/aws-service-role/"
        "autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    )
    who = {
        "StringEquals": {"kms:CallerAccount": account.id},
        "ArnEquals": {"aws:PrincipalArn": role},
    }
    return (
        {
            "Sid": "NodeVolumes",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": list(_CRYPTO_ACTIONS),
            "Resource": "*",
            "Condition": who,
        },
        {
            "Sid": "NodeVolumeGrants",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": "kms:CreateGrant",
            "Resource": "*",
            "Condition": {**who, "Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    )


def _build_key(
    parent: pulumi.Resource, place: Place, plan: KeysPlan, purpose: str, account: Output[Account]
) -> kms.Key:
    name = f"{place.name}-{purpose}-key"
    return kms.Key(
        name,
        description=f"{place.name}: {purpose}",
        enable_key_rotation=True,
        rotation_period_in_days=plan.rotation_days,
        deletion_window_in_days=plan.deletion_days,
        multi_region=False,
        policy=account.apply(lambda found: key_policy(purpose, found, place.region)),
        tags=tags_of(place, name),
        opts=ResourceOptions(parent=parent, protect=plan.protect),
    )


def _build_secret(
    parent: pulumi.Resource,
    place: Place,
    plan: KeysPlan,
    secret: str,
    value: Input[str],
    key_arn: Output[str],
) -> Output[str]:
    name = f"{place.name}-{secret}-secret"
    kept = secretsmanager.Secret(
        name,
        kms_key_id=key_arn,
        # Both windows are 7 to 30 days; 0 deletes at once, so that an unprotected stack can be
        # destroyed.
        recovery_window_in_days=plan.deletion_days if plan.protect else 0,
        tags=tags_of(place, name),
        opts=ResourceOptions(parent=parent, protect=plan.protect),
    )
    secretsmanager.SecretVersion(
        f"{name}-value",
        secret_id=kept.id,
        secret_string=Output.secret(value),
        opts=ResourceOptions(parent=parent),
    )
    return kept.arn


def _gather(arns: Mapping[str, Output[str]]) -> Output[Mapping[str, str]]:
    """One Output of a mapping; `Output.all` of nothing would be a list."""
    if not arns:
        return Output.from_input({})
    return Output.all(**arns).apply(lambda found: dict(found))

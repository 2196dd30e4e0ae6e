"""Keys of an AWS site: least privilege, rotation, and secrets that stay secret."""

import json
from dataclasses import replace

import pytest
from aws_recording import ACCOUNT, record
from tests.components.clouds.recording import Recording

from isthmus.clouds.aws.account import Account, account_from
from isthmus.clouds.aws.keys import build_keys, key_policy
from isthmus.clouds.handles import Place
from isthmus.plan.model import KeysPlan

pytestmark = pytest.mark.cloud

CHINA = Account("999999999999", "aws-cn")


def statements(policy: dict[str, object]) -> dict[str, dict[str, object]]:
    return {statement["Sid"]: statement for statement in policy["Statement"]}


def test_each_purpose_has_a_rotating_key_of_its_own(sent_keys: Recording) -> None:
    keys = sent_keys.of("Key")
    assert [key.name for key in keys] == [
        "frankfurt-data-key",
        "frankfurt-cluster-key",
        "frankfurt-logs-key",
    ]
    for key in keys:
        assert key.inputs["enableKeyRotation"] is True
        assert key.inputs["rotationPeriodInDays"] == 90
        assert key.inputs["deletionWindowInDays"] == 30
        assert key.inputs["multiRegion"] is False


def test_data_key_is_for_the_account_alone(sent_keys: Recording) -> None:
    policy = sent_keys.named("frankfurt-data-key").policy()
    [only] = policy["Statement"]
    assert only["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


def test_logs_key_is_usable_by_log_groups_of_this_region_alone(sent_keys: Recording) -> None:
    logs = statements(sent_keys.named("frankfurt-logs-key").policy())["CloudWatchLogs"]
    assert logs["Principal"] == {"Service": "logs.eu-north-1.amazonaws.com"}
    assert logs["Condition"] == {
        "ArnLike": {
            "kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:eu-north-1:{ACCOUNT}:*",
        }
    }
    assert "kms:*" not in logs["Action"]


def test_cluster_key_serves_auto_scaling_by_condition(sent_keys: Recording) -> None:
    found = statements(sent_keys.named("frankfurt-cluster-key").policy())
    role = found["NodeVolumes"]["Condition"]["ArnEquals"]["aws:PrincipalArn"]
    assert role.startswith(f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/autoscaling")
    assert found["NodeVolumeGrants"]["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": "true"}


@pytest.mark.parametrize("purpose", ["data", "cluster", "logs", "anything-else"])
def test_no_policy_opens_a_key_to_everybody(purpose: str) -> None:
    policy = key_policy(purpose, CHINA, "cn-north-1")
    assert "arn:aws:" not in policy
    for statement in json.loads(policy)["Statement"]:
        if statement["Principal"] == {"AWS": "*"}:
            assert statement["Condition"]["StringEquals"] == {"kms:CallerAccount": CHINA.id}


def test_secrets_lie_under_the_data_key_and_stay_secret(sent_keys: Recording) -> None:
    secret = sent_keys.named("frankfurt-token-secret")
    assert secret.inputs["kmsKeyId"] == "arn:aws:Key:frankfurt-data-key"
    value = sent_keys.named("frankfurt-token-secret-value")
    assert value.secrets == {"secretString"}
    assert value.inputs["secretString"] == "s3cr3t"
    assert sent_keys.handle["secret_ids"] == {"token": "arn:aws:Secret:frankfurt-token-secret"}


def test_handle_maps_purposes_to_arns(sent_keys: Recording) -> None:
    assert sent_keys.handle["key_ids"]["logs"] == "arn:aws:Key:frankfurt-logs-key"
    assert sent_keys.handle["vault_id"] == ""


@pytest.mark.parametrize(("protect", "days"), [(False, 0), (True, 30)])
def test_protection_decides_how_keys_and_secrets_go(
    place: Place, keys_plan: KeysPlan, protect: bool, days: int
) -> None:
    plan = replace(keys_plan, protect=protect)
    sent = record(lambda parent: build_keys(parent, place, plan, {"token": "s3cr3t"}))
    assert {key.protect for key in sent.of("Key")} == {protect}
    [secret] = sent.of("Secret")
    assert (secret.protect, secret.inputs["recoveryWindowInDays"]) == (protect, days)


def test_no_secrets_is_an_empty_mapping(place: Place, keys_plan: KeysPlan) -> None:
    sent = record(lambda parent: build_keys(parent, place, keys_plan, {}))
    assert sent.handle["secret_ids"] == {}


def test_partition_is_read_from_the_callers_arn() -> None:
    assert account_from("1", "arn:aws-us-gov:iam::1:user/deploy").partition == "aws-us-gov"

"""A lake store on AWS: private, encrypted under one key, logged."""

import json
from dataclasses import replace

import pytest
from aws_recording import ACCOUNT, record
from tests.components.clouds.recording import Recording

from isthmus.clouds.aws.buckets import store_policy
from isthmus.clouds.aws.lake import ACCESS_LOG_DAYS, build_store
from isthmus.clouds.handles import KeysHandle, Place
from isthmus.plan.model import StorePlan

pytestmark = pytest.mark.cloud

STORE, LOG = "frankfurt-datasets", "frankfurt-datasets-log"


def test_both_buckets_are_private_versioned_and_without_access_lists(
    sent_store: Recording,
) -> None:
    for name in (STORE, LOG):
        block = sent_store.named(f"{name}-private").inputs
        assert {key: block[key] for key in block if key != "bucket"} == {
            "blockPublicAcls": True,
            "blockPublicPolicy": True,
            "ignorePublicAcls": True,
            "restrictPublicBuckets": True,
        }
        ownership = sent_store.named(f"{name}-ownership").inputs
        assert ownership["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
        versioning = sent_store.named(f"{name}-versioning").inputs
        assert versioning["versioningConfiguration"] == {"status": "Enabled"}


def test_store_is_encrypted_with_the_data_key(sent_store: Recording) -> None:
    [rule] = sent_store.named(f"{STORE}-encryption").inputs["rules"]
    assert rule["applyServerSideEncryptionByDefault"] == {
        "sseAlgorithm": "aws:kms",
        "kmsMasterKeyId": "arn:aws:Key:frankfurt-data-key",
    }
    assert rule["bucketKeyEnabled"] is True
    assert rule["blockedEncryptionTypes"] == ["SSE-C"]


def test_access_log_bucket_uses_the_only_encryption_s3_delivers_to(sent_store: Recording) -> None:
    [rule] = sent_store.named(f"{LOG}-encryption").inputs["rules"]
    assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}


def test_access_is_logged_into_the_log_bucket(sent_store: Recording) -> None:
    [logging] = sent_store.of("BucketLogging")
    assert logging.inputs["bucket"] == f"{STORE}-id"
    assert logging.inputs["targetBucket"] == f"{LOG}-id"
    [delivery] = [
        statement
        for statement in sent_store.named(f"{LOG}-policy").policy()["Statement"]
        if statement["Effect"] == "Allow"
    ]
    assert delivery["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert delivery["Condition"] == {
        "ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{STORE}-0a1b2c3"},
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
    }


@pytest.mark.parametrize("name", [STORE, LOG])
def test_plain_text_and_old_tls_are_refused(sent_store: Recording, name: str) -> None:
    found = {one["Sid"]: one for one in sent_store.named(f"{name}-policy").policy()["Statement"]}
    assert found["PlainText"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert found["OldTls"]["Condition"] == {"NumericLessThan": {"s3:TlsVersion": "1.2"}}
    for sid in ("PlainText", "OldTls"):
        assert found[sid]["Effect"] == "Deny"
        assert found[sid]["Principal"] == "*"
        assert found[sid]["Action"] == "s3:*"
        assert len(found[sid]["Resource"]) == 2


def test_store_policy_only_denies_and_refuses_keys_that_are_not_of_kms() -> None:
    statements = json.loads(store_policy("arn:bucket"))["Statement"]
    assert {statement["Effect"] for statement in statements} == {"Deny"}
    [other] = [one for one in statements if one["Sid"] == "OtherEncryption"]
    header = "s3:x-amz-server-side-encryption"
    assert other["Condition"] == {
        "StringNotEquals": {header: "aws:kms"},
        "Null": {header: "false"},
    }


def test_policies_wait_for_the_block_on_public_access(sent_store: Recording) -> None:
    for name in (STORE, LOG):
        assert f"{name}-private" in sent_store.named(f"{name}-policy").dependencies


def test_lifecycles_keep_store_objects_and_expire_logs(sent_store: Recording) -> None:
    [keep] = sent_store.named(f"{STORE}-lifecycle").inputs["rules"]
    assert keep["noncurrentVersionExpiration"] == {"noncurrentDays": 30}
    assert keep["expiration"] == {"expiredObjectDeleteMarker": True}
    assert keep["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}
    [expire] = sent_store.named(f"{LOG}-lifecycle").inputs["rules"]
    assert expire["expiration"] == {"days": ACCESS_LOG_DAYS}


def test_stores_own_classification_wins(sent_store: Recording) -> None:
    tags = sent_store.named(STORE).inputs["tags"]
    assert tags["data-classification"] == "restricted"
    assert tags["owner"] == "ml@example.com"


@pytest.mark.parametrize("protect", [False, True])
def test_protection_decides_whether_objects_go_with_the_store(
    place: Place, store_plan: StorePlan, keys_handle: KeysHandle, protect: bool
) -> None:
    plan = replace(store_plan, protect=protect)
    sent = record(lambda parent: build_store(parent, place, plan, keys_handle))
    for bucket in sent.of("Bucket"):
        assert (bucket.protect, bucket.inputs["forceDestroy"]) == (protect, not protect)


def test_handle_names_the_bucket(sent_store: Recording) -> None:
    assert sent_store.handle["store_id"] == f"{STORE}-id"
    assert sent_store.handle["url"] == f"s3://{STORE}-0a1b2c3"

"""A lake store: an S3 bucket under the data key, with its access logged."""

from dataclasses import replace

import pulumi
from pulumi import Output, ResourceOptions
from pulumi_aws import s3

from isthmus.clouds.aws.account import account_of
from isthmus.clouds.aws.buckets import (
    PrivateBucket,
    attach_policy,
    build_private_bucket,
    log_policy,
    store_policy,
)
from isthmus.clouds.aws.naming import tags_of
from isthmus.clouds.handles import KeysHandle, NetworkHandle, Place, StoreHandle
from isthmus.plan.model import StorePlan

_DefaultKeyArgs = (
    s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs
)

DATA_KEY = "data"
ACCESS_LOG_DAYS = 365


def build_store(
    parent: pulumi.ComponentResource,
    place: Place,
    plan: StorePlan,
    keys: KeysHandle,
    network: NetworkHandle | None = None,
) -> StoreHandle:
    """A versioned bucket in the site's region only, and a second one for its access logs.

    An unprotected store is destroyed with all its objects; a protected one only after the
    protection has been taken off the stack. Access logs are kept for 365 days. Nothing is
    replicated to another region.
    """
    place = replace(place, tags={**place.tags, "data-classification": plan.data_classification})
    key_arn = keys.key_ids[DATA_KEY]
    name = f"{place.name}-{plan.name}"
    store = build_private_bucket(
        parent,
        name,
        tags_of(place, name),
        customer_key(key_arn),
        noncurrent_days=plan.noncurrent_days,
        protect=plan.protect,
    )
    attach_policy(parent, name, store, bucket_arn(parent, store).apply(store_policy))
    _log_access(parent, place, plan, name, store)
    return StoreHandle(store_id=store.bucket.id, url=Output.concat("s3://", store.bucket.bucket))


def bucket_arn(parent: pulumi.Resource, private: PrivateBucket) -> Output[str]:
    """The bucket's ARN from its name, which a preview knows already: so a policy can be judged
    before the bucket exists."""
    return Output.all(account_of(parent), private.bucket.bucket).apply(
        lambda found: f"arn:{found[0].partition}:s3:::{found[1]}"
    )


def customer_key(key_arn: Output[str]) -> s3.BucketServerSideEncryptionConfigurationRuleArgs:
    """Encryption under one key; customer-provided keys, which S3 does not keep, are blocked."""
    return s3.BucketServerSideEncryptionConfigurationRuleArgs(
        apply_server_side_encryption_by_default=_DefaultKeyArgs(
            sse_algorithm="aws:kms", kms_master_key_id=key_arn
        ),
        bucket_key_enabled=True,
        blocked_encryption_types=["SSE-C"],
    )


def s3_key() -> s3.BucketServerSideEncryptionConfigurationRuleArgs:
    # S3 delivers access logs only to buckets whose default encryption is its own key: one with
    # SSE-KMS is refused as a target (S3 API reference, LoggingEnabled; S3 User Guide, "Enabling
    # server access logging").
    return s3.BucketServerSideEncryptionConfigurationRuleArgs(
        apply_server_side_encryption_by_default=_DefaultKeyArgs(sse_algorithm="AES256"),
        blocked_encryption_types=["SSE-C"],
    )


def _log_access(
    parent: pulumi.Resource, place: Place, plan: StorePlan, store_name: str, store: PrivateBucket
) -> None:
    name = f"{store_name}-log"
    logs = build_private_bucket(
        parent,
        name,
        tags_of(place, name),
        s3_key(),
        noncurrent_days=plan.noncurrent_days,
        expire_days=ACCESS_LOG_DAYS,
        protect=plan.protect,
    )
    policy = Output.all(
        bucket_arn(parent, logs), bucket_arn(parent, store), account_of(parent)
    ).apply(lambda found: log_policy(*found))
    delivery = attach_policy(parent, name, logs, policy)
    s3.BucketLogging(
        f"{store_name}-logging",
        bucket=store.bucket.id,
        target_bucket=logs.bucket.id,
        target_prefix=f"{plan.name}/",
        # S3 checks at once that it may write to the target.
        opts=ResourceOptions(parent=parent, depends_on=[delivery]),
    )

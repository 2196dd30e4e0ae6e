"""Private S3 buckets and the policies that keep them private."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, ResourceOptions
from pulumi_aws import s3

from isthmus.clouds.aws.account import Account
from isthmus.clouds.aws.iam import Statement, document

MINIMUM_TLS = "1.2"

_ABORT_UPLOADS_DAYS = 7


@dataclass(frozen=True, slots=True)
class PrivateBucket:
    """A bucket, and the block on public access that its policy has to wait for."""

    bucket: s3.Bucket
    block: s3.BucketPublicAccessBlock


def build_private_bucket(
    parent: pulumi.Resource,
    name: str,
    tags: Mapping[str, str],
    encryption: s3.BucketServerSideEncryptionConfigurationRuleArgs,
    *,
    noncurrent_days: int,
    expire_days: int | None = None,
    protect: bool,
) -> PrivateBucket:
    """A versioned, encrypted bucket without access lists and without any public access."""
    opts = ResourceOptions(parent=parent)
    bucket = s3.Bucket(
        name,
        force_destroy=not protect,
        tags=dict(tags),
        opts=ResourceOptions(parent=parent, protect=protect),
    )
    s3.BucketOwnershipControls(
        f"{name}-ownership",
        bucket=bucket.id,
        rule=s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
        opts=opts,
    )
    s3.BucketServerSideEncryptionConfiguration(
        f"{name}-encryption", bucket=bucket.id, rules=[encryption], opts=opts
    )
    versioning = s3.BucketVersioning(
        f"{name}-versioning",
        bucket=bucket.id,
        versioning_configuration=s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
        opts=opts,
    )
    s3.BucketLifecycleConfiguration(
        f"{name}-lifecycle",
        bucket=bucket.id,
        rules=[_lifecycle(noncurrent_days, expire_days)],
        # Rules on noncurrent versions mean nothing, and may be refused, before versioning is on.
        opts=ResourceOptions(parent=parent, depends_on=[versioning]),
    )
    return PrivateBucket(bucket, _block_public_access(parent, name, bucket))


def attach_policy(
    parent: pulumi.Resource, name: str, private: PrivateBucket, policy: Input[str]
) -> s3.BucketPolicy:
    # S3 refuses two changes of one bucket's access settings at the same time.
    return s3.BucketPolicy(
        f"{name}-policy",
        bucket=private.bucket.id,
        policy=policy,
        opts=ResourceOptions(parent=parent, depends_on=[private.block]),
    )


def store_policy(bucket_arn: str) -> str:
    """TLS 1.2 or newer, and no object under a key that is not KMS's.

    The last refuses only requests that name an encryption of their own: without one, the bucket's
    default, which is the store's key, applies. The key itself is not named: the policy would be
    unknown until the key exists, and no preview could judge it.
    """
    algorithm = "s3:x-amz-server-side-encryption"
    return document(
        *tls_only(bucket_arn),
        _deny(
            "OtherEncryption",
            "s3:PutObject",
            f"{bucket_arn}/*",
            {
                "StringNotEquals": {algorithm: "aws:kms"},
                "Null": {algorithm: "false"},
            },
        ),
    )


def log_policy(log_bucket_arn: str, source_bucket_arn: str, account: Account) -> str:
    """TLS only, and delivery by S3 itself from one bucket (S3 User Guide, "Permissions for log
    delivery")."""
    return document(
        *tls_only(log_bucket_arn),
        {
            "Sid": "AccessLogDelivery",
            "Effect": "Allow",
            "Principal": {"Service": "logging.s3.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"{log_bucket_arn}/*",
            "Condition": {
                "ArnLike": {"aws:SourceArn": source_bucket_arn},
                "StringEquals": {"aws:SourceAccount": account.id},
            },
        },
    )


def tls_only(bucket_arn: str) -> Sequence[Statement]:
    both = [bucket_arn, f"{bucket_arn}/*"]
    return (
        _deny("PlainText", "s3:*", both, {"Bool": {"aws:SecureTransport": "false"}}),
        _deny("OldTls", "s3:*", both, {"NumericLessThan": {"s3:TlsVersion": MINIMUM_TLS}}),
    )


def _deny(
    sid: str, action: str, resource: str | Sequence[str], condition: Mapping[str, object]
) -> Statement:
    return {
        "Sid": sid,
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": resource,
        "Condition": condition,
    }


def _block_public_access(
    parent: pulumi.Resource, name: str, bucket: s3.Bucket
) -> s3.BucketPublicAccessBlock:
    return s3.BucketPublicAccessBlock(
        f"{name}-private",
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=ResourceOptions(parent=parent),
    )


def _lifecycle(
    noncurrent_days: int, expire_days: int | None
) -> s3.BucketLifecycleConfigurationRuleArgs:
    expiration = s3.BucketLifecycleConfigurationRuleExpirationArgs
    noncurrent = s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs
    uploads = s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs
    return s3.BucketLifecycleConfigurationRuleArgs(
        id="expire",
        status="Enabled",
        filter=s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
        noncurrent_version_expiration=noncurrent(noncurrent_days=noncurrent_days),
        abort_incomplete_multipart_upload=uploads(days_after_initiation=_ABORT_UPLOADS_DAYS),
        # S3 takes either an age or the clean-up of delete markers in one rule, not both.
        expiration=(
            expiration(expired_object_delete_marker=True)
            if expire_days is None
            else expiration(days=expire_days)
        ),
    )

"""Builds a lake store: a Cloud Storage bucket in one region under the site's data key."""

import pulumi
from pulumi_gcp import storage

from isthmus.clouds.gcp.labels import labels_of
from isthmus.clouds.handles import KeysHandle, NetworkHandle, Place, StoreHandle
from isthmus.plan.model import StorePlan

ABANDONED_UPLOAD_DAYS = 7

SOFT_DELETE_SECONDS = 7 * 86_400
"""Cloud Storage's own default, said so that it can be checked: the bucket's last net, under
versioning (https://cloud.google.com/storage/docs/soft-delete)."""


def build_store(
    parent: pulumi.ComponentResource,
    place: Place,
    plan: StorePlan,
    keys: KeysHandle,
    network: NetworkHandle | None = None,
) -> StoreHandle:
    """Build the bucket of a store.

    Every read and write is in the site's data access audit logs, with who did it; usage logs, which
    name no one, are therefore not kept. Plain HTTP cannot reach the bucket from the site's network,
    whose firewall lets port 443 out only; for callers elsewhere an organization forbids it with
    the policy `storage.secureHttpTransport`. A store that is not protected is destroyed with all
    its objects.
    """
    bucket = storage.Bucket(
        f"{place.name}-{plan.name}",
        location=place.region,
        storage_class="STANDARD",
        labels=labels_of(place.tags, data_classification=plan.data_classification),
        uniform_bucket_level_access=True,
        public_access_prevention="enforced",
        encryption=storage.BucketEncryptionArgs(default_kms_key_name=keys.key_ids["data"]),
        versioning=storage.BucketVersioningArgs(enabled=True),
        soft_delete_policy=storage.BucketSoftDeletePolicyArgs(
            retention_duration_seconds=SOFT_DELETE_SECONDS
        ),
        lifecycle_rules=lifecycle_rules(plan.noncurrent_days),
        force_destroy=not plan.protect,
        opts=pulumi.ResourceOptions(parent=parent, protect=plan.protect),
    )
    return StoreHandle(store_id=bucket.id, url=bucket.url)


def lifecycle_rules(noncurrent_days: int) -> list[storage.BucketLifecycleRuleArgs]:
    """Delete what was overwritten after `noncurrent_days`, and uploads that were never finished."""
    return [
        storage.BucketLifecycleRuleArgs(
            action=storage.BucketLifecycleRuleActionArgs(type="Delete"),
            condition=storage.BucketLifecycleRuleConditionArgs(
                days_since_noncurrent_time=noncurrent_days, with_state="ARCHIVED"
            ),
        ),
        storage.BucketLifecycleRuleArgs(
            action=storage.BucketLifecycleRuleActionArgs(type="AbortIncompleteMultipartUpload"),
            condition=storage.BucketLifecycleRuleConditionArgs(age=ABANDONED_UPLOAD_DAYS),
        ),
    ]

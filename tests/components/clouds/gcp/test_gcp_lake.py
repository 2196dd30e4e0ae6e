"""The bucket of a store is private, encrypted, versioned and in the region."""

from dataclasses import replace

import pytest
from conftest import KEYS, STORE_PLAN, record_store
from tests.components.clouds.recording import Recording

pytestmark = pytest.mark.cloud


def test_the_bucket_is_in_the_region_under_the_data_key(store: Recording) -> None:
    (bucket,) = store.of("Bucket")
    assert bucket.inputs["location"] == "europe-west4"
    assert bucket.inputs["encryption"] == {"defaultKmsKeyName": KEYS["data"]}
    assert "customPlacementConfig" not in bucket.inputs


def test_no_one_can_open_the_bucket_to_the_public(store: Recording) -> None:
    (bucket,) = store.of("Bucket")
    assert bucket.inputs["publicAccessPrevention"] == "enforced"
    assert bucket.inputs["uniformBucketLevelAccess"] is True
    assert len(store.sent) == 1


def test_overwritten_objects_are_kept_as_planned(store: Recording) -> None:
    (bucket,) = store.of("Bucket")
    assert bucket.inputs["versioning"] == {"enabled": True}
    assert bucket.inputs["softDeletePolicy"]["retentionDurationSeconds"] >= 604_800
    assert bucket.inputs["lifecycleRules"] == [
        {
            "action": {"type": "Delete"},
            "condition": {"daysSinceNoncurrentTime": 45, "withState": "ARCHIVED"},
        },
        {"action": {"type": "AbortIncompleteMultipartUpload"}, "condition": {"age": 7}},
    ]


def test_a_store_is_labelled_with_its_own_classification(store: Recording) -> None:
    (bucket,) = store.of("Bucket")
    assert bucket.inputs["labels"]["data-classification"] == "restricted"
    assert bucket.inputs["labels"]["owner"] == "ml-platform_example_com"


def test_a_protected_store_cannot_be_destroyed_and_another_can(store: Recording) -> None:
    (protected,) = store.of("Bucket")
    assert protected.protect
    assert protected.inputs["forceDestroy"] is False
    (other,) = record_store(replace(STORE_PLAN, protect=False)).of("Bucket")
    assert not other.protect
    assert other.inputs["forceDestroy"] is True


def test_the_handle_tells_where_the_store_is(store: Recording) -> None:
    assert store.handle["url"] == "gs://eu-datasets-1a2b3c4"

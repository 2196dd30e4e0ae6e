"""Cloud Storage buckets and Filestore instances."""

import re
from math import nan

from isthmus_policies.graph import Graph, identities_of
from isthmus_policies.questions.expect import (
    GCP_KEYS,
    expect,
    expect_customer_key,
    expect_true,
    is_word,
)
from isthmus_policies.questions.records import RECORDS_DAYS, RECORDS_LAW, why_no_records
from isthmus_policies.questions.tagged import REGULATED, why_not_tagged
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.rules.logging.gcp import expect_data_access_log
from isthmus_policies.values import MISSING, UNKNOWN, Value, reveal
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdict, Verdicts

_BUCKET = "gcp:storage/bucket:Bucket"
_FILESTORE = "gcp:filestore/instance:Instance"
_KEY = "gcp:kms/cryptoKey:CryptoKey"
_KEY_RING = "gcp:kms/keyRing:KeyRing"
_KEY_LOCATION = re.compile(r"projects/[^/]+/locations/([^/]+)/")
_MULTI_REGIONS = {"eu": "europe"}
"""Cloud KMS says `europe` where Cloud Storage says `EU`; the other names are the same."""

_SOFT_DELETE_SECONDS = 7 * 24 * 60 * 60
"""The least that Cloud Storage takes, and its default (SDK documentation of the property)."""
_TIERS_WITHOUT_KEYS = ("STANDARD", "PREMIUM", "BASIC_HDD", "BASIC_SSD")
"""Source: docs.cloud.google.com/filestore/docs/cmek names zonal, regional and enterprise tiers as
those that take a key (unverified for HIGH_SCALE_SSD, the older name of zonal)."""


@rule(
    "storage-gcs-bucket-key-location",
    title="A bucket's key is where the bucket is",
    why="Cloud Storage refuses a key of another place, and the law of that place would apply to it.",
    fix="gcp.kms.KeyRing(name, location='europe-west4') for "
    "gcp.storage.Bucket(name, location='europe-west4')",
    severity=Severity.HIGH,
    types=(_BUCKET,),
    controls=("GCP-GCS-01",),
)
def gcs_bucket_key_location(bucket: Resource, context: Context, graph: Graph) -> Verdicts:
    path = "encryption.defaultKmsKeyName"
    if not bucket.has(path):
        return NotApplicable("it has no key of its own")
    key, place = _location_of_key(bucket, path, graph), reveal(bucket.get("location"))
    if not isinstance(key, str) or not isinstance(place, str):
        return Unknown("whether the key is where the bucket is cannot be told yet", path)
    wanted = _MULTI_REGIONS.get(place.casefold(), place.casefold())
    if key.casefold() == wanted:
        return Pass()
    return Fail(f"the key is in '{key}', and the bucket needs one in '{wanted}'", path)


def _location_of_key(holder: Resource, path: str, graph: Graph) -> Value:
    """Where the key named at `path` is: its name says so, or the key ring it was made in."""
    name = reveal(holder.get(path))
    if isinstance(name, str):
        found = _KEY_LOCATION.search(name)
        return found[1] if found else UNKNOWN
    for other in graph.references(holder, path, (*GCP_KEYS, _KEY_RING)):
        if other.has("location"):
            return reveal(other.get("location"))
        # A grant names the key at cryptoKeyId, and a key its ring at keyRing.
        return _location_of_key(other, "keyRing" if other.type == _KEY else "cryptoKeyId", graph)
    return UNKNOWN


@rule(
    "storage-gcs-bucket-uniform-access",
    title="Buckets have uniform access",
    why="Access lists of single objects escape IAM, its reviews and its audit logs.",
    fix="gcp.storage.Bucket(name, uniform_bucket_level_access=True)",
    severity=Severity.MEDIUM,
    types=(_BUCKET,),
    controls=("GCP-GCS-04",),
)
def gcs_bucket_uniform_access(bucket: Resource, context: Context) -> Verdicts:
    message = "single objects may have access lists of their own"
    return expect_true(bucket, "uniformBucketLevelAccess", message)


@rule(
    "storage-gcs-bucket-versioning",
    title="Buckets keep overwritten and deleted objects",
    why="A mistake, or malware, overwrites data as easily as its owner does.",
    fix="gcp.storage.Bucket(name, versioning={'enabled': True})",
    severity=Severity.MEDIUM,
    types=(_BUCKET,),
    controls=("GCP-GCS-05",),
)
def gcs_bucket_versioning(bucket: Resource, context: Context) -> Verdicts:
    if isinstance(reveal(bucket.get("retentionPolicy.retentionPeriod")), str | int | float):
        return NotApplicable("its retention policy lets nothing be overwritten")
    return expect_true(bucket, "versioning.enabled", "overwritten objects are lost")


@rule(
    "storage-gcs-bucket-soft-delete",
    title="Buckets keep deleted objects for seven days at least",
    why="Soft delete also brings back what was deleted with all its versions.",
    fix="gcp.storage.Bucket(name, soft_delete_policy={'retention_duration_seconds': 604800})",
    severity=Severity.MEDIUM,
    types=(_BUCKET,),
    controls=("GCP-GCS-05",),
)
def gcs_bucket_soft_delete(bucket: Resource, context: Context) -> Verdicts:
    path = "softDeletePolicy.retentionDurationSeconds"
    kept = bucket.get(path) is MISSING or _seconds(bucket.get(path)) >= _SOFT_DELETE_SECONDS
    return expect(bucket, path, kept, "deleted objects are lost sooner than in seven days")


@rule(
    "storage-gcs-bucket-records-locked",
    title="Records are kept under a locked retention policy",
    why="As long as the policy is not locked, whoever may change the bucket may end it.",
    fix="gcp.storage.Bucket(name, labels={'retention': 'records'}, "
    "retention_policy={'retention_period': '189216000', 'is_locked': True})",
    severity=Severity.HIGH,
    types=(_BUCKET,),
    controls=("GCP-GCS-06",),
    requirements=RECORDS_LAW,
)
def gcs_bucket_records_locked(bucket: Resource, context: Context) -> Verdicts:
    reason = why_no_records(bucket)
    if reason:
        return reason
    locked, period = "retentionPolicy.isLocked", "retentionPolicy.retentionPeriod"
    long_enough = _seconds(bucket.get(period)) >= RECORDS_DAYS * 86_400
    return [
        expect_true(bucket, locked, "the retention policy is not locked"),
        expect(bucket, period, long_enough, f"they are kept less than {RECORDS_DAYS} days"),
    ]


def _seconds(value: Value) -> float:
    """A number of seconds, which this SDK writes as text in one place; nothing is not a number."""
    value = reveal(value)
    if isinstance(value, str) and value.isdigit():
        return int(value)
    return value if isinstance(value, int | float) else nan


@rule(
    "storage-gcs-bucket-access-logs",
    title="Who reads and writes a bucket is recorded",
    why="After a leak the first question is what was read, and by whom.",
    fix="gcp.storage.Bucket(name, logging={'log_bucket': logs.name}), or "
    "gcp.projects.IAMAuditConfig(name, project=project, service='storage.googleapis.com', "
    "audit_log_configs=[{'log_type': 'DATA_READ'}, {'log_type': 'DATA_WRITE'}])",
    severity=Severity.MEDIUM,
    types=(_BUCKET,),
    controls=("GCP-GCS-07",),
)
def gcs_bucket_access_logs(bucket: Resource, context: Context, graph: Graph) -> Verdicts:
    """Usage logs of its own, or data access logs, which Google recommends and which name callers.

    Source: docs.cloud.google.com/storage/docs/access-logs (unverified).
    """
    path = "logging.logBucket"
    target = reveal(bucket.get(path))
    if isinstance(target, str) and target:
        return _judge_log_bucket(bucket, path, target)
    if graph.references(bucket, path, (_BUCKET,)):
        return Pass()
    if graph.referenced_by(bucket, path, (_BUCKET,)):
        return NotApplicable("it receives the logs of other buckets")
    if target is UNKNOWN:
        return Unknown("whether its use is logged is not known yet", path)
    return expect_data_access_log("storage.googleapis.com", graph, path)


def _judge_log_bucket(bucket: Resource, path: str, target: str) -> Verdict:
    if target in identities_of(bucket):
        return Fail("it writes its logs into itself", path)
    if bucket.get("name") is UNKNOWN:
        return Unknown("whether it writes its logs into itself is not known yet", path)
    return Pass()


@rule(
    "storage-filestore-customer-key",
    title="Filestore instances are encrypted with a customer-managed key",
    why="With Google's own key nobody can revoke access to the data by disabling a key.",
    fix="gcp.filestore.Instance(name, tier='REGIONAL', kms_key_name=key.id)",
    severity=Severity.HIGH,
    types=(_FILESTORE,),
    controls=("GCP-FS-01",),
)
def filestore_customer_key(instance: Resource, context: Context, graph: Graph) -> Verdicts:
    if is_word(instance.get("tier"), *_TIERS_WITHOUT_KEYS):
        return _judge_basic_tier(instance)
    return expect_customer_key(instance, "kmsKeyName", graph, GCP_KEYS)


def _judge_basic_tier(instance: Resource) -> Verdict:
    return why_not_tagged(instance, REGULATED) or Fail(
        "instances of its tier take no key of yours, and its data is regulated", "tier"
    )


@rule(
    "storage-filestore-deletion-protection",
    title="Filestore instances are protected against deletion",
    why="One mistaken command would take the file system and all it holds.",
    fix="gcp.filestore.Instance(name, deletion_protection_enabled=True)",
    severity=Severity.MEDIUM,
    types=(_FILESTORE,),
    controls=("GCP-FS-01",),
)
def filestore_deletion_protection(instance: Resource, context: Context) -> Verdicts:
    return expect_true(instance, "deletionProtectionEnabled", "it can be deleted at once")


RULES = (
    gcs_bucket_key_location,
    gcs_bucket_uniform_access,
    gcs_bucket_versioning,
    gcs_bucket_soft_delete,
    gcs_bucket_records_locked,
    gcs_bucket_access_logs,
    filestore_customer_key,
    filestore_deletion_protection,
)

"""S3 buckets keep versions, logs and records as long as they must."""

from collections.abc import Iterator
from math import nan

from isthmus_policies.graph import Graph, identities_of
from isthmus_policies.questions.companions import judge_companions, judge_setting
from isthmus_policies.questions.expect import (
    AWS_KEYS,
    expect_at_least,
    expect_customer_key,
    expect_one_of,
    expect_statement,
    expect_true,
    is_word,
)
from isthmus_policies.questions.policy_document import Statement
from isthmus_policies.questions.records import (
    RECORDS_DAYS,
    RECORDS_LAW,
    RECORDS_YEARS,
    why_no_records,
)
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.rules.encryption.aws import (
    BUCKET_ENCRYPTIONS,
    BUCKET_LOGGINGS,
    BUCKETS,
    takes_access_logs,
)
from isthmus_policies.rules.transport import covers_bucket_and_objects
from isthmus_policies.values import MISSING, UNKNOWN, Located, Value, is_true
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdict, Verdicts

_POLICIES = ("aws:s3/bucketPolicy:BucketPolicy",)
_VERSIONINGS = (
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:s3/bucketVersioningV2:BucketVersioningV2",
)
_LOCKS = (
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2",
)
_LIFECYCLES = (
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
)
_REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"

_ENCRYPTIONS = (
    "rules.*",
    "serverSideEncryptionConfiguration.rule",
    "serverSideEncryptionConfigurations.*.rules.*",
)
_ALGORITHMS = (
    "applyServerSideEncryptionByDefault.sseAlgorithm",
    "applyServerSideEncryptionByDefaults[0].sseAlgorithm",
)
_INLINE_VERSIONINGS = ("versioning", "versionings.*")
_INLINE_LOCKS = (
    "objectLockConfiguration.rule.defaultRetention",
    "objectLockConfiguration.rules.*.defaultRetentions.*",
)
_INLINE_LOGGINGS = ("logging", "loggings.*")
_LIFECYCLE_RULES = ("rules.*", "lifecycleRules.*")
_UPLOAD_DAYS = (
    "abortIncompleteMultipartUpload.daysAfterInitiation",
    "abortIncompleteMultipartUploadDays",
)
_REPLICATION_RULES = {
    "rules.*": "destination.encryptionConfiguration.replicaKmsKeyId",
    "replicationConfiguration.rules.*": "destination.replicaKmsKeyId",
    "replicationConfigurations.*.rules.*": "destinations[0].replicaKmsKeyId",
}
"""Where a type lists what is replicated, and where an entry names the key of the copy."""

_OLDEST_TLS = 1.2
_ACCESS_LOG_DAYS = 365
"""PCI DSS 4.0, 10.5.1: audit logs are kept for at least twelve months."""


def _blocks(resource: Resource, *paths: str) -> list[Located]:
    return [found for path in paths for found in resource.find(path)]


@rule(
    "storage-s3-bucket-key-enabled",
    title="S3 buckets under a KMS key use a bucket key",
    why="Without it every object costs a call to KMS, whose limit then throttles the whole account.",
    fix="aws.s3.BucketServerSideEncryptionConfiguration(name, bucket=bucket.id, "
    "rules=[{..., 'bucket_key_enabled': True}])",
    severity=Severity.LOW,
    types=(*BUCKETS, *BUCKET_ENCRYPTIONS),
    controls=("AWS-S3-01",),
)
def s3_bucket_key_enabled(resource: Resource, context: Context) -> Verdicts:
    blocks = _blocks(resource, *_ENCRYPTIONS)
    if not blocks:
        return NotApplicable("how it is encrypted is said elsewhere, if at all")
    return [_judge_bucket_key(resource, block.path) for block in blocks]


def _judge_bucket_key(resource: Resource, path: str) -> Verdict:
    algorithms = [resource.get(f"{path}.{each}") for each in _ALGORITHMS]
    known = next((each for each in algorithms if isinstance(each, str)), None)
    if known and not is_word(known, "aws:kms"):
        # "S3 Bucket Keys aren't supported for DSSE-KMS" (S3 User Guide, "Using DSSE-KMS"), and with
        # S3's own key there is nothing to save.
        return NotApplicable(f"bucket keys are not for '{known}'")
    return expect_true(resource, f"{path}.bucketKeyEnabled", "the bucket key is not on")


@rule(
    "storage-s3-bucket-minimum-tls",
    title="S3 bucket policies refuse TLS older than 1.2",
    why="Older versions of TLS are broken. AWS no longer offers them, which this policy makes "
    "evident to auditors.",
    fix="aws.s3.BucketPolicy(name, bucket=bucket.id, policy=...) with the statement "
    "{'Effect': 'Deny', 'Principal': '*', 'Action': 's3:*', 'Resource': [arn, arn + '/*'], "
    "'Condition': {'NumericLessThan': {'s3:TlsVersion': '1.2'}}}",
    severity=Severity.LOW,
    types=(*BUCKETS, *_POLICIES),
    controls=("AWS-S3-03",),
)
def s3_bucket_minimum_tls(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    if resource.type in BUCKETS and resource.has("policy"):
        return _judge_oldest_tls(resource)
    return judge_setting(resource, BUCKETS, "bucket", _POLICIES, graph, _judge_oldest_tls)


def _judge_oldest_tls(holder: Resource) -> tuple[Verdict]:
    message = f"the bucket policy does not deny TLS older than {_OLDEST_TLS}"
    return (expect_statement(holder, "policy", _denies_old_tls, message),)


def _denies_old_tls(statement: Statement) -> bool:
    limits = statement.denied_at("s3", "s3:tlsversion", ("numericlessthan",))
    return any(_number(each) >= _OLDEST_TLS for each in limits) and covers_bucket_and_objects(
        statement
    )


def _number(value: Value) -> float:
    """A number of an IAM policy, which may be written as text; anything else is not a number."""
    try:
        return float(value) if isinstance(value, str | int | float) else nan
    except ValueError:
        return nan


@rule(
    "storage-s3-bucket-versioning",
    title="S3 buckets keep the former versions of objects",
    why="Without versions, whatever is overwritten or deleted by mistake or malice is gone.",
    fix="aws.s3.BucketVersioning(name, bucket=bucket.id, "
    "versioning_configuration={'status': 'Enabled'})",
    severity=Severity.MEDIUM,
    types=(*BUCKETS, *_VERSIONINGS),
    controls=("AWS-S3-05",),
)
def s3_bucket_versioning(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    if is_true(resource.get("objectLockEnabled")):
        return Pass()  # it turns versioning on for good (S3 User Guide, "Locking objects")
    inline = _blocks(resource, *_INLINE_VERSIONINGS)
    if inline:
        return [
            expect_true(resource, f"{each.path}.enabled", "versioning is off") for each in inline
        ]
    return judge_setting(resource, BUCKETS, "bucket", _VERSIONINGS, graph, _judge_versioning)


def _judge_versioning(holder: Resource) -> tuple[Verdict]:
    path = "versioningConfiguration.status"
    return (expect_one_of(holder, path, ("Enabled",), "versioning is off"),)


@rule(
    "storage-s3-records-object-lock",
    title="S3 buckets of records lock their objects in compliance mode",
    why="Rules on records ask for storage that nobody can rewrite; in governance mode, or without "
    "a default retention, administrators still can.",
    fix="aws.s3.BucketObjectLockConfiguration(name, bucket=bucket.id, rule={'default_retention': "
    f"{{'mode': 'COMPLIANCE', 'years': {RECORDS_YEARS}}}}})",
    severity=Severity.CRITICAL,
    types=BUCKETS,
    controls=("AWS-S3-06",),
    requirements=RECORDS_LAW,
)
def s3_records_object_lock(bucket: Resource, context: Context, graph: Graph) -> Verdicts:
    excuse = why_no_records(bucket)
    if excuse:
        return excuse
    inline = _blocks(bucket, *_INLINE_LOCKS)
    if inline:
        return [_judge_retention(bucket, each.path) for each in inline]
    return judge_companions(bucket, "bucket", _LOCKS, graph, _judge_lock)


def _judge_lock(holder: Resource) -> tuple[Verdict]:
    return (_judge_retention(holder, "rule.defaultRetention"),)


def _judge_retention(holder: Resource, path: str) -> Verdict:
    mode = expect_one_of(
        holder, f"{path}.mode", ("COMPLIANCE",), "the objects are not locked in compliance mode"
    )
    if not isinstance(mode, Pass):
        return mode
    if holder.has(f"{path}.years"):
        message = f"the objects are locked for less than {RECORDS_YEARS} years"
        return expect_at_least(holder, f"{path}.years", RECORDS_YEARS, message)
    message = f"the objects are locked for less than {RECORDS_DAYS} days"
    return expect_at_least(holder, f"{path}.days", RECORDS_DAYS, message)


@rule(
    "storage-s3-bucket-access-logging",
    title="Access to S3 buckets is logged in another bucket",
    why="Who read what is the first question after a leak, and only the log can answer it.",
    fix="aws.s3.BucketLogging(name, bucket=bucket.id, target_bucket=logs.id, target_prefix='lake/')",
    severity=Severity.MEDIUM,
    types=(*BUCKETS, *BUCKET_LOGGINGS),
    controls=("AWS-S3-07",),
)
def s3_bucket_access_logging(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    inline = _blocks(resource, *_INLINE_LOGGINGS)
    if inline:
        paths = [f"{each.path}.targetBucket" for each in inline]
        return [_judge_inline_logging(resource, path, graph) for path in paths]
    logged = graph.referenced_by(resource, "bucket", BUCKET_LOGGINGS)
    if not logged and takes_access_logs(resource, graph):
        return NotApplicable("it takes the access logs of others; logging that again has no end")
    return judge_setting(
        resource, BUCKETS, "bucket", BUCKET_LOGGINGS, graph,
        lambda logging: [_judge_logging(logging, graph)],
    )  # fmt: skip


def _judge_inline_logging(bucket: Resource, path: str, graph: Graph) -> Verdict:
    target = bucket.get(path)
    if target is UNKNOWN and not graph.references(bucket, path, BUCKETS):
        return Unknown("the bucket that takes the logs is not known yet", path)
    if target in identities_of(bucket):
        return Fail("the bucket logs into itself", path)
    return Pass()


def _judge_logging(logging: Resource, graph: Graph) -> Verdict:
    paths = ("bucket", "targetBucket")
    logged, target = (logging.get(path) for path in paths)
    source, sink = ({b.urn for b in graph.references(logging, path, BUCKETS)} for path in paths)
    if source & sink or (target == logged and target is not UNKNOWN):
        return Fail("the bucket logs into itself", "targetBucket")
    if (logged is UNKNOWN and not source) or (target is UNKNOWN and not sink):
        return Unknown("which bucket logs into which is not known yet", "targetBucket")
    return Pass()


@rule(
    "storage-s3-bucket-lifecycle",
    title="S3 buckets have a lifecycle that clears away unfinished uploads",
    why="Data without an end of life piles up, and the parts of broken uploads are billed unseen.",
    fix="aws.s3.BucketLifecycleConfiguration(name, bucket=bucket.id, rules=[{'id': 'uploads', "
    "'status': 'Enabled', 'abort_incomplete_multipart_upload': {'days_after_initiation': 7}}])",
    severity=Severity.LOW,
    types=(*BUCKETS, *_LIFECYCLES),
    controls=("AWS-S3-08",),
)
def s3_bucket_lifecycle(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    if resource.has("lifecycleRules"):
        return _judge_uploads(resource)
    return judge_setting(resource, BUCKETS, "bucket", _LIFECYCLES, graph, _judge_uploads)


def _judge_uploads(holder: Resource) -> Iterator[Verdict]:
    clears = [_clears_uploads(holder, each.path) for each in _blocks(holder, *_LIFECYCLE_RULES)]
    if True in clears:
        return
    if None in clears:
        yield Unknown("whether unfinished uploads are cleared away is not known yet")
    else:
        yield Fail("no enabled rule aborts unfinished uploads")


def _clears_uploads(holder: Resource, path: str) -> bool | None:
    enabled = _is_enabled(holder, path)
    days = [holder.get(f"{path}.{each}") for each in _UPLOAD_DAYS]
    if enabled is False or all(each is MISSING for each in days):
        return False
    return None if enabled is None or UNKNOWN in days else True


def _is_enabled(holder: Resource, path: str) -> bool | None:
    """Whether a lifecycle rule is in force, however it says so; None if that is not known."""
    said = [holder.get(f"{path}.{each}") for each in ("status", "enabled")]
    if UNKNOWN in said:
        return None
    return any(is_true(each) or is_word(each, "Enabled") for each in said)


@rule(
    "storage-s3-bucket-minimum-retention",
    title="S3 buckets of records and of access logs keep objects for their legal term",
    why="What expires before its term cannot be shown to whoever may ask for it.",
    fix="aws.s3.BucketLifecycleConfiguration(name, bucket=bucket.id, "
    f"rules=[{{..., 'expiration': {{'days': {RECORDS_DAYS}}}}}]), or no expiration",
    severity=Severity.HIGH,
    types=BUCKETS,
    controls=("AWS-S3-08",),
)
def s3_bucket_minimum_retention(
    bucket: Resource, context: Context, graph: Graph
) -> Iterator[Verdict]:
    excuse = why_no_records(bucket)
    if isinstance(excuse, Unknown) or (excuse and not takes_access_logs(bucket, graph)):
        yield excuse
        return
    days = _ACCESS_LOG_DAYS if excuse else RECORDS_DAYS
    lifecycles = graph.referenced_by(bucket, "bucket", _LIFECYCLES)
    if not lifecycles and graph.unresolved("bucket", _LIFECYCLES):
        yield Unknown("whether a lifecycle of this stack is for the bucket is not known yet")
    for holder in (bucket, *lifecycles):
        for each in _blocks(holder, *_LIFECYCLE_RULES):
            yield from _judge_expiration(holder, each.path, days)


def _judge_expiration(holder: Resource, path: str, days: int) -> Iterator[Verdict]:
    enabled = _is_enabled(holder, path)
    if enabled is False:
        return
    for found in _blocks(holder, f"{path}.expiration", f"{path}.expirations.*"):
        if enabled is None or found.value is UNKNOWN:
            yield Unknown("when objects expire is not known yet", found.path)
        elif holder.has(f"{found.path}.date"):
            yield Fail("at a fixed date, objects of any age expire", f"{found.path}.date")
        elif holder.has(f"{found.path}.days"):
            message = f"objects expire before {days} days have passed"
            yield expect_at_least(holder, f"{found.path}.days", days, message)


@rule(
    "storage-s3-replica-customer-key",
    title="Copies of S3 objects are encrypted with a customer-managed key",
    why="A copy under another key than the original's kind is the weaker place to attack.",
    fix="aws.s3.BucketReplicationConfig(name, rules=[{..., 'destination': {'bucket': copy.arn, "
    "'encryption_configuration': {'replica_kms_key_id': key.arn}}}])",
    severity=Severity.HIGH,
    types=(*BUCKETS, _REPLICATION),
    controls=("AWS-S3-09",),
)
def s3_replica_customer_key(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    entries = [
        (found.path, key)
        for listed, key in _REPLICATION_RULES.items()
        for found in resource.find(listed)
    ]
    if not entries:
        return NotApplicable("it replicates nothing itself")
    return [_judge_replica(resource, path, key, graph) for path, key in entries]


def _judge_replica(resource: Resource, path: str, key: str, graph: Graph) -> Verdict:
    status = resource.get(f"{path}.status")
    if is_word(status, "Disabled"):
        return NotApplicable("the replication is disabled")
    verdict = expect_customer_key(resource, f"{path}.{key}", graph, AWS_KEYS)
    if status is UNKNOWN and isinstance(verdict, Fail):
        return Unknown("whether it is replicated is not known yet", f"{path}.status")
    return verdict


@rule(
    "storage-s3-bucket-owner-enforced",
    title="S3 buckets have no access lists",
    why="An access list grants access past the bucket's policy, object by object, where nobody looks.",
    fix="aws.s3.BucketOwnershipControls(name, bucket=bucket.id, "
    "rule={'object_ownership': 'BucketOwnerEnforced'})",
    severity=Severity.MEDIUM,
    types=("aws:s3/bucketOwnershipControls:BucketOwnershipControls",),
)
def s3_bucket_owner_enforced(ownership: Resource, context: Context) -> Verdicts:
    # A bucket without such controls has none either, since April 2023 (S3 User Guide, "Controlling
    # ownership of objects and disabling ACLs for your bucket").
    path = "rule.objectOwnership"
    return expect_one_of(ownership, path, ("BucketOwnerEnforced",), "access lists are in force")


RULES = (
    s3_bucket_key_enabled,
    s3_bucket_minimum_tls,
    s3_bucket_versioning,
    s3_records_object_lock,
    s3_bucket_access_logging,
    s3_bucket_lifecycle,
    s3_bucket_minimum_retention,
    s3_replica_customer_key,
    s3_bucket_owner_enforced,
)

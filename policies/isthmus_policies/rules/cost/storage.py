"""Object stores clear away what nobody can see: old versions and the parts of broken uploads."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import is_word
from isthmus_policies.questions.records import why_no_records
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Enforcement, Severity, rule
from isthmus_policies.rules.encryption.aws import BUCKETS
from isthmus_policies.values import MISSING, UNKNOWN, is_false, is_true
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdict, Verdicts

_VERSIONINGS = (
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:s3/bucketVersioningV2:BucketVersioningV2",
)
_LIFECYCLES = (
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
)
_OLD_VERSIONS = ("noncurrentVersionExpiration", "noncurrentVersionExpirations")
_GCS_BUCKET = "gcp:storage/bucket:Bucket"
_GCS_OLD_VERSIONS = (
    "numNewerVersions",
    "daysSinceNoncurrentTime",
    "noncurrentTimeBefore",
    "withState",
)
"""Conditions that single out noncurrent versions. `withState` may say LIVE, which does not."""
_BLOB_SERVICE = "azure-native:storage:BlobServiceProperties"
_MANAGEMENT = ("azure-native:storage:ManagementPolicy",)
_ACCOUNTS = ("azure-native:storage:StorageAccount",)

_NOT_VERSIONED = NotApplicable("it keeps no old versions")
_RECORDS = NotApplicable("it holds records, of which nothing may be cleared away")


@rule(
    "cost-s3-bucket-version-expiry",
    title="S3 buckets with versions clear old ones away",
    why="Every overwritten or deleted object stays and is paid for, though nobody sees it.",
    fix="aws.s3.BucketLifecycleConfiguration(name, bucket=bucket.id, rules=[{'id': 'versions', "
    "'status': 'Enabled', 'noncurrent_version_expiration': {'noncurrent_days': 90}}])",
    severity=Severity.LOW,
    types=BUCKETS,
    enforcement=Enforcement.ADVISORY,
)
def s3_bucket_version_expiry(bucket: Resource, context: Context, graph: Graph) -> Verdicts:
    versioned = _any_of(_s3_versionings(bucket, graph))
    excuse = _why_not(bucket, versioned)
    if excuse:
        return excuse
    lifecycles = graph.referenced_by(bucket, "bucket", _LIFECYCLES)
    clears = [_clears_s3(each, path) for each in (bucket, *lifecycles) for path in _rules_of(each)]
    clears += [None for _ in graph.unresolved("bucket", _LIFECYCLES)]
    return _judge(versioned, _any_of(clears), "lifecycleRules")


def _s3_versionings(bucket: Resource, graph: Graph) -> Iterable[bool | None]:
    for found in (*bucket.find("versioning.enabled"), *bucket.find("versionings.*.enabled")):
        yield None if found.value is UNKNOWN else is_true(found.value)
    for each in graph.referenced_by(bucket, "bucket", _VERSIONINGS):
        status = each.get("versioningConfiguration.status")
        # A suspended bucket keeps the versions that it has, and makes no more.
        yield None if status is UNKNOWN else is_word(status, "Enabled")
    yield from (None for _ in graph.unresolved("bucket", _VERSIONINGS))


def _rules_of(holder: Resource) -> list[str]:
    paths = ("rules.*", "lifecycleRules.*")
    return [found.path for path in paths for found in holder.find(path)]


def _clears_s3(holder: Resource, path: str) -> bool | None:
    enabled = [holder.get(f"{path}.{each}") for each in ("status", "enabled")]
    said = [holder.get(f"{path}.{each}") for each in _OLD_VERSIONS]
    if all(each in (MISSING, [], {}) for each in said):
        return False
    if any(is_true(each) or is_word(each, "Enabled") for each in enabled):
        return None if UNKNOWN in said else True
    return None if UNKNOWN in enabled else False


@rule(
    "cost-gcs-bucket-version-expiry",
    title="Cloud Storage buckets with versions clear old ones away",
    why="Every overwritten or deleted object stays and is paid for, though nobody sees it.",
    fix="gcp.storage.Bucket(name, lifecycle_rules=[{'action': {'type': 'Delete'}, 'condition': "
    "{'days_since_noncurrent_time': 90}}], ...)",
    severity=Severity.LOW,
    types=(_GCS_BUCKET,),
    enforcement=Enforcement.ADVISORY,
)
def gcs_bucket_version_expiry(bucket: Resource, context: Context) -> Verdicts:
    enabled = bucket.get("versioning.enabled")
    versioned = None if enabled is UNKNOWN else is_true(enabled)
    excuse = _why_not(bucket, versioned)
    clears = _gcs_actions(bucket, "Delete", _singles_out_old_versions)
    return excuse or _judge(versioned, _any_of(clears), "lifecycleRules")


def _singles_out_old_versions(bucket: Resource, condition: str) -> bool | None:
    said = {each: bucket.get(f"{condition}.{each}") for each in _GCS_OLD_VERSIONS}
    if is_word(said["withState"], "LIVE"):
        return False
    if UNKNOWN in said.values():
        return None
    return any(each not in (MISSING, 0, "") for each in said.values())


@rule(
    "cost-gcs-bucket-uploads-aborted",
    title="Cloud Storage buckets clear away unfinished uploads",
    why="The parts of broken multipart uploads are paid for, though no listing shows them.",
    fix="gcp.storage.Bucket(name, lifecycle_rules=[{'action': {'type': "
    "'AbortIncompleteMultipartUpload'}, 'condition': {'age': 7}}], ...)",
    severity=Severity.LOW,
    types=(_GCS_BUCKET,),
    enforcement=Enforcement.ADVISORY,
)
def gcs_bucket_uploads_aborted(bucket: Resource, context: Context) -> Verdicts:
    aborts = _any_of(_gcs_actions(bucket, "AbortIncompleteMultipartUpload", _always))
    if aborts is None:
        return Unknown("whether unfinished uploads are cleared away is not known yet")
    return Pass() if aborts else Fail("nothing aborts unfinished uploads", "lifecycleRules")


def _always(bucket: Resource, condition: str) -> bool:
    return True


def _gcs_actions(
    bucket: Resource, action: str, holds: Callable[[Resource, str], bool | None]
) -> Iterable[bool | None]:
    """For each lifecycle rule whether it does that, under a condition that holds."""
    for each in bucket.find("lifecycleRules.*"):
        kind = bucket.get(f"{each.path}.action.type")
        if kind is UNKNOWN:
            yield None
        else:
            yield is_word(kind, action) and holds(bucket, f"{each.path}.condition")


@rule(
    "cost-azure-blob-version-expiry",
    title="Storage accounts with versions clear old ones away",
    why="Every overwritten or deleted blob stays and is paid for, though nobody sees it.",
    fix="azure_native.storage.ManagementPolicy(name, account_name=account.name, policy={'rules': "
    "[{'name': 'versions', 'type': 'Lifecycle', 'definition': {'actions': {'version': {'delete': "
    "{'days_after_creation_greater_than': 90}}}, 'filters': {'blob_types': ['blockBlob']}}}]}, ...)",
    severity=Severity.LOW,
    types=(_BLOB_SERVICE,),
    enforcement=Enforcement.ADVISORY,
)
def azure_blob_version_expiry(service: Resource, context: Context, graph: Graph) -> Verdicts:
    enabled = service.get("isVersioningEnabled")
    versioned = None if enabled is UNKNOWN else is_true(enabled)
    accounts = graph.references(service, "accountName", _ACCOUNTS)
    excuse = _why_not(accounts[0] if accounts else service, versioned)
    if excuse:
        return excuse
    return _judge(versioned, _blobs_are_cleared(service, accounts, graph), "isVersioningEnabled")


def _blobs_are_cleared(
    service: Resource, accounts: Collection[Resource], graph: Graph
) -> bool | None:
    """Whether a management policy of the service's account clears old versions away."""
    name = service.get("accountName")
    its = [
        _clears_blobs(policy)
        for account in accounts
        for policy in graph.referenced_by(account, "accountName", _MANAGEMENT)
    ]
    if isinstance(name, str):
        its.append(graph.once(_named_policies_clear).get(name, False))
    if accounts:
        others = graph.once(_unresolved_policies_clear)
    elif name is UNKNOWN:
        others = graph.once(_any_policies_clear)
    else:
        others = graph.once(_unnamed_policies_clear)
    # Another policy may turn out to be for this account.
    return _any_of([*its, False if others is False else None])


def _named_policies_clear(graph: Graph) -> Mapping[str, bool | None]:
    """By the name of the account."""
    answers: dict[str, list[bool | None]] = defaultdict(list)
    for policy in graph.of_type(*_MANAGEMENT):
        name = policy.get("accountName")
        if isinstance(name, str):
            answers[name].append(_clears_blobs(policy))
    return {name: _any_of(found) for name, found in answers.items()}


def _any_policies_clear(graph: Graph) -> bool | None:
    return _any_of(_clears_blobs(policy) for policy in graph.of_type(*_MANAGEMENT))


def _unresolved_policies_clear(graph: Graph) -> bool | None:
    policies = graph.unresolved("accountName", _MANAGEMENT)
    return _any_of(_clears_blobs(policy) for policy in policies)


def _unnamed_policies_clear(graph: Graph) -> bool | None:
    policies = graph.of_type(*_MANAGEMENT)
    return _any_of(_clears_blobs(p) for p in policies if p.get("accountName") is UNKNOWN)


def _clears_blobs(policy: Resource) -> bool | None:
    return _any_of(_clears_versions(policy, each.path) for each in policy.find("policy.rules.*"))


def _clears_versions(policy: Resource, path: str) -> bool | None:
    enabled = policy.get(f"{path}.enabled")
    said = policy.get(f"{path}.definition.actions.version.delete")
    if is_false(enabled) or said is MISSING:
        return False
    return None if UNKNOWN in (enabled, said) else True


def _why_not(store: Resource, versioned: bool | None) -> NotApplicable | Unknown | None:
    """What a rule on versions answers of stores that it is not about."""
    if versioned is False:
        return _NOT_VERSIONED
    excuse = why_no_records(store)
    if excuse is None:
        return _RECORDS
    return excuse if isinstance(excuse, Unknown) else None


def _judge(versioned: bool | None, clears: bool | None, path: str) -> Verdict:
    if clears:
        return Pass()
    if versioned is None or clears is None:
        return Unknown("whether old versions pile up is not known yet", path)
    return Fail("nothing clears old versions away", path)


def _any_of(answers: Iterable[bool | None]) -> bool | None:
    """True if one is, None if one may be."""
    found = set(answers)
    return True if True in found else None if None in found else False


RULES = (
    s3_bucket_version_expiry,
    gcs_bucket_version_expiry,
    gcs_bucket_uploads_aborted,
    azure_blob_version_expiry,
)

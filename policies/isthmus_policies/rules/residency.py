"""Data stays in the jurisdictions that the stack names."""

import re
from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Basis, Context, Requirement, Severity, rule
from isthmus_policies.tables import ReplicaPath, replica_paths
from isthmus_policies.values import UNKNOWN, Located, is_true
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdict, Verdicts
from isthmus_policies.whereabouts import judge_place, locate

_NOT_ASKED = NotApplicable("the stack does not say where its data may be")
_TRANSFERS = (
    Requirement("GDPR", "Art.44", Basis.OWN_READING, "Regulation (EU) 2016/679, chapter V"),
    Requirement("K-ISMS-P", "3.3.4", Basis.OWN_READING, "ISMS-P certification criteria, 3.3.4"),
)
_SAME_THING = {"aws:s3/bucket:Bucket": ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")}
_ARN_REGION = re.compile(r"arn:[^:]*:[^:]*:([^:]+):")
_REPLICA_KEYS = (
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/replicaExternalKey:ReplicaExternalKey",
)


@rule(
    "residency-resource-location-allowed",
    title="Every resource is in an allowed jurisdiction",
    why="Law follows the place: data stored elsewhere is data transferred elsewhere.",
    fix="choose a region of the allowed jurisdictions, or widen 'isthmus:residency.jurisdictions'",
    severity=Severity.CRITICAL,
    types=("aws:*", "gcp:*", "azure-native:*"),
    controls=("AWS-RES-01", "GCP-RES-01", "GCP-GCS-08", "GCP-BQ-03", "AZ-RES-01"),
    requirements=_TRANSFERS,
)
def resource_location_allowed(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    if not context.settings.jurisdictions:
        return _NOT_ASKED
    place = locate(resource, graph)
    if not isinstance(place, Located):
        return place
    return judge_place(resource, place, context)


@rule(
    "residency-replica-location-allowed",
    title="Copies of data stay in an allowed jurisdiction",
    why="A replica is the same data under the law of another place.",
    fix="replicate to a region of the allowed jurisdictions, or not at all",
    severity=Severity.CRITICAL,
    types=tuple(replica_paths()),
    controls=("AWS-S3-09", "AWS-DDB-03", "GCP-GCS-08", "AZ-COS-04"),
    requirements=_TRANSFERS,
)
def replica_location_allowed(
    resource: Resource, context: Context, graph: Graph
) -> Iterator[Verdict]:
    if not context.settings.jurisdictions:
        yield _NOT_ASKED
        return
    for replica in replica_paths()[resource.type]:
        for found in resource.find(replica.path):
            if replica.target:
                yield _judge_target(resource, found, replica, context, graph)
            else:
                yield judge_place(resource, found, context)


def _judge_target(
    resource: Resource, found: Located, replica: ReplicaPath, context: Context, graph: Graph
) -> Verdict:
    """Judges where the copy goes: to a resource of the stack, or to one whose ARN says it."""
    types = _SAME_THING.get(replica.target, (replica.target,))
    for target in graph.references(resource, found.path, types):
        place = locate(target, graph)
        if not isinstance(place, Located):
            return place
        verdict = judge_place(target, place, context)
        if not isinstance(verdict, Pass):
            return verdict
    if graph.references(resource, found.path, types):
        return Pass()
    region = _ARN_REGION.match(found.value) if isinstance(found.value, str) else None
    if region:
        return judge_place(resource, Located(found.path, region[1]), context)
    return Unknown("the copy goes out of this stack, to a place that cannot be seen", found.path)


@rule(
    "residency-aws-key-single-region",
    title="KMS keys stay in their region, unless replicated within the allowed jurisdictions",
    why="Whoever holds a replica of the key can decrypt a copy of the data anywhere.",
    fix="aws.kms.Key(name, multi_region=False)",
    severity=Severity.HIGH,
    types=("aws:kms/key:Key", "aws:kms/externalKey:ExternalKey"),
    controls=("AWS-KMS-03",),
    requirements=_TRANSFERS,
)
def aws_key_single_region(key: Resource, context: Context, graph: Graph) -> Verdicts:
    if not context.settings.jurisdictions:
        return _NOT_ASKED
    multi_region = key.get("multiRegion")
    if multi_region is UNKNOWN:
        return Unknown("whether the key may leave its region is not known yet", "multiRegion")
    if not is_true(multi_region):
        return Pass()
    if graph.referenced_by(key, "primaryKeyArn", _REPLICA_KEYS):
        return NotApplicable("its replicas are judged by where they are")
    return Fail(
        "the key may be replicated to any region, and no replica explains why", "multiRegion"
    )


@rule(
    "residency-gcp-secret-replication",
    title="Secrets name the locations they are replicated to",
    why="With automatic replication Google chooses the locations, anywhere in the world.",
    fix="gcp.secretmanager.Secret(name, replication={'user_managed': {'replicas': "
    "[{'location': 'europe-west4'}]}})",
    severity=Severity.HIGH,
    types=("gcp:secretmanager/secret:Secret",),
    requirements=_TRANSFERS,
)
def gcp_secret_replication(secret: Resource, context: Context) -> Verdicts:
    if not context.settings.jurisdictions:
        return _NOT_ASKED
    if secret.get("replication") is UNKNOWN:
        return Unknown("where the secret is replicated to is not known yet", "replication")
    if secret.has("replication.userManaged"):
        return Pass()  # where its replicas are is judged by the rule on replicas
    return Fail("the secret is replicated to places of Google's choice", "replication.auto")


@rule(
    "residency-storage-account-geo-redundancy",
    title="Geo-redundant copies of storage accounts stay in an allowed jurisdiction",
    why="Azure copies the account to the paired region, which may be in another country.",
    fix="azure_native.storage.StorageAccount(name, sku={'name': 'Standard_ZRS'})",
    severity=Severity.HIGH,
    types=("azure-native:storage:StorageAccount",),
    controls=("AZ-SA-09",),
    requirements=_TRANSFERS,
)
def storage_account_geo_redundancy(account: Resource, context: Context, graph: Graph) -> Verdicts:
    if not context.settings.jurisdictions:
        return _NOT_ASKED
    sku = account.get("sku.name")
    if sku is UNKNOWN:
        return Unknown("whether the account is copied elsewhere is not known yet", "sku.name")
    if not isinstance(sku, str) or not sku.upper().endswith(("GRS", "GZRS")):
        return Pass()
    home = locate(account, graph)
    if not isinstance(home, Located) or not isinstance(home.value, str):
        return Unknown("which region the account is copied to is not known yet", "sku.name")
    pair = context.places.paired_region("azure", home.value)
    if pair is None:
        return Unknown(f"'{home.value}' has no pair in the region catalogue", "sku.name")
    return judge_place(account, Located("sku.name", pair.name), context)


RULES = (
    resource_location_allowed,
    replica_location_allowed,
    aws_key_single_region,
    gcp_secret_replication,
    storage_account_geo_redundancy,
)

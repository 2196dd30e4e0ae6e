"""Where copies of data go: replicas, snapshots, backups, and what the cloud places by itself."""

from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.destinations import judge_destinations
from isthmus_policies.questions.law import TRANSFERS
from isthmus_policies.questions.whereabouts import NOT_ASKED
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.tables import UnnamedPlace, replica_paths, unnamed_places
from isthmus_policies.values import MISSING, UNKNOWN, is_false, is_true
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdict, Verdicts

_REPLICA_KEYS = (
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/replicaExternalKey:ReplicaExternalKey",
)


@rule(
    "residency-replica-location-allowed",
    title="Copies of data stay in an allowed jurisdiction",
    why="A replica is the same data under the law of another place.",
    fix="replicate to a region of the allowed jurisdictions, or not at all",
    severity=Severity.CRITICAL,
    types=tuple(replica_paths()),
    controls=("AWS-S3-09", "AWS-DDB-03", "GCP-GCS-08", "AZ-COS-04"),
    requirements=TRANSFERS,
)
def replica_location_allowed(
    resource: Resource, context: Context, graph: Graph
) -> Iterator[Verdict]:
    if context.settings.jurisdictions:
        yield from judge_destinations(resource, replica_paths()[resource.type], context, graph)
    else:
        yield NOT_ASKED


@rule(
    "residency-copy-place-named",
    title="Copies go to places that are named",
    why="Where nobody names the place, the cloud chooses it: often several countries at once.",
    fix="name the place, for example storage_locations=['europe-west4']",
    severity=Severity.HIGH,
    types=tuple(unnamed_places()),
    requirements=TRANSFERS,
)
def copy_place_named(resource: Resource, context: Context) -> Iterator[Verdict]:
    if not context.settings.jurisdictions:
        yield NOT_ASKED
        return
    for row in unnamed_places()[resource.type]:
        yield _judge_unnamed(resource, row)


def _judge_unnamed(resource: Resource, row: UnnamedPlace) -> Verdict:
    made = resource.get(row.when) if row.when else True
    place = resource.get(row.path)
    if made is MISSING or is_false(made):
        return NotApplicable("it makes no such copies")
    if place is UNKNOWN or (place is MISSING and made is UNKNOWN):
        return Unknown("where its copies go is not known yet", row.path)
    if place is MISSING or not place:
        return Fail(row.what, row.path)
    return Pass()  # where that is, is judged by the rule on replicas


@rule(
    "residency-aws-key-single-region",
    title="KMS keys stay in their region, unless replicated within the allowed jurisdictions",
    why="Whoever holds a replica of the key can decrypt a copy of the data anywhere.",
    fix="aws.kms.Key(name, multi_region=False)",
    severity=Severity.HIGH,
    types=("aws:kms/key:Key", "aws:kms/externalKey:ExternalKey"),
    controls=("AWS-KMS-03",),
    requirements=TRANSFERS,
)
def aws_key_single_region(key: Resource, context: Context, graph: Graph) -> Verdicts:
    if not context.settings.jurisdictions:
        return NOT_ASKED
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
    requirements=TRANSFERS,
)
def gcp_secret_replication(secret: Resource, context: Context) -> Verdicts:
    if not context.settings.jurisdictions:
        return NOT_ASKED
    if secret.get("replication") is UNKNOWN:
        return Unknown("where the secret is replicated to is not known yet", "replication")
    if secret.has("replication.userManaged"):
        return Pass()  # where its replicas are is judged by the rule on replicas
    return Fail("the secret is replicated to places of Google's choice", "replication.auto")


RULES = (
    replica_location_allowed,
    copy_place_named,
    aws_key_single_region,
    gcp_secret_replication,
)

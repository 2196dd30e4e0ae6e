"""BigQuery datasets and their tables."""

from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import (
    GCP_KEYS,
    expect,
    expect_customer_key,
    expect_not_false,
    expect_not_true,
)
from isthmus_policies.questions.iam_grants import judge_public_grants
from isthmus_policies.questions.records import RECORDS_DAYS, why_no_records
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import MISSING, reveal
from isthmus_policies.verdict import NotApplicable, Verdict, Verdicts

_DATASET = "gcp:bigquery/dataset:Dataset"
_TABLE = "gcp:bigquery/table:Table"
_DATASET_KEY = "defaultEncryptionConfiguration.kmsKeyName"
_ELSEWHERE = (
    "view",
    "externalDataConfiguration",
    "biglakeConfiguration",
    "externalDatasetReference",
)
"""What a table or dataset is given whose data is in another place."""
_LIFETIMES_MS = (
    "defaultTableExpirationMs",
    "defaultPartitionExpirationMs",
    "timePartitioning.expirationMs",
)
_MS_PER_DAY = 24 * 60 * 60 * 1000


def _why_no_data(resource: Resource) -> NotApplicable | None:
    if any(resource.has(path) for path in _ELSEWHERE):
        return NotApplicable("it holds no data: what it shows is stored elsewhere")
    return None


@rule(
    "warehouse-bigquery-customer-key",
    title="BigQuery data is encrypted with a customer-managed key",
    why="With Google's own key nobody can revoke access to the data by disabling a key.",
    fix="gcp.bigquery.Dataset(name, default_encryption_configuration={'kms_key_name': key.id})",
    severity=Severity.HIGH,
    types=(_DATASET, _TABLE),
    controls=("GCP-BQ-01",),
)
def bigquery_customer_key(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    reason = _why_no_data(resource)
    if reason:
        return reason
    path = _DATASET_KEY if resource.type == _DATASET else "encryptionConfiguration.kmsKeyName"
    if resource.type == _TABLE and not resource.has(path):
        datasets = graph.references(resource, "datasetId")
        if any(dataset.has(_DATASET_KEY) for dataset in datasets):
            return NotApplicable("it takes its dataset's key, which is judged there")
    return expect_customer_key(resource, path, graph, GCP_KEYS)


@rule(
    "warehouse-bigquery-no-public-grant",
    title="No BigQuery grant is for everyone",
    why="allUsers is the internet; allAuthenticatedUsers is everyone with a Google account.",
    fix="gcp.bigquery.DatasetIamMember(name, dataset_id=dataset.dataset_id, role=role, "
    "member=service_account.member)",
    severity=Severity.CRITICAL,
    types=(
        _DATASET,
        "gcp:bigquery/datasetAccess:DatasetAccess",
        "gcp:bigquery/datasetIamMember:DatasetIamMember",
        "gcp:bigquery/datasetIamBinding:DatasetIamBinding",
        "gcp:bigquery/datasetIamPolicy:DatasetIamPolicy",
        "gcp:bigquery/iamMember:IamMember",
        "gcp:bigquery/iamBinding:IamBinding",
        "gcp:bigquery/iamPolicy:IamPolicy",
    ),
    controls=("GCP-BQ-02",),
)
def bigquery_no_public_grant(
    resource: Resource, context: Context, graph: Graph
) -> Iterator[Verdict]:
    return judge_public_grants(resource, graph)


@rule(
    "warehouse-bigquery-deletion-protection",
    title="BigQuery tables are not deleted by mistake",
    why="One mistaken command would take the table, or the dataset with all its tables.",
    fix="gcp.bigquery.Table(name, deletion_protection=True), and "
    "gcp.bigquery.Dataset(name, delete_contents_on_destroy=False)",
    severity=Severity.MEDIUM,
    types=(_DATASET, _TABLE),
    controls=("GCP-BQ-03",),
)
def bigquery_deletion_protection(resource: Resource, context: Context) -> Verdicts:
    reason = _why_no_data(resource)
    if reason:
        return reason
    # What is not said protects, of both (SDK documentation of the properties).
    if resource.type == _DATASET:
        return expect_not_true(resource, "deleteContentsOnDestroy", "its tables go with it")
    return expect_not_false(resource, "deletionProtection", "it can be deleted at once")


@rule(
    "warehouse-bigquery-records-no-expiry",
    title="Records in BigQuery do not expire before their time",
    why="BigQuery deletes what expires without asking, and without a copy.",
    fix="gcp.bigquery.Dataset(name, labels={'retention': 'records'}) without "
    "default_table_expiration_ms and default_partition_expiration_ms",
    severity=Severity.HIGH,
    types=(_DATASET, _TABLE),
    controls=("GCP-BQ-03",),
)
def bigquery_records_no_expiry(resource: Resource, context: Context) -> Iterator[Verdict]:
    reason = why_no_records(resource)
    if reason:
        yield reason
        return
    # A point in time says nothing of the time between: rows come until then.
    is_kept = resource.get("expirationTime") is MISSING
    yield expect(resource, "expirationTime", is_kept, "it is deleted at a fixed time")
    for path in _LIFETIMES_MS:
        yield _expect_long_life(resource, path)


def _expect_long_life(resource: Resource, path: str) -> Verdict:
    life = reveal(resource.get(path))
    long_enough = isinstance(life, int | float) and life >= RECORDS_DAYS * _MS_PER_DAY
    message = f"what it holds is deleted in less than {RECORDS_DAYS} days"
    return expect(resource, path, life is MISSING or long_enough, message)


RULES = (
    bigquery_customer_key,
    bigquery_no_public_grant,
    bigquery_deletion_protection,
    bigquery_records_no_expiry,
)

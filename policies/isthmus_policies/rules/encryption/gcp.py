"""Google Cloud stores are encrypted with a customer-managed key (CMEK)."""

from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import GCP_KEYS, expect_customer_key, expect_one_of
from isthmus_policies.questions.gke import CLUSTER, NODE_POOL, NODES_ELSEWHERE, node_configs
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import UNKNOWN, below
from isthmus_policies.verdict import Verdict, Verdicts

_GLOBAL_STORE = "gcp:secretmanager/secret:Secret"
_REGIONAL_STORE = "gcp:secretmanager/regionalSecret:RegionalSecret"
_LOG_BUCKETS = (
    "gcp:logging/billingAccountBucketConfig:BillingAccountBucketConfig",
    "gcp:logging/folderBucketConfig:FolderBucketConfig",
    "gcp:logging/organizationBucketConfig:OrganizationBucketConfig",
    "gcp:logging/projectBucketConfig:ProjectBucketConfig",
)


@rule(
    "encryption-gcs-bucket-customer-key",
    title="Cloud Storage buckets are encrypted with a customer-managed key",
    why="With Google's own key nobody can revoke access to the data by disabling a key.",
    fix="gcp.storage.Bucket(name, encryption={'default_kms_key_name': key.id})",
    severity=Severity.HIGH,
    types=("gcp:storage/bucket:Bucket",),
    controls=("GCP-GCS-01",),
)
def gcs_bucket_customer_key(bucket: Resource, context: Context, graph: Graph) -> Verdicts:
    return expect_customer_key(bucket, "encryption.defaultKmsKeyName", graph, GCP_KEYS)


@rule(
    "encryption-gke-secrets-customer-key",
    title="GKE encrypts Kubernetes secrets with a customer-managed key",
    why="Secrets hold the credentials of everything that runs in the cluster.",
    fix="gcp.container.Cluster(name, database_encryption={'state': 'ENCRYPTED', "
    "'key_name': key.id})",
    severity=Severity.HIGH,
    types=(CLUSTER,),
    controls=("GCP-GKE-02",),
)
def gke_secrets_customer_key(
    cluster: Resource, context: Context, graph: Graph
) -> Iterator[Verdict]:
    if cluster.get("databaseEncryption") is not UNKNOWN:
        yield expect_one_of(
            cluster, "databaseEncryption.state", ("ENCRYPTED",),
            "the cluster's database is not encrypted with a key of yours",
        )  # fmt: skip
    yield expect_customer_key(cluster, "databaseEncryption.keyName", graph, GCP_KEYS)


@rule(
    "encryption-gke-node-disk-customer-key",
    title="GKE node disks are encrypted with a customer-managed key",
    why="Node disks hold pulled images, scratch data and cached model weights.",
    fix="gcp.container.NodePool(name, node_config={'boot_disk_kms_key': key.id})",
    severity=Severity.HIGH,
    types=(CLUSTER, NODE_POOL),
    controls=("GCP-GKE-02",),
)
def gke_node_disk_customer_key(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    paths = [f"{path}.bootDiskKmsKey" for path in node_configs(resource)]
    if not paths:
        return NODES_ELSEWHERE
    return [expect_customer_key(resource, path, graph, GCP_KEYS) for path in paths]


@rule(
    "encryption-gcp-secret-customer-key",
    title="Secret Manager secrets are encrypted with a customer-managed key in every replica",
    why="The key's grants are a second lock on the secret.",
    fix="gcp.secretmanager.Secret(name, replication={'user_managed': {'replicas': [{'location': "
    "region, 'customer_managed_encryption': {'kms_key_name': key.id}}]}})",
    severity=Severity.HIGH,
    types=(_GLOBAL_STORE, _REGIONAL_STORE),
)
def gcp_secret_customer_key(secret: Resource, context: Context, graph: Graph) -> Verdicts:
    return [expect_customer_key(secret, path, graph, GCP_KEYS) for path in _secret_keys(secret)]


def _secret_keys(secret: Resource) -> list[str]:
    key = "customerManagedEncryption.kmsKeyName"
    if secret.type == _REGIONAL_STORE:
        return [key]
    replicas = [below(found, key) for found in secret.find("replication.userManaged.replicas.*")]
    return replicas or [f"replication.auto.{key}"]


@rule(
    "encryption-gcp-log-bucket-customer-key",
    title="Log buckets are encrypted with a customer-managed key",
    why="Audit logs tell who did what with which data; with Google's own key nobody can revoke access to "
    "them.",
    fix="gcp.logging.ProjectBucketConfig(name, cmek_settings={'kms_key_name': key.id}, ...)",
    severity=Severity.MEDIUM,
    types=_LOG_BUCKETS,
)
def gcp_log_bucket_customer_key(bucket: Resource, context: Context, graph: Graph) -> Verdicts:
    return expect_customer_key(bucket, "cmekSettings.kmsKeyName", graph, GCP_KEYS)


RULES = (
    gcs_bucket_customer_key,
    gke_secrets_customer_key,
    gke_node_disk_customer_key,
    gcp_secret_customer_key,
    gcp_log_bucket_customer_key,
)

"""Azure stores are encrypted with a customer-managed key of a key vault."""

from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import (
    AZURE_DISK_KEYS,
    AZURE_KEYS,
    expect_customer_key,
    expect_one_of,
    expect_true,
)
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import UNKNOWN
from isthmus_policies.verdict import Verdict, Verdicts

_ACCOUNT = "azure-native:storage:StorageAccount"
_SCOPE = "azure-native:storage:EncryptionScope"
_CLUSTER = "azure-native:containerservice:ManagedCluster"


@rule(
    "encryption-storage-account-customer-key",
    title="Storage accounts and encryption scopes use a customer-managed key",
    why="With Microsoft's own key nobody can revoke access to the data by disabling a key.",
    fix="azure_native.storage.StorageAccount(name, encryption={'key_source': 'Microsoft.Keyvault', "
    "'key_vault_properties': {'key_name': key.name, 'key_vault_uri': vault.properties.vault_uri}})",
    severity=Severity.HIGH,
    types=(_ACCOUNT, _SCOPE),
    controls=("AZ-SA-01",),
)
def storage_account_customer_key(
    resource: Resource, context: Context, graph: Graph
) -> Iterator[Verdict]:
    source, key = "encryption.keySource", "encryption.keyVaultProperties.keyName"
    if resource.type == _SCOPE:
        source, key = "source", "keyVaultProperties.keyUri"
    if resource.get("encryption") is not UNKNOWN:
        message = "the data is encrypted with a key that Microsoft manages"
        yield expect_one_of(resource, source, ("Microsoft.Keyvault",), message)
    yield expect_customer_key(resource, key, graph, AZURE_KEYS)


@rule(
    "encryption-aks-disk-customer-key",
    title="AKS node and volume disks are encrypted with a customer-managed key",
    why="Node disks hold pulled images, scratch data and cached model weights.",
    fix="azure_native.containerservice.ManagedCluster(name, "
    "disk_encryption_set_id=disk_encryption_set.id)",
    severity=Severity.HIGH,
    types=(_CLUSTER,),
    controls=("AZ-AKS-03",),
)
def aks_disk_customer_key(cluster: Resource, context: Context, graph: Graph) -> Verdicts:
    return expect_customer_key(cluster, "diskEncryptionSetID", graph, AZURE_DISK_KEYS)


@rule(
    "encryption-aks-secrets-customer-key",
    title="AKS encrypts Kubernetes secrets with a customer-managed key",
    why="Secrets hold the credentials of everything that runs in the cluster.",
    fix="azure_native.containerservice.ManagedCluster(name, security_profile={"
    "'azure_key_vault_kms': {'enabled': True, 'key_id': key.key_uri_with_version}})",
    severity=Severity.HIGH,
    types=(_CLUSTER,),
    controls=("AZ-AKS-03",),
)
def aks_secrets_customer_key(
    cluster: Resource, context: Context, graph: Graph
) -> Iterator[Verdict]:
    kms = "securityProfile.azureKeyVaultKms"
    if cluster.get(kms) is not UNKNOWN:
        message = "secrets in etcd are not encrypted with a key of yours"
        yield expect_true(cluster, f"{kms}.enabled", message)
    yield expect_customer_key(cluster, f"{kms}.keyId", graph, AZURE_KEYS)


RULES = (storage_account_customer_key, aks_disk_customer_key, aks_secrets_customer_key)

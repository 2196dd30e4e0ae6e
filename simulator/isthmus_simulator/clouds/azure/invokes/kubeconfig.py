"""Kubeconfig files of a cluster, as AKS gives them out; nothing listens at their address."""

import base64
from collections.abc import Mapping

from isthmus_simulator.cloud import Invoke, Query
from isthmus_simulator.clouds.azure.inputs import inner, text
from isthmus_simulator.clouds.azure.invokes.lookups import resource_of
from isthmus_simulator.clouds.azure.refusals import refusal
from isthmus_simulator.values import Value
from isthmus_simulator.world import Resource

CLUSTER = "azure-native:containerservice:ManagedCluster"
FILE = """\
apiVersion: v1
kind: Config
current-context: {context}
clusters:
- name: {cluster}
  cluster:
    certificate-authority-data: {authority}
    server: https://{host}:443
contexts:
- name: {context}
  context:
    cluster: {cluster}
    user: {user}
users:
- name: {user}
  user:
{credentials}
preferences: {{}}
"""
ENTRA_LOGIN = """\
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      command: kubelogin
      args: [get-token, --login, devicecode, --environment, AzurePublicCloud, --tenant-id, {tenant},
             --server-id, 6dae42f8-4368-4678-94ff-3960e28e3630,
             --client-id, 80faf920-1908-4b52-b5ef-a8e7bedfc67a]"""
"""What AKS writes for clusters with Entra ID (Azure/kubelogin, docs/book/src/concepts/aks.md)."""


def user_credentials(query: Query) -> Mapping[str, Value]:
    cluster = resource_of(query, CLUSTER)
    group, name = text(query.args.get("resourceGroupName")), cluster.name
    return _answer(query, cluster, "clusterUser", f"clusterUser_{group}_{name}", name)


def admin_credentials(query: Query) -> Mapping[str, Value]:
    cluster = resource_of(query, CLUSTER)
    if cluster.inputs.get("disableLocalAccounts"):
        raise refusal(
            400,
            "BadRequest",
            (
                "Getting static credential is not allowed because this cluster is set to disable local "
                "accounts."
            ),
        )
    group, name = text(query.args.get("resourceGroupName")), cluster.name
    return _answer(query, cluster, "clusterAdmin", f"clusterAdmin_{group}_{name}", f"{name}-admin")


def _answer(
    query: Query, cluster: Resource, file: str, user: str, context: str
) -> Mapping[str, Value]:
    host = text(cluster.outputs.get("fqdn")) or text(cluster.outputs.get("privateFQDN"))
    content = FILE.format(
        context=context,
        cluster=cluster.name,
        authority=_encode(f"simulated CA of {cluster.id}"),
        host=host,
        user=user,
        credentials=_credentials(query, cluster, file),
    )
    return {"kubeconfigs": [{"name": file, "value": _encode(content)}]}


def _credentials(query: Query, cluster: Resource, file: str) -> str:
    if inner(cluster.inputs, "aadProfile") and file == "clusterUser":
        return ENTRA_LOGIN.format(tenant=query.setting.values["tenant"])
    certificate, key = (
        _encode(f"simulated certificate for {cluster.id}"),
        _encode(f"simulated key for {cluster.id}"),
    )
    return f"    client-certificate-data: {certificate}\n    client-key-data: {key}\n    token: simulated"


def _encode(content: str) -> str:
    return base64.b64encode(content.encode()).decode()


KUBECONFIG: Mapping[str, Invoke] = {
    "azure-native:containerservice:listManagedClusterUserCredentials": user_credentials,
    "azure-native:containerservice:listManagedClusterAdminCredentials": admin_credentials,
}

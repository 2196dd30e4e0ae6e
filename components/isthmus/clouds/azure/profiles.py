"""The settings of an AKS cluster, topic by topic."""

from ipaddress import IPv4Network

import pulumi
from pulumi_azure_native import containerservice as aks

from isthmus.clouds.azure.identities import ClusterIdentities
from isthmus.clouds.handles import KeysHandle, NetworkHandle
from isthmus.plan.model import NetworkPlan

DNS_SERVICE_HOST = 10
"""Any but the first address of the service range, which is the API server's
(azure-aks-docs concepts-network-azure-cni-overlay.md)."""

IMAGE_CLEANING_HOURS = 168


def identity(identities: ClusterIdentities) -> aks.ManagedClusterIdentityArgs:
    return aks.ManagedClusterIdentityArgs(
        type=aks.ResourceIdentityType.USER_ASSIGNED,
        user_assigned_identities=[identities.control.id],
    )


def kubelet_identity(identities: ClusterIdentities) -> aks.UserAssignedIdentityArgs:
    kubelet = identities.kubelet
    return aks.UserAssignedIdentityArgs(
        resource_id=kubelet.id, client_id=kubelet.client_id, object_id=kubelet.principal_id
    )


def networking(plan: NetworkPlan) -> aks.ContainerServiceNetworkProfileArgs:
    """Pods on an overlay of their own range, policies by Cilium, no way out.

    Outbound type `none`: AKS sets up no egress, and with artifacts from a private registry nodes
    need none to boot (azure-aks-docs concepts-network-isolated.md).
    """
    return aks.ContainerServiceNetworkProfileArgs(
        network_plugin=aks.NetworkPlugin.AZURE,
        network_plugin_mode=aks.NetworkPluginMode.OVERLAY,
        network_dataplane=aks.NetworkDataplane.CILIUM,
        network_policy=aks.NetworkPolicy.CILIUM,
        pod_cidr=str(plan.pods),
        service_cidr=str(plan.services),
        dns_service_ip=dns_address(plan.services),
        load_balancer_sku=aks.LoadBalancerSku.STANDARD,
        outbound_type=aks.OutboundType.NONE,
    )


def dns_address(services: IPv4Network) -> str:
    return str(services[DNS_SERVICE_HOST])


def bootstrapping(registry_id: pulumi.Input[str]) -> aks.ManagedClusterBootstrapProfileArgs:
    return aks.ManagedClusterBootstrapProfileArgs(
        artifact_source=aks.ArtifactSource.CACHE, container_registry_id=registry_id
    )


def api_server(network: NetworkHandle) -> aks.ManagedClusterAPIServerAccessProfileArgs:
    """The API server inside the control plane's subnet, without a public name.

    The run command is off: it is a way to run anything in the cluster past its network.
    """
    return aks.ManagedClusterAPIServerAccessProfileArgs(
        enable_private_cluster=True,
        enable_private_cluster_public_fqdn=False,
        enable_vnet_integration=True,
        subnet_id=network.control_plane_subnet_id,
        private_dns_zone="system",
        disable_run_command=True,
    )


def security(keys: KeysHandle) -> aks.ManagedClusterSecurityProfileArgs:
    """Secrets in etcd under the cluster key, pods with identities of their own, unused images
    removed.

    A private vault needs API server VNet integration and the key's version
    (azure-aks-docs use-kms-etcd-encryption.md).
    """
    return aks.ManagedClusterSecurityProfileArgs(
        azure_key_vault_kms=aks.AzureKeyVaultKmsArgs(
            enabled=True,
            key_id=pinned_key(keys),
            key_vault_network_access=aks.KeyVaultNetworkAccessTypes.PRIVATE,
            key_vault_resource_id=keys.vault_id,
        ),
        workload_identity=aks.ManagedClusterSecurityProfileWorkloadIdentityArgs(enabled=True),
        image_cleaner=aks.ManagedClusterSecurityProfileImageCleanerArgs(
            enabled=True, interval_hours=IMAGE_CLEANING_HOURS
        ),
    )


def pinned_key(keys: KeysHandle) -> pulumi.Output[str]:
    """The cluster key with its version.

    Raises ValueError for a handle without versions: it was not made by this cloud's `build_keys`.
    """
    if keys.key_version_ids is None:
        raise ValueError(
            "keys.key_version_ids is None: AKS and disk encryption sets name a key with its "
            "version; pass the handle that isthmus.clouds.azure.keys.build_keys returned"
        )
    return keys.key_version_ids["cluster"]


def upgrades() -> aks.ManagedClusterAutoUpgradeProfileArgs:
    """Patches of the chosen minor version, and new node images: the only node channel that
    network-isolated clusters take besides none (azure-aks-docs concepts-network-isolated.md)."""
    return aks.ManagedClusterAutoUpgradeProfileArgs(
        upgrade_channel=aks.UpgradeChannel.PATCH,
        node_os_upgrade_channel=aks.NodeOSUpgradeChannel.NODE_IMAGE,
    )


def addons() -> dict[str, aks.ManagedClusterAddonProfileArgs]:
    """Azure Policy's admission controller."""
    policy = aks.ManagedClusterAddonProfileArgs(enabled=True, config={"version": "v2"})
    return {"azurepolicy": policy}

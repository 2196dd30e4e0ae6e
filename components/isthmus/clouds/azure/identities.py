"""Who the cluster acts as: an identity of its control plane, one of its nodes, and what each may
do."""

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import managedidentity

from isthmus.clouds.azure import identifiers
from isthmus.clouds.azure.endpoints import first_subnet
from isthmus.clouds.azure.roles import Role, assign_role
from isthmus.clouds.handles import KeysHandle, NetworkHandle, Place


@dataclass(frozen=True, slots=True)
class ClusterIdentities:
    """`control` runs the cluster, `kubelet` pulls images for its nodes; `ready` are their roles."""

    control: managedidentity.UserAssignedIdentity
    kubelet: managedidentity.UserAssignedIdentity
    ready: tuple[pulumi.Resource, ...]


def build_identities(
    parent: pulumi.Resource,
    place: Place,
    group_name: pulumi.Input[str],
    network: NetworkHandle,
    keys: KeysHandle,
    disk_encryption_id: pulumi.Output[str],
    registry_id: pulumi.Output[str],
) -> ClusterIdentities:
    """Both identities with the roles that AKS asks for, each on the smallest scope that holds.

    Sources: azure-aks-docs network-isolated.md (AcrPull), api-server-vnet-integration.md (both
    subnets), use-kms-etcd-encryption.md (key, and the vault for its private link),
    azure-disk-customer-managed-keys.md (reading the disk encryption set), use-managed-identity.md
    (handing out the kubelet's identity).
    """
    control = build_identity(parent, place, group_name, "control")
    kubelet = build_identity(parent, place, group_name, "kubelet")
    key_scope = pulumi.Output.all(keys.vault_id, keys.key_ids["cluster"]).apply(
        identifiers.key_scope
    )
    node_subnet = network.node_subnet_ids.apply(first_subnet)
    control_plane = network.control_plane_subnet_id
    granted = (
        ("control-nodes", Role.NETWORK_CONTRIBUTOR, control, node_subnet),
        ("control-api", Role.NETWORK_CONTRIBUTOR, control, control_plane),
        ("control-kubelet", Role.MANAGED_IDENTITY_OPERATOR, control, kubelet.id),
        ("control-key", Role.KEY_VAULT_CRYPTO_USER, control, key_scope),
        ("control-vault", Role.KEY_VAULT_CONTRIBUTOR, control, keys.vault_id),
        ("control-disks", Role.READER, control, disk_encryption_id),
        ("kubelet-images", Role.ACR_PULL, kubelet, registry_id),
    )
    return ClusterIdentities(
        control,
        kubelet,
        ready=tuple(
            assign_role(parent, f"{place.name}-{name}", role, identity.principal_id, scope)
            for name, role, identity, scope in granted
        ),
    )


def build_identity(
    parent: pulumi.Resource, place: Place, group_name: pulumi.Input[str], purpose: str
) -> managedidentity.UserAssignedIdentity:
    return managedidentity.UserAssignedIdentity(
        f"{place.name}-{purpose}",
        resource_group_name=group_name,
        location=place.region,
        tags=place.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )

"""A private AKS cluster that boots, runs and is reached without the internet."""

import pulumi
from pulumi_azure_native import compute, containerservice

from isthmus.clouds.azure import audit, credentials, endpoints, groups, pools, profiles
from isthmus.clouds.azure.identities import ClusterIdentities, build_identities
from isthmus.clouds.azure.registry import BootRegistry, build_registry
from isthmus.clouds.handles import ClusterHandle, KeysHandle, NetworkHandle, Place
from isthmus.plan.model import ClusterPlan, NetworkPlan


def build_cluster(
    parent: pulumi.ComponentResource,
    place: Place,
    plan: ClusterPlan,
    network_plan: NetworkPlan,
    network: NetworkHandle,
    keys: KeysHandle,
) -> ClusterHandle:
    """Builds a network-isolated cluster: nodes boot from a private registry, nothing goes out.

    People come in by Entra ID and Azure roles (`Azure Kubernetes Service RBAC Cluster Admin` and
    its smaller sisters), which the user assigns; there are no local accounts. The API server's name
    resolves inside this network only. What needs a way out, which the user has to open: pods that
    sign in with workload identity (Entra ID), and the Azure Policy add-on's fetching of assignments
    (`data.policy.core.windows.net`, `store.policy.core.windows.net`). InfiniBand pools need the GPU
    and network operators, from images pushed to the registry. The etcd key is pinned to a version:
    after a rotation, `pulumi refresh` and `up` move it on, and secrets must then be written anew.
    The subscription needs the feature `EncryptionAtHost`, and capacity for API server VNet
    integration in the region, else Azure refuses the cluster.
    """
    group = groups.build_group(parent, place, "cluster")
    doorway = endpoints.doorway_of(network)
    is_zonal = len(network_plan.zones) > 1
    boot = build_registry(parent, place, group.name, is_zonal, doorway)
    disks = build_disk_encryption(parent, place, group.name, keys)
    identities = build_identities(
        parent, place, group.name, network, keys, disks.id, boot.registry.id
    )
    cluster = containerservice.ManagedCluster(
        f"{place.name}-aks",
        cluster_args(place, plan, network_plan, network, keys, group.name, disks, boot, identities),
        opts=cluster_options(parent, plan, (*boot.ready, *identities.ready)),
    )
    shape = audit.archive_shape(is_zonal, plan.protect)
    audit.keep_audit(parent, place, group.name, cluster, keys, doorway, shape, plan.audit_log_days)
    if plan.protect:
        groups.lock_against_deletion(parent, f"{place.name}-cluster-lock", cluster.id)
    pool_ids = build_pools(parent, place, plan, group.name, cluster, network)
    return ClusterHandle(
        cluster_id=cluster.id,
        endpoint=cluster.private_fqdn.apply(credentials.api_address),
        ca_certificate=credentials.read_certificate(parent, cluster, group.name),
        workload_issuer=cluster.oidc_issuer_profile.apply(credentials.issuer_url),
        pool_ids=pulumi.Output.all(**pool_ids),
    )


def cluster_args(
    place: Place,
    plan: ClusterPlan,
    network_plan: NetworkPlan,
    network: NetworkHandle,
    keys: KeysHandle,
    group_name: pulumi.Output[str],
    disks: compute.DiskEncryptionSet,
    boot: BootRegistry,
    identities: ClusterIdentities,
) -> containerservice.ManagedClusterArgs:
    """The whole cluster in Azure's words.

    No SSH key is given: AKS makes one and throws its private half away, so nobody has it
    (azure-aks-docs manage-ssh-node-access.md, `--no-ssh-key`).
    """
    subnet_id = network.node_subnet_ids.apply(endpoints.first_subnet)
    return containerservice.ManagedClusterArgs(
        resource_group_name=group_name,
        location=place.region,
        kubernetes_version=plan.kubernetes_version,
        sku=containerservice.ManagedClusterSKUArgs(
            name=containerservice.ManagedClusterSKUName.BASE,
            tier=containerservice.ManagedClusterSKUTier.STANDARD,
        ),
        dns_prefix=place.name,
        identity=profiles.identity(identities),
        identity_profile={"kubeletidentity": profiles.kubelet_identity(identities)},
        agent_pool_profiles=[pools.system_pool(place, plan.system_pool, subnet_id)],
        network_profile=profiles.networking(network_plan),
        bootstrap_profile=profiles.bootstrapping(boot.registry.id),
        api_server_access_profile=profiles.api_server(network),
        disable_local_accounts=True,
        enable_rbac=True,
        aad_profile=containerservice.ManagedClusterAADProfileArgs(
            managed=True, enable_azure_rbac=True
        ),
        oidc_issuer_profile=containerservice.ManagedClusterOIDCIssuerProfileArgs(enabled=True),
        security_profile=profiles.security(keys),
        disk_encryption_set_id=disks.id,
        addon_profiles=profiles.addons(),
        auto_upgrade_profile=profiles.upgrades(),
        tags=place.tags,
    )


def cluster_options(
    parent: pulumi.Resource, plan: ClusterPlan, ready: tuple[pulumi.Resource, ...]
) -> pulumi.ResourceOptions:
    """Roles and the registry's name come first: AKS checks them, and nodes boot by them."""
    return pulumi.ResourceOptions(
        parent=parent,
        protect=plan.protect,
        depends_on=list(ready),
        # The autoscaler moves the count.
        ignore_changes=["agentPoolProfiles[0].count"],
    )


def build_disk_encryption(
    parent: pulumi.Resource, place: Place, group_name: pulumi.Input[str], keys: KeysHandle
) -> compute.DiskEncryptionSet:
    """What encrypts node disks with the cluster key. It follows the key's rotation, but Azure wants
    a version to begin with (compute API, `activeKey.keyUrl`)."""
    return compute.DiskEncryptionSet(
        f"{place.name}-disks",
        resource_group_name=group_name,
        location=place.region,
        encryption_type=compute.DiskEncryptionSetType.ENCRYPTION_AT_REST_WITH_CUSTOMER_KEY,
        active_key=compute.KeyForDiskEncryptionSetArgs(
            key_url=profiles.pinned_key(keys),
            source_vault=compute.SourceVaultArgs(id=keys.vault_id),
        ),
        rotation_to_latest_key_version_enabled=True,
        identity=compute.EncryptionSetIdentityArgs(
            type=compute.DiskEncryptionSetIdentityType.USER_ASSIGNED,
            user_assigned_identities=[keys.identity_id],
        ),
        tags=place.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def build_pools(
    parent: pulumi.Resource,
    place: Place,
    plan: ClusterPlan,
    group_name: pulumi.Input[str],
    cluster: containerservice.ManagedCluster,
    network: NetworkHandle,
) -> dict[str, pulumi.Output[str]]:
    """The accelerator pools. Returns every pool's id by its planned name, the system pool's too."""
    subnet_id = network.node_subnet_ids.apply(endpoints.first_subnet)
    system_name = pools.agent_pool_name(plan.system_pool.name)
    system_id = pulumi.Output.concat(cluster.id, "/agentPools/", system_name)
    built = {
        pool.name: pools.build_pool(parent, place, pool, group_name, cluster, subnet_id).id
        for pool in plan.pools
    }
    return {plan.system_pool.name: system_id, **built}

"""Builds a private GKE cluster: no public endpoint; secrets, disks and logs under own keys."""

from collections.abc import Sequence

import pulumi
from pulumi_gcp import container, serviceaccount

from isthmus.clouds.gcp.control_plane import close_to_others, harden, observe, workload_pool
from isthmus.clouds.gcp.labels import labels_of
from isthmus.clouds.gcp.logs import LogRoute, build_log_route
from isthmus.clouds.gcp.network import PODS_RANGE, SERVICES_RANGE
from isthmus.clouds.gcp.nodes import CLOUD_PLATFORM, build_node_identity
from isthmus.clouds.gcp.ordering import by_name, first
from isthmus.clouds.gcp.pools import build_pool
from isthmus.clouds.gcp.project import Project, find_project
from isthmus.clouds.handles import ClusterHandle, KeysHandle, NetworkHandle, Place
from isthmus.plan.model import ClusterPlan, NetworkPlan

SAID_OF_FIRST_NODES = ["initialNodeCount", "nodeConfig", "nodePools"]
"""What the cluster says of the pool it is created with, which is removed at once: read back later,
it is another pool's."""


def build_cluster(
    parent: pulumi.ComponentResource,
    place: Place,
    plan: ClusterPlan,
    network_plan: NetworkPlan,
    network: NetworkHandle,
    keys: KeysHandle,
) -> ClusterHandle:
    """Build the cluster, its node pools and the store of its logs.

    The API answers at a private address, and the site's own addresses only: from elsewhere, come
    through a machine in the site. Kubernetes follows the regular release channel. Machines with a
    fabric still need Google's NCCL plugin and `Network` objects, which are Kubernetes resources.
    """
    project = find_project(parent)
    account, grants = build_node_identity(parent, place, project)
    key_id = keys.key_ids["cluster"]
    args = container.ClusterArgs(
        remove_default_node_pool=True,
        initial_node_count=1,
        node_config=first_nodes(account, key_id),
        deletion_protection=plan.protect,
    )
    shape(args, place, plan, network_plan, network)
    close_to_others(args, network_plan, network)
    harden(args, project, key_id)
    observe(args)
    opts = pulumi.ResourceOptions(
        parent=parent, depends_on=grants, protect=plan.protect, ignore_changes=SAID_OF_FIRST_NODES
    )
    cluster = container.Cluster(f"{place.name}-cluster", args, opts=opts)
    _build_logs(parent, place, plan, project, keys, cluster)
    pools = {
        pool.name: build_pool(parent, place, pool, cluster, network, account.email, key_id).id
        for pool in (plan.system_pool, *plan.pools)
    }
    return ClusterHandle(
        cluster_id=cluster.id,
        endpoint=cluster.private_cluster_config.private_endpoint,
        ca_certificate=cluster.master_auth.cluster_ca_certificate.apply(known_certificate),
        workload_issuer=workload_pool(project),
        pool_ids=by_name(pools),
    )


def shape(
    args: container.ClusterArgs,
    place: Place,
    plan: ClusterPlan,
    network_plan: NetworkPlan,
    network: NetworkHandle,
) -> None:
    """Say where the cluster is, what it runs and which addresses it uses."""
    args.location = place.region
    args.node_locations = list(network_plan.zones) or None
    args.resource_labels = labels_of(place.tags)
    args.min_master_version = plan.kubernetes_version
    args.release_channel = container.ClusterReleaseChannelArgs(channel="REGULAR")
    args.network = network.network_id
    args.subnetwork = network.node_subnet_ids.apply(first)
    args.networking_mode = "VPC_NATIVE"
    args.ip_allocation_policy = container.ClusterIpAllocationPolicyArgs(
        cluster_secondary_range_name=PODS_RANGE, services_secondary_range_name=SERVICES_RANGE
    )
    # Both can only be chosen at creation, and pools with a fabric need both
    # (https://cloud.google.com/kubernetes-engine/docs/how-to/setup-multinetwork-support-for-pods).
    # Dataplane V2 also enforces network policies without further ado.
    args.datapath_provider = "ADVANCED_DATAPATH"
    args.enable_multi_networking = True
    args.addons_config = container.ClusterAddonsConfigArgs(
        gce_persistent_disk_csi_driver_config=container.ClusterAddonsConfigGcePersistentDiskCsiDriverConfigArgs(
            enabled=True
        ),
        gcs_fuse_csi_driver_config=container.ClusterAddonsConfigGcsFuseCsiDriverConfigArgs(
            enabled=True
        ),
        dns_cache_config=container.ClusterAddonsConfigDnsCacheConfigArgs(enabled=True),
    )


def first_nodes(
    account: serviceaccount.Account, key_id: pulumi.Input[str]
) -> container.ClusterNodeConfigArgs:
    """Make even the nodes that live for minutes as safe as the others: they are checked too."""
    return container.ClusterNodeConfigArgs(
        service_account=account.email,
        oauth_scopes=[CLOUD_PLATFORM],
        boot_disk_kms_key=key_id,
        shielded_instance_config=container.ClusterNodeConfigShieldedInstanceConfigArgs(
            enable_secure_boot=True, enable_integrity_monitoring=True
        ),
        workload_metadata_config=container.ClusterNodeConfigWorkloadMetadataConfigArgs(
            mode="GKE_METADATA"
        ),
    )


def known_certificate(certificate: str | None) -> str:
    return certificate or ""


def _build_logs(
    parent: pulumi.ComponentResource,
    place: Place,
    plan: ClusterPlan,
    project: Project,
    keys: KeysHandle,
    cluster: container.Cluster,
) -> None:
    route = LogRoute(
        name=f"{place.name}-cluster",
        filter=pulumi.Output.all(cluster.name, place.region).apply(cluster_filter),
        bucket_id=pulumi.Output.concat(cluster.name, "-logs"),
        retention_days=plan.audit_log_days,
    )
    build_log_route(parent, project, place.region, keys.key_ids["logs"], route)


def cluster_filter(name_and_region: Sequence[str]) -> str:
    """Choose every log of a cluster: control plane, audit, nodes and workloads."""
    name, region = name_and_region
    return f'resource.labels.cluster_name="{name}" AND resource.labels.location="{region}"'

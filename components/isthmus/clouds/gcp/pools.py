"""Builds the pools of a cluster's nodes, accelerators and their fabric included."""

import hashlib
from collections.abc import Sequence

import pulumi
from pulumi_gcp import container

from isthmus.clouds.gcp.labels import labels_of
from isthmus.clouds.gcp.machines import accelerator_type, boot_disk_type, local_ssd_count
from isthmus.clouds.gcp.nodes import CLOUD_PLATFORM
from isthmus.clouds.handles import NetworkHandle, Place
from isthmus.plan.model import Fabric, PoolPlan

POOL_LABEL = "isthmus/pool"
ACCELERATOR_LABEL = "isthmus/accelerator"

ZONES_CHOSEN_BY_GKE = 3
"""Where none are named (https://cloud.google.com/kubernetes-engine/docs/concepts/regional-clusters)."""

INTERFACE_A_NETWORK = ("gpudirect-tcpx", "gpudirect-tcpxo")
"""Fabrics whose interfaces each want a network of their own. GPUDirect RDMA wants one network with
a RoCE profile and a subnet for each interface, which no plan describes yet."""


def build_pool(
    parent: pulumi.ComponentResource,
    place: Place,
    plan: PoolPlan,
    cluster: container.Cluster,
    network: NetworkHandle,
    node_account: pulumi.Input[str],
    key_id: pulumi.Input[str],
) -> container.NodePool:
    """Build a pool that the cluster autoscaler keeps between its two sizes.

    Boot disks are under the site's key; the local SSDs of accelerator machines are encrypted too,
    but with keys that Google makes and forgets with the machine: they take no others
    (https://cloud.google.com/compute/docs/disks/local-ssd#encryption).

    Raises ValueError when Google Cloud cannot build the pool as planned.
    """
    check_fabric(plan)
    return container.NodePool(
        f"{place.name}-{plan.name}",
        name=pool_name(plan),
        cluster=cluster.name,
        location=place.region,
        node_locations=list(plan.zones) or None,
        initial_node_count=initial_nodes_per_zone(plan),
        autoscaling=autoscaling_of(plan),
        management=container.NodePoolManagementArgs(auto_repair=True, auto_upgrade=True),
        upgrade_settings=upgrade_settings_of(plan),
        placement_policy=placement_of(plan),
        network_config=network_config_of(plan, network),
        node_config=node_config_of(place, plan, node_account, key_id),
        # The number that a pool starts with is of no interest later, and changing it would replace
        # the pool.
        opts=pulumi.ResourceOptions(parent=parent, ignore_changes=["initialNodeCount"]),
    )


def check_fabric(plan: PoolPlan) -> None:
    """Refuse a fabric that needs what these networks do not have."""
    if plan.fabric is None:
        return
    if plan.fabric.kind not in INTERFACE_A_NETWORK:
        raise ValueError(
            f"pool {plan.name}: {plan.machine.name} talks over {plan.fabric.kind}, and only "
            f"{' and '.join(INTERFACE_A_NETWORK)} can be built. "
            "Write `machineType: a3-megagpu-8g` or `a3-highgpu-8g`."
        )
    if len(plan.zones) != 1:
        raise ValueError(
            f"pool {plan.name}: compact placement keeps machines in one zone, and the plan names "
            f"{', '.join(plan.zones) or 'none'}. Plan the pool in one zone."
        )


def pool_name(plan: PoolPlan) -> str:
    """Name a pool after its plan and what cannot be changed in place.

    Pool names are unique in a cluster and at most 40 characters
    (https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters.nodePools):
    a replacement gets another name, so it can be there before the old one goes.
    """
    # Compact placement ties a pool to its zone; others move between zones in place.
    zones = plan.zones if plan.fabric else ()
    shape = (plan.machine.name, plan.boot_disk_gib, plan.spot, plan.fabric, zones)
    return f"{plan.name}-{hashlib.sha256(repr(shape).encode()).hexdigest()[:6]}"


def initial_nodes_per_zone(plan: PoolPlan) -> int:
    """Start with the smallest size, rounded up to a whole number a zone, but never too large."""
    zones = len(plan.zones) or ZONES_CHOSEN_BY_GKE
    return min(-(-plan.min_nodes // zones), plan.max_nodes // zones)


def autoscaling_of(plan: PoolPlan) -> container.NodePoolAutoscalingArgs:
    """Accelerators are taken where there are any; system nodes spread over the zones."""
    return container.NodePoolAutoscalingArgs(
        total_min_node_count=plan.min_nodes,
        total_max_node_count=plan.max_nodes,
        location_policy="ANY" if plan.has_accelerator else "BALANCED",
    )


def upgrade_settings_of(plan: PoolPlan) -> container.NodePoolUpgradeSettingsArgs:
    """Upgrade accelerators in place, there being none to spare; others one new node at a time."""
    spare_nodes = 0 if plan.has_accelerator else 1
    return container.NodePoolUpgradeSettingsArgs(
        strategy="SURGE", max_surge=spare_nodes, max_unavailable=1 - spare_nodes
    )


def placement_of(plan: PoolPlan) -> container.NodePoolPlacementPolicyArgs | None:
    return None if plan.fabric is None else container.NodePoolPlacementPolicyArgs(type="COMPACT")


def network_config_of(
    plan: PoolPlan, network: NetworkHandle
) -> container.NodePoolNetworkConfigArgs:
    """Attach a fabric network to each of the machine's further interfaces, in their order."""
    return container.NodePoolNetworkConfigArgs(
        enable_private_nodes=True,
        additional_node_network_configs=_rails(plan.fabric, network) if plan.fabric else None,
    )


def _rails(
    fabric: Fabric, network: NetworkHandle
) -> list[container.NodePoolNetworkConfigAdditionalNodeNetworkConfigArgs]:
    networks = network.fabric_network_ids.apply(names_of)
    subnets = network.fabric_subnet_ids.apply(names_of)
    return [
        container.NodePoolNetworkConfigAdditionalNodeNetworkConfigArgs(
            network=networks[rail], subnetwork=subnets[rail]
        )
        for rail in range(fabric.interfaces)
    ]


def names_of(ids: Sequence[str]) -> list[str]:
    """GKE takes these networks by name, the last part of an id."""
    return [each.rsplit("/", 1)[-1] for each in ids]


def node_config_of(
    place: Place,
    plan: PoolPlan,
    node_account: pulumi.Input[str],
    key_id: pulumi.Input[str],
) -> container.NodePoolNodeConfigArgs:
    """Say what the pool's nodes are: Container-Optimized OS, verified at every boot."""
    return container.NodePoolNodeConfigArgs(
        machine_type=plan.machine.name,
        spot=plan.spot,
        image_type="COS_CONTAINERD",
        disk_type=boot_disk_type(plan.machine),
        disk_size_gb=plan.boot_disk_gib,
        boot_disk_kms_key=key_id,
        ephemeral_storage_local_ssd_config=local_ssds_of(plan),
        guest_accelerators=guest_accelerators_of(plan),
        taints=taints_of(plan),
        labels=labels_for_pods(plan),
        resource_labels=labels_of(place.tags, pool=plan.name),
        service_account=node_account,
        oauth_scopes=[CLOUD_PLATFORM],
        gvnic=container.NodePoolNodeConfigGvnicArgs(enabled=True),
        # Google signs the drivers that it installs on Container-Optimized OS.
        shielded_instance_config=container.NodePoolNodeConfigShieldedInstanceConfigArgs(
            enable_secure_boot=True, enable_integrity_monitoring=True
        ),
        workload_metadata_config=container.NodePoolNodeConfigWorkloadMetadataConfigArgs(
            mode="GKE_METADATA"
        ),
        metadata={"disable-legacy-endpoints": "true"},
        kubelet_config=container.NodePoolNodeConfigKubeletConfigArgs(
            insecure_kubelet_readonly_port_enabled="FALSE"
        ),
    )


def labels_for_pods(plan: PoolPlan) -> dict[str, str]:
    """Kubernetes labels that workloads choose machines by, the same words on every cloud."""
    labels = {POOL_LABEL: plan.name}
    if plan.machine.accelerator is not None:
        labels[ACCELERATOR_LABEL] = plan.machine.accelerator
    return labels


def local_ssds_of(
    plan: PoolPlan,
) -> container.NodePoolNodeConfigEphemeralStorageLocalSsdConfigArgs | None:
    """Let containers write to the SSDs that come with the machine, not to its boot disk."""
    count = local_ssd_count(plan.machine)
    if count == 0:
        return None
    return container.NodePoolNodeConfigEphemeralStorageLocalSsdConfigArgs(local_ssd_count=count)


def guest_accelerators_of(
    plan: PoolPlan,
) -> list[container.NodePoolNodeConfigGuestAcceleratorArgs] | None:
    """Ask for the machine's accelerators with the driver GKE tests its version with."""
    if not plan.has_accelerator:
        return None
    driver = container.NodePoolNodeConfigGuestAcceleratorGpuDriverInstallationConfigArgs(
        gpu_driver_version="DEFAULT"
    )
    kind, count = accelerator_type(plan.machine)
    return [
        container.NodePoolNodeConfigGuestAcceleratorArgs(
            type=kind, count=count, gpu_driver_installation_config=driver
        )
    ]


def taints_of(plan: PoolPlan) -> list[container.NodePoolNodeConfigTaintArgs] | None:
    """Keep pods without accelerators off: the taint GKE itself puts on such nodes."""
    if not plan.has_accelerator:
        return None
    return [
        container.NodePoolNodeConfigTaintArgs(
            key="nvidia.com/gpu", value="present", effect="NO_SCHEDULE"
        )
    ]

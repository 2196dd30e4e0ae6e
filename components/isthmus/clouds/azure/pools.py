"""Node pools of an AKS cluster: the system pool inside the cluster, accelerator pools beside it."""

import pulumi
from pulumi_azure_native import containerservice

from isthmus.clouds.azure.names import agent_pool_name
from isthmus.clouds.handles import Place
from isthmus.plan.model import PoolPlan

SPOT_TAINT = "kubernetes.azure.com/scalesetpriority=spot:NoSchedule"
SPOT_LABEL = ("kubernetes.azure.com/scalesetpriority", "spot")
"""AKS puts these on spot pools itself; said here so that they are no difference to what is
deployed. Unverified; said to be on
learn.microsoft.com/azure/aks/spot-node-pool."""

PAY_UP_TO_ON_DEMAND = -1.0
"""Spot machines are taken back for capacity, never for price."""


def build_pool(
    parent: pulumi.Resource,
    place: Place,
    plan: PoolPlan,
    group_name: pulumi.Input[str],
    cluster: containerservice.ManagedCluster,
    subnet_id: pulumi.Input[str],
) -> containerservice.AgentPool:
    """An autoscaling pool of accelerator machines.

    InfiniBand joins the machines of one scale set, which a pool is; AKS keeps scale sets of RDMA
    sizes in a single placement group (Azure/AKS pull request 2863). The subscription must have the
    feature `AKSInfinibandSupport` for H100 and H200 sizes and must not have it for GB200 and GB300
    (ai-infrastructure-on-azure, infrastructure_references/aks/README.md), and `EncryptionAtHost`.
    """
    spot = plan.spot
    return containerservice.AgentPool(
        f"{place.name}-{plan.name}",
        resource_group_name=group_name,
        resource_name_=cluster.name,
        # Pool names are short and become part of node names, so a random end is no help.
        agent_pool_name=agent_pool_name(plan.name),
        mode=containerservice.AgentPoolMode.USER,
        type=containerservice.AgentPoolType.VIRTUAL_MACHINE_SCALE_SETS,
        vm_size=plan.machine.name,
        availability_zones=list(plan.zones) or None,
        count=plan.min_nodes,
        min_count=plan.min_nodes,
        max_count=plan.max_nodes,
        enable_auto_scaling=True,
        os_type=containerservice.OSType.LINUX,
        os_sku=containerservice.OSSKU.UBUNTU,
        # A managed disk is encrypted with the cluster's disk encryption set.
        os_disk_type=containerservice.OSDiskType.MANAGED,
        os_disk_size_gb=plan.boot_disk_gib,
        enable_encryption_at_host=True,
        enable_node_public_ip=False,
        vnet_subnet_id=subnet_id,
        gpu_profile=containerservice.GPUProfileArgs(driver=gpu_driver(plan)),
        node_labels=node_labels(plan),
        node_taints=node_taints(plan),
        scale_set_priority=containerservice.ScaleSetPriority.SPOT if spot else None,
        scale_set_eviction_policy=containerservice.ScaleSetEvictionPolicy.DELETE if spot else None,
        spot_max_price=PAY_UP_TO_ON_DEMAND if spot else None,
        tags=place.tags,
        # The autoscaler moves the count.
        opts=pulumi.ResourceOptions(parent=parent, ignore_changes=["count"]),
    )


def system_pool(
    place: Place, plan: PoolPlan, subnet_id: pulumi.Input[str]
) -> containerservice.ManagedClusterAgentPoolProfileArgs:
    """The pool that AKS's own services run on, with trusted launch."""
    return containerservice.ManagedClusterAgentPoolProfileArgs(
        name=agent_pool_name(plan.name),
        mode=containerservice.AgentPoolMode.SYSTEM,
        type=containerservice.AgentPoolType.VIRTUAL_MACHINE_SCALE_SETS,
        vm_size=plan.machine.name,
        availability_zones=list(plan.zones) or None,
        count=plan.min_nodes,
        min_count=plan.min_nodes,
        max_count=plan.max_nodes,
        enable_auto_scaling=True,
        os_type=containerservice.OSType.LINUX,
        os_sku=containerservice.OSSKU.UBUNTU,
        os_disk_type=containerservice.OSDiskType.MANAGED,
        os_disk_size_gb=plan.boot_disk_gib,
        enable_encryption_at_host=True,
        enable_node_public_ip=False,
        vnet_subnet_id=subnet_id,
        security_profile=trusted_launch(plan),
        node_labels=node_labels(plan),
        tags=place.tags,
    )


def trusted_launch(plan: PoolPlan) -> containerservice.AgentPoolSecurityProfileArgs | None:
    """Secure boot and a virtual TPM, where the machine has them: not on Arm
    (use-trusted-launch.md).

    Accelerator pools go without: secure boot refuses the GPU driver that AKS or the GPU operator
    builds.
    """
    if plan.machine.arch == "arm64":
        return None
    return containerservice.AgentPoolSecurityProfileArgs(enable_secure_boot=True, enable_vtpm=True)


def accelerator_vendor(plan: PoolPlan) -> str | None:
    """`nvidia-h100-80gb` -> `nvidia`."""
    accelerator = plan.machine.accelerator
    return None if accelerator is None else accelerator.split("-")[0]


def gpu_driver(plan: PoolPlan) -> containerservice.GPUDriver:
    """Who installs the GPU driver: AKS, or the GPU operator that the user brings.

    The fabric needs a driver with RDMA, which comes with the operator, and the two cannot coexist
    (Azure/aks-rdma-infiniband); AKS has a driver for NVIDIA only.
    """
    by_aks = plan.fabric is None and accelerator_vendor(plan) == "nvidia"
    return containerservice.GPUDriver.INSTALL if by_aks else containerservice.GPUDriver.NONE


def node_labels(plan: PoolPlan) -> dict[str, str]:
    """The pool's name as the plan has it (AKS may have shortened it), and its accelerator."""
    labels = {"isthmus/pool": plan.name}
    if plan.machine.accelerator is not None:
        labels["isthmus/accelerator"] = plan.machine.accelerator
    if plan.spot:
        labels |= {SPOT_LABEL[0]: SPOT_LABEL[1]}
    return labels


def node_taints(plan: PoolPlan) -> list[str]:
    """Accelerator machines are for pods that ask for accelerators."""
    vendor = accelerator_vendor(plan)
    taints = [] if vendor is None else [f"{vendor}.com/gpu=present:NoSchedule"]
    return [*taints, SPOT_TAINT] if plan.spot else taints

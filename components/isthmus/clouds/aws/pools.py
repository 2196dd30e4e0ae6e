"""Managed node groups and the launch templates behind them."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Output, ResourceOptions
from pulumi_aws import autoscaling, ec2, eks

from isthmus.clouds.aws.accelerators import driver_of, extended_resources, image_type, labels_of
from isthmus.clouds.aws.fabric import check_zones, launch_interfaces, needs_placement_group
from isthmus.clouds.aws.naming import tags_of
from isthmus.clouds.handles import NetworkHandle, Place
from isthmus.plan.model import NetworkPlan, PoolPlan

_ROOT_DEVICE = "/dev/xvda"
"""Root device of Amazon Linux 2023."""

_NODE_CONFIG = """\
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="BOUNDARY"

--BOUNDARY
Content-Type: application/node.eks.aws

---
apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  instance:
    localStorage:
      strategy: RAID0

--BOUNDARY--
"""
"""Puts images and pods' scratch space on the machine's own NVMe disks, as one stripe."""


@dataclass(frozen=True, slots=True)
class PoolSetting:
    """What all pools of one cluster share."""

    cluster_name: Output[str]
    kubernetes_version: str
    role_arn: Output[str]
    cluster_key: Output[str]
    network: NetworkHandle
    network_plan: NetworkPlan


def build_pool(
    parent: pulumi.Resource,
    place: Place,
    pool: PoolPlan,
    setting: PoolSetting,
    depends_on: Sequence[pulumi.Resource],
) -> eks.NodeGroup:
    """One managed node group, scaled between its bounds by the cluster autoscaler.

    EKS itself marks the group's Auto Scaling group for discovery; what a machine offers is added
    here, so that a pool can grow from zero. Raises ValueError for a machine that is sold only as a
    Capacity Block, for an image or EFA layout that does not exist, and for zones without a planned
    subnet.
    """
    check_purchase(pool)
    check_zones(pool)
    template = _build_template(parent, place, pool, setting)
    name = f"{place.name}-{pool.name}"
    indices = subnet_indices(pool, setting.network_plan)
    group = eks.NodeGroup(
        name,
        cluster_name=setting.cluster_name,
        version=setting.kubernetes_version,
        node_role_arn=setting.role_arn,
        subnet_ids=setting.network.node_subnet_ids.apply(lambda ids: [ids[i] for i in indices]),
        ami_type=image_type(pool.machine),
        instance_types=[pool.machine.name],
        capacity_type="SPOT" if pool.spot else "ON_DEMAND",
        launch_template=eks.NodeGroupLaunchTemplateArgs(
            id=template.id, version=template.latest_version.apply(str)
        ),
        scaling_config=eks.NodeGroupScalingConfigArgs(
            min_size=pool.min_nodes, max_size=pool.max_nodes, desired_size=pool.min_nodes
        ),
        update_config=update_config(pool),
        node_repair_config=eks.NodeGroupNodeRepairConfigArgs(enabled=True),
        labels=labels_of(pool),
        taints=taints_of(pool),
        tags=tags_of(place, name),
        # The cluster autoscaler owns the size between the bounds; resetting it would kill running
        # jobs.
        opts=ResourceOptions(
            parent=parent,
            depends_on=list(depends_on),
            ignore_changes=["scalingConfig.desiredSize"],
        ),
    )
    _describe_resources(parent, name, pool, group)
    return group


def check_purchase(pool: PoolPlan) -> None:
    """Raises ValueError for a machine that AWS sells only by Capacity Block, which needs a
    reservation."""
    if "capacity-block" in pool.machine.requires:
        raise ValueError(
            f"pool {pool.name}: {pool.machine.name} is sold only as a Capacity Block, and a"
            " pool cannot name a reservation yet; choose a machine type that is sold on demand"
        )


def subnet_indices(pool: PoolPlan, network: NetworkPlan) -> tuple[int, ...]:
    """Positions of the node subnets in the pool's zones.

    Raises ValueError when a zone of the pool has no node subnet.
    """
    zones = [subnet.zone for subnet in network.node_subnets]
    missing = sorted(set(pool.zones) - {zone for zone in zones if zone is not None})
    if missing:
        raise ValueError(
            f"pool {pool.name} is planned in {', '.join(missing)}, where the network has no node"
            f" subnet; it has some in {', '.join(network.zones)}"
        )
    return tuple(index for index, zone in enumerate(zones) if zone in pool.zones)


def taints_of(pool: PoolPlan) -> list[eks.NodeGroupTaintArgs]:
    """Keeps everything that does not ask for the accelerator off its machines."""
    driver = driver_of(pool.machine)
    if driver is None:
        return []
    return [eks.NodeGroupTaintArgs(key=driver.resource, value="present", effect="NO_SCHEDULE")]


def update_config(pool: PoolPlan) -> eks.NodeGroupUpdateConfigArgs:
    """One machine at a time; accelerators are taken away before the new one starts.

    The usual order starts the new machine first, which never ends where no spare accelerator can be
    had (EKS User Guide, "Understand each phase of node updates", minimal strategy).
    """
    return eks.NodeGroupUpdateConfigArgs(
        max_unavailable=1, update_strategy="MINIMAL" if pool.has_accelerator else "DEFAULT"
    )


def user_data(pool: PoolPlan) -> str | None:
    """Base64 node configuration; None where the machine is not known to have disks of its own."""
    if not pool.machine.local_nvme_gib:
        return None
    return base64.b64encode(_NODE_CONFIG.encode()).decode()


def _build_template(
    parent: pulumi.Resource, place: Place, pool: PoolPlan, setting: PoolSetting
) -> ec2.LaunchTemplate:
    name = f"{place.name}-{pool.name}-template"
    group_id = setting.network.node_firewall_id
    fabric = pool.fabric
    return ec2.LaunchTemplate(
        name,
        # EC2 takes security groups on the machine or on its interfaces, never on both. With either,
        # EKS does not add its cluster security group, whose egress is open (EKS User Guide, "Launch
        # templates").
        vpc_security_group_ids=[group_id] if fabric is None else None,
        network_interfaces=None if fabric is None else launch_interfaces(fabric, group_id),
        placement=_build_placement(parent, place, pool),
        block_device_mappings=[_root_disk(pool, setting)],
        metadata_options=ec2.LaunchTemplateMetadataOptionsArgs(
            http_endpoint="enabled",
            http_tokens="required",
            # One hop ends at the machine: pods get credentials from Pod Identity, never the
            # machine's own.
            http_put_response_hop_limit=1,
        ),
        user_data=user_data(pool),
        update_default_version=True,
        tag_specifications=[
            ec2.LaunchTemplateTagSpecificationArgs(
                resource_type=kind, tags=tags_of(place, f"{place.name}-{pool.name}")
            )
            for kind in ("instance", "volume", "network-interface")
        ],
        tags=tags_of(place, name),
        opts=ResourceOptions(parent=parent),
    )


def _root_disk(pool: PoolPlan, setting: PoolSetting) -> ec2.LaunchTemplateBlockDeviceMappingArgs:
    return ec2.LaunchTemplateBlockDeviceMappingArgs(
        device_name=_ROOT_DEVICE,
        ebs=ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
            volume_size=pool.boot_disk_gib,
            volume_type="gp3",
            encrypted="true",
            kms_key_id=setting.cluster_key,
            delete_on_termination="true",
        ),
    )


def _build_placement(
    parent: pulumi.Resource, place: Place, pool: PoolPlan
) -> ec2.LaunchTemplatePlacementArgs | None:
    if not needs_placement_group(pool):
        return None
    name = f"{place.name}-{pool.name}-placement"
    group = ec2.PlacementGroup(
        name,
        strategy=ec2.PlacementStrategy.CLUSTER,
        tags=tags_of(place, name),
        opts=ResourceOptions(parent=parent),
    )
    return ec2.LaunchTemplatePlacementArgs(group_name=group.name)


def _describe_resources(
    parent: pulumi.Resource, name: str, pool: PoolPlan, group: eks.NodeGroup
) -> None:
    # The autoscaler reads labels and taints of an empty managed group from EKS, but a machine's
    # extended resources only from tags of the Auto Scaling group (cluster-autoscaler, AWS README,
    # "Auto-Discovery").
    scaling_group = group.resources[0].autoscaling_groups[0].name
    for resource, count in extended_resources(pool).items():
        autoscaling.Tag(
            f"{name}-{resource.rsplit('/', maxsplit=1)[1]}-capacity",
            autoscaling_group_name=scaling_group,
            tag=autoscaling.TagTagArgs(
                key=f"k8s.io/cluster-autoscaler/node-template/resources/{resource}",
                value=str(count),
                propagate_at_launch=False,
            ),
            opts=ResourceOptions(parent=parent),
        )

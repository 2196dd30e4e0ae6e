"""A private EKS cluster with a system pool and accelerator pools."""

import pulumi
from pulumi import Output, ResourceOptions
from pulumi_aws import ec2, eks

from isthmus.clouds.aws.addons import AFTER_NODES, BEFORE_NODES, build_addons
from isthmus.clouds.aws.firewall import allow_between, build_group
from isthmus.clouds.aws.logs import build_log_group
from isthmus.clouds.aws.naming import cluster_name, tags_of
from isthmus.clouds.aws.pools import PoolSetting, build_pool
from isthmus.clouds.aws.roles import build_cluster_role, build_node_role
from isthmus.clouds.handles import ClusterHandle, KeysHandle, NetworkHandle, Place
from isthmus.plan.model import ClusterPlan, NetworkPlan

CLUSTER_KEY = "cluster"

LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
"""All logs that a control plane writes (EKS User Guide, "Send control plane logs")."""

_HTTPS = (443, 443)
_UNPRIVILEGED = (1025, 65535)
"""Kubelets (10250) and the ports on which webhooks and aggregated APIs listen in pods."""


def build_cluster(
    parent: pulumi.ComponentResource,
    place: Place,
    plan: ClusterPlan,
    network_plan: NetworkPlan,
    network: NetworkHandle,
    keys: KeysHandle,
) -> ClusterHandle:
    """An EKS cluster whose API answers inside the network only.

    Access is by EKS access entries alone; whoever creates the cluster is its first administrator.
    Machines pull images only from ECR in the same region: others have to be copied, or cached by
    ECR's pull-through rules. Device plugins and the cluster autoscaler are not part of it; the
    autoscaler needs `--aws-use-static-instance-list=true` here, as price lists are out of reach.

    Raises ValueError for a pool that AWS cannot place, and for a network in fewer than two zones.
    """
    check_zones(network_plan)
    name = cluster_name(place.name, pulumi.get_stack())
    cluster = _build_control_plane(parent, place, plan, network_plan, name, network, keys)
    node_role, role_ready = build_node_role(parent, place)
    base = build_addons(parent, place, BEFORE_NODES, cluster.name, [])
    setting = PoolSetting(
        cluster_name=cluster.name,
        kubernetes_version=plan.kubernetes_version,
        role_arn=node_role.arn,
        cluster_key=keys.key_ids[CLUSTER_KEY],
        network=network,
        network_plan=network_plan,
    )
    ready = [*role_ready, *base]
    system = build_pool(parent, place, plan.system_pool, setting, ready)
    build_addons(parent, place, AFTER_NODES, cluster.name, [system])
    pools = {pool.name: build_pool(parent, place, pool, setting, ready) for pool in plan.pools}
    pools[plan.system_pool.name] = system
    return ClusterHandle(
        cluster_id=cluster.arn,
        endpoint=cluster.endpoint,
        ca_certificate=cluster.certificate_authority.data,
        workload_issuer=cluster.identities[0].oidcs[0].issuer,
        pool_ids=Output.all(**{pool: group.arn for pool, group in pools.items()}),
    )


def check_zones(network: NetworkPlan) -> None:
    """EKS places its interfaces in at least two zones (EKS User Guide, "View subnet requirements").

    Raises ValueError for a network in one.
    """
    if len(network.zones) < 2:
        raise ValueError(
            "an EKS cluster needs subnets in at least two availability zones, and the network has"
            f" {len(network.zones)} ({', '.join(network.zones)}):"
            " write zones: 2 or more for the site"
        )


def _build_control_plane(
    parent: pulumi.Resource,
    place: Place,
    plan: ClusterPlan,
    network_plan: NetworkPlan,
    name: str,
    network: NetworkHandle,
    keys: KeysHandle,
) -> eks.Cluster:
    key = keys.key_ids[CLUSTER_KEY]
    role, role_ready = build_cluster_role(parent, place, name, key)
    # EKS would make the log group itself, without key or retention, if it did not exist before.
    logs = build_log_group(
        parent,
        place,
        "audit-logs",
        keys,
        plan.audit_log_days,
        physical_name=f"/aws/eks/{name}/cluster",
        protect=plan.protect,
    )
    group = _build_firewall(parent, place, network)
    return eks.Cluster(
        f"{place.name}-cluster",
        name=name,
        version=plan.kubernetes_version,
        role_arn=role.arn,
        vpc_config=eks.ClusterVpcConfigArgs(
            subnet_ids=control_plane_subnets(network),
            security_group_ids=[group.id],
            endpoint_private_access=True,
            endpoint_public_access=False,
        ),
        # Add-ons are managed as resources; self-managed copies of the same would be in their way.
        bootstrap_self_managed_addons=False,
        access_config=eks.ClusterAccessConfigArgs(
            authentication_mode="API", bootstrap_cluster_creator_admin_permissions=True
        ),
        encryption_config=eks.ClusterEncryptionConfigArgs(
            provider=eks.ClusterEncryptionConfigProviderArgs(key_arn=key), resources=["secrets"]
        ),
        enabled_cluster_log_types=list(LOG_TYPES),
        kubernetes_network_config=eks.ClusterKubernetesNetworkConfigArgs(
            ip_family="ipv4", service_ipv4_cidr=str(network_plan.services)
        ),
        deletion_protection=plan.protect,
        tags=tags_of(place, f"{place.name}-cluster"),
        # The name is fixed (its log group carries it), so a replacement has to delete first.
        opts=ResourceOptions(
            parent=parent,
            protect=plan.protect,
            delete_before_replace=True,
            depends_on=[logs, *role_ready],
        ),
    )


def control_plane_subnets(network: NetworkHandle) -> Output[list[str]]:
    """The control plane's own subnet, and the endpoints' for the other zones."""
    return Output.all(
        own=network.control_plane_subnet_id, others=network.endpoint_subnet_ids
    ).apply(lambda found: [found["own"], *found["others"]])


def _build_firewall(
    parent: pulumi.Resource, place: Place, network: NetworkHandle
) -> ec2.SecurityGroup:
    """The control plane's group: nodes may call its API, and it may call kubelets and webhooks on
    them."""
    group = build_group(
        parent, place, "control-plane", network.network_id, "Interfaces of the EKS control plane"
    )
    nodes = network.node_firewall_id
    allow_between(parent, place, "nodes-to-api", nodes, group.id, _HTTPS)
    allow_between(parent, place, "api-to-nodes-https", group.id, nodes, _HTTPS)
    allow_between(parent, place, "api-to-nodes", group.id, nodes, _UNPRIVILEGED)
    return group

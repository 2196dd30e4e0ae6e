"""Plans a site's cluster: its pools, where their machines stand, and whether their addresses
suffice."""

from collections.abc import Sequence
from ipaddress import IPv4Network

from isthmus.plan.ledger import Ledger
from isthmus.plan.machines import Choice
from isthmus.plan.model import ClusterPlan, NetworkPlan, PoolPlan
from isthmus.plan.network import make_fabric
from isthmus.plan.traits import CloudTraits
from isthmus.spec.model import Cluster, Pool, Site
from isthmus.spec.problem import Path

SYSTEM_BOOT_DISK_GIB = 100
ACCELERATOR_BOOT_DISK_GIB = 500
"""Ours: container images of training frameworks take tens of GiB each, and several lie side by
side."""

AUDIT_LOG_DAYS = 365
"""Ours: a year to look back on. No law or standard was read for it."""

OLDEST_KUBERNETES, NEWEST_KUBERNETES = 31, 37
"""Minor versions that may exist: EKS supports 1.31 until 2026-11-26 (endoflife.date/amazon-eks) and
shows 1.36 as an example in its user guide; Google's and Microsoft's lists were not read."""


def check_cluster(
    name: str, site: Site, cluster: Cluster, traits: CloudTraits, ledger: Ledger
) -> None:
    """What can be judged before machines are chosen."""
    path: Path = ("sites", name, "cluster")
    minor = int(cluster.kubernetes_version.partition(".")[2])
    if not OLDEST_KUBERNETES <= minor <= NEWEST_KUBERNETES:
        ledger.object_to(
            (*path, "kubernetesVersion"),
            cluster.kubernetes_version,
            f"Kubernetes {cluster.kubernetes_version} is not offered",
            "clouds support a minor version for about two years",
            f'write a version from "1.{OLDEST_KUBERNETES}" to "1.{NEWEST_KUBERNETES}"',
        )
    if site.zones < traits.cluster_zones:
        ledger.object_to(
            ("sites", name, "zones"),
            site.zones,
            f"a cluster on {site.cloud} needs {traits.cluster_zones} zones",
            "its control plane stands in several zones",
            f"write {traits.cluster_zones} or 3",
            (("sites", name, "cloud"),),
        )
    for pool_name, pool in cluster.pools.items():
        _check_size((*path, "pools", pool_name), pool, ledger)


def _check_size(path: Path, pool: Pool, ledger: Ledger) -> None:
    if pool.min_nodes > pool.max_nodes:
        ledger.object_to(
            (*path, "minNodes"),
            pool.min_nodes,
            f"minNodes {pool.min_nodes} is more than maxNodes {pool.max_nodes}",
            "a pool scales between the two",
            f"write at most {pool.max_nodes}, or raise maxNodes",
            ((*path, "maxNodes"),),
        )


def plan_pool(
    path: Path, name: str, pool: Pool, choice: Choice, zones: tuple[str, ...], ledger: Ledger
) -> PoolPlan:
    """A pool of accelerator machines: in one zone where a fabric joins them, else in all that sell
    them."""
    machine = choice.machine
    fabric = make_fabric(machine.rdma_kind, machine.rdma_interfaces, machine.nic_count)
    selling = tuple(zone for zone in zones if zone in choice.zones or not choice.zones)
    if fabric is not None and zones:
        reason = f"its machines are joined by {fabric.kind}, which does not reach beyond a zone"
        certain = bool(choice.zones)
        ledger.decide((*path, "zones"), ", ".join(selling[:1]), reason, certain=certain)
        selling = selling[:1]
    return PoolPlan(
        name,
        machine,
        pool.min_nodes,
        pool.max_nodes,
        selling,
        pool.spot,
        ACCELERATOR_BOOT_DISK_GIB,
        fabric,
        choice.usd_per_hour(pool.spot),
    )


def plan_cluster(
    cluster: Cluster,
    system: Choice,
    pools: Sequence[PoolPlan],
    zones: tuple[str, ...],
    protect: bool,
) -> ClusterPlan:
    system_pool = PoolPlan(
        "system",
        system.machine,
        cluster.system_nodes,
        cluster.system_nodes,
        zones,
        False,
        SYSTEM_BOOT_DISK_GIB,
        None,
        system.usd_per_hour(),
    )
    return ClusterPlan(
        cluster.kubernetes_version, system_pool, tuple(pools), AUDIT_LOG_DAYS, protect
    )


def check_zones(path: Path, site: Site, pool: PoolPlan, choice: Choice, ledger: Ledger) -> None:
    """Whether one of the site's zones sells the pool's machine."""
    if choice.zones and not pool.zones:
        ledger.object_to(
            path,
            pool.machine.name,
            f"none of the site's zones sells `{pool.machine.name}`",
            f"it is sold in {', '.join(choice.zones)}, and the site spans {site.zones} zone(s)",
            "raise the site's `zones`, or put the pool in a site of its own",
            (
                (*path[:2], "zones"),
                (*path[:2], "region"),
                (*path, "machineType"),
                (*path, "accelerator"),
            ),
        )


def check_capacity(
    name: str, network: NetworkPlan, cluster: ClusterPlan, traits: CloudTraits, ledger: Ledger
) -> None:
    """Whether every machine the pools may grow to finds its addresses."""
    _check_node_subnets(name, network, cluster, traits, ledger)
    pools = (cluster.system_pool, *cluster.pools)
    nodes = sum(pool.max_nodes for pool in pools)
    room = network.pods.num_addresses // (traits.pod_range_addresses_per_node or 1)
    if nodes > room:
        _object_to_size(
            name, network, pools, nodes, room, f"the pods' range {network.pods}", ledger
        )
    for pool in cluster.pools:
        if pool.fabric and network.fabric_subnets:
            smallest = min(network.fabric_subnets, key=lambda subnet: subnet.range.num_addresses)
            fits = smallest.range.num_addresses - traits.reserved_addresses_per_subnet
            if pool.max_nodes > fits:
                where = f"a fabric subnet {smallest.range}"
                _object_to_size(name, network, (pool,), pool.max_nodes, fits, where, ledger)


def _check_node_subnets(
    name: str, network: NetworkPlan, cluster: ClusterPlan, traits: CloudTraits, ledger: Ledger
) -> None:
    pools = (cluster.system_pool, *cluster.pools)
    for subnet in network.node_subnets:
        room = _room(subnet.range, traits)
        here = [pool for pool in pools if subnet.zone is None or subnet.zone in pool.zones]
        # A pool over several zones is spread evenly, so each zone gets its share, rounded up.
        nodes = sum(-(-pool.max_nodes // (len(pool.zones) if subnet.zone else 1)) for pool in here)
        if nodes > room:
            _object_to_size(name, network, here, nodes, room, f"node subnet {subnet.range}", ledger)


def _room(subnet: IPv4Network, traits: CloudTraits) -> int:
    free = subnet.num_addresses - traits.reserved_addresses_per_subnet
    return free // traits.node_subnet_addresses_per_node


def _object_to_size(
    name: str,
    network: NetworkPlan,
    pools: Sequence[PoolPlan],
    nodes: int,
    room: int,
    where: str,
    ledger: Ledger,
) -> None:
    largest = max(pools, key=lambda pool: pool.max_nodes)
    cluster: Path = ("sites", name, "cluster")
    path = (
        (*cluster, "systemNodes")
        if largest.name == "system"
        else (*cluster, "pools", largest.name, "maxNodes")
    )
    ledger.object_to(
        path,
        largest.max_nodes,
        f"{nodes} machines do not fit: {where} has addresses for {room}",
        f"the site's range is {network.range}",
        f"lower it by {nodes - room} at least, or give the site a larger `range` (up to a /16)",
        (("sites", name, "range"), ("network", "range")),
    )

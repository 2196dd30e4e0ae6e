"""What was decided, in neutral words: everything that has a shape, settled before any resource
exists."""

from dataclasses import dataclass
from ipaddress import IPv4Network

from isthmus_catalog import Cloud, MachineType

HOURS_PER_MONTH = 730
"""The month that the clouds' own price calculators use."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One choice the plan made, where in the stack file it belongs, and why."""

    path: str
    choice: str
    reason: str
    certain: bool = True
    """False where it rests on something the catalogue does not know."""


@dataclass(frozen=True, slots=True)
class Subnet:
    """A piece of the site's range. `zone` is None where the cloud's subnets span a region."""

    name: str
    range: IPv4Network
    zone: str | None


@dataclass(frozen=True, slots=True)
class NetworkPlan:
    """A private network: no public address, no way in or out but what is listed."""

    range: IPv4Network
    """All addresses of the site; no other site and no data centre has any of them."""
    zones: tuple[str, ...]
    """Empty where the region has no zones or the catalogue does not know them."""
    node_subnets: tuple[Subnet, ...]
    endpoint_subnets: tuple[Subnet, ...]
    """Where private endpoints of cloud services live."""
    control_plane: Subnet
    """A /28 for the cluster's private API endpoint."""
    pods: IPv4Network
    services: IPv4Network
    fabric_subnets: tuple[Subnet, ...]
    """One for each further network interface of the accelerator machines, where the cloud gives
    each interface a network of its own; empty elsewhere."""
    fabric_mtu: int
    """MTU of the fabric networks in bytes; 0 where there are none."""
    flow_log_days: int
    private_ranges: tuple[IPv4Network, ...]
    """Every range of the address plan outside this site (other sites, data centres)."""
    network_ranges: tuple[IPv4Network, ...] = ()
    """The address space that the cloud network itself declares (VPC or VNet CIDR blocks): `range`
    without what the cloud refuses to see there. EKS and AKS want the services' range outside of the
    network, AKS with an overlay the pods' range too. Empty stands for `range`."""


@dataclass(frozen=True, slots=True)
class KeysPlan:
    """Customer-managed keys, one a purpose, so that each can be withdrawn by itself."""

    purposes: tuple[str, ...]
    rotation_days: int
    deletion_days: int
    protect: bool


@dataclass(frozen=True, slots=True)
class StorePlan:
    name: str
    data_classification: str
    noncurrent_days: int
    protect: bool


@dataclass(frozen=True, slots=True)
class Fabric:
    """How the machines of a pool talk to each other at full speed.

    `kind` is the catalogue's word (`efa`, `gpudirect-tcpxo`, `infiniband` ...), `interfaces` the
    number of interfaces that carry it, `network_cards` all cards of the machine; 0 where that is
    not known.
    """

    kind: str
    interfaces: int
    network_cards: int


@dataclass(frozen=True, slots=True)
class PoolPlan:
    """A pool of equal machines. The system pool has no accelerator and no taint."""

    name: str
    machine: MachineType
    min_nodes: int
    max_nodes: int
    zones: tuple[str, ...]
    """The zones its machines may stand in: one where a fast fabric joins them."""
    spot: bool
    boot_disk_gib: int
    fabric: Fabric | None
    usd_per_hour: float | None
    """List price of one machine; None where the catalogue has none."""

    @property
    def has_accelerator(self) -> bool:
        return self.machine.accelerator is not None

    def usd_per_month(self, nodes: int) -> float | None:
        return None if self.usd_per_hour is None else self.usd_per_hour * nodes * HOURS_PER_MONTH


@dataclass(frozen=True, slots=True)
class ClusterPlan:
    kubernetes_version: str
    system_pool: PoolPlan
    pools: tuple[PoolPlan, ...]
    audit_log_days: int
    protect: bool


@dataclass(frozen=True, slots=True)
class SitePlan:
    name: str
    cloud: Cloud
    region: str
    account: str | None
    tags: tuple[tuple[str, str], ...]
    network: NetworkPlan
    keys: KeysPlan
    stores: tuple[StorePlan, ...]
    cluster: ClusterPlan | None
    secret_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NamedRange:
    """Addresses that are in use outside of the clouds."""

    name: str
    range: IPv4Network


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole stack, decided."""

    sites: tuple[SitePlan, ...]
    decisions: tuple[Decision, ...]
    range: IPv4Network | None = None
    """The address plan that the sites are cut from."""
    data_centers: tuple[NamedRange, ...] = ()

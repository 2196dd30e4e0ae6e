"""The shapes of the facts the catalogue answers with: frozen values, units in their names."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Cloud(StrEnum):
    """A public cloud whose facts are on record."""

    AWS = "aws"
    GCP = "gcp"
    AZURE = "azure"


class LocationKind(StrEnum):
    """What the name of a place stands for."""

    REGION = "region"
    ZONE = "zone"
    DUAL_REGION = "dual-region"
    MULTI_REGION = "multi-region"
    GEOGRAPHY = "geography"
    GLOBAL = "global"


class Lifecycle(StrEnum):
    """Which purchases a quota counts."""

    ON_DEMAND = "on-demand"
    SPOT = "spot"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure was read; `caution` says what its reader must know."""

    id: str
    title: str
    licence: str
    caution: str


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """A legal area: `tag` marks regions, `members` are ISO 3166-1 alpha-2 countries."""

    tag: str
    name: str
    members: frozenset[str]
    source: str


@dataclass(frozen=True, slots=True)
class Region:
    """One region of one cloud.

    `zones` is empty where the region has none or where they are not known (`note` says which);
    Azure zones are the logical "1", "2", "3". `paired_region` is Azure's replication pair and may
    lie in another country. Grid intensity is a location-based yearly average in gCO2e per kWh,
    `carbon_free_energy_share` is 0 to 1, `pue` is the power usage effectiveness.
    """

    cloud: Cloud
    name: str
    display_name: str
    city: str
    country: str
    jurisdictions: frozenset[str]
    partition: str
    zones: tuple[str, ...]
    paired_region: str | None
    grid_gco2e_per_kwh: float | None
    pue: float | None
    carbon_free_energy_share: float | None
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Location:
    """Any name a cloud takes for a place, with the regions and jurisdictions it stands for.

    `jurisdictions` are those that hold for every member; empty means that none does or that the
    members are not on record, so nothing may be concluded from it but "not proven".
    """

    cloud: Cloud
    name: str
    kind: LocationKind
    regions: tuple[str, ...]
    jurisdictions: frozenset[str]
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class MachineType:
    """One machine type; None and empty mean not known, never zero.

    `accelerator_count` is a fraction where a machine gets a share of a device, and then
    `accelerator_memory_gib` is the share's. `network_gbps` is the whole machine's (the baseline
    of AWS burst types; without InfiniBand on Azure). `rdma_kind` is efa, infiniband,
    gpudirect-tcpx, gpudirect-tcpxo or gpudirect-rdma. `nic_count` is network cards on AWS,
    physical NICs on Google Cloud, the most NICs on Azure. `requires` are hard conditions:
    capacity-block, single-placement-group (Azure InfiniBand: one scale set in a single placement
    group), placement-policy (Google Cloud, several nodes: compact placement or workload policy)
    or workload-policy (TPUs over several hosts). `supports` are options offered.
    `topologies` are TPU slice shapes.
    """

    cloud: Cloud
    name: str
    family: str
    vcpus: int | None
    memory_gib: float | None
    arch: str
    accelerator: str | None
    accelerator_count: Fraction | None
    accelerator_memory_gib: float | None
    network_gbps: float | None
    rdma_kind: str | None
    rdma_interfaces: int | None
    nic_count: int | None
    local_nvme_gib: float | None
    requires: tuple[str, ...]
    supports: tuple[str, ...]
    spot_supported: bool | None
    topologies: tuple[str, ...]
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Offer:
    """One machine type in one region at list price: USD per hour, Linux, no commitment, no tax.

    A price of None is not known; the machine may still be sold. `zones` empty is not known.
    """

    cloud: Cloud
    region: str
    machine_type: str
    zones: tuple[str, ...]
    on_demand_usd_per_hour: float | None
    spot_usd_per_hour: float | None
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Accelerator:
    """One accelerator model as marketed: memory per device, dense BF16 peak, board power."""

    name: str
    vendor: str
    memory_gib: float | None
    aliases: tuple[str, ...]
    peak_bf16_dense_tflops: float | None
    tdp_watts: float | None
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Quota:
    """A limit a cloud puts on how much of something one account may hold.

    `machine_types` are shell patterns. `unit` is vCPU, GPU, chip or TensorCore. `default_limit`
    is ours, generous and finite, for rehearsals: the clouds' own defaults are not on record.
    """

    cloud: Cloud
    name: str
    code: str
    unit: str
    scope: str
    lifecycle: Lifecycle
    machine_types: tuple[str, ...]
    default_limit: int
    source: str
    note: str

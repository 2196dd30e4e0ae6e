"""A small site of Google Cloud, planned by hand, and what building it sends."""

import warnings
from dataclasses import replace
from fractions import Fraction
from ipaddress import IPv4Network

import pulumi
import pytest
from gcp_recording import record
from pulumi_gcp import compute, storage
from tests.components.clouds.recording import Recording

from isthmus.clouds.handles import KeysHandle, NetworkHandle, Place
from isthmus.plan.model import (
    ClusterPlan,
    Fabric,
    KeysPlan,
    NetworkPlan,
    PoolPlan,
    StorePlan,
    Subnet,
)
from isthmus_catalog import Cloud, MachineType

with warnings.catch_warnings():
    # These modules warn, when first used, of names of their own that they once misspelt.
    warnings.simplefilter("ignore", DeprecationWarning)
    assert hasattr(compute, "Network")
    assert hasattr(storage, "Bucket")

ZONES = ("europe-west4-a", "europe-west4-b", "europe-west4-c")

PLACE = Place(
    name="eu",
    region="europe-west4",
    tags={
        "owner": "ml-platform@example.com",
        "environment": "production",
        "data-classification": "confidential",
        "managed-by": "isthmus",
        "site": "eu",
    },
)

KEYS_PLAN = KeysPlan(("data", "cluster", "logs"), rotation_days=90, deletion_days=30, protect=True)

STORE_PLAN = StorePlan("datasets", "restricted", noncurrent_days=45, protect=True)

NETWORK_PLAN = NetworkPlan(
    range=IPv4Network("10.64.0.0/16"),
    network_ranges=(IPv4Network("10.64.0.0/16"),),
    zones=ZONES,
    node_subnets=(Subnet("nodes", IPv4Network("10.64.0.0/17"), None),),
    endpoint_subnets=(Subnet("endpoints", IPv4Network("10.64.224.0/20"), None),),
    control_plane=Subnet("control-plane", IPv4Network("10.64.240.0/28"), None),
    pods=IPv4Network("10.64.128.0/18"),
    services=IPv4Network("10.64.192.0/20"),
    fabric_subnets=tuple(
        Subnet(f"fabric-{rail}", subnet, None)
        for rail, subnet in enumerate(IPv4Network("10.64.208.0/20").subnets(3), start=1)
    ),
    fabric_mtu=8244,
    flow_log_days=60,
    private_ranges=(IPv4Network("10.65.0.0/16"),),
)

A3_MEGA = MachineType(
    cloud=Cloud.GCP,
    name="a3-megagpu-8g",
    family="a3",
    vcpus=208,
    memory_gib=1872.0,
    arch="x86_64",
    accelerator="nvidia-h100-80gb",
    accelerator_count=Fraction(8),
    accelerator_memory_gib=80.0,
    network_gbps=1800.0,
    rdma_kind="gpudirect-tcpxo",
    rdma_interfaces=8,
    nic_count=9,
    local_nvme_gib=6000.0,
    requires=(),
    supports=("compact-placement",),
    spot_supported=True,
    topologies=(),
    source="test",
    note="",
)

N2 = replace(
    A3_MEGA,
    name="n2-standard-8",
    family="n2",
    vcpus=8,
    memory_gib=32.0,
    accelerator=None,
    accelerator_count=None,
    accelerator_memory_gib=None,
    rdma_kind=None,
    rdma_interfaces=None,
    local_nvme_gib=None,
)

SYSTEM_POOL = PoolPlan("system", N2, 3, 6, ZONES, False, 100, None, 0.4)

TRAINING_POOL = PoolPlan(
    name="training",
    machine=A3_MEGA,
    min_nodes=0,
    max_nodes=4,
    zones=ZONES[1:2],
    spot=False,
    boot_disk_gib=200,
    fabric=Fabric("gpudirect-tcpxo", interfaces=8, network_cards=9),
    usd_per_hour=None,
)

CLUSTER_PLAN = ClusterPlan("1.34", SYSTEM_POOL, (TRAINING_POOL,), audit_log_days=365, protect=True)

KEYS = {purpose: f"ring/cryptoKeys/{purpose}" for purpose in KEYS_PLAN.purposes}


def made_keys() -> KeysHandle:
    """Keys of a component built elsewhere."""
    return KeysHandle(
        key_ids=pulumi.Output.from_input(KEYS),
        vault_id=pulumi.Output.from_input("ring"),
        identity_id=pulumi.Output.from_input(""),
        secret_ids=pulumi.Output.from_input({}),
    )


def made_network() -> NetworkHandle:
    """A network of a component built elsewhere."""
    rails = range(1, 9)
    return NetworkHandle(
        network_id=pulumi.Output.from_input("projects/p/global/networks/vpc"),
        node_subnet_ids=pulumi.Output.from_input(["projects/p/regions/r/subnetworks/nodes"]),
        endpoint_subnet_ids=pulumi.Output.from_input([]),
        control_plane_subnet_id=pulumi.Output.from_input("projects/p/regions/r/subnetworks/cp"),
        fabric_network_ids=pulumi.Output.from_input(
            [f"projects/p/global/networks/rail-{rail}" for rail in rails]
        ),
        fabric_subnet_ids=pulumi.Output.from_input(
            [f"projects/p/regions/r/subnetworks/rail-{rail}-subnet" for rail in rails]
        ),
        node_firewall_id=pulumi.Output.from_input("projects/p/global/networks/vpc"),
    )


@pytest.fixture(scope="session")
def keys() -> Recording:
    from isthmus.clouds.gcp.keys import build_keys

    def build(parent: pulumi.ComponentResource) -> dict[str, pulumi.Output[object]]:
        handle = build_keys(parent, PLACE, KEYS_PLAN, {"token": "s3cret"})
        return {"keys": handle.key_ids, "vault": handle.vault_id, "secrets": handle.secret_ids}

    return record(build)


@pytest.fixture(scope="session")
def network() -> Recording:
    from isthmus.clouds.gcp.network import build_network

    def build(parent: pulumi.ComponentResource) -> dict[str, pulumi.Output[object]]:
        handle = build_network(parent, PLACE, NETWORK_PLAN, made_keys())
        return {
            "network": handle.network_id,
            "nodes": handle.node_subnet_ids,
            "endpoints": handle.endpoint_subnet_ids,
            "control_plane": handle.control_plane_subnet_id,
            "fabric_networks": handle.fabric_network_ids,
            "fabric_subnets": handle.fabric_subnet_ids,
        }

    return record(build)


def record_store(plan: StorePlan) -> Recording:
    from isthmus.clouds.gcp.lake import build_store

    def build(parent: pulumi.ComponentResource) -> dict[str, pulumi.Output[object]]:
        handle = build_store(parent, PLACE, plan, made_keys())
        return {"id": handle.store_id, "url": handle.url}

    return record(build)


@pytest.fixture(scope="session")
def store() -> Recording:
    return record_store(STORE_PLAN)


def record_cluster(plan: ClusterPlan) -> Recording:
    from isthmus.clouds.gcp.cluster import build_cluster

    def build(parent: pulumi.ComponentResource) -> dict[str, pulumi.Output[object]]:
        handle = build_cluster(parent, PLACE, plan, NETWORK_PLAN, made_network(), made_keys())
        return {
            "id": handle.cluster_id,
            "endpoint": handle.endpoint,
            "ca": handle.ca_certificate,
            "issuer": handle.workload_issuer,
            "pools": handle.pool_ids,
        }

    return record(build)


@pytest.fixture(scope="session")
def cluster() -> Recording:
    return record_cluster(CLUSTER_PLAN)

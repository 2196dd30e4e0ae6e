"""A small Azure site: a /16 in three zones of swedencentral with one ND H100 v5 pool."""

from dataclasses import replace
from ipaddress import IPv4Network

import pulumi
import pytest
from azure_recording import keys_handle, network_handle, record
from tests.components.clouds.recording import Recording

from isthmus.clouds.azure.cluster import build_cluster
from isthmus.clouds.azure.keys import build_keys
from isthmus.clouds.azure.lake import build_store
from isthmus.clouds.azure.network import build_network
from isthmus.clouds.handles import Place
from isthmus.plan.model import (
    ClusterPlan,
    Fabric,
    KeysPlan,
    NetworkPlan,
    PoolPlan,
    StorePlan,
    Subnet,
)
from isthmus_catalog import Cloud, MachineType, machine_type

ZONES = ("1", "2", "3")


def machine(name: str) -> MachineType:
    found = machine_type(Cloud.AZURE, name)
    assert found is not None
    return found


@pytest.fixture(scope="session")
def place() -> Place:
    return Place(
        "gavle",
        "swedencentral",
        {
            "owner": "ml@example.com",
            "environment": "development",
            "data-classification": "confidential",
            "managed-by": "isthmus",
            "site": "gavle",
        },
    )


@pytest.fixture(scope="session")
def network_plan() -> NetworkPlan:
    return NetworkPlan(
        range=IPv4Network("10.64.0.0/16"),
        zones=ZONES,
        node_subnets=(Subnet("nodes", IPv4Network("10.64.0.0/17"), None),),
        endpoint_subnets=(Subnet("endpoints", IPv4Network("10.64.128.0/24"), None),),
        control_plane=Subnet("control-plane", IPv4Network("10.64.255.0/28"), None),
        pods=IPv4Network("10.128.0.0/16"),
        services=IPv4Network("172.20.0.0/16"),
        fabric_subnets=(),
        fabric_mtu=0,
        flow_log_days=100,
        private_ranges=(IPv4Network("10.65.0.0/16"),),
    )


@pytest.fixture(scope="session")
def keys_plan() -> KeysPlan:
    return KeysPlan(("data", "cluster", "logs"), rotation_days=90, deletion_days=30, protect=False)


@pytest.fixture(scope="session")
def store_plan() -> StorePlan:
    return StorePlan("datasets", "restricted", noncurrent_days=30, protect=False)


@pytest.fixture(scope="session")
def training_pool() -> PoolPlan:
    return PoolPlan(
        "training",
        machine("Standard_ND96isr_H100_v5"),
        min_nodes=0,
        max_nodes=4,
        zones=("2",),
        spot=False,
        boot_disk_gib=256,
        fabric=Fabric("infiniband", interfaces=8, network_cards=8),
        usd_per_hour=98.32,
    )


@pytest.fixture(scope="session")
def system_pool() -> PoolPlan:
    return PoolPlan(
        "system",
        machine("Standard_D4ads_v5"),
        min_nodes=3,
        max_nodes=5,
        zones=ZONES,
        spot=False,
        boot_disk_gib=128,
        fabric=None,
        usd_per_hour=0.2,
    )


@pytest.fixture(scope="session")
def cluster_plan(system_pool: PoolPlan, training_pool: PoolPlan) -> ClusterPlan:
    return ClusterPlan("1.34", system_pool, (training_pool,), audit_log_days=1000, protect=False)


@pytest.fixture(scope="session")
def sent_keys(place: Place, keys_plan: KeysPlan) -> Recording:
    return record(lambda parent: build_keys(parent, place, keys_plan, {"token": "s3cr3t"}))


@pytest.fixture(scope="session")
def sent_network(place: Place, network_plan: NetworkPlan) -> Recording:
    return record(lambda parent: build_network(parent, place, network_plan, keys_handle()))


@pytest.fixture(scope="session")
def sent_store(place: Place, store_plan: StorePlan) -> Recording:
    return record(
        lambda parent: build_store(parent, place, store_plan, keys_handle(), network_handle())
    )


@pytest.fixture(scope="session")
def sent_cluster(place: Place, cluster_plan: ClusterPlan, network_plan: NetworkPlan) -> Recording:
    return record(
        lambda parent: build_cluster(
            parent, place, cluster_plan, network_plan, network_handle(), keys_handle()
        )
    )


@pytest.fixture(scope="session")
def sent_protected(
    place: Place,
    cluster_plan: ClusterPlan,
    keys_plan: KeysPlan,
    store_plan: StorePlan,
    network_plan: NetworkPlan,
) -> Recording:
    """A whole site, its rooms feeding each other, whose plan protects it."""

    def build(parent: pulumi.ComponentResource) -> None:
        keys = build_keys(parent, place, replace(keys_plan, protect=True), {})
        network = build_network(parent, place, network_plan, keys)
        build_store(parent, place, replace(store_plan, protect=True), keys, network)
        cluster = replace(cluster_plan, protect=True)
        build_cluster(parent, place, cluster, network_plan, network, keys)

    return record(build)

"""A small AWS site: a /16 in three zones of eu-north-1 with one p5.48xlarge pool."""

from dataclasses import replace
from ipaddress import IPv4Network

import pulumi
import pytest
from aws_recording import record
from tests.components.clouds.recording import Recording

from isthmus.clouds.aws.cluster import build_cluster
from isthmus.clouds.aws.keys import build_keys
from isthmus.clouds.aws.lake import build_store
from isthmus.clouds.aws.network import build_network
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
from isthmus_catalog import Cloud, MachineType, machine_type

ZONES = ("eu-north-1a", "eu-north-1b", "eu-north-1c")


def machine(name: str) -> MachineType:
    found = machine_type(Cloud.AWS, name)
    assert found is not None
    return found


@pytest.fixture(scope="session")
def place() -> Place:
    return Place(
        "frankfurt",
        "eu-north-1",
        {
            "owner": "ml@example.com",
            "environment": "development",
            "data-classification": "confidential",
            "managed-by": "isthmus",
            "site": "frankfurt",
        },
    )


@pytest.fixture(scope="session")
def network_plan() -> NetworkPlan:
    def subnets(kind: str, first: int, prefix: int) -> tuple[Subnet, ...]:
        pieces = list(IPv4Network("10.64.0.0/16").subnets(new_prefix=prefix))
        return tuple(
            Subnet(f"{kind}-{zone[-1]}", pieces[first + index], zone)
            for index, zone in enumerate(ZONES)
        )

    return NetworkPlan(
        range=IPv4Network("10.64.0.0/16"),
        network_ranges=(IPv4Network("10.64.0.0/17"), IPv4Network("10.64.224.0/19")),
        zones=ZONES,
        node_subnets=subnets("nodes", 0, 19),
        endpoint_subnets=subnets("endpoints", 224, 24),
        control_plane=Subnet("control-plane", IPv4Network("10.64.240.0/28"), None),
        pods=IPv4Network("10.64.128.0/18"),
        services=IPv4Network("10.64.192.0/20"),
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
        machine("p5.48xlarge"),
        min_nodes=0,
        max_nodes=4,
        zones=("eu-north-1b",),
        spot=False,
        boot_disk_gib=200,
        fabric=Fabric("efa", interfaces=32, network_cards=32),
        usd_per_hour=58.9,
    )


@pytest.fixture(scope="session")
def cluster_plan(training_pool: PoolPlan) -> ClusterPlan:
    system = PoolPlan(
        "system",
        machine("m7i.xlarge"),
        min_nodes=3,
        max_nodes=5,
        zones=ZONES,
        spot=False,
        boot_disk_gib=100,
        fabric=None,
        usd_per_hour=0.2,
    )
    return ClusterPlan("1.34", system, (training_pool,), audit_log_days=365, protect=False)


@pytest.fixture(scope="session")
def keys_handle() -> KeysHandle:
    arns = {purpose: f"arn:aws:kms:{purpose}" for purpose in ("data", "cluster", "logs")}
    return KeysHandle(
        key_ids=pulumi.Output.from_input(arns),
        vault_id=pulumi.Output.from_input(""),
        identity_id=pulumi.Output.from_input(""),
        secret_ids=pulumi.Output.from_input({}),
    )


@pytest.fixture(scope="session")
def sent_keys(place: Place, keys_plan: KeysPlan) -> Recording:
    return record(lambda parent: build_keys(parent, place, keys_plan, {"token": "s3cr3t"}))


@pytest.fixture(scope="session")
def sent_network(place: Place, network_plan: NetworkPlan, keys_plan: KeysPlan) -> Recording:
    return record(
        lambda parent: build_network(
            parent, place, network_plan, build_keys(parent, place, keys_plan, {})
        )
    )


@pytest.fixture(scope="session")
def sent_store(place: Place, keys_plan: KeysPlan, store_plan: StorePlan) -> Recording:
    return record(
        lambda parent: build_store(
            parent, place, store_plan, build_keys(parent, place, keys_plan, {})
        )
    )


def build_whole_cluster(
    parent: pulumi.ComponentResource,
    place: Place,
    plan: ClusterPlan,
    network_plan: NetworkPlan,
    keys_plan: KeysPlan,
) -> object:
    keys = build_keys(parent, place, keys_plan, {})
    network = NetworkHandle(
        network_id=pulumi.Output.from_input("vpc-1"),
        node_subnet_ids=pulumi.Output.from_input(["subnet-a", "subnet-b", "subnet-c"]),
        endpoint_subnet_ids=pulumi.Output.from_input(["endpoint-a", "endpoint-b", "endpoint-c"]),
        control_plane_subnet_id=pulumi.Output.from_input("control"),
        fabric_network_ids=pulumi.Output.from_input([]),
        fabric_subnet_ids=pulumi.Output.from_input([]),
        node_firewall_id=pulumi.Output.from_input("sg-nodes"),
    )
    return build_cluster(parent, place, plan, network_plan, network, keys)


@pytest.fixture(scope="session")
def sent_cluster(
    place: Place, cluster_plan: ClusterPlan, network_plan: NetworkPlan, keys_plan: KeysPlan
) -> Recording:
    return record(
        lambda parent: build_whole_cluster(parent, place, cluster_plan, network_plan, keys_plan)
    )


@pytest.fixture(scope="session")
def sent_protected_cluster(
    place: Place, cluster_plan: ClusterPlan, network_plan: NetworkPlan, keys_plan: KeysPlan
) -> Recording:
    protected = replace(cluster_plan, protect=True)
    return record(
        lambda parent: build_whole_cluster(
            parent, place, protected, network_plan, replace(keys_plan, protect=True)
        )
    )

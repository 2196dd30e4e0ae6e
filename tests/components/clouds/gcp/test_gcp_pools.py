"""Pools have the planned sizes, the right accelerators, and a network for each fabric interface."""

from dataclasses import replace
from fractions import Fraction

import pytest
from conftest import A3_MEGA, KEYS, N2, SYSTEM_POOL, TRAINING_POOL, ZONES
from hypothesis import given
from hypothesis import strategies as st
from tests.components.clouds.recording import Recording, Sent

from isthmus.clouds.gcp.machines import accelerator_type, boot_disk_type, local_ssd_count
from isthmus.clouds.gcp.pools import check_fabric, initial_nodes_per_zone, names_of, pool_name
from isthmus.plan.model import Fabric

pytestmark = pytest.mark.cloud


@pytest.fixture(scope="session")
def training(cluster: Recording) -> Sent:
    return cluster.named("eu-training")


@pytest.fixture(scope="session")
def system(cluster: Recording) -> Sent:
    return cluster.named("eu-system")


def test_the_training_pool_asks_for_eight_mega_h100s_with_a_driver(training: Sent) -> None:
    assert training.inputs["nodeConfig"]["machineType"] == "a3-megagpu-8g"
    assert training.inputs["nodeConfig"]["guestAccelerators"] == [
        {
            "type": "nvidia-h100-mega-80gb",
            "count": 8,
            "gpuDriverInstallationConfig": {"gpuDriverVersion": "DEFAULT"},
        }
    ]


def test_each_fabric_interface_gets_a_network_by_name(training: Sent) -> None:
    config = training.inputs["networkConfig"]
    assert config["enablePrivateNodes"] is True
    assert config["additionalNodeNetworkConfigs"] == [
        {"network": f"rail-{rail}", "subnetwork": f"rail-{rail}-subnet"} for rail in range(1, 9)
    ]


def test_a_pool_with_a_fabric_stands_close_together_in_one_zone(training: Sent) -> None:
    assert training.inputs["placementPolicy"] == {"type": "COMPACT"}
    assert training.inputs["nodeLocations"] == ["europe-west4-b"]


def test_the_system_pool_spreads_and_has_neither_fabric_nor_accelerator(system: Sent) -> None:
    assert system.inputs["nodeLocations"] == list(ZONES)
    assert "placementPolicy" not in system.inputs
    assert system.inputs["networkConfig"] == {"enablePrivateNodes": True}
    config = system.inputs["nodeConfig"]
    assert config["labels"] == {"isthmus/pool": "system"}
    assert not {"guestAccelerators", "taints", "ephemeralStorageLocalSsdConfig"} & set(config)


def test_sizes_are_of_the_whole_pool(training: Sent, system: Sent) -> None:
    assert training.inputs["autoscaling"] == {
        "totalMinNodeCount": 0,
        "totalMaxNodeCount": 4,
        "locationPolicy": "ANY",
    }
    assert system.inputs["autoscaling"] == {
        "totalMinNodeCount": 3,
        "totalMaxNodeCount": 6,
        "locationPolicy": "BALANCED",
    }
    assert training.inputs["initialNodeCount"] == 0
    assert system.inputs["initialNodeCount"] == 1
    assert training.ignore_changes == {"initialNodeCount"}


def test_accelerators_are_upgraded_in_place_and_system_nodes_one_ahead(
    training: Sent, system: Sent
) -> None:
    assert training.inputs["upgradeSettings"] == {
        "strategy": "SURGE",
        "maxSurge": 0,
        "maxUnavailable": 1,
    }
    assert system.inputs["upgradeSettings"] == {
        "strategy": "SURGE",
        "maxSurge": 1,
        "maxUnavailable": 0,
    }


def test_every_node_is_verified_and_its_disk_under_the_clusters_key(
    training: Sent, system: Sent
) -> None:
    for pool in (training, system):
        config = pool.inputs["nodeConfig"]
        assert config["imageType"] == "COS_CONTAINERD"
        assert config["bootDiskKmsKey"] == KEYS["cluster"]
        assert config["shieldedInstanceConfig"] == {
            "enableSecureBoot": True,
            "enableIntegrityMonitoring": True,
        }
        assert config["workloadMetadataConfig"] == {"mode": "GKE_METADATA"}
        assert config["metadata"] == {"disable-legacy-endpoints": "true"}
        assert config["kubeletConfig"] == {"insecureKubeletReadonlyPortEnabled": "FALSE"}
        assert config["gvnic"] == {"enabled": True}
        assert config["serviceAccount"] == "eu-nodes@isthmus-test.example"


def test_accelerator_nodes_repel_other_pods_and_say_what_they_are(training: Sent) -> None:
    config = training.inputs["nodeConfig"]
    assert config["taints"] == [
        {"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}
    ]
    assert config["labels"] == {
        "isthmus/pool": "training",
        "isthmus/accelerator": "nvidia-h100-80gb",
    }
    assert config["ephemeralStorageLocalSsdConfig"] == {"localSsdCount": 16}
    assert config["diskSizeGb"] == 200


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a2-highgpu-8g", "nvidia-tesla-a100"),
        ("a2-ultragpu-8g", "nvidia-a100-80gb"),
        ("a3-highgpu-8g", "nvidia-h100-80gb"),
        ("a4-highgpu-8g", "nvidia-b200"),
        ("g2-standard-96", "nvidia-l4"),
    ],
)
def test_accelerators_have_gkes_names(name: str, kind: str) -> None:
    assert accelerator_type(replace(A3_MEGA, name=name)) == (kind, 8)


@pytest.mark.parametrize(
    "machine",
    [
        replace(A3_MEGA, name="ct5p-hightpu-4t"),
        replace(A3_MEGA, name="a4x-highgpu-4g"),
        replace(A3_MEGA, name="g4-standard-6", accelerator_count=Fraction(1, 8)),
        replace(A3_MEGA, accelerator_count=None),
    ],
    ids=["tpu", "gb200", "share", "unknown"],
)
def test_what_a_pool_cannot_say_is_refused(machine) -> None:  # noqa: ANN001
    with pytest.raises(ValueError, match=f"machine type {machine.name}: .* Write a machine type"):
        accelerator_type(machine)


@pytest.mark.parametrize(
    ("name", "disk"),
    [
        ("a3-megagpu-8g", "pd-balanced"),
        ("a3-ultragpu-8g", "hyperdisk-balanced"),
        ("a4-highgpu-8g", "hyperdisk-balanced"),
        ("c4-standard-8", "hyperdisk-balanced"),
        ("n2-standard-8", "pd-balanced"),
    ],
)
def test_machines_boot_from_a_disk_they_take(name: str, disk: str) -> None:
    assert boot_disk_type(replace(A3_MEGA, name=name)) == disk


def test_machines_without_ssds_have_none() -> None:
    assert local_ssd_count(N2) == 0


def test_a_fabric_that_cannot_be_built_is_refused_with_another() -> None:
    plan = replace(TRAINING_POOL, fabric=Fabric("gpudirect-rdma", 8, 10))
    with pytest.raises(ValueError, match=r"pool training: .*gpudirect-rdma.*a3-megagpu-8g"):
        check_fabric(plan)


def test_a_fabric_over_several_zones_is_refused() -> None:
    with pytest.raises(ValueError, match="pool training: compact placement"):
        check_fabric(replace(TRAINING_POOL, zones=ZONES))


def test_a_replacement_gets_another_name_and_a_new_size_does_not() -> None:
    name = pool_name(TRAINING_POOL)
    assert name.startswith("training-")
    assert pool_name(replace(TRAINING_POOL, boot_disk_gib=300)) != name
    assert pool_name(replace(TRAINING_POOL, max_nodes=40, usd_per_hour=1.0)) == name
    assert pool_name(replace(SYSTEM_POOL, zones=ZONES[:2])) == pool_name(SYSTEM_POOL)


def test_the_longest_pool_name_is_what_gke_takes() -> None:
    assert len(pool_name(replace(SYSTEM_POOL, name="p" * 24))) <= 40


@given(
    st.integers(0, 50),
    st.integers(0, 50),
    st.sets(st.sampled_from(ZONES)).map(lambda zones: tuple(sorted(zones))),
)
def test_a_pool_starts_within_its_sizes(least: int, more: int, zones: tuple[str, ...]) -> None:
    plan = replace(SYSTEM_POOL, min_nodes=least, max_nodes=least + more, zones=zones)
    spread_over = len(zones) or 3
    started = initial_nodes_per_zone(plan) * spread_over
    assert started <= plan.max_nodes
    assert started >= plan.min_nodes or started > plan.max_nodes - spread_over


def test_names_are_the_end_of_ids() -> None:
    assert names_of(["projects/p/global/networks/rail-1", "rail-2"]) == ["rail-1", "rail-2"]

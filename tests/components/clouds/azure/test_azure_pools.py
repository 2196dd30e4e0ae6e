"""Node pools: shapes as planned, drivers and taints by accelerator."""

from dataclasses import replace

import pytest
from tests.components.clouds.recording import Recording

from isthmus.clouds.azure import pools
from isthmus.plan.model import PoolPlan
from isthmus_catalog import Cloud, machine_type

pytestmark = pytest.mark.cloud


def with_machine(pool: PoolPlan, name: str) -> PoolPlan:
    found = machine_type(Cloud.AZURE, name)
    assert found is not None
    return replace(pool, machine=found)


def test_accelerator_pool_is_as_planned(sent_cluster: Recording) -> None:
    pool = sent_cluster.one("AgentPool").inputs
    assert pool["agentPoolName"] == "training"
    assert pool["vmSize"] == "Standard_ND96isr_H100_v5"
    assert (pool["minCount"], pool["maxCount"], pool["count"]) == (0, 4, 0)
    assert pool["enableAutoScaling"] is True
    assert pool["mode"] == "User"
    assert pool["availabilityZones"] == ["2"]
    assert pool["osDiskSizeGB"] == 256
    assert pool["nodeTaints"] == ["nvidia.com/gpu=present:NoSchedule"]
    assert pool["nodeLabels"] == {
        "isthmus/pool": "training",
        "isthmus/accelerator": "nvidia-h100-80gb",
    }
    assert pool["vnetSubnetID"].endswith("/subnets/nodes")


def test_every_pools_disks_are_encrypted_and_no_node_is_public(sent_cluster: Recording) -> None:
    [system] = sent_cluster.one("ManagedCluster").inputs["agentPoolProfiles"]
    for pool in (system, sent_cluster.one("AgentPool").inputs):
        assert pool["enableEncryptionAtHost"] is True
        assert pool["osDiskType"] == "Managed"
        assert pool["enableNodePublicIP"] is False
        assert pool["tags"]["owner"] == "ml@example.com"


def test_system_pool_is_trusted_and_open_to_all_pods(sent_cluster: Recording) -> None:
    [system] = sent_cluster.one("ManagedCluster").inputs["agentPoolProfiles"]
    assert system["mode"] == "System"
    assert (system["minCount"], system["maxCount"]) == (3, 5)
    assert system["securityProfile"] == {"enableSecureBoot": True, "enableVTPM": True}
    assert "nodeTaints" not in system


def test_arm_machines_have_no_trusted_launch(system_pool: PoolPlan) -> None:
    arm = replace(system_pool, machine=replace(system_pool.machine, arch="arm64"))
    assert pools.trusted_launch(arm) is None


def test_driver_is_the_operators_where_there_is_a_fabric(training_pool: PoolPlan) -> None:
    assert pools.gpu_driver(training_pool).value == "None"
    assert pools.gpu_driver(replace(training_pool, fabric=None)).value == "Install"
    amd = with_machine(replace(training_pool, fabric=None), "Standard_ND96isr_MI300X_v5")
    assert pools.gpu_driver(amd).value == "None"
    assert pools.node_taints(amd) == ["amd.com/gpu=present:NoSchedule"]


def test_spot_pools_say_what_aks_would_add(training_pool: PoolPlan) -> None:
    spot = replace(training_pool, spot=True)
    assert pools.SPOT_TAINT in pools.node_taints(spot)
    assert pools.node_labels(spot)["kubernetes.azure.com/scalesetpriority"] == "spot"

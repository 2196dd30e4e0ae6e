"""What decides the shape of an AWS pool: images, interfaces, zones, resources."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.clouds.aws.accelerators import (
    EFA_RESOURCE,
    driver_of,
    extended_resources,
    image_type,
)
from isthmus.clouds.aws.cluster import check_zones as check_cluster_zones
from isthmus.clouds.aws.fabric import check_zones, interfaces_of, needs_placement_group
from isthmus.clouds.aws.pools import check_purchase, subnet_indices, update_config, user_data
from isthmus.plan.model import Fabric, NetworkPlan, PoolPlan

pytestmark = pytest.mark.pure


@given(cards=st.integers(1, 40), first_is_ena=st.booleans())
def test_every_efa_has_a_slot_of_its_own(cards: int, first_is_ena: bool) -> None:
    cards += first_is_ena
    interfaces = cards - first_is_ena
    found = interfaces_of(Fabric("efa", interfaces, cards))
    assert (found[0].card, found[0].device, found[0].kind) == (0, 0, "interface")
    efa = [one for one in found if one.kind == "efa-only"]
    assert len(efa) == interfaces == len(found) - 1
    assert len({(one.card, one.device) for one in found}) == len(found)
    assert {one.card for one in found} == set(range(cards))
    assert any(one.card == 0 for one in efa) is not first_is_ena
    assert all(one.device == 0 for one in efa if one.card > 0)


def test_p6_b300_has_ena_alone_on_the_first_card() -> None:
    found = interfaces_of(Fabric("efa", interfaces=16, network_cards=17))
    assert [(one.card, one.device) for one in found[:3]] == [(0, 0), (1, 0), (2, 0)]
    assert len(found) == 17


@pytest.mark.parametrize(("interfaces", "cards"), [(5, 17), (0, 1), (9, 8)])
def test_an_unknown_layout_is_refused(interfaces: int, cards: int) -> None:
    with pytest.raises(ValueError, match=rf"{interfaces} EFA interfaces on {cards} network cards"):
        interfaces_of(Fabric("efa", interfaces, cards))


@pytest.mark.parametrize(
    ("accelerator", "arch", "image"),
    [
        (None, "x86_64", "AL2023_x86_64_STANDARD"),
        (None, "arm64", "AL2023_ARM_64_STANDARD"),
        ("nvidia-h100-80gb", "x86_64", "AL2023_x86_64_NVIDIA"),
        ("nvidia-gb200", "arm64", "AL2023_ARM_64_NVIDIA"),
        ("aws-trainium2", "x86_64", "AL2023_x86_64_NEURON"),
    ],
)
def test_image_follows_accelerator_and_architecture(
    training_pool: PoolPlan, accelerator: str | None, arch: str, image: str
) -> None:
    machine = replace(training_pool.machine, accelerator=accelerator, arch=arch)
    assert image_type(machine) == image


def test_images_that_do_not_exist_are_refused(training_pool: PoolPlan) -> None:
    machine = training_pool.machine
    with pytest.raises(ValueError, match="no image AL2023_ARM_64_NEURON"):
        image_type(replace(machine, accelerator="aws-trainium2", arch="arm64"))
    with pytest.raises(ValueError, match="driver for qualcomm-ai100"):
        driver_of(replace(machine, accelerator="qualcomm-ai100"))


def test_fractions_of_a_device_are_not_counted(training_pool: PoolPlan) -> None:
    shared = replace(training_pool.machine, accelerator_count=Fraction(1, 8))
    pool = replace(training_pool, machine=shared, fabric=None)
    assert extended_resources(pool) == {}
    assert extended_resources(training_pool) == {"nvidia.com/gpu": 8, EFA_RESOURCE: 32}


def test_machines_on_a_fabric_stand_together_in_one_zone(training_pool: PoolPlan) -> None:
    assert needs_placement_group(training_pool)
    spread = replace(training_pool, zones=("eu-north-1a", "eu-north-1b"))
    with pytest.raises(ValueError, match=r"2 zones .*within one zone only"):
        check_zones(spread)
    single = replace(spread, max_nodes=1)
    assert not needs_placement_group(single)
    check_zones(single)


def test_pools_use_the_subnets_of_their_zones(
    training_pool: PoolPlan, network_plan: NetworkPlan
) -> None:
    assert subnet_indices(training_pool, network_plan) == (1,)
    everywhere = replace(training_pool, zones=network_plan.zones)
    assert subnet_indices(everywhere, network_plan) == (0, 1, 2)
    with pytest.raises(ValueError, match="eu-north-1d, where the network has no node subnet"):
        subnet_indices(replace(training_pool, zones=("eu-north-1d",)), network_plan)


def test_capacity_blocks_are_refused_with_a_way_out(training_pool: PoolPlan) -> None:
    check_purchase(training_pool)
    machine = replace(training_pool.machine, requires=("capacity-block",))
    with pytest.raises(ValueError, match=r"Capacity Block.*on demand"):
        check_purchase(replace(training_pool, machine=machine))


def test_machines_without_disks_of_their_own_need_no_user_data(training_pool: PoolPlan) -> None:
    bare = replace(training_pool, machine=replace(training_pool.machine, local_nvme_gib=None))
    assert user_data(bare) is None
    assert user_data(training_pool) is not None


def test_plain_machines_are_replaced_in_the_usual_order(training_pool: PoolPlan) -> None:
    plain = replace(training_pool, machine=replace(training_pool.machine, accelerator=None))
    assert update_config(plain).update_strategy == "DEFAULT"
    assert update_config(training_pool).update_strategy == "MINIMAL"


def test_a_cluster_needs_two_zones(network_plan: NetworkPlan) -> None:
    check_cluster_zones(network_plan)
    with pytest.raises(ValueError, match="zones: 2 or more"):
        check_cluster_zones(replace(network_plan, zones=("eu-north-1a",)))

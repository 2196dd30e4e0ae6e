"""Machine types and accelerators."""

from fractions import Fraction

import pytest

import isthmus_catalog as catalog
from isthmus_catalog import Cloud
from isthmus_catalog.load import read_rows

pytestmark = pytest.mark.pure

MACHINES = catalog.machine_types()


def found(cloud: Cloud, name: str) -> catalog.MachineType:
    machine = catalog.machine_type(cloud, name)
    assert machine is not None, name
    return machine


def test_every_machine_type_is_consistent() -> None:
    for machine in MACHINES:
        assert machine.arch in ("x86_64", "arm64"), machine
        assert machine.family, machine
        assert machine.vcpus is None or machine.vcpus > 0, machine
        assert machine.memory_gib is None or machine.memory_gib > 0, machine
        assert machine.network_gbps is None or machine.network_gbps > 0, machine
        assert machine.source, machine
        assert (machine.accelerator is None) == (machine.accelerator_count is None), machine
        assert machine.accelerator_count is None or machine.accelerator_count > 0, machine


def test_sizes_are_known_for_all_but_one_machine_type() -> None:
    unknown = {machine.name for machine in MACHINES if not (machine.vcpus and machine.memory_gib)}
    assert unknown == {"p6e-gb200.36xlarge"}


def test_every_accelerator_carried_is_on_record_and_every_one_on_record_is_carried() -> None:
    carried = {machine.accelerator for machine in MACHINES if machine.accelerator}
    assert carried == {item.name for item in catalog.accelerators()}


def test_words_for_conditions_are_the_documented_ones() -> None:
    assert {word for machine in MACHINES for word in machine.requires} == {
        "capacity-block",
        "placement-policy",
        "single-placement-group",
        "workload-policy",
    }
    assert {machine.rdma_kind for machine in MACHINES if machine.rdma_kind} == {
        "efa",
        "gpudirect-rdma",
        "gpudirect-tcpx",
        "gpudirect-tcpxo",
        "infiniband",
    }


def test_known_figures_of_p5() -> None:
    p5 = found(Cloud.AWS, "p5.48xlarge")
    assert (p5.vcpus, p5.memory_gib, p5.accelerator) == (192, 2048, "nvidia-h100-80gb")
    assert (p5.accelerator_count, p5.network_gbps) == (8, 3200)
    assert (p5.rdma_kind, p5.rdma_interfaces, p5.nic_count) == ("efa", 32, 32)


@pytest.mark.parametrize(
    ("cloud", "name", "vcpus", "memory_gib"),
    [
        (Cloud.AWS, "t3.micro", 2, 1),
        (Cloud.AWS, "m7i.4xlarge", 16, 64),
        (Cloud.GCP, "e2-standard-16", 16, 64),
        (Cloud.GCP, "n1-standard-1", 1, 3.75),
        (Cloud.GCP, "f1-micro", 1, 0.6),
        (Cloud.GCP, "c4-highmem-2", 2, 15),
        (Cloud.GCP, "a3-megagpu-8g", 208, 1872),
        (Cloud.AZURE, "Standard_D16s_v6", 16, 64),
        (Cloud.AZURE, "Standard_B1ls", 1, 0.5),
        (Cloud.AZURE, "Standard_E4-2s_v3", 2, 32),
        (Cloud.AZURE, "Standard_ND96isr_H100_v5", 96, 1900),
    ],
)
def test_known_sizes(cloud: Cloud, name: str, vcpus: int, memory_gib: float) -> None:
    machine = found(cloud, name)
    assert (machine.vcpus, machine.memory_gib) == (vcpus, memory_gib)


def test_arm_is_told_from_x86() -> None:
    arm = ["m7g.16xlarge", "t4g.micro"]
    assert {found(Cloud.AWS, name).arch for name in arm} == {"arm64"}
    assert found(Cloud.GCP, "t2a-standard-1").arch == "arm64"
    assert found(Cloud.AZURE, "Standard_D2ps_v5").arch == "arm64"
    assert found(Cloud.AZURE, "Standard_D2s_v5").arch == "x86_64"


def test_a_share_of_a_device_is_a_fraction() -> None:
    assert found(Cloud.AZURE, "Standard_NV6ads_A10_v5").accelerator_count == Fraction(1, 6)
    assert found(Cloud.AWS, "g6f.large").accelerator_count == Fraction(1, 8)


def test_azure_sizes_take_any_case_and_other_clouds_do_not() -> None:
    assert found(Cloud.AZURE, "standard_d2s_v3").name == "Standard_D2s_v3"
    assert catalog.machine_type(Cloud.AWS, "P5.48XLARGE") is None
    assert catalog.machine_type(Cloud.GCP, "E2-MEDIUM") is None


def test_custom_shapes_of_compute_engine() -> None:
    shape = found(Cloud.GCP, "n2-custom-4-16384")
    assert (shape.family, shape.vcpus, shape.memory_gib) == ("n2", 4, 16)
    assert found(Cloud.GCP, "custom-2-10240-ext").family == "n1"
    assert catalog.machine_type(Cloud.GCP, "a3-custom-4-16384") is None
    assert catalog.machine_type(Cloud.AWS, "custom-2-10240") is None


def test_unknown_types_are_none() -> None:
    assert catalog.machine_type(Cloud.AWS, "p5.47xlarge") is None
    assert catalog.machine_type(Cloud.GCP, "p5.48xlarge") is None


def test_machine_types_by_accelerator() -> None:
    h100 = catalog.machine_types(Cloud.AWS, "h100")
    assert [machine.name for machine in h100] == ["p5.4xlarge", "p5.48xlarge"]
    assert {machine.cloud for machine in catalog.machine_types(accelerator="h100")} == set(Cloud)
    assert catalog.machine_types(accelerator="nvidia-h1000") == ()
    assert len(catalog.machine_types(Cloud.AWS)) > 1_300


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("h100", "nvidia-h100-80gb"),
        ("NVIDIA H100", "nvidia-h100-80gb"),
        ("nvidia-h100-mega-80gb", "nvidia-h100-80gb"),
        ("A100_80GB", "nvidia-a100-80gb"),
        ("a100", "nvidia-a100-40gb"),
        ("nvidia-tesla-t4", "nvidia-t4"),
        ("tpu-v5-lite-podslice", "google-tpu-v5e"),
        ("trn2", "aws-trainium2"),
        ("MI300X", "amd-mi300x"),
    ],
)
def test_accelerator_aliases(name: str, model: str) -> None:
    accelerator = catalog.accelerator(name)
    assert accelerator is not None
    assert accelerator.name == model


def test_no_alias_stands_for_two_accelerators() -> None:
    names = [name for item in catalog.accelerators() for name in (item.name, *item.aliases)]
    assert len(names) == len(set(names))
    assert catalog.accelerator("nvidia-h1000") is None


def test_accelerators_are_consistent() -> None:
    for item in catalog.accelerators():
        assert item.vendor, item
        assert item.memory_gib is None or item.memory_gib > 0, item
        assert item.peak_bf16_dense_tflops is None or 10 < item.peak_bf16_dense_tflops < 10_000
        assert item.tdp_watts is None or 30 <= item.tdp_watts <= 3_000, item
    h100 = catalog.accelerator("h100")
    assert h100 is not None
    assert (h100.memory_gib, h100.peak_bf16_dense_tflops, h100.tdp_watts) == (80, 989, 700)


def test_machine_memory_per_device_is_near_the_marketed_one() -> None:
    # Clouds report between 93 % (A10G, binary units and reserve) and 100 % of what is printed on
    # the box, and shares of a device report less.
    for machine in MACHINES:
        model = catalog.accelerator(machine.accelerator or "")
        if model is None or machine.accelerator_memory_gib is None:
            continue
        assert model.memory_gib is not None
        assert machine.accelerator_count is not None
        share = min(Fraction(1), machine.accelerator_count)
        ratio = machine.accelerator_memory_gib / (model.memory_gib * float(share))
        assert 0.9 <= ratio <= 1.07, machine


def test_rows_parse_to_the_same_names() -> None:
    assert len(MACHINES) == len(read_rows("machine_types"))

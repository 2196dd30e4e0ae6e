"""What EKS has to know of an accelerator: image, taint, resource names."""

from collections.abc import Mapping
from dataclasses import dataclass

from isthmus.plan.model import PoolPlan
from isthmus_catalog import MachineType

EFA_RESOURCE = "vpc.amazonaws.com/efa"


@dataclass(frozen=True, slots=True)
class Driver:
    """How one vendor's accelerators appear: in the AMI type's name and as a Kubernetes resource."""

    image: str
    resource: str


_DRIVERS: Mapping[str, Driver] = {
    "nvidia": Driver("NVIDIA", "nvidia.com/gpu"),
    "aws": Driver("NEURON", "aws.amazon.com/neuron"),
}
"""By the vendor that starts an accelerator's catalogue name."""

_ARCHITECTURES = {"x86_64": "x86_64", "arm64": "ARM_64"}

_IMAGES = frozenset(
    {
        "AL2023_x86_64_STANDARD",
        "AL2023_ARM_64_STANDARD",
        "AL2023_x86_64_NVIDIA",
        "AL2023_ARM_64_NVIDIA",
        "AL2023_x86_64_NEURON",
    }
)
"""The Amazon Linux 2023 values of `amiType` (EKS API reference, CreateNodegroup)."""


def driver_of(machine: MachineType) -> Driver | None:
    """The vendor's driver; None for a machine without accelerators.

    Raises ValueError for a vendor that Amazon Linux 2023 has no EKS image for.
    """
    if machine.accelerator is None:
        return None
    vendor = machine.accelerator.split("-", maxsplit=1)[0]
    if vendor not in _DRIVERS:
        raise ValueError(
            f"{machine.name}: EKS has no image with a driver for {machine.accelerator};"
            f" choose an accelerator of {' or '.join(_DRIVERS)}"
        )
    return _DRIVERS[vendor]


def image_type(machine: MachineType) -> str:
    """The EKS-optimised image: plain, or with the accelerator's driver.

    Raises ValueError where no such image exists.
    """
    driver = driver_of(machine)
    image = f"AL2023_{_ARCHITECTURES[machine.arch]}_{driver.image if driver else 'STANDARD'}"
    if image not in _IMAGES:
        raise ValueError(
            f"{machine.name}: EKS offers no image {image}; choose another machine type"
        )
    return image


def labels_of(pool: PoolPlan) -> dict[str, str]:
    """Kubernetes labels that workloads select machines by."""
    labels = {"isthmus/pool": pool.name}
    if pool.machine.accelerator is not None:
        labels["isthmus/accelerator"] = pool.machine.accelerator
    return labels


def extended_resources(pool: PoolPlan) -> dict[str, int]:
    """What one machine of the pool offers beside CPU and memory, once its device plugins run.

    A machine with a part of a device offers none: the catalogue's fractions are not schedulable
    counts.
    """
    driver = driver_of(pool.machine)
    count = pool.machine.accelerator_count
    resources: dict[str, int] = {}
    if driver is not None and count is not None and count.denominator == 1:
        resources[driver.resource] = int(count)
    if pool.fabric is not None:
        resources[EFA_RESOURCE] = pool.fabric.interfaces
    return resources

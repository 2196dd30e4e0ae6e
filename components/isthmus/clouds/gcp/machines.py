"""What GKE calls a machine's parts: its accelerators, its boot disk, its local SSDs."""

from isthmus_catalog import MachineType

ACCELERATOR_TYPES = {
    "a2-highgpu": "nvidia-tesla-a100",
    "a2-megagpu": "nvidia-tesla-a100",
    "a2-ultragpu": "nvidia-a100-80gb",
    "a3-highgpu": "nvidia-h100-80gb",
    "a3-megagpu": "nvidia-h100-mega-80gb",
    "a3-ultragpu": "nvidia-h200-141gb",
    "a4-highgpu": "nvidia-b200",
    "g2-standard": "nvidia-l4",
    "g4-standard": "nvidia-rtx-pro-6000",
}
"""By machine line. GoogleCloudPlatform/cluster-toolkit, pkg/config/machine_mappings.json, but for
a2-ultragpu, whose 80 GB devices have a name of their own."""

HYPERDISK_LINES = ("a3-ultragpu", "a4-", "a4x-", "c4-", "c4a-", "c4d-", "g4-", "n4-")
"""Machines that boot from Hyperdisk only. For a3-ultragpu, a4 and a4x see the examples so named
in GoogleCloudPlatform/cluster-toolkit; the other lines are not verified."""

LOCAL_SSD_GIB = 375
"""Size of one local SSD of Compute Engine (https://cloud.google.com/compute/docs/disks/local-ssd)."""


def accelerator_type(machine: MachineType) -> tuple[str, int]:
    """Give GKE's name of the machine's accelerator and how many it has.

    Raises ValueError for accelerators that need more than a pool says here (TPU slices, GB200
    domains, shares of a device).
    """
    line = "-".join(machine.name.split("-")[:2])
    count = machine.accelerator_count
    if line not in ACCELERATOR_TYPES or count is None or count.denominator != 1:
        raise ValueError(
            f"machine type {machine.name}: its accelerators cannot be put into a GKE pool yet. "
            f"Write a machine type of {', '.join(sorted(ACCELERATOR_TYPES))} under `machineType`."
        )
    return ACCELERATOR_TYPES[line], int(count)


def boot_disk_type(machine: MachineType) -> str:
    """Give the balanced SSD disk that the machine can boot from."""
    return "hyperdisk-balanced" if machine.name.startswith(HYPERDISK_LINES) else "pd-balanced"


def local_ssd_count(machine: MachineType) -> int:
    """Count the SSDs that come with the machine; they hold what containers write."""
    return int((machine.local_nvme_gib or 0) // LOCAL_SSD_GIB)

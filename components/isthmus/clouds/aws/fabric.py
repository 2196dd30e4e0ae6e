"""Which network interfaces carry EFA, by card and device."""

from collections.abc import Sequence
from dataclasses import dataclass

from pulumi import Input
from pulumi_aws import ec2

from isthmus.plan.model import Fabric, PoolPlan


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface of a machine; `kind` is EC2's word: `interface` (ENA) or `efa-only`."""

    card: int
    device: int
    kind: str


def interfaces_of(fabric: Fabric) -> tuple[Interface, ...]:
    """The interfaces of a machine, one EFA on each card that carries it.

    The first interface is always plain ENA. If the first card carries EFA too, its second device is
    `efa-only`; on every further card device 0 is. `efa-only` takes no address of the subnet.
    Source: EC2 User Guide, "Maximize network bandwidth on instances with multiple network cards",
    in its 2026 form (terraform-aws-eks issue 3653); p6-b300 has ENA alone on card 0
    (aws-parallelcluster issue 7143).

    Raises ValueError when the number of interfaces fits neither layout.
    """
    ena_only_cards = fabric.network_cards - fabric.interfaces
    if ena_only_cards not in (0, 1) or fabric.interfaces < 1:
        raise ValueError(
            f"no known layout puts {fabric.interfaces} EFA interfaces on {fabric.network_cards}"
            " network cards: EFA is on all cards, or on all but the first. Choose another machine"
            " type, or correct the catalogue's row from EC2 DescribeInstanceTypes."
        )
    first = () if ena_only_cards else (Interface(0, 1, "efa-only"),)
    further = (Interface(card, 0, "efa-only") for card in range(1, fabric.network_cards))
    return (Interface(0, 0, "interface"), *first, *further)


def launch_interfaces(
    fabric: Fabric, group_id: Input[str]
) -> Sequence[ec2.LaunchTemplateNetworkInterfaceArgs]:
    """The interfaces as a launch template says them.

    There is no subnet (EKS sets it) and no word on public addresses: EC2 takes that only from
    machines with one interface, and the subnets give none.
    """
    return [
        ec2.LaunchTemplateNetworkInterfaceArgs(
            network_card_index=interface.card,
            device_index=interface.device,
            interface_type=interface.kind,
            security_groups=[group_id],
            delete_on_termination="true",
        )
        for interface in interfaces_of(fabric)
    ]


def needs_placement_group(pool: PoolPlan) -> bool:
    """Whether the machines have to stand close together: more than one, on a fabric."""
    return pool.fabric is not None and pool.max_nodes > 1


def check_zones(pool: PoolPlan) -> None:
    """EFA traffic and cluster placement groups stay within one zone (EC2 User Guide, both topics).

    Raises ValueError when a pool that needs one zone spans several.
    """
    if needs_placement_group(pool) and len(pool.zones) != 1:
        raise ValueError(
            f"pool {pool.name} is planned in {len(pool.zones)} zones ({', '.join(pool.zones)}), but"
            f" {pool.machine.name} machines reach each other over EFA within one zone"
            " only: plan one zone"
        )

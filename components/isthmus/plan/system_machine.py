"""Chooses the machine that carries a cluster's own services."""

from isthmus.plan.ledger import Ledger
from isthmus.plan.machines import Choice, object_to_unknown_machine
from isthmus.spec.model import Cluster, Site
from isthmus.spec.problem import Path
from isthmus_catalog import (
    Cloud,
    Offer,
    Region,
    is_offered,
    machine_type,
    offer,
    offers,
)

LEAST_SYSTEM_VCPUS = 4
LEAST_SYSTEM_MEMORY_GIB = 16
"""What cluster services, monitoring and the accelerators' operators need on each machine; ours."""


def choose_system_machine(
    name: str, site: Site, cluster: Cluster, place: Region, ledger: Ledger
) -> Choice | None:
    """A general-purpose machine for the cluster's own services."""
    path: Path = ("sites", name, "cluster", "systemMachineType")
    if cluster.system_machine_type is None:
        return _choose_general(path, site.cloud, place, ledger)
    found = machine_type(site.cloud, cluster.system_machine_type)
    if found is None:
        object_to_unknown_machine(
            path, site.cloud, cluster.system_machine_type, (("sites", name, "cloud"),), ledger
        )
        return None
    if is_offered(site.cloud, place.name, found.name) is False:
        ledger.object_to(
            path,
            found.name,
            f"{site.cloud} does not sell `{found.name}` in {place.name}",
            "the listing of the region is complete and leaves it out",
            "leave it out, and an offered one is chosen",
            (("sites", name, "region"), ("sites", name, "cloud")),
        )
        return None
    return Choice(found, offer(site.cloud, place.name, found.name))


def _choose_general(path: Path, cloud: Cloud, place: Region, ledger: Ledger) -> Choice | None:
    here = [c for o in offers(cloud, place.name) if (c := _general(o))]
    if here:
        best = min(here, key=lambda c: (c.usd_per_hour() or 9e9, c.machine.name))
        size = f"{LEAST_SYSTEM_VCPUS} vCPUs and {LEAST_SYSTEM_MEMORY_GIB} GiB"
        why = f"lowest price in {place.name} with at least {size}"
        ledger.decide(path, best.machine.name, why)
        return best
    elsewhere = [c for o in offers(cloud) if (c := _general(o))]
    open_ones = [c for c in elsewhere if is_offered(cloud, place.name, c.machine.name) is not False]
    if not open_ones:
        hint = "name a machine type that the region sells"
        why = "the catalogue knows no general-purpose machine there"
        ledger.object_to(
            path, None, f"no system machine is known in {place.name}", why, hint, (path,)
        )
        return None
    best = min(open_ones, key=lambda c: (c.machine.vcpus or 0, c.machine.name))
    sold = is_offered(cloud, place.name, best.machine.name) is True
    why = "no price is known in this region; the smallest that is sold elsewhere"
    ledger.decide(path, best.machine.name, why, certain=sold)
    return Choice(best.machine, offer(cloud, place.name, best.machine.name))


def _general(found: Offer) -> Choice | None:
    machine = machine_type(found.cloud, found.machine_type)
    suits = (
        machine is not None
        and machine.accelerator is None
        and machine.arch == "x86_64"
        and (machine.vcpus or 0) >= LEAST_SYSTEM_VCPUS
        and (machine.memory_gib or 0) >= LEAST_SYSTEM_MEMORY_GIB
    )
    return Choice(machine, found) if machine is not None and suits else None

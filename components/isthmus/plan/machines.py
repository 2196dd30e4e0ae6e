"""Chooses the machine of a pool, checks that it exists, fits and is sold there, and says why."""

from collections.abc import Sequence
from dataclasses import dataclass

from isthmus.plan.ledger import Ledger
from isthmus.plan.traits import fabric_traits, refused_requirements
from isthmus.spec.model import Pool, Site
from isthmus.spec.problem import Path
from isthmus_catalog import (
    Accelerator,
    Cloud,
    MachineType,
    Offer,
    Region,
    accelerator,
    accelerators,
    is_offered,
    machine_type,
    machine_types,
    nearest,
    offer,
    offers,
    region,
    regions_offering,
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A machine type and its offer in the region; no offer where the catalogue has none."""

    machine: MachineType
    offer: Offer | None

    @property
    def zones(self) -> tuple[str, ...]:
        return self.offer.zones if self.offer else ()

    def usd_per_hour(self, spot: bool = False) -> float | None:
        if self.offer is None:
            return None
        return self.offer.spot_usd_per_hour if spot else self.offer.on_demand_usd_per_hour


@dataclass(frozen=True, slots=True)
class Asked:
    """What a pool asks for, and where."""

    path: Path
    site_path: Path
    site: Site
    pool: Pool
    place: Region | None
    allowed: frozenset[str] | None

    @property
    def grounds(self) -> tuple[Path, ...]:
        """The settings that a judgement of the pool's machine rests on."""
        own = ((*self.path, "accelerator"), (*self.path, "machineType"))
        return (*own, (*self.site_path, "region"), (*self.site_path, "cloud"))

    def regions_selling(self, machine: str) -> list[str]:
        """Regions that sell a machine type, as far as the residency allows them."""
        names = regions_offering(self.site.cloud, machine)
        found = [place for name in names if (place := region(self.site.cloud, name))]
        return [r.name for r in found if self.allowed is None or r.jurisdictions & self.allowed]


def choose_machine(asked: Asked, ledger: Ledger) -> Choice | None:
    """The pool's machine type; None if there is a problem with it, or if the region is not
    settled."""
    wanted = _find_accelerator(asked, ledger)
    if asked.pool.machine_type is not None:
        return _check_named(asked, wanted, ledger)
    if wanted is None or asked.place is None:
        return None
    return _choose_largest(asked, wanted, ledger)


def _find_accelerator(asked: Asked, ledger: Ledger) -> Accelerator | None:
    found = accelerator(asked.pool.accelerator)
    if found is None:
        names = [name for each in accelerators() for name in (each.name, *each.aliases)]
        close = nearest(asked.pool.accelerator, names, 3)
        sold = sorted({m.accelerator for m in machine_types(asked.site.cloud) if m.accelerator})
        guess = f"did you mean {', '.join(close)}? " if close else ""
        ledger.object_to(
            (*asked.path, "accelerator"),
            asked.pool.accelerator,
            f"there is no accelerator `{asked.pool.accelerator}`",
            "the catalogue knows it neither as a name nor as an alias",
            f"{guess}{asked.site.cloud} has: {', '.join(sold)}",
        )
    return found


def _check_named(asked: Asked, wanted: Accelerator | None, ledger: Ledger) -> Choice | None:
    name = asked.pool.machine_type or ""
    path = (*asked.path, "machineType")
    found = machine_type(asked.site.cloud, name)
    if found is None:
        object_to_unknown_machine(path, asked.site.cloud, name, asked.grounds, ledger)
        return None
    fits = wanted is None or _check_fit(asked, found, wanted, ledger)
    if not fits or asked.place is None or not _check_sold(asked, found, asked.place, ledger):
        return None
    return _accept(
        asked, path, Choice(found, offer(found.cloud, asked.place.name, found.name)), ledger
    )


def object_to_unknown_machine(
    path: Path, cloud: Cloud, name: str, because: tuple[Path, ...], ledger: Ledger
) -> None:
    """A name that is no machine type of the cloud."""
    others = [other for other in Cloud if other != cloud and machine_type(other, name)]
    close = nearest(name, [m.name for m in machine_types(cloud)], 3)
    guess = (
        f"did you mean {', '.join(close)}?" if close else "see the cloud's list of machine types"
    )
    ledger.object_to(
        path,
        name,
        f"{cloud} has no machine type `{name}`",
        "the catalogue knows the machine types of each cloud by their own names",
        f"it is a machine type of {others[0]}" if others else guess,
        because,
    )


def _check_fit(asked: Asked, found: MachineType, wanted: Accelerator, ledger: Ledger) -> bool:
    if found.accelerator == wanted.name:
        return True
    carriers = [m.name for m in machine_types(found.cloud, wanted.name)]
    has = f"carries {found.accelerator}" if found.accelerator else "has no accelerator"
    with_it = (
        f"machine types with it: {', '.join(carriers)}"
        if carriers
        else f"{found.cloud} has none with it"
    )
    hint = (
        f"write `accelerator: {found.accelerator}`, or choose from {with_it}"
        if found.accelerator
        else with_it
    )
    ledger.object_to(
        (*asked.path, "machineType"),
        found.name,
        f"`{found.name}` {has}, not {wanted.name}",
        "a pool holds machines with the accelerator it names",
        hint,
        asked.grounds,
    )
    return False


def _check_sold(asked: Asked, found: MachineType, place: Region, ledger: Ledger) -> bool:
    sold = is_offered(found.cloud, place.name, found.name)
    path = (*asked.path, "machineType")
    if sold is None:
        reason = f"no list at hand says whether {place.name} sells it; ask {found.cloud} first"
        ledger.decide(path, found.name, reason, certain=False)
    if sold is not False:
        return True
    ledger.object_to(
        path,
        found.name,
        f"{found.cloud} does not sell `{found.name}` in {place.name}",
        "the listing of the region is complete and leaves it out",
        _where_sold(asked.regions_selling(found.name)),
        asked.grounds,
    )
    return False


def _where_sold(names: Sequence[str]) -> str:
    if not names:
        return "no region of the residency is known to sell it: choose another machine type"
    return f"it is sold in {', '.join(names)}: use one of these regions, or another machine type"


def _choose_largest(asked: Asked, wanted: Accelerator, ledger: Ledger) -> Choice | None:
    assert asked.place is not None
    path = (*asked.path, "accelerator")
    found = offers(asked.site.cloud, asked.place.name, accelerator=wanted.name)
    choices = [
        Choice(m, o)
        for o in found
        if (m := machine_type(o.cloud, o.machine_type)) and not refusal(m)
    ]
    if not choices:
        _object_to_unsold(asked, wanted, ledger)
        return None
    best = min(choices, key=_largest_first)
    reason = f"most {wanted.name} in a machine that {asked.place.name} sells, then lowest price"
    ledger.decide((*asked.path, "machineType"), best.machine.name, reason)
    return _accept(asked, path, best, ledger)


def _largest_first(choice: Choice) -> tuple[float, float, str]:
    price = choice.usd_per_hour()
    return (
        -float(choice.machine.accelerator_count or 0),
        price if price is not None else 9e9,
        choice.machine.name,
    )


def _object_to_unsold(asked: Asked, wanted: Accelerator, ledger: Ledger) -> None:
    carriers = [m.name for m in machine_types(asked.site.cloud, wanted.name) if not refusal(m)]
    places = sorted({name for m in carriers for name in asked.regions_selling(m)})
    clouds = sorted({m.cloud.value for m in machine_types(accelerator=wanted.name)})
    if not carriers:
        hint = f"clouds with it: {', '.join(clouds) or 'none'}"
    else:
        hint = f"regions that sell one: {', '.join(places[:8]) or 'none in the residency'}"
    place = asked.place.name if asked.place else asked.site.region
    ledger.object_to(
        (*asked.path, "accelerator"),
        asked.pool.accelerator,
        f"{asked.site.cloud} is not known to sell a machine with {wanted.name} in {place}",
        f"machine types of {asked.site.cloud} with it: {', '.join(carriers) or 'none'}",
        f"{hint}; or name a `machineType` that you know to be there",
        asked.grounds,
    )


def _accept(asked: Asked, path: Path, choice: Choice, ledger: Ledger) -> Choice | None:
    """Checks what holds for a machine however it was chosen."""
    refused = refusal(choice.machine)
    if refused:
        ledger.object_to(
            path,
            choice.machine.name,
            f"`{choice.machine.name}` cannot be built yet",
            refused,
            "choose another machine type",
            asked.grounds,
        )
        return None
    return choice if _check_spot(asked, choice, ledger) else None


def _check_spot(asked: Asked, choice: Choice, ledger: Ledger) -> bool:
    path = (*asked.path, "spot")
    if not asked.pool.spot or choice.machine.spot_supported:
        return True
    if choice.machine.spot_supported is None:
        reason = f"no source at hand says whether `{choice.machine.name}` is sold as spot"
        ledger.decide(path, "spot", reason, certain=False)
        return True
    ledger.object_to(
        path,
        "true",
        f"`{choice.machine.name}` is not sold as spot",
        "the cloud offers it on demand only",
        "remove `spot`, or choose another machine type",
        asked.grounds,
    )
    return False


def refusal(machine: MachineType) -> str:
    """Why the components cannot build a machine type; empty where they can."""
    reasons = [why for need, why in refused_requirements().items() if need in machine.requires]
    if machine.rdma_kind:
        traits = fabric_traits(machine.rdma_kind)
        reasons.append(traits.refused_because)
        if traits.own_networks and not machine.rdma_interfaces:
            reasons.append(
                "each of its interfaces needs a network, and how many it has is not known"
            )
    return next((reason for reason in reasons if reason), "")

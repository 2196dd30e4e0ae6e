"""Address arithmetic: where sites lie in the address plan, and how a site's range is divided."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv4Network, collapse_addresses

SHORTEST_PREFIX, LONGEST_PREFIX = 16, 20
"""Sizes a site's network may have: a /16 is the largest an AWS VPC takes, and in a /20 a /24 is
left for services, the smallest that EKS takes."""

SITES_PER_PLAN_BITS = 4
"""An address plan has room for 16 sites at least, unless that made them smaller than a /20."""

PRIVATE_RANGES = tuple(IPv4Network(r) for r in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
"""RFC 1918. The shared range 100.64.0.0/10 (RFC 6598) belongs to carriers, and cloud services use
it."""

ZONE_SLICES = 4
"""Pieces a zonal subnet range is cut into, however few zones are used: a further zone moves
nothing."""


@dataclass(frozen=True, slots=True)
class SiteRanges:
    """A site's range, divided. Sixteenths 0-7 nodes, 8-11 pods, 12 services, 13 fabric, 14
    endpoints, 15 the control plane (its first /28)."""

    whole: IPv4Network
    nodes: IPv4Network
    pods: IPv4Network
    services: IPv4Network
    fabric: IPv4Network
    endpoints: IPv4Network
    control: IPv4Network
    control_plane: IPv4Network

    def network_ranges(self, pods_inside: bool, services_inside: bool) -> tuple[IPv4Network, ...]:
        """What the cloud network itself declares, in as few ranges as possible."""
        pieces = [self.nodes, self.endpoints, self.control]
        pieces += [self.pods] if pods_inside else []
        pieces += [self.services, self.fabric] if services_inside else []
        return tuple(collapse_addresses(pieces))


def divide_site(whole: IPv4Network) -> SiteRanges:
    """Cuts a site's range into its parts: half for nodes, a quarter for pods, the rest shared."""
    nodes, rest = whole.subnets(1)
    pods, shared = rest.subnets(1)
    services, fabric, endpoints, control = shared.subnets(2)
    control_plane = next(control.subnets(new_prefix=28))
    return SiteRanges(whole, nodes, pods, services, fabric, endpoints, control, control_plane)


def slice_range(whole: IPv4Network, pieces: int) -> tuple[IPv4Network, ...]:
    """Equal pieces, at least as many as asked for: their number is the next power of two."""
    return tuple(whole.subnets((pieces - 1).bit_length()))


def site_prefix(plan: IPv4Network) -> int:
    """The size of a site's range where none is given; it depends on the address plan alone."""
    return min(LONGEST_PREFIX, max(SHORTEST_PREFIX, plan.prefixlen + SITES_PER_PLAN_BITS))


def place_sites(
    plan: IPv4Network, names: Iterable[str], taken: Iterable[IPv4Network]
) -> Mapping[str, IPv4Network | None]:
    """A range for each site, apart from each other and from what is taken; None where the plan is
    full.

    Stable without a memory: a site's name picks its place (by hash), and only if that is not free
    the next one is taken. So neither the order of the sites nor, in general, adding or removing one
    moves another: only two names that pick the same place can. The order counts for nothing because
    the engine hands mappings over sorted by name, whatever their order in the file.
    """
    occupied = list(taken)
    places: dict[str, IPv4Network | None] = {}
    for name in sorted(names):
        place = _first_free(plan, name, occupied)
        places[name] = place
        occupied += [place] if place else []
    return places


def overlap(first: IPv4Network, second: IPv4Network) -> IPv4Network | None:
    """The addresses both have: of two ranges that overlap, the smaller one."""
    if not first.overlaps(second):
        return None
    return first if first.prefixlen >= second.prefixlen else second


def is_private(network: IPv4Network) -> bool:
    return any(network.subnet_of(private) for private in PRIVATE_RANGES)


def _first_free(plan: IPv4Network, name: str, occupied: list[IPv4Network]) -> IPv4Network | None:
    prefix = site_prefix(plan)
    count = 1 << max(0, prefix - plan.prefixlen) if prefix >= plan.prefixlen else 0
    wanted = int.from_bytes(sha256(name.encode()).digest()[:8])
    for offset in range(count):
        place = _nth_piece(plan, prefix, (wanted + offset) % count)
        if not any(place.overlaps(other) for other in occupied):
            return place
    return None


def _nth_piece(plan: IPv4Network, prefix: int, index: int) -> IPv4Network:
    return IPv4Network((int(plan.network_address) + (index << (32 - prefix)), prefix))

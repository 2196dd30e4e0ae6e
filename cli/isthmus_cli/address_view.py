"""Draws the address plan: where sites and data centres lie, and how each site's range is
divided."""

from collections.abc import Sequence
from ipaddress import IPv4Network, collapse_addresses
from typing import NamedTuple

from rich.text import Text
from rich.tree import Tree

from isthmus.plan.model import NetworkPlan, Plan, Subnet

CELLS = 32
"""Width of a bar: two cells for each sixteenth of a site."""


class Part(NamedTuple):
    """A use of addresses, and how it is drawn: by a sign of its own, for readers without
    colours."""

    name: str
    sign: str
    style: str
    ranges: Sequence[IPv4Network]


def address_tree(plan: Plan) -> Tree:
    """One branch a range, in the order of addresses, with a bar of what lies where in it."""
    named = [Part(site.name, "#", "bold", [site.network.range]) for site in plan.sites]
    named += [Part(f"{c.name} (data centre)", "%", "dim", [c.range]) for c in plan.data_centers]
    frame = _frame([each.ranges[0] for each in named])
    networks = {site.name: site.network for site in plan.sites}
    tree = Tree(
        Text(f"between {frame[0]} and {frame[1] - 1}" if plan.range is None else str(plan.range))
    )
    tree.guide_style = "dim"
    for each in sorted(named, key=lambda part: part.ranges[0]):
        branch = tree.add(
            Text.assemble((f"{each.ranges[0]!s:18}", "bold"), _bar(frame, [each]), f"  {each.name}")
        )
        if each.name in networks:
            _add_parts(branch, networks[each.name])
    return tree


def _frame(ranges: Sequence[IPv4Network]) -> tuple[int, int]:
    """The first address that anyone has, and the one after the last."""
    return int(min(ranges).network_address), max(int(r.broadcast_address) for r in ranges) + 1


def _bar(frame: tuple[int, int], parts: Sequence[Part]) -> Text:
    """Each cell shows the part that has its addresses, or a dot where nobody has."""
    bar = Text()
    first, last = frame
    for cell in range(CELLS):
        start, end = (first + (last - first) * n // CELLS for n in (cell, cell + 1))
        part = next((p for p in parts if any(_meets(r, start, end) for r in p.ranges)), None)
        bar.append(part.sign if part else "·", style=part.style if part else "dim")
    return bar


def _meets(each: IPv4Network, start: int, end: int) -> bool:
    return int(each.network_address) < end and int(each.broadcast_address) >= start


def _add_parts(branch: Tree, network: NetworkPlan) -> None:
    parts = [part for part in _parts(network) if part.ranges]
    branch.add(_bar(_frame([network.range]), parts))
    for part in parts:
        ranges = ", ".join(str(r) for r in part.ranges)
        branch.add(Text.assemble((part.sign, part.style), f" {part.name:14} ", (ranges, "dim")))


def _parts(network: NetworkPlan) -> list[Part]:
    return [
        Part(_counted("nodes", network.node_subnets), "█", "green", _ranges(network.node_subnets)),
        Part("pods", "▓", "blue", [network.pods]),
        Part("services", "▒", "magenta", [network.services]),
        Part(
            _counted("fabric", network.fabric_subnets),
            "≡",
            "yellow",
            _ranges(network.fabric_subnets),
        ),
        Part(
            _counted("endpoints", network.endpoint_subnets),
            "░",
            "cyan",
            _ranges(network.endpoint_subnets),
        ),
        Part("control plane", "+", "red", [network.control_plane.range]),
    ]


def _counted(name: str, subnets: Sequence[Subnet]) -> str:
    return f"{name} x {len(subnets)}" if len(subnets) > 1 else name


def _ranges(subnets: Sequence[Subnet]) -> list[IPv4Network]:
    return list(collapse_addresses(subnet.range for subnet in subnets))

"""Shows a plan: its sites, the address plan as a picture, prices, carbon and the reason of each
decision."""

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.tree import Tree

from isthmus.plan.carbon import Carbon, estimate_carbon
from isthmus.plan.model import Plan, PoolPlan, SitePlan
from isthmus.plan.price import Price, price_plan, price_pool, price_site
from isthmus_catalog import Region, region
from isthmus_cli.address_view import address_tree

FOOTNOTE = (
    "List prices of machines for 730 hours, without network, storage, keys, control plane and tax. "
    "Carbon: the accelerators' boards at full load and largest size."
)


def show_plan(console: Console, plan: Plan, file: str) -> None:
    console.print(f"[bold]Plan of {escape(file)}[/]: {_counted(plan)}\n")
    for site in plan.sites:
        _show_site(console, site)
    console.print("[bold]Addresses[/]")
    console.print(address_tree(plan))
    console.print()
    console.print("[bold]Decisions[/]")
    console.print(_decision_tree(plan))
    console.print()
    _show_total(console, plan)


def _counted(plan: Plan) -> str:
    stores = sum(len(site.stores) for site in plan.sites)
    pools = sum(len(site.cluster.pools) for site in plan.sites if site.cluster)
    parts = ((len(plan.sites), "site"), (pools, "accelerator pool"), (stores, "store"))
    return ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in parts)


def _show_site(console: Console, site: SitePlan) -> None:
    place = region(site.cloud, site.region)
    console.print(
        f"[bold cyan]{site.name}[/]  {site.cloud} {site.region}{_lies_in(place)}  {_grid(place)}"
    )
    if site.stores:
        stores = ", ".join(f"{store.name} ({store.data_classification})" for store in site.stores)
        console.print(f"  stores   {escape(stores)}")
    keys = f"  keys     {', '.join(site.keys.purposes)}"
    console.print(
        f"{keys}; rotated every {site.keys.rotation_days} days"
        f"{', protected' if site.keys.protect else ''}"
    )
    if site.secret_names:
        console.print(f"  secrets  {', '.join(site.secret_names)}")
    if site.cluster:
        console.print(f"  cluster  Kubernetes {site.cluster.kubernetes_version}, private")
        console.print(_pool_table(site))
    else:
        console.print()


def _lies_in(place: Region | None) -> str:
    if place is None:
        return ""
    where = ", ".join(part for part in (place.city, "/".join(sorted(place.jurisdictions))) if part)
    return f" ({escape(where)})"


def _grid(place: Region | None) -> str:
    if place is None or place.grid_gco2e_per_kwh is None:
        return "[dim]grid carbon not known[/]"
    grams = place.grid_gco2e_per_kwh
    colour = "green" if grams < 100 else "yellow" if grams < 350 else "red"
    return f"[{colour}]{grams:g} gCO2e/kWh[/]"


def _pool_table(site: SitePlan) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1), collapse_padding=True)
    for title in ("  pool", "machine", "accelerators"):
        table.add_column(title, overflow="fold")
    table.add_column("nodes", justify="right", no_wrap=True)
    table.add_column("zones", overflow="fold")
    table.add_column("USD a month", justify="right", no_wrap=True)
    assert site.cluster is not None
    for pool in (site.cluster.system_pool, *site.cluster.pools):
        table.add_row(*_pool_row(site, pool))
    return table


def _pool_row(site: SitePlan, pool: PoolPlan) -> tuple[str, ...]:
    nodes = (
        str(pool.max_nodes)
        if pool.min_nodes == pool.max_nodes
        else f"{pool.min_nodes}..{pool.max_nodes}"
    )
    zones = ", ".join(_short_zone(zone, site.region) for zone in pool.zones) or "any"
    name = f"  {pool.name}{' (spot)' if pool.spot else ''}"
    return (
        name,
        pool.machine.name,
        _carried(pool),
        nodes,
        zones,
        _money(price_pool(site.name, pool)),
    )


def _carried(pool: PoolPlan) -> str:
    machine = pool.machine
    if machine.accelerator is None:
        return ""
    fabric = f", {pool.fabric.interfaces or '?'} x {pool.fabric.kind}" if pool.fabric else ""
    return f"{machine.accelerator_count} x {machine.accelerator.partition('-')[2]}{fabric}"


def _short_zone(zone: str, place: str) -> str:
    return zone.removeprefix(place).removeprefix("-")


def _money(price: Price) -> str:
    if price.unpriced and not price.usd_max:
        return "not known"
    least = "> " if price.unpriced else ""
    if round(price.usd_min) == round(price.usd_max):
        return f"{least}{price.usd_max:,.0f}"
    return f"{least}{price.usd_min:,.0f}..{price.usd_max:,.0f}"


def _decision_tree(plan: Plan) -> Tree:
    tree = Tree("[dim]what the stack file left open[/]", guide_style="dim")
    branches: dict[str, Tree] = {}
    for decision in plan.decisions:
        top, name = _split(decision.path)
        if top not in branches:
            branches[top] = tree.add(f"[cyan]{escape(top)}[/]")
        sure = "" if decision.certain else " [yellow](not certain)[/]"
        label = f"{escape(name)}: " if name else ""
        branches[top].add(
            f"{label}[bold]{escape(decision.choice)}[/]{sure} - [dim]{escape(decision.reason)}[/]"
        )
    return tree


def _split(path: str) -> tuple[str, str]:
    section, _, rest = path.partition(".")
    if section != "sites":
        return section, rest
    site, _, setting = rest.partition(".")
    return f"{section}.{site}", setting


def _show_total(console: Console, plan: Plan) -> None:
    total = price_plan(plan)
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    table.add_column(justify="right")
    for site in plan.sites:
        table.add_row(
            site.name, f"USD {_money(price_site(site))} a month", _tonnes(estimate_carbon(site))
        )
    table.add_row("[bold]all[/]", f"[bold]USD {_money(total)} a month[/]", "")
    console.print(table)
    console.print(f"[dim]{FOOTNOTE}[/]")
    if total.unpriced:
        console.print(
            f"[yellow]No price is known for {', '.join(total.unpriced)}: "
            "the sums are without them.[/]"
        )


def _tonnes(carbon: Carbon) -> str:
    if carbon.unknown and not carbon.tonnes_max:
        return "carbon not known"
    return f"{'> ' if carbon.unknown else 'up to '}{carbon.tonnes_max:,.1f} t CO2e a month"

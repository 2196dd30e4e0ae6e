"""Shows what a deployment built, in one screen: what stands where, its machines and its addresses."""

from collections.abc import Iterator, Mapping

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from isthmus.plan.model import Plan, PoolPlan, SitePlan
from isthmus_cli.address_view import address_tree


def show_built(console: Console, plan: Plan, counts: Mapping[str, Mapping[str, int]]) -> None:
    """`counts` are resources by package and service."""
    console.print("[bold]What was built[/]")
    console.print(_site_table(plan))
    for package, services in counts.items():
        listed = ", ".join(f"{count} {service}" for service, count in sorted(services.items()))
        console.print(f"  [cyan]{package}[/]  {sum(services.values())} resources: [dim]{listed}[/]")
    console.print("\n[bold]Addresses[/]")
    console.print(address_tree(plan))
    console.print()


def _site_table(plan: Plan) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    for heading in ("  site", "where", "stores", "cluster", "pool", "machines", "fabric"):
        table.add_column(heading, overflow="fold")
    for site in plan.sites:
        for row in _site_rows(site):
            table.add_row(*row)
    return table


def _site_rows(site: SitePlan) -> Iterator[tuple[str, ...]]:
    """The site's first row carries the site; the others only their pool."""
    stores = ", ".join(store.name for store in site.stores)
    cluster = f"Kubernetes {site.cluster.kubernetes_version}" if site.cluster else ""
    pools = (site.cluster.system_pool, *site.cluster.pools) if site.cluster else ()
    first = (f"  {site.name}", f"{site.cloud} {site.region}", stores, cluster)
    for number, pool in enumerate(pools):
        yield (*(first if number == 0 else ("", "", "", "")), *_pool_cells(pool))
    if not pools:
        yield (*first, "", "", "")


def _pool_cells(pool: PoolPlan) -> tuple[str, str, str]:
    same = pool.min_nodes == pool.max_nodes
    nodes = str(pool.max_nodes) if same else f"{pool.min_nodes}..{pool.max_nodes}"
    fabric = f"{pool.fabric.interfaces} x {pool.fabric.kind}" if pool.fabric else ""
    return pool.name, f"{nodes} x {pool.machine.name}", fabric

"""Carbon of what was planned: what the accelerators' boards emit at full load on the region's
grid."""

from dataclasses import dataclass

from isthmus.plan.model import HOURS_PER_MONTH, PoolPlan, SitePlan
from isthmus_catalog import accelerator, region

GRAMS_PER_TONNE = 1_000_000


@dataclass(frozen=True, slots=True)
class Carbon:
    """Tonnes of CO2e a month with every pool at its largest; `unknown` names pools that are not
    counted."""

    tonnes_max: float
    unknown: tuple[str, ...] = ()


def estimate_carbon(site: SitePlan) -> Carbon:
    """Board power times grid intensity times the data centres' PUE. Hosts, network and storage are
    not in it, so it is a lower bound of what the largest size emits."""
    pools = [pool for pool in site.cluster.pools if pool.has_accelerator] if site.cluster else []
    grams = {pool.name: _grams_per_month(site, pool) for pool in pools}
    unknown = tuple(f"{site.name}/{name}" for name, value in grams.items() if value is None)
    return Carbon(sum(value or 0.0 for value in grams.values()) / GRAMS_PER_TONNE, unknown)


def _grams_per_month(site: SitePlan, pool: PoolPlan) -> float | None:
    place = region(site.cloud, site.region)
    board = accelerator(pool.machine.accelerator or "")
    watts, count = board.tdp_watts if board else None, pool.machine.accelerator_count
    if place is None or watts is None or count is None:
        return None
    if place.grid_gco2e_per_kwh is None or place.pue is None:
        return None
    kwh = watts / 1000 * float(count) * pool.max_nodes * HOURS_PER_MONTH * place.pue
    return kwh * place.grid_gco2e_per_kwh

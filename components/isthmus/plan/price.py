"""List prices of what was planned; what has no known price is named, never counted as free."""

from dataclasses import dataclass

from isthmus.plan.model import Plan, PoolPlan, SitePlan


@dataclass(frozen=True, slots=True)
class Price:
    """USD a month at list price, for the fewest and the most machines that may run.

    `unpriced` names the pools whose price is not known: with any of them both figures are at least
    what they say.
    """

    usd_min: float
    usd_max: float
    unpriced: tuple[str, ...] = ()

    def __add__(self, other: "Price") -> "Price":
        return Price(
            self.usd_min + other.usd_min,
            self.usd_max + other.usd_max,
            self.unpriced + other.unpriced,
        )


NOTHING = Price(0.0, 0.0)


def price_pool(site: str, pool: PoolPlan) -> Price:
    least, most = pool.usd_per_month(pool.min_nodes), pool.usd_per_month(pool.max_nodes)
    if least is None or most is None:
        return Price(0.0, 0.0, (f"{site}/{pool.name}",))
    return Price(least, most)


def price_site(site: SitePlan) -> Price:
    """The machines of a site; networks, keys, storage and the control plane are not in the
    catalogue."""
    pools = (site.cluster.system_pool, *site.cluster.pools) if site.cluster else ()
    return sum((price_pool(site.name, pool) for pool in pools), NOTHING)


def price_plan(plan: Plan) -> Price:
    return sum((price_site(site) for site in plan.sites), NOTHING)

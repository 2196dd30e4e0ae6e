"""Decides a whole stack: from a Spec to a Plan, or to every reason why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

from isthmus.plan.addresses import LONGEST_PREFIX, SHORTEST_PREFIX
from isthmus.plan.classified import check_classes, check_classified_data
from isthmus.plan.cluster import (
    ACCELERATOR_BOOT_DISK_GIB,
    AUDIT_LOG_DAYS,
    SYSTEM_BOOT_DISK_GIB,
    check_capacity,
    check_cluster,
    check_zones,
    plan_cluster,
    plan_pool,
)
from isthmus.plan.ledger import Ledger
from isthmus.plan.machines import Asked, Choice, choose_machine
from isthmus.plan.model import (
    ClusterPlan,
    KeysPlan,
    NamedRange,
    Plan,
    PoolPlan,
    SitePlan,
    StorePlan,
)
from isthmus.plan.network import FLOW_LOG_DAYS, plan_network
from isthmus.plan.places import check_account, check_region, check_residency, choose_zones
from isthmus.plan.ranges import settle_ranges
from isthmus.plan.system_machine import choose_system_machine
from isthmus.plan.traits import cloud_traits
from isthmus.spec.model import Cluster, Environment, Site, Spec
from isthmus.spec.problem import Path, Problem

KEY_PURPOSES = ("data", "cluster", "logs")
KEY_ROTATION_DAYS = 90
"""Ours, and the longest that checkov's CKV_GCP_43 lets through for Cloud KMS (7,776,000 s)."""


class UnplannableError(ValueError):
    """There are problems, so there is no plan."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(problem.what for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, or what speaks against it."""

    plan: Plan | None
    problems: tuple[Problem, ...]


def decide(spec: Spec) -> Planned:
    """Settles everything that has a shape. There is a plan if, and only if, there is no problem."""
    ledger = Ledger()
    _tell_defaults(spec, ledger)
    allowed = check_residency(spec.residency, ledger)
    check_classes(spec.residency, ledger)
    ranges = settle_ranges(spec, ledger)
    sites = [
        _Planner(spec, name, site, allowed, ranges, ledger).plan()
        for name, site in spec.sites.items()
    ]
    complete = tuple(site for site in sites if site is not None)
    if ledger.problems:
        return Planned(None, tuple(ledger.problems))
    assert len(complete) == len(sites), "a site without a plan has a problem that says why"
    centers = tuple(NamedRange(n, center.range) for n, center in spec.network.data_centers.items())
    return Planned(Plan(complete, tuple(ledger.decisions), spec.network.range, centers), ())


def make_plan(spec: Spec) -> Plan:
    """The plan of a stack that has one. Raises UnplannableError with all problems."""
    planned = decide(spec)
    if planned.plan is None:
        raise UnplannableError(planned.problems)
    return planned.plan


def check(spec: Spec) -> tuple[Problem, ...]:
    """Every mistake in what a spec means."""
    return decide(spec).problems


@dataclass(frozen=True, slots=True)
class _Planner:
    """Plans one site."""

    spec: Spec
    name: str
    site: Site
    allowed: frozenset[str] | None
    ranges: Mapping[str, IPv4Network | None]
    ledger: Ledger

    @property
    def path(self) -> Path:
        return ("sites", self.name)

    @property
    def protect(self) -> bool:
        return self.spec.platform.environment is Environment.PRODUCTION

    def plan(self) -> SitePlan | None:
        """The site; None if something keeps it from being planned."""
        site, ledger = self.site, self.ledger
        check_account(self.name, site, ledger)
        place = check_region(self.name, site, self.allowed, self.spec.residency, ledger)
        if site.cluster:
            check_cluster(self.name, site, site.cluster, cloud_traits(site.cloud), ledger)
        choices = {
            name: choose_machine(
                Asked(self._pool_path(name), self.path, site, pool, place, self.allowed), ledger
            )
            for name, pool in (site.cluster.pools.items() if site.cluster else ())
        }
        if place is None:
            return None
        check_classified_data(self.name, site, place, self.spec, ledger)
        system = (
            choose_system_machine(self.name, site, site.cluster, place, ledger)
            if site.cluster
            else None
        )
        wanted = [choice.zones for choice in choices.values() if choice]
        zones = choose_zones(self.name, site, place, wanted, ledger)
        complete = {name: choice for name, choice in choices.items() if choice}
        if zones is None or (site.cluster and (system is None or len(complete) < len(choices))):
            return None
        return self._lay_out(zones, system, complete)

    def _lay_out(
        self, zones: tuple[str, ...], system: Choice | None, choices: Mapping[str, Choice]
    ) -> SitePlan | None:
        whole = self.ranges[self.name]
        if whole is None or not SHORTEST_PREFIX <= whole.prefixlen <= LONGEST_PREFIX:
            return None
        site, traits = self.site, cloud_traits(self.site.cloud)
        pools = [self._plan_pool(name, choice, zones) for name, choice in choices.items()]
        others = [r for name, r in self.ranges.items() if r and name != self.name]
        others += [center.range for center in self.spec.network.data_centers.values()]
        network = plan_network(self.path, whole, zones, traits, pools, others, self.ledger)
        cluster = self._plan_cluster(site.cluster, system, pools, zones)
        if cluster is not None:
            check_capacity(self.name, network, cluster, traits, self.ledger)
        return SitePlan(
            name=self.name,
            cloud=site.cloud,
            region=site.region,
            account=site.account,
            tags=self._tags(),
            network=network,
            keys=KeysPlan(KEY_PURPOSES, KEY_ROTATION_DAYS, traits.key_deletion_days, self.protect),
            stores=self._stores(),
            cluster=cluster,
            secret_names=tuple(site.secrets),
        )

    def _plan_pool(self, name: str, choice: Choice, zones: tuple[str, ...]) -> PoolPlan:
        assert self.site.cluster is not None
        path = self._pool_path(name)
        pool = plan_pool(path, name, self.site.cluster.pools[name], choice, zones, self.ledger)
        check_zones(path, self.site, pool, choice, self.ledger)
        return pool

    def _plan_cluster(
        self,
        cluster: Cluster | None,
        system: Choice | None,
        pools: list[PoolPlan],
        zones: tuple[str, ...],
    ) -> ClusterPlan | None:
        if cluster is None or system is None:
            return None
        return plan_cluster(cluster, system, pools, zones, self.protect)

    def _stores(self) -> tuple[StorePlan, ...]:
        default = self.spec.platform.data_classification
        return tuple(
            StorePlan(
                name,
                (store.data_classification or default).value,
                store.noncurrent_days,
                self.protect,
            )
            for name, store in self.site.stores.items()
        )

    def _tags(self) -> tuple[tuple[str, str], ...]:
        platform = self.spec.platform
        tags = {
            "owner": platform.owner,
            "environment": platform.environment.value,
            "data-classification": platform.data_classification.value,
            "managed-by": "isthmus",
            "site": self.name,
        }
        return tuple(
            (tags | ({"cost-center": platform.cost_center} if platform.cost_center else {})).items()
        )

    def _pool_path(self, name: str) -> Path:
        return (*self.path, "cluster", "pools", name)


def _tell_defaults(spec: Spec, ledger: Ledger) -> None:
    environment = spec.platform.environment
    protect = environment is Environment.PRODUCTION
    path: Path = ("platform",)
    ledger.decide(
        (*path, "environment"),
        "protected" if protect else "not protected",
        f"the engine {'may not' if protect else 'may'} delete keys, stores and clusters",
    )
    clouds = sorted({site.cloud for site in spec.sites.values()})
    waits = ", ".join(f"{cloud} {cloud_traits(cloud).key_deletion_days} days" for cloud in clouds)
    ledger.decide(
        path,
        f"keys rotate every {KEY_ROTATION_DAYS} days, deleted ones wait: {waits}",
        f"one key a purpose ({', '.join(KEY_PURPOSES)}), so that each can be withdrawn by itself",
    )
    ledger.decide(
        path,
        f"flow logs are kept {FLOW_LOG_DAYS} days, audit logs {AUDIT_LOG_DAYS}",
        "our choice: a quarter and a year to look back on; check what your auditors ask for",
    )
    ledger.decide(
        path,
        f"boot disks of {SYSTEM_BOOT_DISK_GIB} GiB, with accelerators {ACCELERATOR_BOOT_DISK_GIB}",
        "our choice: images of training frameworks take tens of GiB each",
    )

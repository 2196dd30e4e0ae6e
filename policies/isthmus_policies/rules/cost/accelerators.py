"""What accelerators may cost: when they run, how many there may be, and who watches the bill."""

from collections.abc import Iterator, Mapping

from isthmus_policies.graph import Graph
from isthmus_policies.questions.capacity import (
    NO_ACCELERATORS,
    Holding,
    bill_of,
    holding_of,
    speaks_for,
)
from isthmus_policies.questions.fleets import FLEET_TYPES, Fleet, is_accelerated
from isthmus_policies.questions.fleets.schedules import is_stopped
from isthmus_policies.questions.stage import why_not_outside_production
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Enforcement, Severity, rule
from isthmus_policies.values import MISSING, UNKNOWN, Value, contains_unknown, is_true
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdict, Verdicts

_BUDGETS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "aws": {
        "aws:budgets/budget:Budget": ("notifications",),
        "aws:costexplorer/anomalySubscription:AnomalySubscription": ("subscribers",),
    },
    "gcp": {"gcp:billing/budget:Budget": ("thresholdRules", "allUpdatesRule")},
    "azure": {
        "azure-native:consumption:Budget": ("notifications",),
        "azure-native:costmanagement:Budget": ("notifications",),
    },
}
"""By cloud: what watches a bill, and where it says whom it tells."""
_NO_CEILING = NotApplicable("the stack sets no maxMonthlyUsd")
_ONE_MACHINE = NotApplicable("it is one machine, and not a pool of them")


@rule(
    "cost-accelerator-pool-idle",
    title="Accelerator pools outside production shrink to nothing when idle",
    why="An accelerator machine costs as much idle as busy, nights and weekends included.",
    fix="min_size=0 on AWS (scaling_config={'min_size': 0, ...} of a node group), "
    "autoscaling={'min_node_count': 0, ...} on GKE, min_count=0 with enable_auto_scaling=True on "
    "AKS; or the tag 'environment: production'",
    severity=Severity.MEDIUM,
    types=FLEET_TYPES,
    enforcement=Enforcement.ADVISORY,
)
def accelerator_pool_idle(resource: Resource, context: Context, graph: Graph) -> Iterator[Verdict]:
    pools = _pools_of(holding_of(resource, graph, context.market))
    if isinstance(pools, NotApplicable):
        yield pools
        return
    for pool in pools:
        excuse = why_not_outside_production(resource, pool.homes)
        yield excuse or _judge_least(resource, pool, context)


def _judge_least(resource: Resource, pool: Fleet, context: Context) -> Verdict:
    least, path = pool.least.value, pool.least.path
    if least is MISSING or least == 0:
        return Pass()
    if least is UNKNOWN or not _carries(resource, pool, context):
        return Unknown("whether it keeps idle accelerators is not known yet", path)
    return Fail(f"it keeps {least:.0f} accelerator machines, however little there is to do", path)


@rule(
    "cost-accelerator-pool-bounded",
    title="Accelerator pools have an upper bound",
    why="A loop that submits jobs, or a leaked credential, otherwise grows the pool to whatever "
    "the account's quota allows.",
    fix="autoscaling={'max_node_count': 8, ...} on GKE, max_count=8 on AKS, max_size=8 on AWS",
    severity=Severity.MEDIUM,
    types=FLEET_TYPES,
    enforcement=Enforcement.ADVISORY,
)
def accelerator_pool_bounded(
    resource: Resource, context: Context, graph: Graph
) -> Iterator[Verdict]:
    pools = _pools_of(holding_of(resource, graph, context.market))
    if isinstance(pools, NotApplicable):
        yield pools
        return
    for pool in pools:
        most, path = pool.most.value, pool.most.path
        if most is UNKNOWN or (most is MISSING and not _carries(resource, pool, context)):
            yield Unknown("whether anything bounds its accelerators is not known yet", path)
        elif most is MISSING:
            yield Fail("nothing bounds how many accelerator machines it may have", path)


@rule(
    "cost-accelerator-machine-scheduled",
    title="Single accelerator machines outside production are spot, or stop by a schedule",
    why="A machine that somebody started for an experiment runs on, at full price, until somebody "
    "remembers it.",
    fix="instance_market_options={'market_type': 'spot'} on AWS, "
    "scheduling={'provisioning_model': 'SPOT', ...} on Google Cloud, priority='Spot' on Azure; or a "
    "schedule: aws.scheduler.Schedule, gcp.compute.ResourcePolicy(instance_schedule_policy=...), "
    "azure_native.devtestlab.GlobalSchedule",
    severity=Severity.MEDIUM,
    types=FLEET_TYPES,
    enforcement=Enforcement.ADVISORY,
)
def accelerator_machine_scheduled(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    holding = holding_of(resource, graph, context.market)
    if holding is None:
        return NO_ACCELERATORS
    if not holding.fleets[0].single:
        return NotApplicable("it is a pool, and not one machine")
    excuse = why_not_outside_production(resource)
    if excuse:
        return excuse
    return _judge_hours(holding, graph)


def _judge_hours(holding: Holding, graph: Graph) -> Verdict:
    spot, stopped = holding.fleets[0].spot, is_stopped(holding.resource, graph)
    if is_true(spot) or stopped:
        return Pass()
    if spot is UNKNOWN or stopped is None or not holding.is_certain:
        return Unknown("whether an accelerator runs day and night is not known yet")
    return Fail("the accelerator runs day and night, at full price")


@rule(
    "cost-accelerator-capacity-ceiling",
    title="The accelerators of a stack cost no more a month than the stack allows",
    why="Whatever a pool may grow to, one day it will; the stack says what that may cost at most.",
    fix="lower the maximum of a pool, or raise the ceiling: "
    "pulumi config set --path 'isthmus:policies.maxMonthlyUsd' 50000",
    severity=Severity.MEDIUM,
    types=FLEET_TYPES,
)
def accelerator_capacity_ceiling(
    resource: Resource, context: Context, graph: Graph
) -> Iterator[Verdict]:
    ceiling = context.settings.max_monthly_usd
    if ceiling is None:
        yield _NO_CEILING
        return
    bill = bill_of(graph, context.market)
    if resource.urn not in bill.shares:
        yield NO_ACCELERATORS
        return
    yield from bill.doubts[resource.urn]
    if bill.total_usd > ceiling and resource.urn == bill.dearest:
        yield Fail(
            f"at its most and at list price the stack's accelerators cost {bill.total_usd:,.2f} USD a "
            f"month, above its ceiling of {ceiling:,.2f}; {bill.shares[bill.dearest]:,.2f} of it here"
        )


@rule(
    "cost-accelerator-budget-alert",
    title="A budget watches the bill of a stack with accelerators, and tells somebody",
    why="A forgotten pool shows on the bill first, and weeks late unless a budget speaks up. It may "
    "also stand in another stack, which this one cannot see.",
    fix="aws.budgets.Budget(name, budget_type='COST', time_unit='MONTHLY', limit_amount='50000', "
    "limit_unit='USD', notifications=[...]), gcp.billing.Budget(name, threshold_rules=[...]) or "
    "azure_native.consumption.Budget(name, notifications={...})",
    severity=Severity.LOW,
    types=FLEET_TYPES,
    enforcement=Enforcement.ADVISORY,
)
def accelerator_budget_alert(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    if holding_of(resource, graph, context.market) is None:
        return NO_ACCELERATORS
    speaker = speaks_for(resource, graph, context.market)
    if speaker is None:
        return NotApplicable("the first accelerators of the stack on this cloud answer for it")
    told = [_tells(each, paths) for each, paths in _watchers(resource, graph)]
    if True in told:
        return Pass()
    if None in told or not speaker.is_certain:
        return Unknown("whether a budget watches what its accelerators cost is not known yet")
    return Fail("no budget of this stack watches what its accelerators cost and tells somebody")


def _watchers(resource: Resource, graph: Graph) -> Iterator[tuple[Resource, tuple[str, ...]]]:
    for token, paths in _BUDGETS[resource.cloud or ""].items():
        yield from ((each, paths) for each in graph.of_type(token))


def _tells(budget: Resource, paths: tuple[str, ...]) -> bool | None:
    said: list[Value] = [budget.get(path) for path in paths]
    if any(each not in (MISSING, UNKNOWN, [], {}) for each in said):
        return True
    return None if any(contains_unknown(each) for each in said) else False


def _pools_of(holding: Holding | None) -> tuple[Fleet, ...] | NotApplicable:
    if holding is None:
        return NO_ACCELERATORS
    return tuple(each for each in holding.fleets if not each.single) or _ONE_MACHINE


def _carries(resource: Resource, pool: Fleet, context: Context) -> bool:
    """Whether it is certain that the pool's machines carry accelerators."""
    return is_accelerated(pool, resource.cloud or "", context.market) is True


RULES = (
    accelerator_pool_idle,
    accelerator_pool_bounded,
    accelerator_machine_scheduled,
    accelerator_capacity_ceiling,
    accelerator_budget_alert,
)

"""Machines run where the grid is clean enough for the stack.

Without the setting `maxGridGramsPerKwh` nothing is judged: what is clean enough differs between
countries by a factor of a hundred, and no default would be right for all of them.
"""

from isthmus_policies.graph import Graph
from isthmus_policies.market import Grid
from isthmus_policies.questions.capacity import place_of
from isthmus_policies.questions.fleets import FLEET_TYPES, fleets_of, is_accelerated
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Enforcement, Severity, rule
from isthmus_policies.values import reveal
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdict, Verdicts

_NO_CEILING = NotApplicable("the stack sets no maxGridGramsPerKwh")
_NO_MACHINES = NotApplicable("it keeps no machines of its own")
_NAMED = 3
"""How many cleaner regions a finding names."""


@rule(
    "carbon-accelerator-grid-ceiling",
    title="Accelerators run where the grid emits no more than the stack allows",
    why="The same training run emits a hundred times as much on one grid as on another, and data "
    "can be brought to where electricity is clean.",
    fix="choose one of the regions that the finding names, or raise the ceiling: "
    "pulumi config set --path 'isthmus:policies.maxGridGramsPerKwh' 200",
    severity=Severity.MEDIUM,
    types=FLEET_TYPES,
)
def accelerator_grid_ceiling(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    ceiling = context.settings.max_grid_grams_per_kwh
    if ceiling is None:
        return _NO_CEILING
    carries = _carry_accelerators(resource, graph, context)
    if set(carries) <= {False}:
        return NotApplicable("its machines carry no accelerators")
    verdict = _judge_grid(resource, ceiling, context, graph)
    if isinstance(verdict, Fail) and True not in carries:
        return Unknown(f"whether these are accelerators is not known, and {verdict.message}")
    return verdict


@rule(
    "carbon-machine-grid-ceiling",
    title="Machines run where the grid emits no more than the stack allows",
    why="Ordinary machines draw less than accelerators, but there are more of them, and they run "
    "longer.",
    fix="choose one of the regions that the finding names, or raise the ceiling: "
    "pulumi config set --path 'isthmus:policies.maxGridGramsPerKwh' 200",
    severity=Severity.LOW,
    types=FLEET_TYPES,
    enforcement=Enforcement.ADVISORY,
)
def machine_grid_ceiling(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    ceiling = context.settings.max_grid_grams_per_kwh
    if ceiling is None:
        return _NO_CEILING
    carries = _carry_accelerators(resource, graph, context)
    if not carries:
        return _NO_MACHINES
    if True in carries:
        return NotApplicable("it keeps accelerators, which are judged by a rule of their own")
    return _judge_grid(resource, ceiling, context, graph)


def _carry_accelerators(resource: Resource, graph: Graph, context: Context) -> list[bool | None]:
    return [
        is_accelerated(fleet, resource.cloud or "", context.market)
        for fleet in fleets_of(resource, graph)
    ]


def _judge_grid(resource: Resource, ceiling: float, context: Context, graph: Graph) -> Verdict:
    homes = tuple(home for fleet in fleets_of(resource, graph) for home in fleet.homes)
    place = place_of(resource, homes, graph)
    if place is None or not isinstance(reveal(place.value), str):
        return Unknown("where its machines are is not known")
    name, cloud = str(reveal(place.value)), resource.cloud or ""
    grid = context.market.grid(cloud, name)
    if grid is None:
        return Unknown(f"'{name}' is not in the region catalogue", place.path)
    grams = grid.grid_gco2e_per_kwh
    if grams is None:
        return Unknown(f"what the grid of '{grid.name}' emits is not on record", place.path)
    if grams <= ceiling:
        return Pass()
    message = (
        f"the grid of '{grid.name}' emits {grams:g} gCO2e/kWh, above the ceiling of {ceiling:g}"
    )
    return Fail(f"{message}; {_advise(grid, cloud, ceiling, context)}", place.path)


def _advise(home: Grid, cloud: str, ceiling: float, context: Context) -> str:
    cleaner = _cleaner_than(home, cloud, ceiling, context)
    if cleaner:
        return f"cleaner: {', '.join(cleaner[:_NAMED])}"
    return "no region of this cloud and of the allowed jurisdictions is known to be clean enough"


def _cleaner_than(home: Grid, cloud: str, ceiling: float, context: Context) -> list[str]:
    """Clean enough regions where the stack may be: those with the most jurisdictions in common first (a
    country is one), which is what nearness means to data, then the cleanest."""
    allowed = context.settings.jurisdictions
    found = sorted(
        (
            -len(each.jurisdictions & home.jurisdictions),
            grams,
            each.name,
        )
        for each in context.market.grids(cloud)
        if (grams := each.grid_gco2e_per_kwh) is not None and grams <= ceiling
        if each.partition == home.partition and (not allowed or each.jurisdictions & allowed)
    )
    return [f"{name} ({grams:g})" for *_, grams, name in found]


RULES = (accelerator_grid_ceiling, machine_grid_ceiling)

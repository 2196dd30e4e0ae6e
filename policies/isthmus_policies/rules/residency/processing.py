"""Where classified data is processed: by clusters, jobs and functions that read it."""

from collections.abc import Iterator
from dataclasses import replace

from isthmus_policies.graph import Graph
from isthmus_policies.questions.demands import Demand, demands_on
from isthmus_policies.questions.law import PLACES_OF_DATA
from isthmus_policies.questions.lineage import read_by
from isthmus_policies.questions.whereabouts import NOT_ASKED, judge_place, locate
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.tables import parts_in_processing
from isthmus_policies.values import Located
from isthmus_policies.verdict import Fail, NotApplicable, Unknown, Verdict

_NO_CLASSES = NotApplicable("the stack names no narrower jurisdictions for any class of data")
_ANYTHING = "what is not known yet"


@rule(
    "residency-classified-processing-allowed",
    title="Classified data is processed where data of its class may be",
    why="Whoever reads data from elsewhere has it there: processing abroad is a transfer too.",
    fix="run it in a region of the class's jurisdictions ('isthmus:residency.byClassification'), "
    "or take its access to the data away",
    severity=Severity.CRITICAL,
    types=tuple(token for token, part in parts_in_processing().items() if part == "processor"),
    requirements=PLACES_OF_DATA,
)
def classified_processing_allowed(
    processor: Resource, context: Context, graph: Graph
) -> Iterator[Verdict]:
    if not context.settings.jurisdictions:
        yield NOT_ASKED
    elif not context.settings.by_classification:
        yield _NO_CLASSES
    else:
        for data, demands in _demands_of_data(processor, context, graph):
            yield _judge(processor, data, demands, context, graph)


def _demands_of_data(
    processor: Resource, context: Context, graph: Graph
) -> Iterator[tuple[str, tuple[Demand, ...]]]:
    """What is asked for each store that the processor reads, beyond what is asked of everything."""
    read = read_by(processor, graph)
    for data in read.data:
        narrower = demands_on(data, context, graph)[1:]
        if narrower:
            yield f"'{data.name}'", narrower
    if read.undecided:
        classes = sorted(context.settings.by_classification.items())
        yield _ANYTHING, tuple(Demand(allowed, name, certain=False) for name, allowed in classes)


def _judge(
    processor: Resource, data: str, demands: tuple[Demand, ...], context: Context, graph: Graph
) -> Verdict:
    place = locate(processor, graph)
    if not isinstance(place, Located):
        return place
    verdict = judge_place(processor, place, context, demands)
    if isinstance(verdict, Fail | Unknown):
        return replace(verdict, message=f"it reads {data}, and {verdict.message}")
    return verdict


RULES = (classified_processing_allowed,)

"""Where data is sent: transfer jobs, deliveries, exports, logs and their sinks."""

from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.destinations import judge_destinations
from isthmus_policies.questions.law import TRANSFERS
from isthmus_policies.questions.whereabouts import NOT_ASKED
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.tables import transfer_paths
from isthmus_policies.verdict import Verdict


@rule(
    "residency-transfer-destination-allowed",
    title="Data is sent to allowed jurisdictions only",
    why="Logs, exports and streams carry the data that they are about.",
    fix="send it to a bucket, stream or workspace in an allowed jurisdiction; exempt a destination "
    "outside of this stack once somebody has looked where it is",
    severity=Severity.HIGH,
    types=tuple(transfer_paths()),
    requirements=TRANSFERS,
)
def transfer_destination_allowed(
    resource: Resource, context: Context, graph: Graph
) -> Iterator[Verdict]:
    if context.settings.jurisdictions:
        yield from judge_destinations(resource, transfer_paths()[resource.type], context, graph)
    else:
        yield NOT_ASKED


RULES = (transfer_destination_allowed,)

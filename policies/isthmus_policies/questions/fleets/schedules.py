"""What ends a single machine's day: a schedule, a limit to its life, or a word to a scheduler."""

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import is_word
from isthmus_policies.questions.tagged import tag_of
from isthmus_policies.resource import Resource
from isthmus_policies.values import MISSING, UNKNOWN

_TAGS = ("Schedule", "schedule")
"""The tag by which AWS's Instance Scheduler and its like find what to stop."""
_STOPPERS = {
    "target": ("aws:scheduler/schedule:Schedule",),
    "targetResourceId": ("azure-native:devtestlab:GlobalSchedule",),
}
_POLICIES = ("gcp:compute/resourcePolicy:ResourcePolicy",)


def is_stopped(machine: Resource, graph: Graph) -> bool | None:
    """Whether something of the stack stops the machine at times; None if that is not known."""
    answers = (
        _is_tagged(machine),
        _has_stopper(machine, graph),
        _lives_briefly(machine),
        _has_policy(machine, graph),
    )
    if True in answers:
        return True
    return None if None in answers else False


def _is_tagged(machine: Resource) -> bool | None:
    tags = [tag_of(machine, name) for name in _TAGS]
    if UNKNOWN in tags:
        return None
    return any(tag not in (MISSING, "") for tag in tags)


def _has_stopper(machine: Resource, graph: Graph) -> bool | None:
    for path, types in _STOPPERS.items():
        stoppers = graph.referenced_by(machine, path, types)
        if any(not is_word(each.get("status"), "Disabled") for each in stoppers):
            return True
    is_unsure = any(graph.unresolved(path, types) for path, types in _STOPPERS.items())
    return None if is_unsure else False


def _lives_briefly(machine: Resource) -> bool | None:
    limit = machine.get("scheduling.maxRunDuration")
    return None if limit is UNKNOWN else limit is not MISSING


def _has_policy(machine: Resource, graph: Graph) -> bool | None:
    policies = graph.references(machine, "resourcePolicies", _POLICIES)
    if any(each.has("instanceSchedulePolicy") for each in policies):
        return True
    return None if machine.has("resourcePolicies") and not policies else False

"""Applies remedies to one resource: only where the rule fails, and only if it no longer does then."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from isthmus_policies.evaluate import confess
from isthmus_policies.graph import Graph
from isthmus_policies.remedies.edit import Change, changes_between
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Remedy, Rule
from isthmus_policies.verdict import Fail


@dataclass(frozen=True, slots=True)
class Applied:
    """What a remedy changed."""

    rule: Rule
    changes: tuple[Change, ...]

    def render(self) -> str:
        head = f"{self.rule.id} [{self.rule.severity}] was remedied; the program itself still breaks it:"
        changed = (f"  {change.render()}" for change in self.changes)
        return "\n".join((head, *changed, f"  Write it into the program: {self.rule.fix}"))


@dataclass(frozen=True, slots=True)
class Broken:
    """A remedy that could not do its work because of a defect of its own."""

    rule: Rule
    message: str

    def render(self) -> str:
        return f"{self.rule.id} [{self.rule.severity}]: {self.message}."


@dataclass(frozen=True, slots=True)
class Mended:
    """A resource after its remedies, and what they did."""

    resource: Resource
    applied: tuple[Applied, ...] = ()
    broken: tuple[Broken, ...] = ()


def mend(
    resource: Resource,
    rules: Iterable[Rule],
    context: Context,
    is_wanted: Callable[[Rule, Resource], bool] = lambda rule, resource: True,
) -> Mended:
    """Applies the rules' remedies, each to what the one before it left; tags come first, since
    whether a resource is in production is told by one."""
    mended = Mended(resource)
    for rule in sorted(rules, key=lambda rule: rule.topic != "tags"):
        remedy = rule.remedy
        if remedy and remedy.is_for(resource.type) and is_wanted(rule, resource):
            mended = _apply(rule, remedy, mended, context)
    return mended


def _apply(rule: Rule, remedy: Remedy, so_far: Mended, context: Context) -> Mended:
    try:
        changed = _try(rule, remedy, so_far.resource, context)
    except Exception as error:  # noqa: BLE001 a broken remedy must neither end the run nor hide
        broken = Broken(rule, confess(error, "remedy"))
        return replace(so_far, broken=(*so_far.broken, broken))
    if changed is None:
        return so_far
    changes = tuple(changes_between(so_far.resource.props, changed.props))
    if _are_ignored(changes, changed.options.ignore_changes):
        return so_far
    return replace(so_far, resource=changed, applied=(*so_far.applied, Applied(rule, changes)))


def _try(rule: Rule, remedy: Remedy, resource: Resource, context: Context) -> Resource | None:
    """The resource as it should be; None if it is left alone."""
    if not _fails(rule, resource, context):
        return None
    props = remedy.mend(resource, context)
    if props is None:
        return None
    changed = replace(resource, props=props)
    return None if _fails(rule, changed, context) else changed


def _fails(rule: Rule, resource: Resource, context: Context) -> bool:
    """Whether the rule fails for what the resource says itself: nothing else is known yet when the
    engine asks."""
    verdicts = rule.judge(resource, context, Graph((resource,)))
    return any(isinstance(verdict, Fail) for verdict in verdicts)


def _are_ignored(changes: Sequence[Change], ignored: Sequence[str]) -> bool:
    """Whether the program said that a property is not its affair: then it is not ours either."""
    tops = {path.partition(".")[0].partition("[")[0] for path in ignored}
    return "*" in tops or any(change.keys[0] in tops for change in changes)

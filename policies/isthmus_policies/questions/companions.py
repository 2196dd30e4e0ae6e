"""Settings that live in a resource of their own, such as a bucket's public access block."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from isthmus_policies.graph import Graph
from isthmus_policies.resource import Resource
from isthmus_policies.verdict import Fail, NotApplicable, Unknown, Verdict

_MOST_NAMES = 5


def judge_companions(
    target: Resource,
    path: str,
    types: tuple[str, ...],
    graph: Graph,
    judge: Callable[[Resource], Iterable[Verdict]],
    *,
    within: str = "",
) -> Iterator[Verdict]:
    """Judges every resource of the given types that names `target` at `path`.

    Fails if there is none. Unknown if there is none, but one that does not know yet whom it names.
    `within` names what both belong to, for targets whose name is unique only there: a container's
    is within its account.
    """
    companions = [
        companion
        for companion in graph.referenced_by(target, path, types)
        if not within or _belongs(companion, target, path, within, graph)
    ]
    for companion in companions:
        yield from (_name_it(verdict, companion) for verdict in judge(companion))
    if companions:
        return
    wanted = types[0].rpartition(":")[2]
    unresolved = graph.unresolved(path, types)
    if unresolved:
        names = _some_names(unresolved)
        yield Unknown(f"cannot tell before the deployment whether {names} is its {wanted}")
    else:
        yield Fail(f"no {wanted} of this stack names it")


def _some_names(resources: Sequence[Resource]) -> str:
    """A few of the names: hundreds would hide what is said of them."""
    names = sorted(other.name for other in resources[:_MOST_NAMES])
    left = len(resources) - len(names)
    return ", ".join(names) + (f" or one of {left} others" if left else "")


def judge_setting(
    resource: Resource,
    targets: tuple[str, ...],
    path: str,
    types: tuple[str, ...],
    graph: Graph,
    judge: Callable[[Resource], Iterable[Verdict]],
) -> Iterable[Verdict]:
    """Judges a setting on the target it belongs to, see `judge_companions`.

    For rules about both: a companion is judged by itself if its target is not of this stack.
    """
    if resource.type not in types:
        return judge_companions(resource, path, types, graph, judge)
    if graph.references(resource, path, targets):
        return (NotApplicable("it is judged together with what it is for"),)
    return judge(resource)


def _name_it(verdict: Verdict, companion: Resource) -> Verdict:
    """Says whose property is wrong: the finding itself is about the target."""
    if isinstance(verdict, Fail | Unknown):
        return replace(verdict, message=f"in '{companion.name}', {verdict.message}")
    return verdict


def _belongs(companion: Resource, target: Resource, path: str, within: str, graph: Graph) -> bool:
    """Whether a companion means this very target, and not its namesake elsewhere."""
    if target.urn in companion.dependencies.get(path, ()):
        return True
    parents = graph.references(target, within)
    if any(parent in parents for parent in graph.references(companion, within)):
        return True
    name = target.get(within)
    return isinstance(name, str) and name == companion.get(within)

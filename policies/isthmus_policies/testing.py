"""Judges rules in tests as the engine does: through the policy SDK's own proxy and the evaluator.

Write an unknown as `values.UNKNOWN`. It becomes the SDK's sentinel, goes behind the proxy that
raises when one touches it, and comes back through the adapter, so that a rule is never tested on an
easier world than the one it will run in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

from pulumi_policy import proxy

from isthmus_policies.engine import to_tree
from isthmus_policies.graph import Graph
from isthmus_policies.places import Catalogue, Places
from isthmus_policies.resource import Options, Provider, Resource
from isthmus_policies.rule import Context, Rule
from isthmus_policies.settings import Settings
from isthmus_policies.values import UNKNOWN, Tree, Value
from isthmus_policies.verdict import Verdict

DEFAULT_SETTINGS = Settings(jurisdictions=frozenset(("EU",)))


@dataclass(frozen=True, slots=True)
class Given:
    """A resource of a test; `dependencies` names other ones by property."""

    type: str
    props: Tree = field(default_factory=dict[str, Value])
    name: str = "it"
    dependencies: Mapping[str, Iterable[str]] = field(default_factory=dict[str, Iterable[str]])
    provider: Tree = field(default_factory=dict[str, Value])
    outputs: Tree = field(default_factory=dict[str, Value])
    protect: bool = False
    """The resource option of that name."""


def judge(
    rule: Rule,
    given: Given,
    others: Iterable[Given] = (),
    *,
    settings: Settings = DEFAULT_SETTINGS,
    places: Places | None = None,
) -> tuple[Verdict, ...]:
    """The rule's verdicts on a resource that stands in a stack with the others."""
    stack = [to_resource(each) for each in (given, *others)]
    context = Context(settings, places or Catalogue())
    return rule.judge(stack[0], context, Graph(stack))


def to_resource(given: Given) -> Resource:
    package = given.type.partition(":")[0]
    return Resource(
        urn=urn(given.name),
        type=given.type,
        name=given.name,
        props=through_proxy(given.props),
        outputs=through_proxy(given.outputs),
        provider=Provider(f"pulumi:providers:{package}", package, through_proxy(given.provider)),
        options=Options(protect=given.protect),
        dependencies={
            key: tuple(urn(name) for name in names) for key, names in given.dependencies.items()
        },
    )


def urn(name: str) -> str:
    return f"urn:pulumi:test::test::test::{name}"


def through_proxy(tree: Tree) -> Tree:
    """What is left of properties once the SDK and the adapter have handled them."""
    sent = cast(dict[str, object], _mark_unknowns(tree))
    return to_tree(proxy.unknown_checking_proxy(sent))


def _mark_unknowns(value: object) -> object:
    if value is UNKNOWN:
        return proxy.UNKNOWN_STRING_VALUE
    if isinstance(value, Mapping):
        fields = cast(Mapping[str, object], value)
        return {key: _mark_unknowns(child) for key, child in fields.items()}
    if isinstance(value, list | tuple):
        return [_mark_unknowns(child) for child in cast(list[object], value)]
    return value

"""What a rule is: a plain function with everything a report needs to say about it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from inspect import signature
from typing import cast

from isthmus_policies.graph import Graph
from isthmus_policies.market import CatalogueMarket, Market
from isthmus_policies.places import Places
from isthmus_policies.resource import Resource
from isthmus_policies.settings import Settings
from isthmus_policies.values import Tree
from isthmus_policies.verdict import Verdict, Verdicts, collect

_ID = re.compile(r"[a-z]+(-[a-z0-9]+){2,}")


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Enforcement(StrEnum):
    MANDATORY = "mandatory"
    """A failure stops the deployment."""
    ADVISORY = "advisory"
    """A failure is shown, the deployment goes on."""


class Scope(StrEnum):
    RESOURCE = "resource"
    """The rule needs nothing but the resource's own inputs."""
    STACK = "stack"
    """The rule needs the other resources of the stack, or what a property was made from."""


class Basis(StrEnum):
    """How we know that a control serves a requirement."""

    VERIFIED = "verified"
    """A published mapping says so; the source names it and its revision."""
    DERIVED = "derived"
    """A published mapping says so of something near: another cloud, or a check that asks more."""
    OWN_READING = "own-reading"
    """Read in the requirement's text by us, and not confirmed by anybody."""


@dataclass(frozen=True, slots=True)
class Requirement:
    framework: str
    id: str
    basis: Basis
    source: str


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may ask besides the resource itself."""

    settings: Settings
    places: Places
    market: Market = field(default_factory=CatalogueMarket)


ResourceCheck = Callable[[Resource, Context], Verdicts]
StackCheck = Callable[[Resource, Context, Graph], Verdicts]


@dataclass(frozen=True, slots=True)
class Remedy:
    """A safe change of a resource's inputs after which its rule has nothing to find."""

    mend: Callable[[Resource, Context], Tree | None]
    """The new properties; None to leave the resource alone. Pure, and writes over nothing unknown."""
    sets: tuple[str, ...]
    """The properties it may set; it touches no other."""
    safe: str
    """Why it replaces nothing, loses no data, and locks nobody out."""
    types: tuple[str, ...] = ()
    """Those of the rule's types that it is for; empty: all."""
    on_behalf_of: str = ""
    """The property that names what the finding is about, if that is another resource than the one
    that is changed: a bucket, and its public access block."""

    def is_for(self, token: str) -> bool:
        return not self.types or token in self.types


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its id is `topic-subject-expectation`, its types are tokens or like `aws:*`."""

    id: str
    title: str
    why: str
    fix: str
    """What to write instead, as a line of code."""
    severity: Severity
    types: tuple[str, ...]
    check: ResourceCheck | StackCheck
    scope: Scope
    controls: tuple[str, ...] = ()
    """Ids in `data/requirements.csv`, which maps them to the frameworks."""
    requirements: tuple[Requirement, ...] = ()
    """What the rule serves beyond its controls."""
    enforcement: Enforcement = Enforcement.MANDATORY
    remedy: Remedy | None = None
    """For rules of one's own; those of the others are in `remedies`."""

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError(
                f"rule id '{self.id}' is not of the form topic-subject-expectation, "
                "for example 'keys-aws-key-rotation'"
            )

    @property
    def topic(self) -> str:
        return self.id.partition("-")[0]

    def judge(self, resource: Resource, context: Context, graph: Graph) -> tuple[Verdict, ...]:
        """The rule's verdicts on a resource; whatever the rule raises is let through."""
        if self.scope is Scope.STACK:
            return collect(cast(StackCheck, self.check)(resource, context, graph))
        return collect(cast(ResourceCheck, self.check)(resource, context))


def rule(
    rule_id: str,
    *,
    title: str,
    why: str,
    fix: str,
    severity: Severity,
    types: tuple[str, ...],
    controls: tuple[str, ...] = (),
    requirements: tuple[Requirement, ...] = (),
    enforcement: Enforcement = Enforcement.MANDATORY,
    remedy: Remedy | None = None,
) -> Callable[[ResourceCheck | StackCheck], Rule]:
    """Makes a rule of a function `check(resource, context)` or `check(resource, context, graph)`.

    Which of the two it is decides the rule's scope. Nothing is registered: a rule counts once it
    stands in its module's `RULES`.
    """

    def make(check: ResourceCheck | StackCheck) -> Rule:
        needs_graph = len(signature(check).parameters) == 3
        return Rule(
            id=rule_id, title=title, why=why, fix=fix, severity=severity, types=types, check=check,
            scope=Scope.STACK if needs_graph else Scope.RESOURCE,
            controls=controls, requirements=requirements, enforcement=enforcement,
            remedy=remedy,
        )  # fmt: skip

    return make


def covers(pattern: str, token: str) -> bool:
    """Whether `*`, a prefix such as `aws:*`, or an exact token covers a resource type."""
    return token.startswith(pattern[:-1]) if pattern.endswith("*") else token == pattern

"""What a cloud's module tells the generic provider: its facts, its rules and its way of naming things."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from isthmus_simulator.check import Failure, Strictness
from isthmus_simulator.facts import NO_FACTS, TypeFacts
from isthmus_simulator.schema import TypeSchema
from isthmus_simulator.templates import Maker
from isthmus_simulator.values import Properties, Value
from isthmus_simulator.world import Resource, Session


class CloudError(Exception):
    """The cloud refuses: the text is what the real one says, error code first."""


@dataclass(frozen=True, slots=True)
class Setting:
    """The account and region that a configured provider works in."""

    account: str
    region: str
    zone: str = ""
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The provider's whole configuration and what templates may use besides (`partition`, `tenant`)."""


@dataclass(slots=True)
class Call:
    """One resource as a rule sees it.

    `inputs` are revealed and hold the cloud's defaults. While a resource is created or updated,
    `session` is the world inside the running transaction; at check it is None. `targets` are the
    resources that the inputs refer to, by reference path.
    """

    cloud: "Cloud"
    setting: Setting
    token: str
    urn: str
    logical_name: str
    inputs: Properties
    schema: TypeSchema
    facts: TypeFacts
    maker: Maker
    session: Session | None = None
    id: str = ""
    name: str = ""
    old: Resource | None = None
    targets: dict[str, list[Resource]] = field(default_factory=dict[str, list[Resource]])

    @property
    def world(self) -> Session:
        assert self.session is not None, "a check rule has no world"
        return self.session

    @property
    def region(self) -> str:
        return self.cloud.region_of(self)

    def target(self, path: str) -> Resource | None:
        found = self.targets.get(path)
        return found[0] if found else None

    def template_values(self) -> dict[str, Any]:
        """What a template's holes may name: the setting, then the inputs, then the words below, which win."""
        given = {key: value for key, value in self.inputs.items() if value is not None}
        return {
            **self.setting.values,
            **given,
            "account": self.setting.account,
            "region": self.region,
            "id": self.id,
            "name": self.name or self.logical_name,
            "logicalName": self.logical_name,
        }


@dataclass(frozen=True, slots=True)
class Usage:
    """A share of a quota: `quota` is the catalogue's code. `everywhere`: all regions share one limit."""

    quota: str
    amount: float
    everywhere: bool = False


FillRule = Callable[[Call, Properties], Mapping[str, Value]]
"""Inputs that the provider itself fills in at check, given the old inputs (a location, from its configuration
or from the world; UNKNOWN while it hangs on what does not exist yet)."""
CheckRule = Callable[[Call], Iterable[Failure]]
"""Judges inputs at preview (they may hold UNKNOWN) where the provider itself does."""
CreateRule = Callable[[Call], None]
"""Judges a create or update inside the world; raises CloudError in the cloud's words."""
OutputRule = Callable[[Call], Mapping[str, Value]]
"""Computes outputs that a template cannot say; wins over templates."""
UsageRule = Callable[[Call], Iterable[Usage]]
DeleteRule = Callable[[Call, list[tuple[str, Resource]]], bool | None]
"""Judges a delete, given what refers to the resource; raises CloudError. Replaces the facts' `in_use`.
True: the provider only forgets the resource, and it stays in the cloud."""
IdentityRule = Callable[[Call, Mapping[str, Value]], Iterable[tuple[str, str]]]
"""Further identities, as pairs of type token and text, for things that come with the resource (the
default security group of a VPC)."""
ReplaceRule = Callable[[Properties, Properties], Iterable[str]]
"""Inputs whose change makes a new resource in this case only (a disk that shrinks), given the old and the
new inputs."""
LendRule = Callable[[Call, str], None]
"""Puts what every account has from the start (the network `default`) into the world when something first
refers to it by this text; `call` is the one that refers."""
OutsideRule = Callable[[Call, str], bool]
"""Whether this text names a thing of the type that lies outside the account (a role of another one)."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The small functions beside the facts, all optional."""

    check: CheckRule | None = None
    create: CreateRule | None = None
    outputs: OutputRule | None = None
    usage: UsageRule | None = None
    identities: IdentityRule | None = None
    delete: DeleteRule | None = None
    lend: LendRule | None = None
    replaces: ReplaceRule | None = None
    outside: OutsideRule | None = None
    fill: FillRule | None = None


NO_RULES = Rules()


@dataclass(frozen=True, slots=True)
class Query:
    """One invoke: its revealed arguments and the world to answer from."""

    cloud: "Cloud"
    setting: Setting
    token: str
    args: Properties
    session: Session
    maker: Maker


Invoke = Callable[[Query], Mapping[str, Value]]


class Cloud(Protocol):
    """The interface between the generic provider and one cloud's module."""

    package: str
    strictness: Strictness
    facts: Mapping[str, TypeFacts]
    rules: Mapping[str, Rules]
    invokes: Mapping[str, Invoke]

    def configure(self, config: Mapping[str, Any], environment: Mapping[str, str]) -> Setting:
        """The account and region of a provider; raises CloudError when the configuration is refused."""
        ...

    def region_of(self, call: Call) -> str:
        """Where a resource lives: its own region or location input, else the provider's."""
        ...

    def name_property(self, schema: TypeSchema) -> str:
        """The input that carries the resource's name when the facts name none, or ''."""
        ...

    def autoname(self, logical_name: str, maker: Maker) -> str: ...

    def generic_id(self, call: Call) -> str:
        """The id of a type without facts, in the cloud's style."""
        ...

    def generic_output(self, call: Call, name: str, wire: Any) -> Value:
        """A computed text of a type without facts (an ARN, a self link); None when nothing is known."""
        ...

    def replaces(self, schema: TypeSchema, facts: TypeFacts) -> frozenset[str]:
        """Top-level inputs, and dotted paths, whose change makes a new resource."""
        ...

    def missing(self, token: str, value: str) -> str:
        """What the cloud says of a reference to nothing, when the target's facts say nothing."""
        ...

    def taken(self, call: Call, name: str) -> str:
        """What the cloud says of a name that is taken, when the facts say nothing."""
        ...

    def limit_exceeded(self, call: Call, usage: Usage, used: float, limit: float) -> str: ...

    def default_limit(self, quota: str) -> float | None: ...


def facts_of(cloud: Cloud, token: str) -> TypeFacts:
    return cloud.facts.get(token, NO_FACTS)


def rules_of(cloud: Cloud, token: str) -> Rules:
    return cloud.rules.get(token, NO_RULES)

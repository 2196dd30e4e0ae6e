"""The resources of a test, and their way to a rule: through the SDK's proxy and the pack's adapter."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

from pulumi_policy import proxy
from pulumi_policy.secret import Secret as SdkSecret

from isthmus_policies.hiding import hide
from isthmus_policies.resource import Options, Provider, Resource
from isthmus_policies.sdk import to_tree
from isthmus_policies.values import UNKNOWN, Secret, Tree

Properties = Mapping[str, object]


class Phase(StrEnum):
    """When a resource is judged."""

    PREVIEW = "preview"
    """Before anything is made: what other resources bring is not known."""
    DEPLOYED = "deployed"
    """Afterwards: everything is known."""


@dataclass(frozen=True, slots=True)
class Later:
    """A value that comes from a resource which is still to be made: unknown in a preview, then known."""

    value: object


@dataclass(frozen=True, slots=True)
class Given:
    """A resource of a test.

    Properties have the names that the engine uses (`kmsKeyId`, not `kms_key_id`). Write
    `Later(value)` for one that only the deployment brings, and `values.UNKNOWN` where its value does
    not matter because the deployment is never judged. Of a `values.Secret(value)` a rule sees that it
    is set, and never what it is.
    """

    type: str
    """The type token, such as `aws:s3/bucket:Bucket`."""
    props: Properties = field(default_factory=dict[str, object])
    """The inputs: what a program says of the resource."""
    name: str = "it"
    dependencies: Mapping[str, Iterable[str]] = field(default_factory=dict[str, Iterable[str]])
    """By top-level property: the names of the resources that its value was made from. The engine
    knows them while the value itself is unknown."""
    provider: Properties = field(default_factory=dict[str, object])
    """The configuration of its provider, such as its region."""
    outputs: Properties = field(default_factory=dict[str, object])
    """What the cloud answers (ids, ARNs), by which other resources name this one."""
    protect: bool = False
    """The resource option of that name."""


def to_resource(given: Given, phase: Phase = Phase.PREVIEW) -> Resource:
    """The resource as a rule gets it in the engine."""
    package = given.type.partition(":")[0]
    return Resource(
        urn=urn(given.name),
        type=given.type,
        name=given.name,
        props=through_proxy(given.props, phase),
        outputs=through_proxy(given.outputs, phase),
        provider=Provider(
            f"pulumi:providers:{package}", package, through_proxy(given.provider, phase)
        ),
        options=Options(protect=given.protect),
        dependencies={
            key: tuple(urn(name) for name in names) for key, names in given.dependencies.items()
        },
    )


def urn(name: str) -> str:
    """The URN of a test's resource."""
    return f"urn:pulumi:test::test::test::{name}"


def through_proxy(properties: Properties, phase: Phase = Phase.PREVIEW) -> Tree:
    """What is left of properties once the SDK and the adapter have handled them."""
    sent = cast(dict[str, object], _as_sent(properties, phase))
    received = to_tree(proxy.unknown_checking_proxy(sent))
    return hide(received, received)


def _as_sent(value: object, phase: Phase) -> object:
    """The value as the SDK has it from the engine: unknowns are one text, secrets its own marks."""
    if isinstance(value, Later):
        return _as_sent(UNKNOWN if phase is Phase.PREVIEW else value.value, phase)
    if isinstance(value, Secret):
        return SdkSecret(_as_sent(value.value, phase))
    if value is UNKNOWN:
        if phase is Phase.DEPLOYED:
            raise ValueError("nothing is unknown once deployed: write Later(value) for UNKNOWN")
        return proxy.UNKNOWN_STRING_VALUE
    if isinstance(value, Mapping):
        fields = cast(Mapping[str, object], value)
        return {key: _as_sent(child, phase) for key, child in fields.items()}
    if isinstance(value, list | tuple):
        return [_as_sent(child, phase) for child in cast(list[object], value)]
    return value

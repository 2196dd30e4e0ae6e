"""What the policy SDK hands out, as rules read it, and back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from pulumi_policy import (
    PolicyProviderResource,
    PolicyResource,
    PolicyResourceOptions,
    ResourceValidationArgs,
    proxy,
)
from pulumi_policy.secret import Secret as SdkSecret

from isthmus_policies.remedies.edit import Change, Keys
from isthmus_policies.resource import Options, Provider, Resource
from isthmus_policies.values import UNKNOWN, Secret, Tree, Value

_UNKNOWNS = frozenset(
    (
        proxy.UNKNOWN_BOOLEAN_VALUE,
        proxy.UNKNOWN_NUMBER_VALUE,
        proxy.UNKNOWN_STRING_VALUE,
        proxy.UNKNOWN_ARRAY_VALUE,
        proxy.UNKNOWN_ASSET_VALUE,
        proxy.UNKNOWN_ARCHIVE_VALUE,
        proxy.UNKNOWN_OBJECT_VALUE,
    )
)
_DEFAULTED = "__defaults"


class Unconfigurable(str):
    """The name of a policy of which no configuration is found: the SDK looks levels up by name.

    Source: pulumi_policy/policy.py, _get_enforcement_level.
    """

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


def to_value(raw: object) -> Value:
    """A plain value of what the SDK hands out, without ever raising on an unknown.

    `["__target"]` is the proxies' own way out; their elements are proxies again. Assets and
    archives become their class name: no rule reads them.
    """
    if isinstance(raw, str):
        return UNKNOWN if raw in _UNKNOWNS else raw
    if raw is None or isinstance(raw, bool | int):
        return raw
    if isinstance(raw, float):  # numbers arrive as protobuf doubles
        return int(raw) if raw.is_integer() else raw
    if isinstance(raw, SdkSecret):  # these are only told apart where properties may be changed
        return Secret(to_value(cast(object, raw.value)))
    if isinstance(raw, Mapping):
        fields = cast(Mapping[str, object], _behind(cast(object, raw), dict))
        return {key: to_value(child) for key, child in fields.items()}
    if isinstance(raw, Sequence):
        return [
            to_value(child) for child in cast(Sequence[object], _behind(cast(object, raw), list))
        ]
    return f"<{type(raw).__name__}>"


def to_tree(raw: object) -> Tree:
    value = to_value(raw)
    return value if isinstance(value, Mapping) else {}


def read_resource(args: ResourceValidationArgs) -> Resource:
    return Resource(
        urn=args.urn, type=args.resource_type, name=args.name, props=to_tree(args.props),
        provider=_provider(args.provider), parent=args.opts.parent, options=_options(args.opts),
    )  # fmt: skip


def read_stack_resource(given: PolicyResource, inputs: Mapping[str, Tree]) -> Resource:
    outputs = to_tree(given.props)
    return Resource(
        urn=given.urn, type=given.resource_type, name=given.name,
        props=inputs.get(given.urn, outputs), outputs=outputs,
        provider=_provider(given.provider), parent=given.parent.urn if given.parent else None,
        dependencies={
            key: tuple(other.urn for other in others)
            for key, others in given.property_dependencies.items()
        },
        options=_options(given.opts),
    )  # fmt: skip


def write_changes(raw: Mapping[str, object], changes: Iterable[Change]) -> dict[str, object]:
    """The SDK's own properties with the changes in them: unknowns, secrets and assets stay what
    they are, which plain values could not carry back."""
    result: object = raw
    for change in changes:
        result = _write(result, change.keys, to_raw(change.after))
    return cast(dict[str, object], result)


def _write(raw: object, keys: Keys, value: object) -> object:
    if isinstance(raw, SdkSecret):
        return SdkSecret(_write(cast(object, raw.value), keys, value))
    if not keys:
        return value
    key, rest = keys[0], keys[1:]
    if isinstance(key, int):
        items = list(cast(Sequence[object], _behind(raw, list)))
        items[key : key + 1] = [_write(items[key] if key < len(items) else None, rest, value)]
        return items
    fields = dict(cast(Mapping[str, object], _behind(raw, dict))) if raw is not None else {}
    return _own({**fields, key: _write(fields.get(key), rest, value)}, key)


def _own(fields: dict[str, object], key: str) -> dict[str, object]:
    """Takes a property off the list of those that a bridged provider filled in itself: from there
    it would keep our value for its own default after the remedy is gone.

    Source: pulumi-terraform-bridge, pkg/tfbridge/schema.go, applyDefaults.
    """
    listed = fields.get(_DEFAULTED)
    if listed is None:
        return fields
    names = cast(Sequence[object], _behind(listed, list))
    return {**fields, _DEFAULTED: [name for name in names if name != key]}


def to_raw(value: Value) -> object:
    """A value of a remedy as the SDK takes it; remedies make no unknown ones."""
    if isinstance(value, Secret):
        return SdkSecret(to_raw(value.value))
    if isinstance(value, Mapping):
        return {key: to_raw(child) for key, child in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [to_raw(child) for child in value]
    return value


def _behind(raw: object, plain: type) -> object:
    return raw if isinstance(raw, plain) else raw["__target"]  # type: ignore[index]


def _provider(given: PolicyProviderResource | None) -> Provider | None:
    if given is None:
        return None
    return Provider(given.resource_type, given.name, to_tree(given.props))


def _options(given: PolicyResourceOptions) -> Options:
    return Options(protect=given.protect, ignore_changes=tuple(given.ignore_changes))

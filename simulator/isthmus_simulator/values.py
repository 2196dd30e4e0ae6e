"""Property values between the wire (protobuf Struct) and plain Python."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from google.protobuf import struct_pb2

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
RESOURCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
UNKNOWN_STRING: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Marks of the engine's wire protocol (sdk/go/common/resource/plugin/rpc.go of pulumi/pulumi)."""

Value = Any
"""None, bool, float, int, str, list, dict, UNKNOWN, Secret, or a dict that carries SIGNATURE (an asset)."""
Properties = dict[str, Value]


class _Unknown:
    """A value that only exists after the update."""

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN: Final = _Unknown()


@dataclass(frozen=True, slots=True)
class Secret:
    value: Value

    def __repr__(self) -> str:
        return "<secret>"


def read_struct(struct: struct_pb2.Struct) -> Properties:
    return {key: _read(value) for key, value in struct.fields.items()}


def _read(value: struct_pb2.Value) -> Value:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value == UNKNOWN_STRING else value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_read(item) for item in value.list_value.values]
    if kind == "struct_value":
        return _read_special(read_struct(value.struct_value))
    return None


def _read_special(found: Properties) -> Value:
    signature = found.get(SIGNATURE)
    if signature == SECRET:
        return Secret(found.get("value"))
    if signature == OUTPUT:
        inner = found.get("value", UNKNOWN)
        return Secret(inner) if found.get("secret") else inner
    if signature == RESOURCE:
        return found.get("id") or found.get("urn")
    return found


def write_struct(properties: Mapping[str, Value]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    for key, value in properties.items():
        _write(value, struct.fields[key])
    return struct


def _write(value: Value, into: struct_pb2.Value) -> None:
    if value is None:
        into.null_value = struct_pb2.NULL_VALUE
    elif value is UNKNOWN:
        into.string_value = UNKNOWN_STRING
    elif isinstance(value, Secret):
        into.struct_value.fields[SIGNATURE].string_value = SECRET
        _write(value.value, into.struct_value.fields["value"])
    elif isinstance(value, bool):
        into.bool_value = value
    elif isinstance(value, int | float):
        into.number_value = value
    elif isinstance(value, str):
        into.string_value = value
    elif isinstance(value, Mapping):
        into.struct_value.SetInParent()
        for key, item in cast(Mapping[str, Value], value).items():
            _write(item, into.struct_value.fields[key])
    else:
        into.list_value.SetInParent()
        for item in value:
            _write(item, into.list_value.values.add())


def reveal(value: Value) -> Value:
    """The value without its secret marks, for reading and comparing; never for printing or storing."""
    if isinstance(value, Secret):
        return reveal(value.value)
    if isinstance(value, dict):
        return {key: reveal(item) for key, item in cast(Properties, value).items()}
    if isinstance(value, list):
        return [reveal(item) for item in cast(list[Value], value)]
    return value


def contains_unknown(value: Value) -> bool:
    return any(leaf is UNKNOWN for leaf in _leaves(value))


def _leaves(value: Value) -> Iterator[Value]:
    value = value.value if isinstance(value, Secret) else value
    if isinstance(value, dict):
        for item in cast(Properties, value).values():
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in cast(list[Value], value):
            yield from _leaves(item)
    else:
        yield value


FINGERPRINT: Final = "isthmus:secret"
"""Key of the object that stands for a secret in the world: the world keeps fingerprints, not secrets."""


def seal(value: Value) -> Value:
    """Replace every secret by its fingerprint, so that the world can compare it and never show it."""
    if isinstance(value, Secret):
        content = json.dumps(reveal(value), sort_keys=True, default=str)
        return {FINGERPRINT: hashlib.blake2b(content.encode(), digest_size=16).hexdigest()}
    if isinstance(value, dict):
        return {key: seal(item) for key, item in cast(Properties, value).items()}
    if isinstance(value, list):
        return [seal(item) for item in cast(list[Value], value)]
    return value


def unseal(stored: Value, known: Value) -> Value:
    """Put back the secrets that the caller knows; a secret that changed in the world stays a fingerprint."""
    if isinstance(stored, dict) and FINGERPRINT in stored:
        matches = isinstance(known, Secret) and seal(known) == stored
        return known if matches else Secret(stored[FINGERPRINT])
    if isinstance(stored, dict):
        inner = reveal_once(known)
        lookup = cast(Properties, inner) if isinstance(inner, dict) else {}
        return {
            key: unseal(item, lookup.get(key)) for key, item in cast(Properties, stored).items()
        }
    if isinstance(stored, list):
        inner = reveal_once(known)
        others = cast(list[Value], inner) if isinstance(inner, list) else []
        items = cast(list[Value], stored)
        return [
            unseal(item, others[i] if i < len(others) else None) for i, item in enumerate(items)
        ]
    return stored


def reveal_once(value: Value) -> Value:
    return value.value if isinstance(value, Secret) else value


def _members(value: Value) -> list[Value]:
    if isinstance(value, dict):
        return list(cast(Properties, value).values())
    return cast(list[Value], value) if isinstance(value, list) else []


def lookup(properties: Value, path: str) -> Value:
    """The value at a dotted path (`vpcConfig.subnetIds`), None when absent; `*` collects over a list or a
    map."""
    value = reveal_once(properties)
    for number, step in enumerate(steps := path.split(".")):
        if step == "*":
            rest = ".".join(steps[number + 1 :])
            return [lookup(item, rest) if rest else reveal_once(item) for item in _members(value)]
        if not isinstance(value, dict):
            return UNKNOWN if value is UNKNOWN else None
        value = reveal_once(cast(Properties, value).get(step))
    return value

"""Turns property values as the engine writes them into values that rules read."""

from collections.abc import Mapping
from typing import cast

from isthmus_policies.offline.stream import BadJson
from isthmus_policies.values import HIDDEN, UNKNOWN, Secret, Tree, Value

MAX_DEPTH = 100
"""The deepest real properties are documents of about 20 levels."""

SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key that marks an object as something else; its value says what
(sdk/v3 3.259.0, go/common/resource/sig)."""
_SECRET = "1b47061264138c4ac30d75fd1eb44270"
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"
_BYTES = "803fd3297a5875dc03ca845dda5d2a98"
_OPAQUE = {
    "c44067f5952c0a294b673a41bacd8c17": "<asset>",
    "0def7320c3a5731c473e5ecbe6d01bc7": "<archive>",
}

UNKNOWNS = frozenset(
    (
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    )
)
"""What stands for a value that a preview cannot know (sdk/v3 3.259.0, resource/plugin/rpc.go)."""

_BLINDED = "[secret]"
"""What a preview writes in place of a secret (pkg/v3 3.259.0, backend/display/json.go)."""


def to_tree(raw: object, is_preview: bool) -> Tree:
    """The properties of a resource; none if there are none."""
    value = to_value(raw, is_preview)
    return value if isinstance(value, dict) else {}


def to_value(raw: object, is_preview: bool, depth: int = 0) -> Value:
    """A value of parsed JSON. Raises BadJson if it is nested beyond MAX_DEPTH."""
    # Exact types, of which parsed JSON is made: this runs for every property of every resource.
    kind = type(raw)
    if kind is str:
        return _text(cast(str, raw), is_preview)
    if kind is dict or kind is list:
        if depth >= MAX_DEPTH:
            raise BadJson(f"properties are nested more than {MAX_DEPTH} levels deep", 0)
        if kind is list:
            items = cast(list[object], raw)
            return [to_value(child, is_preview, depth + 1) for child in items]
        fields = cast(dict[str, object], raw)
        if SIGNATURE in fields:
            return _marked(fields, is_preview, depth)
        return {
            key if key.isascii() else printable(key): to_value(child, is_preview, depth + 1)
            for key, child in fields.items()
        }
    if kind is float:
        number = cast(float, raw)
        return int(number) if number.is_integer() else number
    return cast(Value, raw)


def printable(text: str) -> str:
    """The text without lone surrogates, which JSON can spell and no encoding can write."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _text(raw: str, is_preview: bool) -> Value:
    if raw in UNKNOWNS:
        return UNKNOWN
    if is_preview and raw == _BLINDED:
        return HIDDEN
    return raw if raw.isascii() else printable(raw)


def _marked(fields: Mapping[str, object], is_preview: bool, depth: int) -> Value:
    """The value behind a signature; one that is not known here is an unknown."""
    mark = fields[SIGNATURE]
    if mark == _SECRET:
        return _secret(fields.get("plaintext"))
    if mark == _OUTPUT:
        if "value" not in fields:
            return UNKNOWN
        if fields.get("secret") is True:
            return HIDDEN
        return to_value(fields["value"], is_preview, depth + 1)
    if mark == _REFERENCE:
        return to_value(fields.get("id") or fields.get("urn"), is_preview, depth + 1)
    if mark == _BYTES:
        return "<bytes>"
    return _OPAQUE.get(mark, UNKNOWN) if isinstance(mark, str) else UNKNOWN


def _secret(plaintext: object) -> Value:
    """`pulumi stack export --show-secrets` writes the value as JSON text. Only a switch is read:
    what a rule does not know, no message can quote."""
    if plaintext in ("true", "false"):
        return Secret(plaintext == "true")
    return HIDDEN

"""Finds the resources in what the engine wrote: a state, an export of one, or a preview."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

from isthmus_policies.offline.shapes import Json, as_mapping, as_sequence
from isthmus_policies.offline.stream import JsonStream

VERSIONS = (3, 4)
"""Versions of a state that are understood (sdk/v3 3.259.0, go/common/apitype/core.go)."""
FEATURES = frozenset(
    (
        "refreshBeforeUpdate",
        "views",
        "hooks",
        "taint",
        "replaceWith",
        "snippets-prototype",
        "extensionParameterization",
        "byteString",
    )
)
"""What a state of version 4 may say it uses (pkg/v3 3.259.0, resource/stack/deployment.go)."""
_OF_A_PREVIEW = frozenset(
    ("config", "steps", "diagnostics", "duration", "changeSummary", "maybeCorrupt")
)

_LATE_FAREWELL = re.compile(r"(error: )?Detected that [^\n]+ exited prematurely\.")
"""What the engine says of a provider that a busy machine kept from answering its farewell in time, when
everything was planned (sdk/v3 3.259.0, go/common/resource/plugin/plugin.go: Close). One that exits
before leaves an error of its own with the resource that it was asked for."""

HOW_TO_GET_ONE = (
    "Give a state (`pulumi stack export > state.json`, or a file of the file backend), or a preview "
    "(`pulumi preview --json --show-sames > preview.json`)."
)


class Kind(StrEnum):
    STATE = "state"
    PREVIEW = "preview"


class NotUnderstood(Exception):
    """It is JSON, but nothing that can be judged."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.what, self.hint = what, hint


@dataclass(slots=True)
class Document:
    """What stands around the resources; complete once they were all read."""

    keys: list[str] = field(default_factory=list[str])
    header: dict[str, object] = field(default_factory=dict[str, object])
    counts: dict[str, int] = field(default_factory=dict[str, int])
    """Steps of a preview by operation."""

    @property
    def kind(self) -> Kind:
        return Kind.PREVIEW if _OF_A_PREVIEW & set(self.keys) else Kind.STATE

    @property
    def config(self) -> Mapping[str, str]:
        """The stack's configuration as a preview repeats it, secrets blinded."""
        given = as_mapping(self.header.get("config"))
        return {key: value for key, value in given.items() if isinstance(value, str)}


def read_resources(stream: JsonStream, document: Document) -> Iterator[Json]:
    """Every resource in the file's order, as the engine wrote it.

    Raises BadJson, and NotUnderstood once it is known what the file is and lacks.
    """
    if stream.peek() != "{":
        raise NotUnderstood(*_first_words(stream.peek()))
    for key in stream.members():
        if key in document.keys:
            raise NotUnderstood(f"it has '{key}' twice", "Write it anew with the engine.")
        document.keys.append(key)
        if key == "steps":
            yield from _read_steps(stream, document)
        elif key in ("deployment", "checkpoint"):
            yield from _read_deployment(stream)
        else:
            document.header[key] = stream.value()
    stream.end()
    _check(document)


def _first_words(character: str) -> tuple[str, str]:
    if character in ("[", '"') or character.isdigit():
        return "it is JSON, but neither a state nor a preview", HOW_TO_GET_ONE
    hint = "If messages of the command got into it, leave out `2>&1`. "
    return f"it is not JSON: it begins with {character!a}", hint + HOW_TO_GET_ONE


def _read_deployment(stream: JsonStream) -> Iterator[Json]:
    """A deployment, or a checkpoint, which holds one as `latest`."""
    if stream.peek() != "{":
        stream.value()
        return
    seen: set[str] = set()
    for key in stream.members():
        if key in seen:
            raise NotUnderstood(f"it has '{key}' twice", "Write it anew with the engine.")
        seen.add(key)
        if key == "latest":
            yield from _read_deployment(stream)
        elif key == "resources" and stream.peek() == "[":
            for index in stream.elements():
                yield _object(stream.value(), f"resources[{index}]")
        else:
            stream.value()


def _read_steps(stream: JsonStream, document: Document) -> Iterator[Json]:
    if stream.peek() != "[":
        stream.value()
        return
    for index in stream.elements():
        step = _object(stream.value(), f"steps[{index}]")
        operation = str(step.get("op"))
        document.counts[operation] = document.counts.get(operation, 0) + 1
        if step.get("newState") is not None:
            yield _object(step["newState"], f"steps[{index}].newState")


def _object(value: object, where: str) -> Json:
    if not isinstance(value, dict):
        raise NotUnderstood(f"{where} is no object", HOW_TO_GET_ONE)
    return cast(Json, value)


def _check(document: Document) -> None:
    keys = set(document.keys)
    bodies = keys & {"deployment", "checkpoint"}
    if len(bodies) + bool(keys & _OF_A_PREVIEW) != 1 or not (bodies or keys <= _OF_A_PREVIEW):
        found = ", ".join(sorted(ascii(key)[1:-1] for key in keys)[:6]) or "nothing"
        raise NotUnderstood(
            f"it is JSON, but neither a state nor a preview: it holds {found}", HOW_TO_GET_ONE
        )
    if bodies:
        _check_version(document.header)
    else:
        _check_preview(document)


def _check_version(header: Json) -> None:
    version = header.get("version")
    known = " and ".join(map(str, VERSIONS))
    if isinstance(version, bool) or not isinstance(version, int):
        raise NotUnderstood(f"it does not say its version ({known} are understood)", HOW_TO_GET_ONE)
    if version > max(VERSIONS):
        raise NotUnderstood(
            f"it is a state of version {version}; {known} are understood",
            "A newer engine wrote it: use a newer version of isthmus.",
        )
    if version not in VERSIONS:
        raise NotUnderstood(
            f"it is a state of version {version}; {known} are understood",
            "Export it with a present engine: `pulumi stack export > state.json`.",
        )
    given = as_sequence(header.get("features")) if version >= 4 else []
    foreign = sorted(str(feature) for feature in given if feature not in FEATURES)
    if foreign:
        raise NotUnderstood(
            f"it uses features that are not understood: {', '.join(map(ascii, foreign))}",
            "A newer engine wrote it: use a newer version of isthmus.",
        )


def _check_preview(document: Document) -> None:
    """A preview that broke off, or that leaves resources out, must not look clean."""
    for told in map(as_mapping, as_sequence(document.header.get("diagnostics"))):
        message = str(told.get("message", ""))
        if told.get("severity") == "error" and not _LATE_FAREWELL.match(message):
            said = " ".join(message.split())[:200]
            raise NotUnderstood(
                f"the preview itself failed: {ascii(said)[1:-1]}",
                "Mend the program, or preview without --policy-pack, and judge again.",
            )
    if document.header.get("maybeCorrupt") is True:
        raise NotUnderstood(
            "the engine says that the stack's state may be corrupt", "Run `pulumi refresh` first."
        )
    planned = as_mapping(document.header.get("changeSummary"))
    for operation in ("create", "update", "same"):
        count, seen = planned.get(operation, 0), document.counts.get(operation, 0)
        if isinstance(count, int) and count > seen:
            raise NotUnderstood(
                f"it shows {seen} of {count} resources that are '{operation}'",
                "Preview with all of them: `pulumi preview --json --show-sames > preview.json`.",
            )

"""A stack as it stands in a file: its resources, and where the file got them from."""

import gzip
import hashlib
import io
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

from isthmus_policies.offline.decode import printable, to_tree
from isthmus_policies.offline.document import (
    HOW_TO_GET_ONE,
    Document,
    Kind,
    NotUnderstood,
    read_resources,
)
from isthmus_policies.offline.problem import CannotJudge
from isthmus_policies.offline.shapes import Json, as_mapping, as_sequence
from isthmus_policies.offline.stream import BadJson, JsonStream
from isthmus_policies.resource import Options, Provider, Resource

_CHUNK_BYTES = 256 * 1024
_GZIP = b"\x1f\x8b"
_PROVIDERS = "pulumi:providers:"
_OWN_LINE = re.compile(r"project:///(?P<file>[^#]+)#(?P<line>[1-9]\d{0,6})(,\d+)?")
_FOREIGN = re.compile(r"(^|/)(\.|site-packages/|dist-packages/|node_modules/|/)")
"""Folders of installed packages and hidden ones; also `..`, which leaves the project."""


class Source(NamedTuple):
    """The line of a program that made a resource; the file is relative to the project."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state or a preview, ready to be judged."""

    name: str
    """The file's name as it was given."""
    kind: Kind
    sha256: str
    resources: tuple[Resource, ...]
    external: frozenset[str]
    """URNs that the stack only reads: others may refer to them, but it does not manage them."""
    pending_deletions: int
    """Resources that the next deployment deletes: left out, as the engine leaves them out."""
    config: Mapping[str, str]
    """The stack's configuration, where the file repeats it: a preview does."""
    sources: Mapping[str, Source]

    @property
    def stack(self) -> str:
        """The stack's name, as the URNs say it."""
        return _part_of_urn(self.resources[0].urn, 0) if self.resources else ""

    @property
    def project(self) -> str:
        return _part_of_urn(self.resources[0].urn, 1) if self.resources else ""


def read_snapshot(path: Path, *, allow_empty: bool = False) -> Snapshot:
    """Reads a file. Raises CannotJudge if it is missing, broken, unknown or (by default) empty of
    resources."""
    try:
        if path.is_dir():
            raise CannotJudge(str(path), "this is a folder", HOW_TO_GET_ONE)
        with path.open("rb") as file:
            return read_snapshot_from(file, str(path), allow_empty=allow_empty)
    except OSError as error:
        what = error.strerror or type(error).__name__
        raise CannotJudge(str(path), f"cannot be read: {what}", HOW_TO_GET_ONE) from None


def read_snapshot_from(file: IO[bytes], name: str, *, allow_empty: bool = False) -> Snapshot:
    """Reads an open file; `name` is what messages and reports call it."""
    digest = _Digest(file)
    document = Document()
    stream = JsonStream(_decode(_unpack(digest)))
    try:
        if not stream.peek():
            raise CannotJudge(name, "the file is empty", HOW_TO_GET_ONE)
        collected = _Collected()
        for raw in read_resources(stream, document):
            collected.add(raw, is_preview="steps" in document.keys)
    except NotUnderstood as error:
        raise CannotJudge(name, error.what, error.hint) from None
    except BadJson as error:
        raise _explain(name, error) from None
    except RecursionError:
        raise CannotJudge(name, "it is nested too deeply to be real", HOW_TO_GET_ONE) from None
    except UnicodeDecodeError as error:
        raise CannotJudge(name, f"it is not UTF-8 text ({error.reason})", HOW_TO_GET_ONE) from None
    except (EOFError, gzip.BadGzipFile, OSError) as error:
        raise CannotJudge(name, f"it cannot be unpacked: {error}", HOW_TO_GET_ONE) from None
    if not collected.resources and not allow_empty:
        raise CannotJudge(
            name,
            f"the {document.kind} holds no resources: there is nothing to judge",
            "If that is right, for example before the first deployment, say --allow-empty.",
        )
    return Snapshot(
        name=name, kind=document.kind, sha256=digest.hexdigest(),
        resources=tuple(collected.finished(document.config)), external=frozenset(collected.external),
        pending_deletions=collected.pending_deletions, config=document.config,
        sources=collected.sources,
    )  # fmt: skip


class _Collected:
    """The resources met so far. The last one of a URN holds: a replacement shows it twice."""

    def __init__(self) -> None:
        self.resources: dict[str, Resource] = {}
        self.external: set[str] = set()
        self.sources: dict[str, Source] = {}
        self.pending_deletions = 0
        self._provider_urns: dict[str, str] = {}

    def add(self, raw: Json, *, is_preview: bool) -> None:
        urn, token = _text(raw, "urn"), _text(raw, "type")
        _check_identity(urn, token, len(self.resources) + self.pending_deletions)
        if raw.get("delete") is True:
            self.pending_deletions += 1
            return
        self.resources[urn] = _resource(raw, urn, token, is_preview)
        self._provider_urns[urn] = _text(raw, "provider").rpartition("::")[0]
        if raw.get("external") is True:
            self.external.add(urn)
        source = _source(raw)
        if source:
            self.sources[urn] = source

    def finished(self, config: Mapping[str, str]) -> Iterator[Resource]:
        """The resources with their providers, which may stand anywhere in the file."""
        self._add_default_providers(config)
        providers = {
            urn: Provider(each.type, each.name, each.props)
            for urn, each in self.resources.items()
            if each.type.startswith(_PROVIDERS)
        }
        for urn, each in self.resources.items():
            provider = providers.get(self._provider_urns[urn])
            yield each if provider is None else _with_provider(each, provider)

    def _add_default_providers(self, config: Mapping[str, str]) -> None:
        """A preview leaves out the providers that the engine makes of the stack's configuration
        (pkg/v3 3.259.0, engine/update.go: internal steps), and with them where the resources are."""
        for urn in sorted(set(self._provider_urns.values()) - set(self.resources)):
            token, name = _part_of_urn(urn, 2), _part_of_urn(urn, 3)
            if token.startswith(_PROVIDERS) and name.startswith("default"):
                package = token.removeprefix(_PROVIDERS)
                told = {key.removeprefix(f"{package}:"): text for key, text in config.items()
                        if key.startswith(f"{package}:")}  # fmt: skip
                props = to_tree(told, is_preview=True)
                self.resources[urn] = Resource(urn=urn, type=token, name=name, props=props)
                self._provider_urns[urn] = ""


def _check_identity(urn: str, token: str, index: int) -> None:
    """A type that is not the URN's own would be judged as one thing and exempted as another."""
    if not urn or not token:
        what = f"resource {index} has no {'type' if urn else 'urn'}"
    elif _part_of_urn(urn, 2).rpartition("$")[2] != token:
        what = f"resource {index} has type {token!a}, but its urn is {urn!a}"
    else:
        return
    raise NotUnderstood(what, "The file was changed by hand, or is broken. " + HOW_TO_GET_ONE)


def _resource(raw: Json, urn: str, token: str, is_preview: bool) -> Resource:
    outputs = to_tree(raw.get("outputs"), is_preview)
    inputs = to_tree(raw.get("inputs"), is_preview)
    resource_id = _text(raw, "id")
    if resource_id and "id" not in outputs:
        outputs = {**outputs, "id": resource_id}
    return Resource(
        urn=urn, type=token, name=_part_of_urn(urn, 3),
        # What is only read has no inputs: what the cloud answered is all there is.
        props=outputs if raw.get("external") is True else inputs,
        outputs=outputs, parent=_text(raw, "parent") or None,
        dependencies=_dependencies(raw.get("propertyDependencies")),
        options=Options(raw.get("protect") is True, _texts(raw.get("ignoreChanges"))),
    )  # fmt: skip


def _with_provider(resource: Resource, provider: Provider) -> Resource:
    return Resource(
        resource.urn, resource.type, resource.name, resource.props, provider, resource.parent,
        resource.dependencies, resource.options, resource.outputs,
    )  # fmt: skip


def _dependencies(raw: object) -> Mapping[str, tuple[str, ...]]:
    return {printable(key): _texts(each) for key, each in as_mapping(raw).items() if each}


def _text(raw: Json, key: str) -> str:
    value = raw.get(key)
    return printable(value) if isinstance(value, str) else ""


def _texts(raw: object) -> tuple[str, ...]:
    return tuple(printable(item) for item in as_sequence(raw) if isinstance(item, str))


def _part_of_urn(urn: str, index: int) -> str:
    """Of `urn:pulumi:stack::project::type::name`; a name may hold `::` itself."""
    parts = urn.removeprefix("urn:pulumi:").split("::", 3)
    return parts[index] if len(parts) == 4 else (urn if index == 3 else "")


def _source(raw: Json) -> Source | None:
    """The innermost line of the user's own program, and not of an installed package."""
    for frame in (raw, *as_sequence(raw.get("stackTrace"))):
        found = _OWN_LINE.fullmatch(_text(as_mapping(frame), "sourcePosition"))
        if found and not _FOREIGN.search(found["file"]):
            return Source(found["file"], int(found["line"]))
    return None


def _explain(name: str, error: BadJson) -> CannotJudge:
    hint = "Write it again: it was cut off. " if error.is_cut_off else ""
    where = f" (at character {error.at})" if error.at else ""
    return CannotJudge(name, f"it is not readable JSON: {error.what}{where}", hint + HOW_TO_GET_ONE)


class _Digest(io.RawIOBase):
    """Passes a file's bytes on and takes their checksum on the way."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file
        self._hash = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        piece = self._file.read(len(buffer))
        buffer[: len(piece)] = piece
        self._hash.update(piece)
        return len(piece)

    def hexdigest(self) -> str:
        """Of the whole file, whatever a reader left of it."""
        while piece := self._file.read(_CHUNK_BYTES):
            self._hash.update(piece)
        return self._hash.hexdigest()


def _unpack(raw: io.RawIOBase) -> Iterator[bytes]:
    """The bytes in chunks; unpacked if the backend was told to compress its states."""
    buffered = io.BufferedReader(raw, _CHUNK_BYTES)
    is_packed = buffered.peek(2)[:2] == _GZIP
    file = gzip.GzipFile(fileobj=buffered) if is_packed else buffered
    while chunk := file.read(_CHUNK_BYTES):
        yield chunk


def _decode(chunks: Iterator[bytes]) -> Iterator[str]:
    """Text from UTF-8, or from UTF-16 with a mark, as Windows shells redirect output."""
    first = next(chunks, b"")
    if first.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        encoding = "utf-8"
        first = first.removeprefix(BOM_UTF8)
    decoder = getincrementaldecoder(encoding)()
    yield decoder.decode(first)
    for chunk in chunks:
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)

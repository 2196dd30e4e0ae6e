"""Runs a piece of a cloud's room against mocks and keeps what would have been sent to the engine."""

import importlib
import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import pulumi
from google.protobuf.json_format import MessageToDict
from pulumi.runtime import mocks
from pulumi.runtime.proto import resource_pb2

SECRET_SIGNATURE = "4dabf18193072939515e22adb298388d"


@dataclass(frozen=True)
class Sent:
    """One resource as registered: its inputs by wire name and the options that matter."""

    type: str
    name: str
    inputs: Mapping[str, Any]
    protect: bool
    retain_on_delete: bool
    ignore_changes: frozenset[str]
    delete_before_replace: bool
    dependencies: frozenset[str]
    secrets: frozenset[str]
    """The paths of secret inputs, such as `properties.value`."""

    @property
    def kind(self) -> str:
        """The end of the type token, for example `Subnet`."""
        return self.type.rpartition(":")[2]

    def policy(self, key: str = "policy") -> dict[str, Any]:
        return json.loads(self.inputs[key])


@dataclass
class Recording:
    """All resources sent, in order, and the values of the handle that was returned."""

    sent: list[Sent] = field(default_factory=list)
    handle: dict[str, Any] = field(default_factory=dict)

    def of(self, kind: str) -> list[Sent]:
        return [one for one in self.sent if one.kind == kind]

    def one(self, kind: str) -> Sent:
        [found] = self.of(kind)
        return found

    def named(self, name: str, kind: str | None = None) -> Sent:
        [found] = [one for one in self.sent if one.name == name and kind in (None, one.kind)]
        return found


class _Monitor(mocks.MockMonitor):
    """Also keeps resource options, which mocks do not see."""

    def __init__(self, answers: mocks.Mocks, recording: Recording) -> None:
        super().__init__(answers)
        self.recording = recording

    def RegisterResource(  # noqa: N802 (the engine's name)
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        if request.custom:
            self.recording.sent.append(_sent(request))
        return super().RegisterResource(request)


def record_with(
    answers: mocks.Mocks, build: Callable[[pulumi.ComponentResource], object]
) -> Recording:
    """Run `build` under a parent component; returns once every resource has been registered."""
    recording = Recording()
    monitor = _Monitor(answers, recording)
    mocks.set_mocks(answers, project="isthmus", stack="test", preview=False, monitor=monitor)

    @pulumi.runtime.test
    def run() -> object:
        parent = pulumi.ComponentResource("test:index:Site", "site")
        return pulumi.Output.all(**_values(build(parent))).apply(recording.handle.update)

    run()
    return recording


def accepts_tags(type_token: str) -> bool:
    """Whether the SDK's class for a resource type takes tags."""
    package, module, kind = type_token.split(":")
    sdk = importlib.import_module(f"pulumi_{package.replace('-', '_')}.{module.split('/')[0]}")
    return "tags" in inspect.signature(getattr(sdk, kind)._internal_init).parameters


def _values(handle: Any) -> dict[str, Any]:
    if handle is None:
        return {}
    return (
        handle
        if isinstance(handle, dict)
        else {f.name: getattr(handle, f.name) for f in fields(handle)}
    )


def _sent(request: resource_pb2.RegisterResourceRequest) -> Sent:
    raw = MessageToDict(request.object)
    return Sent(
        type=request.type,
        name=request.name,
        inputs=_plain(raw),
        protect=request.protect,
        retain_on_delete=request.retainOnDelete,
        ignore_changes=frozenset(request.ignoreChanges),
        delete_before_replace=request.deleteBeforeReplace,
        dependencies=frozenset(urn.rpartition("::")[2] for urn in request.dependencies),
        secrets=frozenset(".".join(path) for path in _secret_paths(raw)),
    )


def _secret_paths(value: object, *path: str) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict):
        if SECRET_SIGNATURE in value:
            yield path
            return
        for key, inner in value.items():
            yield from _secret_paths(inner, *path, key)


def _plain(value: Any) -> Any:
    """The value without the engine's wrappers of secrets and outputs."""
    if isinstance(value, dict):
        if SECRET_SIGNATURE in value:
            return _plain(value["value"])
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value

"""Runs a piece of the AWS room against mocks and keeps what would have been sent to the engine."""

import importlib
import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import pulumi
from google.protobuf.json_format import MessageToDict
from pulumi.runtime import mocks
from pulumi.runtime.proto import resource_pb2

ACCOUNT = "123456789012"
SECRET_SIGNATURE = "4dabf18193072939515e22adb298388d"


@dataclass(frozen=True)
class Sent:
    """One resource as registered: its inputs by wire name and the options that matter."""

    type: str
    name: str
    inputs: Mapping[str, Any]
    protect: bool
    ignore_changes: tuple[str, ...]
    delete_before_replace: bool
    dependencies: frozenset[str]
    secrets: frozenset[str]

    def policy(self, key: str = "policy") -> dict[str, Any]:
        return json.loads(self.inputs[key])


@dataclass
class Recording:
    """All resources sent, and the values of the handle that was returned."""

    sent: list[Sent] = field(default_factory=list)
    handle: dict[str, Any] = field(default_factory=dict)

    def of(self, kind: str) -> list[Sent]:
        """Resources whose type ends in `kind`, for example `Subnet`."""
        return [one for one in self.sent if one.type.split(":")[-1] == kind]

    def named(self, name: str) -> Sent:
        [found] = [one for one in self.sent if one.name == name]
        return found


class _Answers(mocks.Mocks):
    """What AWS would compute, as far as the room reads it."""

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        assert args.token == "aws:index/getCallerIdentity:getCallerIdentity"
        arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/session"
        return {"accountId": ACCOUNT, "arn": arn, "id": ACCOUNT, "userId": "AIDA"}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        kind = args.typ.split(":")[-1]
        computed: dict[str, Any] = {"arn": f"arn:aws:{kind}:{args.name}", "name": args.name}
        if kind == "Cluster":
            computed |= {
                "endpoint": "https://10.64.0.5",
                "certificateAuthority": {"data": "Q0E="},
                "identities": [{"oidcs": [{"issuer": "https://oidc.example/id"}]}],
            }
        if kind == "NodeGroup":
            computed["resources"] = [{"autoscalingGroups": [{"name": f"eks-{args.name}"}]}]
        if kind == "LaunchTemplate":
            computed["latestVersion"] = 7
        if kind == "VpcEndpoint":
            computed["prefixListId"] = f"pl-{args.name}"
        if kind == "Bucket":
            computed["bucket"] = f"{args.name}-0a1b2c3"
        return f"{args.name}-id", computed | args.inputs


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


def record(build: Callable[[pulumi.ComponentResource], object]) -> Recording:
    """Run `build` under a parent component; returns once every resource has been registered."""
    recording = Recording()
    answers = _Answers()
    mocks.set_mocks(
        answers,
        project="isthmus",
        stack="test",
        preview=False,
        monitor=_Monitor(answers, recording),
    )

    @pulumi.runtime.test
    def run() -> object:
        parent = pulumi.ComponentResource("test:index:Site", "site")
        return _values(build(parent)).apply(recording.handle.update)

    run()
    return recording


def accepts_tags(type_token: str) -> bool:
    """Whether the SDK's class for a resource type takes tags."""
    _, module, kind = type_token.split(":")
    sdk = importlib.import_module(f"pulumi_aws.{module.split('/')[0]}")
    return "tags" in inspect.signature(getattr(sdk, kind)._internal_init).parameters


def _values(handle: object) -> pulumi.Output[dict[str, Any]]:
    if handle is None:
        return pulumi.Output.from_input({})
    return pulumi.Output.all(**{f.name: getattr(handle, f.name) for f in fields(handle)})


def _sent(request: resource_pb2.RegisterResourceRequest) -> Sent:
    raw = MessageToDict(request.object)
    return Sent(
        type=request.type,
        name=request.name,
        inputs={key: _plain(value) for key, value in raw.items()},
        protect=request.protect,
        ignore_changes=tuple(request.ignoreChanges),
        delete_before_replace=request.deleteBeforeReplace,
        dependencies=frozenset(urn.rsplit("::", maxsplit=1)[1] for urn in request.dependencies),
        secrets=frozenset(key for key, value in raw.items() if _is_special(value)),
    )


def _is_special(value: object) -> bool:
    return isinstance(value, dict) and SECRET_SIGNATURE in value


def _plain(value: object) -> object:
    """The value without the engine's wrappers of secrets and outputs."""
    if isinstance(value, dict):
        if SECRET_SIGNATURE in value:
            return _plain(value["value"])
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value

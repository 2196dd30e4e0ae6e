"""Runs the Google Cloud room against mocks and keeps what would have been sent to the engine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime import mocks, rpc
from pulumi.runtime.proto import resource_pb2

PROJECT_ID = "isthmus-test"
PROJECT_NUMBER = "123456789"
LOGGING_ACCOUNT = "cmek-p123456789@gcp-sa-logging.iam.gserviceaccount.com"
STORAGE_ACCOUNT = "service-123456789@gs-project-accounts.iam.gserviceaccount.com"
SECRETS_ACCOUNT = "service-123456789@gcp-sa-secretmanager.iam.gserviceaccount.com"


@dataclass(frozen=True)
class Sent:
    """One resource as registered: its inputs by wire name, and the options that matter."""

    type: str
    name: str
    inputs: Mapping[str, Any]
    protect: bool
    retain_on_delete: bool
    ignore_changes: frozenset[str]
    dependencies: frozenset[str]
    secrets: frozenset[str]


@dataclass
class Recording:
    """What was sent, in order, and what the build gave back."""

    sent: list[Sent] = field(default_factory=list)
    handle: dict[str, Any] = field(default_factory=dict)

    def of(self, kind: str) -> list[Sent]:
        """Every resource whose type token ends in `kind`, for example `:Subnetwork`."""
        return [each for each in self.sent if each.type.endswith(kind)]

    def named(self, name: str) -> Sent:
        (found,) = [each for each in self.sent if each.name == name]
        return found


def record(build: Callable[[pulumi.ComponentResource], Mapping[str, Any]]) -> Recording:
    """Run `build` under a component and wait until everything is sent."""
    recording = Recording()
    answers = Answers()
    mocks.set_mocks(
        answers,
        project="isthmus",
        stack="test",
        preview=False,
        monitor=ListeningMonitor(answers, recording),
    )

    @pulumi.runtime.test
    def run() -> pulumi.Output[None]:
        parent = pulumi.ComponentResource("test:index:Site", "site")
        return pulumi.Output.all(**build(parent)).apply(recording.handle.update)

    run()
    return recording


class Answers(mocks.Mocks):
    """What Google Cloud would compute, as far as the room reads it."""

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        functions: dict[str, dict[str, Any]] = {
            "gcp:organizations/getProject:getProject": {
                "projectId": PROJECT_ID,
                "number": PROJECT_NUMBER,
            },
            "gcp:storage/getProjectServiceAccount:getProjectServiceAccount": {
                "emailAddress": STORAGE_ACCOUNT
            },
            "gcp:logging/getProjectCmekSettings:getProjectCmekSettings": {
                "serviceAccountId": LOGGING_ACCOUNT
            },
        }
        return functions[args.token], []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        kind = args.typ.split(":")[-1]
        name = args.inputs.get("name", f"{args.name}-1a2b3c4")
        computed: dict[str, dict[str, Any]] = {
            "Account": {"email": f"{args.inputs.get('accountId')}@{PROJECT_ID}.example"},
            "Bucket": {"url": f"gs://{name}"},
            "Cluster": {
                "privateClusterConfig": {"privateEndpoint": "10.64.240.2"},
                "masterAuth": {"clusterCaCertificate": "Y2E="},
            },
            "Secret": {"secretId": name},
            "ServiceIdentity": {"email": SECRETS_ACCOUNT},
        }
        own = computed.get(kind, {})
        return f"projects/{PROJECT_ID}/{kind}/{name}", {"name": name, **args.inputs, **own}


class ListeningMonitor(mocks.MockMonitor):
    """Keeps a resource's options too, which mocks are not told."""

    def __init__(self, answers: mocks.Mocks, recording: Recording) -> None:
        super().__init__(answers)
        self.recording = recording

    def RegisterResource(  # noqa: N802 (the engine's name)
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        if request.custom:
            self.recording.sent.append(sent_of(request))
        return super().RegisterResource(request)


def sent_of(request: resource_pb2.RegisterResourceRequest) -> Sent:
    inputs = rpc.deserialize_properties(request.object, keep_unknowns=True)
    return Sent(
        type=request.type,
        name=request.name,
        inputs={key: rpc.unwrap_rpc_secret(value) for key, value in inputs.items()},
        protect=request.protect,
        retain_on_delete=request.retainOnDelete,
        ignore_changes=frozenset(request.ignoreChanges),
        dependencies=frozenset(urn.split("::")[-1] for urn in request.dependencies),
        secrets=frozenset(key for key, value in inputs.items() if rpc.is_rpc_secret(value)),
    )

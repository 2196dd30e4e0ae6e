"""The provider plugin: the engine's gRPC calls, translated to the life of resources in the world."""

import os
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from isthmus_simulator.check import Failure
from isthmus_simulator.cloud import Cloud, CloudError, Query, rules_of
from isthmus_simulator.diff import compare, must_replace
from isthmus_simulator.invoke import answer
from isthmus_simulator.lifecycle import Lifecycle
from isthmus_simulator.schema import SchemaStore
from isthmus_simulator.synthesis import preview_outputs
from isthmus_simulator.templates import Maker
from isthmus_simulator.values import Properties, read_struct, reveal, unseal, write_struct
from isthmus_simulator.world import World

_Kind = provider_pb2.PropertyDiff
KINDS = {"add": _Kind.ADD, "delete": _Kind.DELETE, "update": _Kind.UPDATE}
REPLACING_KINDS = {
    "add": _Kind.ADD_REPLACE,
    "delete": _Kind.DELETE_REPLACE,
    "update": _Kind.UPDATE_REPLACE,
}
Context = grpc.ServicerContext
T = TypeVar("T")


class SimulatedProvider(provider_pb2_grpc.ResourceProviderServicer):
    """One cloud's plugin, configured by the engine for one account and region."""

    def __init__(self, cloud: Cloud, world: World, schemas: SchemaStore, version: str) -> None:
        self._cloud = cloud
        self._world = world
        self._schemas = schemas
        self._version = version
        self._lifecycle: Lifecycle | None = None
        self._cancelled = threading.Event()

    def Handshake(self, request: Any, context: Context) -> Any:
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True,
            accept_resources=False,
            accept_outputs=False,
            supports_autonaming_configuration=True,
        )

    def GetPluginInfo(self, request: Any, context: Context) -> Any:
        return plugin_pb2.PluginInfo(version=self._version)

    def CheckConfig(self, request: Any, context: Context) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Context) -> Any:
        olds = read_struct(request.old_inputs or request.olds)
        changed = compare(olds, read_struct(request.news))
        response = provider_pb2.DiffResponse()
        response.changes = response.DIFF_SOME if changed else response.DIFF_NONE
        response.diffs.extend(sorted({change.path.split(".")[0] for change in changed}))
        return response

    def Configure(self, request: Any, context: Context) -> Any:
        config: Properties = reveal(read_struct(request.args))
        setting = self._guard(context, lambda: self._cloud.configure(config, os.environ))
        self._lifecycle = Lifecycle(self._cloud, setting, self._schemas)
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True,
            supportsPreview=True,
            acceptResources=False,
            acceptOutputs=False,
            supports_autonaming_configuration=True,
        )

    def Check(self, request: Any, context: Context) -> Any:
        token, news = _token(request.urn), read_struct(request.news)
        proposed = _proposed_name(request)
        inputs, failures = self._guard(context, lambda: self._check(token, request, news, proposed))
        return provider_pb2.CheckResponse(
            inputs=write_struct(inputs),
            failures=[
                provider_pb2.CheckFailure(property=one.path, reason=one.reason) for one in failures
            ],
        )

    def _check(
        self, token: str, request: Any, news: Properties, proposed: str | None
    ) -> tuple[Properties, list[Failure]]:
        olds, seed, life = (
            read_struct(request.olds),
            request.randomSeed.hex() or request.urn,
            self._life(),
        )
        if not life.fills_in(token):
            return life.check(token, request.urn, olds, news, proposed_name=proposed, seed=seed)
        with self._world.transaction() as session:
            return life.check(
                token, request.urn, olds, news, proposed_name=proposed, seed=seed, session=session
            )

    def Diff(self, request: Any, context: Context) -> Any:
        token = _token(request.urn)
        old_inputs = read_struct(
            request.old_inputs if request.HasField("old_inputs") else request.olds
        )
        changes = compare(old_inputs, read_struct(request.news))
        schema = self._guard(context, lambda: self._life().schema(token))
        facts = self._life().call(token, request.urn, {}, "").facts
        replacing = self._cloud.replaces(schema, facts)
        rule = rules_of(self._cloud, token).replaces
        if rule:
            replacing |= frozenset(rule(reveal(old_inputs), reveal(read_struct(request.news))))
        response = provider_pb2.DiffResponse(hasDetailedDiff=True)
        response.changes = response.DIFF_SOME if changes else response.DIFF_NONE
        for change in changes:
            replaces = must_replace(change, replacing)
            kind = REPLACING_KINDS[change.kind] if replaces else KINDS[change.kind]
            response.detailedDiff[change.path].kind = kind
            response.detailedDiff[change.path].inputDiff = True
            top = change.path.split(".")[0].split("[")[0]
            response.diffs.append(top)
            if replaces:
                response.replaces.append(top)
        news = read_struct(request.news)
        response.deleteBeforeReplace = bool(response.replaces) and (
            facts.delete_first or self._life().keeps_name(token, request.urn, old_inputs, news)
        )
        return response

    def Create(self, request: Any, context: Context) -> Any:
        token, inputs = _token(request.urn), read_struct(request.properties)
        if request.preview:
            call = self._guard(context, lambda: self._life().call(token, request.urn, inputs, ""))
            return provider_pb2.CreateResponse(
                properties=write_struct(preview_outputs(call, {**call.facts.defaults, **inputs}))
            )

        def create() -> tuple[str, Properties]:
            self._suffer("create", token)
            with self._world.transaction() as session:
                return self._life().create(session, token, request.urn, inputs)

        resource_id, outputs = self._guard(context, create)
        return provider_pb2.CreateResponse(id=resource_id, properties=write_struct(outputs))

    def Read(self, request: Any, context: Context) -> Any:
        token = _token(request.urn)
        known_outputs, known_inputs = read_struct(request.properties), read_struct(request.inputs)
        with self._world.transaction() as session:
            found = self._life().find(session, token, request.urn, request.id, known_inputs)
            if found is None:
                found = next(
                    iter(session.find(self._cloud.package, request.id, [token])[-1:]), None
                )
        if found is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=found.id,
            properties=write_struct(unseal(found.outputs, known_outputs)),
            inputs=write_struct(unseal(found.inputs, known_inputs)),
        )

    def Update(self, request: Any, context: Context) -> Any:
        token, news = _token(request.urn), read_struct(request.news)
        if request.preview:
            olds, old_inputs = read_struct(request.olds), read_struct(request.old_inputs)
            kept = {key: value for key, value in olds.items() if key not in old_inputs}
            return provider_pb2.UpdateResponse(properties=write_struct({**kept, **news}))

        def update() -> Properties:
            self._suffer("update", token)
            with self._world.transaction() as session:
                return self._life().update(session, token, request.urn, request.id, news)

        return provider_pb2.UpdateResponse(properties=write_struct(self._guard(context, update)))

    def Delete(self, request: Any, context: Context) -> Any:
        def delete() -> None:
            token = _token(request.urn)
            self._suffer("delete", token)
            with self._world.transaction() as session:
                inputs = read_struct(request.old_inputs)
                self._life().delete(session, token, request.urn, request.id, inputs)

        self._guard(context, delete)
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Context) -> Any:
        args: Properties = reveal(read_struct(request.args))

        def run() -> Mapping[str, Any]:
            with self._world.transaction() as session:
                setting = self._life().setting
                maker = Maker(f"{request.tok}/{sorted(args.items(), key=str)}")
                query = Query(self._cloud, setting, request.tok, args, session, maker)
                return answer(query, self._life())

        response = provider_pb2.InvokeResponse()
        # `return` is a word of Python, so the field can only be reached by its name.
        getattr(response, "return").CopyFrom(write_struct(self._guard(context, run)))
        return response

    def Cancel(self, request: Any, context: Context) -> Any:
        self._cancelled.set()
        return empty_pb2.Empty()

    def SignalCancellation(self, request: Any, context: Context) -> Any:
        return self.Cancel(request, context)

    def _life(self) -> Lifecycle:
        if self._lifecycle is None:
            self._lifecycle = Lifecycle(
                self._cloud, self._cloud.configure({}, os.environ), self._schemas
            )
        return self._lifecycle

    def _suffer(self, operation: str, token: str) -> None:
        """Meet the fault that was planned for this call, outside of any transaction."""
        with self._world.transaction() as session:
            fault = session.take_fault(operation, token)
        if fault is None:
            return
        self._cancelled.wait(fault.seconds)
        if fault.message:
            raise CloudError(fault.message)

    def _guard(self, context: Context, work: Callable[[], T]) -> T:
        """Run the work; a refusal of the cloud becomes the call's error, in the cloud's words."""
        try:
            return work()
        except CloudError as refusal:
            context.abort(grpc.StatusCode.UNKNOWN, str(refusal))
            raise
        except Exception as error:
            context.abort(grpc.StatusCode.INTERNAL, confess(error))
            raise


def confess(error: Exception) -> str:
    """Where the simulation itself broke, without the values it was looking at: they may be secret."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(place.filename).name}:{place.lineno}"
    return (
        f"the simulated cloud broke with {type(error).__name__} at {where}. "
        "This is a defect of the simulation, not of the program."
    )


def _token(urn: str) -> str:
    """The type token in a URN: the last of the `$`-joined types of the third part."""
    return urn.split("::")[2].rsplit("$", 1)[-1]


def _proposed_name(request: Any) -> str | None:
    """The name that the project's `pulumi:autonaming` setting asks for."""
    if not request.HasField("autonaming"):
        return None
    return request.autonaming.proposed_name or None

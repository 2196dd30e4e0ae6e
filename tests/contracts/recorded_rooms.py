"""Cloud rooms that build nothing and keep what components hand to them."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from types import ModuleType
from typing import Any, cast

import pulumi
import pytest
from pulumi.runtime import mocks

from isthmus.clouds import ROOMS
from isthmus.clouds.handles import (
    ClusterHandle,
    KeysHandle,
    NetworkHandle,
    Place,
    StoreHandle,
)

ROOM = "recorded_room"
BUILDERS: Mapping[str, tuple[str, type[Any]]] = {
    "keys": ("build_keys", KeysHandle),
    "network": ("build_network", NetworkHandle),
    "lake": ("build_store", StoreHandle),
    "cluster": ("build_cluster", ClusterHandle),
}


@dataclass(frozen=True)
class Handed:
    """What one component handed to its cloud's room: its topic, its name, and what follows the place.

    A room answers with handles whose every identity is the field's own name, such as `network_id`.
    `identities` are those that came back: handle class and field name to what was handed over.
    """

    topic: str
    component: str
    place: Place
    given: tuple[Any, ...]
    identities: dict[str, Any]


class RecordedRooms:
    """Every cloud's room, while a test runs."""

    def __init__(self) -> None:
        self.handed: list[Handed] = []
        self._arriving: list[pulumi.Output[Any]] = []
        self.providers: list[tuple[Any, ...]] = []

    def enter(self, patch: pytest.MonkeyPatch) -> None:
        """Takes the place of all clouds' rooms."""
        for cloud in ROOMS:
            patch.setitem(ROOMS, cloud, ROOM)
        for topic, (function, handle) in BUILDERS.items():
            self._furnish(patch, topic, function, self._builder(topic, handle))
        self._furnish(patch, "provider", "make_provider", self._make_provider)

    def _furnish(
        self, patch: pytest.MonkeyPatch, topic: str, name: str, function: Callable[..., Any]
    ) -> None:
        module = ModuleType(f"{ROOM}.{topic}")
        setattr(module, name, function)
        patch.setitem(sys.modules, module.__name__, module)

    def _builder(self, topic: str, handle: type[Any]) -> Callable[..., Any]:
        def build(parent: pulumi.ComponentResource, place: Place, *given: Any) -> Any:
            handed = Handed(topic, parent.pulumi_resource_name, place, given, {})
            self.handed.append(handed)
            self._arriving += [
                pulumi.Output.all(**identities_of(one)).apply(handed.identities.update)
                for one in given
                if isinstance(one, KeysHandle | NetworkHandle)
            ]
            return handle(**{f.name: pulumi.Output.from_input(f.name) for f in fields(handle)})

        return build

    def _make_provider(self, name: str, *given: Any) -> pulumi.ProviderResource:
        self.providers.append((name, *given))
        return pulumi.ProviderResource("recorded", name, {})

    def arrived(self) -> pulumi.Output[Any]:
        """Known as soon as every identity that was handed over is."""
        return pulumi.Output.all(*self._arriving)

    def of(self, topic: str) -> list[Handed]:
        return [one for one in self.handed if one.topic == topic]

    def one(self, topic: str) -> Handed:
        [found] = self.of(topic)
        return found


def identities_of(handle: KeysHandle | NetworkHandle) -> dict[str, pulumi.Output[Any]]:
    kind = type(handle).__name__
    return {f"{kind}.{f.name}": getattr(handle, f.name) for f in fields(handle)}


class Registrations(mocks.Mocks):
    """Resources that the engine was told of: type, name and inputs."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, dict[str, Any]]] = []

    def call(self, args: mocks.MockCallArgs) -> Any:
        raise AssertionError(f"a component asks the cloud: {args.token}")

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        inputs = cast("dict[str, Any]", args.inputs)
        self.seen.append((args.typ, args.name, inputs))
        return args.name, inputs


def run_program(program: Callable[[], Any]) -> Registrations:
    """Runs a piece of a Pulumi program to its end; returns what it registered."""
    registrations = Registrations()
    mocks.set_mocks(registrations, project="isthmus", stack="contract", preview=False)
    pulumi.runtime.test(program)()
    return registrations

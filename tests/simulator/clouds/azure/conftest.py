"""A simulated subscription without an engine."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from isthmus_simulator.cloud import CloudError, Query
from isthmus_simulator.clouds.azure import CLOUD
from isthmus_simulator.environment import CACHE_VARIABLE, TOOLCHAIN
from isthmus_simulator.invoke import answer
from isthmus_simulator.lifecycle import Lifecycle
from isthmus_simulator.schema import SchemaStore
from isthmus_simulator.sdk import installed_version
from isthmus_simulator.templates import Maker
from isthmus_simulator.values import Properties, Value, reveal
from isthmus_simulator.world import World

PACKAGE = "azure-native"
REGION = "westeurope"


def urn(token: str, name: str) -> str:
    return f"urn:pulumi:dev::shop::{token}::{name}"


class Subscription:
    """One subscription in a world of its own; what the engine would ask is one call.

    `$net` among inputs is the id of what was created as `net`, `$net.name` one of its outputs.
    """

    def __init__(self, world: World, schemas: SchemaStore, config: Mapping[str, Value]) -> None:
        self.world = world
        self.life = Lifecycle(CLOUD, CLOUD.configure(config, {}), schemas)
        self.known: dict[str, Properties] = {}

    def check(
        self, kind: str, inputs: Properties, name: str, olds: Properties | None = None
    ) -> Properties:
        """Checked inputs; what a check finds is raised like what a create finds."""
        token, given = f"{PACKAGE}:{kind}", self.resolve(inputs)
        with self.world.transaction() as session:
            checked, failures = self.life.check(
                token, urn(token, name), olds or {}, given,
                proposed_name=None, seed=name, session=session,
            )  # fmt: skip
        if failures:
            raise CloudError("; ".join(f"{one.path}: {one.reason}" for one in failures))
        return checked

    def create(self, kind: str, name: str, inputs: Properties) -> Properties:
        """Created in the group `rg`, unless the inputs name another."""
        token = f"{PACKAGE}:{kind}"
        has_group = "resourceGroupName" in self.life.schema(token).inputs.properties
        grouped = (
            {"resourceGroupName": "rg"} if has_group and kind != "resources:ResourceGroup" else {}
        )
        checked = self.check(kind, {**grouped, **inputs}, name)
        with self.world.transaction() as session:
            resource_id, outputs = self.life.create(session, token, urn(token, name), checked)
        self.known[name] = {**reveal(outputs), "id": resource_id, "inputs": checked}
        return self.known[name]

    def update(self, kind: str, name: str, changes: Properties) -> Properties:
        token, old = f"{PACKAGE}:{kind}", self.known[name]
        checked = {**old["inputs"], **self.resolve(changes)}
        with self.world.transaction() as session:
            key = str(old["id"])
            return reveal(self.life.update(session, token, urn(token, name), key, checked))

    def delete(self, kind: str, name: str) -> None:
        token = f"{PACKAGE}:{kind}"
        with self.world.transaction() as session:
            self.life.delete(session, token, urn(token, name), str(self.known[name]["id"]))

    def ask(self, function: str, args: Properties) -> Mapping[str, Value]:
        token = f"{PACKAGE}:{function}"
        with self.world.transaction() as session:
            given = {"resourceGroupName": "rg", **self.resolve(args)}
            query = Query(CLOUD, self.life.setting, token, given, session, Maker(function))
            return answer(query, self.life)

    def ids(self) -> list[str]:
        with self.world.transaction() as session:
            return [one.id for one in session.resources()]

    def resolve(self, value: Value) -> Value:
        if isinstance(value, str) and value.startswith("$"):
            name, _, key = value[1:].partition(".")
            return self.known[name][key or "id"]
        if isinstance(value, dict):
            return {key: self.resolve(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.resolve(item) for item in value]
        return value


@pytest.fixture(scope="session")
def schemas() -> SchemaStore:
    cache = os.environ.get(CACHE_VARIABLE) or str(TOOLCHAIN / "schemas")
    return SchemaStore(PACKAGE, Path(cache) / f"{PACKAGE}-{installed_version(PACKAGE)}")


@pytest.fixture
def empty(tmp_path: Path, schemas: SchemaStore) -> Subscription:
    return Subscription(World(tmp_path), schemas, {})


@pytest.fixture
def account(empty: Subscription) -> Subscription:
    """With one resource group, `rg`."""
    group = {"resourceGroupName": "rg", "location": REGION}
    empty.create("resources:ResourceGroup", "rg", group)
    return empty

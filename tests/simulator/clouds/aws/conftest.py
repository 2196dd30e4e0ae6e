"""A configured simulated AWS account without an engine."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from isthmus_simulator.cloud import CloudError, Query
from isthmus_simulator.clouds.aws import CLOUD
from isthmus_simulator.environment import CACHE_VARIABLE, TOOLCHAIN
from isthmus_simulator.invoke import answer
from isthmus_simulator.lifecycle import Lifecycle
from isthmus_simulator.schema import SchemaStore
from isthmus_simulator.sdk import installed_version
from isthmus_simulator.templates import Maker
from isthmus_simulator.values import Properties, Value, reveal
from isthmus_simulator.world import World

REGION = "us-east-1"


def urn(token: str, name: str) -> str:
    return f"urn:pulumi:dev::shop::{token}::{name}"


class Account:
    """One account in a world of its own; what the engine would ask is one call."""

    def __init__(self, world: World, schemas: SchemaStore, config: Mapping[str, Value]) -> None:
        self.world = world
        self.life = Lifecycle(CLOUD, CLOUD.configure(config, {"AWS_REGION": REGION}), schemas)
        self.known: dict[str, Properties] = {}

    def check(self, token: str, inputs: Properties, name: str = "thing") -> Properties:
        """Checked inputs; what a check finds is raised like what a create finds."""
        given = self.resolve(inputs)
        checked, failures = self.life.check(
            token, urn(token, name), {}, given, proposed_name=None, seed=name
        )
        if failures:
            raise CloudError("; ".join(f"{one.path}: {one.reason}" for one in failures))
        return checked

    def create(self, token: str, inputs: Properties, name: str = "thing") -> Properties:
        checked = self.check(token, inputs, name)
        with self.world.transaction() as session:
            resource_id, outputs = self.life.create(session, token, urn(token, name), checked)
        self.known[name] = {**reveal(outputs), "id": resource_id}
        return self.known[name]

    def update(self, token: str, inputs: Properties, name: str = "thing") -> Properties:
        checked = self.check(token, inputs, name)
        with self.world.transaction() as session:
            key = str(self.known[name]["id"])
            return reveal(self.life.update(session, token, urn(token, name), key, checked))

    def delete(self, token: str, name: str = "thing") -> None:
        with self.world.transaction() as session:
            self.life.delete(session, token, urn(token, name), str(self.known[name]["id"]))

    def ask(self, function: str, args: Properties | None = None) -> Mapping[str, Value]:
        with self.world.transaction() as session:
            given = self.resolve(args or {})
            query = Query(CLOUD, self.life.setting, function, given, session, Maker(function))
            return answer(query, self.life)

    def count(self) -> int:
        with self.world.transaction() as session:
            return len(session.resources())

    def resolve(self, value: Value) -> Value:
        """`$net` is the id of what was created as `net`, `$net.arn` its ARN."""
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
    return SchemaStore("aws", Path(cache) / f"aws-{installed_version('aws')}")


@pytest.fixture
def account(tmp_path: Path, schemas: SchemaStore) -> Account:
    return Account(World(tmp_path), schemas, {"defaultTags": '{"tags":{"owner":"me"}}'})

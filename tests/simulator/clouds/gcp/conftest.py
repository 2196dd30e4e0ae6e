"""A configured simulated Google Cloud without an engine."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from isthmus_simulator.cloud import Query
from isthmus_simulator.clouds.gcp import CLOUD
from isthmus_simulator.environment import CACHE_VARIABLE, TOOLCHAIN
from isthmus_simulator.invoke import answer
from isthmus_simulator.lifecycle import Lifecycle
from isthmus_simulator.schema import SchemaStore
from isthmus_simulator.sdk import installed_version
from isthmus_simulator.templates import Maker
from isthmus_simulator.values import Properties, Value, reveal
from isthmus_simulator.world import Resource, World

SETTINGS = {"project": "shop", "region": "europe-west4", "zone": "europe-west4-a"}


class Project:
    """One project in a world of its own; what the engine would ask is one call."""

    def __init__(self, world: World, schemas: SchemaStore, config: Mapping[str, Value]) -> None:
        self.world = world
        self.life = Lifecycle(CLOUD, CLOUD.configure(config, {}), schemas)

    def create(self, token: str, inputs: Properties, name: str = "thing") -> Properties:
        """Check and create; what a check finds is a KeyError-like failure of the test."""
        checked = self.check(token, inputs, name)
        with self.world.transaction() as session:
            resource_id, outputs = self.life.create(session, token, urn(token, name), checked)
        return {**reveal(outputs), "id": resource_id}

    def check(self, token: str, inputs: Properties, name: str = "thing") -> Properties:
        checked, failures = self.life.check(
            token, urn(token, name), {}, inputs, proposed_name=None, seed=name
        )
        if failures:
            raise Refused("; ".join(one.reason for one in failures))
        return checked

    def update(self, token: str, resource_id: str, inputs: Properties) -> Properties:
        with self.world.transaction() as session:
            return reveal(
                self.life.update(session, token, urn(token, "thing"), resource_id, inputs)
            )

    def delete(self, token: str, resource_id: str) -> None:
        with self.world.transaction() as session:
            self.life.delete(session, token, urn(token, "thing"), resource_id)

    def ask(self, token: str, args: Properties) -> Mapping[str, Value]:
        with self.world.transaction() as session:
            maker = Maker(token)
            query = Query(CLOUD, self.life.setting, token, args, session, maker)
            return answer(query, self.life)

    def all(self, *, builtin: bool = False) -> list[Resource]:
        with self.world.transaction() as session:
            return session.resources("gcp", builtin=builtin)


class Refused(Exception):
    """What the engine would show as a check failure at preview."""


def urn(token: str, name: str) -> str:
    return f"urn:pulumi:dev::shop::{token}::{name}"


@pytest.fixture(scope="session")
def schemas() -> SchemaStore:
    cache = Path(os.environ.get(CACHE_VARIABLE) or TOOLCHAIN / "schemas")
    return SchemaStore("gcp", cache / f"gcp-{installed_version('gcp')}")


@pytest.fixture
def project(tmp_path: Path, schemas: SchemaStore) -> Project:
    return Project(World(tmp_path / "world"), schemas, SETTINGS)

"""What the clouds' data says of types must fit the types of the installed SDKs."""

import importlib
import importlib.util
import os
from collections.abc import Iterator, Mapping

import pytest

from isthmus_simulator.cloud import Cloud, facts_of
from isthmus_simulator.environment import CACHE_VARIABLE, TOOLCHAIN
from isthmus_simulator.facts import TypeFacts
from isthmus_simulator.schema import SchemaStore, TypeSchema, Wire
from isthmus_simulator.sdk import installed_version, load_function
from isthmus_simulator.serve import MODULES

pytestmark = pytest.mark.pure

PACKAGES = [package for package, module in MODULES.items() if importlib.util.find_spec(module)]


def load(package: str) -> tuple[Cloud, SchemaStore]:
    cache = os.environ.get(CACHE_VARIABLE) or str(TOOLCHAIN / "schemas")
    store = SchemaStore(package, TOOLCHAIN / cache / f"{package}-{installed_version(package)}")
    return importlib.import_module(MODULES[package]).CLOUD, store


def misfits(schema: TypeSchema, properties: Mapping[str, Wire], path: str) -> str:
    """The first step of a dotted path that the type does not have, '' when it has them all."""
    steps = [step for step in path.split(".") if step != "*"]
    for number, step in enumerate(steps):
        if step not in properties:
            return step
        wire = properties[step]
        while wire[0] in ("list", "map") and not isinstance(wire, str):
            wire = wire[1]
        if number < len(steps) - 1:
            if isinstance(wire, str):
                return "" if wire == "any" else steps[number + 1]
            properties = schema.shapes[wire[1]].properties
    return ""


def wrong_paths(schema: TypeSchema, facts: TypeFacts) -> Iterator[str]:
    inputs, outputs = schema.inputs.properties, schema.outputs
    for kind, paths, properties in (
        ("replace", facts.replace, inputs),
        ("updates", facts.updates, inputs),
        ("refs", tuple(facts.refs), inputs),
        ("defaults", tuple(facts.defaults), inputs),
        ("outputs", tuple(facts.outputs), outputs),
        ("secret", facts.secret, outputs),
    ):
        for path in paths:
            if misfits(schema, properties, path):
                yield f"{schema.token}: {kind} {path}"
    for path in (*facts.loose, *facts.open):
        if path not in facts.refs:
            yield f"{schema.token}: loose or open, and no reference: {path}"


@pytest.mark.parametrize("package", PACKAGES)
def test_facts_name_types_and_properties_that_the_sdk_has(package: str) -> None:
    cloud, store = load(package)
    tokens = set(store.tokens())
    wrong: list[str] = []
    for token in cloud.facts:
        schema = store.type_schema(token)
        facts = facts_of(cloud, token)
        wrong += [f"no type {token}"] if schema is None else list(wrong_paths(schema, facts))
        wrong += [
            f"{token}: reference to no type {one}"
            for types in facts.refs.values()
            for one in types
            if one not in tokens
        ]
    assert wrong == []


@pytest.mark.parametrize("package", PACKAGES)
def test_rules_are_told_of_types_that_the_sdk_has(package: str) -> None:
    cloud, store = load(package)
    assert sorted(set(cloud.rules) - set(store.tokens())) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_answered_functions_exist_in_the_sdk(package: str) -> None:
    cloud, _ = load(package)
    assert [token for token in cloud.invokes if load_function(token) is None] == []

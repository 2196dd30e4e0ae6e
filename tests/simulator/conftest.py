"""A small cloud of its own for the generic core, so that its tests do not hang on one real cloud's facts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from isthmus_simulator.check import Strictness
from isthmus_simulator.cloud import Call, Rules, Setting, Usage
from isthmus_simulator.facts import TypeFacts
from isthmus_simulator.lifecycle import Lifecycle
from isthmus_simulator.schema import ObjectShape, TypeSchema
from isthmus_simulator.templates import Maker
from isthmus_simulator.values import Value
from isthmus_simulator.world import World

NET, PART, STORE = "toy:net:Net", "toy:net:Part", "toy:store:Store"
LOG = "toy:log:Log"


def schema(
    token: str,
    inputs: Mapping[str, Any],
    required: tuple[str, ...] = (),
    computed: Mapping[str, Any] | None = None,
) -> TypeSchema:
    outputs = {**inputs, **(computed or {})}
    return TypeSchema(
        token, ObjectShape(inputs, required), outputs, tuple(computed or ()), (), (), {}
    )


SCHEMAS = {
    NET: schema(
        NET,
        {"range": "str", "tags": ("map", "str")},
        ("range",),
        {"arn": "str", "parts": ("list", "str")},
    ),
    PART: schema(PART, {"netId": "str", "size": "int"}, ("netId",)),
    STORE: schema(
        STORE,
        {"name": "str", "password": "str", "kind": ("enum", "Kind", False, ("Fast", "Slow"))},
        (),
        {"url": "str", "login": "str"},
    ),
    LOG: schema(LOG, {"name": "str", "region": "str"}),
}


class ToySchemas:
    def type_schema(self, token: str) -> TypeSchema | None:
        return SCHEMAS.get(token)

    def tokens(self) -> Mapping[str, tuple[str, str]]:
        return {token: ("toy", token) for token in SCHEMAS}


class ToyCloud:
    package = "toy"
    strictness = Strictness(coerces=False, closed_enums=True)
    facts: Mapping[str, TypeFacts] = {
        NET: TypeFacts(
            id="net-{hex:8}",
            outputs={"arn": "arn:toy:{region}:{account}:{id}"},
            replace=("range",),
            not_found="NetNotFound: {value}",
            in_use="NetInUse: {id} is used by {user}",
        ),
        PART: TypeFacts(id="part-{hex:8}", refs={"netId": (NET,)}),
        LOG: TypeFacts(id="{name}", name="name"),
        STORE: TypeFacts(
            id="{name}",
            name="name",
            name_pattern="[a-z0-9-]{3,20}",
            name_error="BadName: {value}",
            unique="global",
            exists="StoreExists: {value}",
            outputs={"url": "https://{name}", "login": "root:{password}"},
        ),
    }
    invokes: Mapping[str, Any] = {}

    def __init__(self) -> None:
        self.rules: dict[str, Rules] = {
            PART: Rules(usage=lambda call: [Usage("parts", call.inputs.get("size", 1))])
        }

    def configure(self, config: Mapping[str, Any], environment: Mapping[str, str]) -> Setting:
        return Setting("acct", "north")

    def region_of(self, call: Call) -> str:
        return call.inputs.get("region") or call.setting.region

    def name_property(self, schema: TypeSchema) -> str:
        return ""

    def autoname(self, logical_name: str, maker: Maker) -> str:
        return f"{logical_name}-{maker.hex(4)}"

    def generic_id(self, call: Call) -> str:
        return f"{call.logical_name}-generic"

    def generic_output(self, call: Call, name: str, wire: Any) -> Value:
        return None

    def replaces(self, schema: TypeSchema, facts: TypeFacts) -> frozenset[str]:
        return frozenset(facts.replace)

    def missing(self, token: str, value: str) -> str:
        return f"Missing: {value}"

    def taken(self, call: Call, name: str) -> str:
        return f"Taken: {name}"

    def limit_exceeded(self, call: Call, usage: Usage, used: float, limit: float) -> str:
        return f"OverQuota: {used:g}+{usage.amount:g} of {limit:g}"

    def default_limit(self, quota: str) -> float | None:
        return 10.0


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "world")


@pytest.fixture
def life() -> Lifecycle:
    cloud = ToyCloud()
    return Lifecycle(cloud, cloud.configure({}, {}), ToySchemas())  # pyright: ignore[reportArgumentType]

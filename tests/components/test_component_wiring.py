"""Each public component: what it hands to its cloud's room, and what of the answer it gives away."""

import sys
from dataclasses import fields
from typing import Any

import pulumi
import pytest
from pulumi.provider.experimental.util import camel_case

import isthmus
from isthmus.clouds.handles import KeysHandle, NetworkHandle
from tests.contracts.recorded_rooms import BUILDERS, ROOM, RecordedRooms, run_program

pytestmark = pytest.mark.pure

PLACE: dict[str, Any] = {
    "cloud": "gcp",
    "region": "europe-west4",
    "owner": "data-team",
    "environment": "development",
    "data_classification": "internal",
    "site": "west",
}
KEYS = {"key_ids": {"data": "key", "cluster": "key", "logs": "key"}}
DOORWAY = {"network_id": "network", "endpoint_subnet_ids": ["endpoints"]}
NETWORK = {
    **DOORWAY,
    "node_subnet_ids": ["nodes"],
    "control_plane_subnet_id": "control-plane",
    "node_firewall_id": "firewall",
}
FEWEST: dict[str, dict[str, Any]] = {
    "Keys": PLACE,
    "Network": {**PLACE, **KEYS, "range": "10.0.0.0/16"},
    "LakeStore": {**PLACE, **KEYS, "store": "datasets"},
    "AcceleratorCluster": {**PLACE, **KEYS, **NETWORK, "range": "10.0.0.0/16", "pools": {}},
}
"""The arguments that each component needs at least."""
every_component = pytest.mark.parametrize("name", FEWEST)


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> RecordedRooms:
    recorded = RecordedRooms()
    recorded.enter(monkeypatch)
    return recorded


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Outputs as components register them."""
    found: list[dict[str, Any]] = []

    def register(_: pulumi.ComponentResource, outputs: dict[str, Any]) -> None:
        found.append(outputs)

    monkeypatch.setattr(pulumi.ComponentResource, "register_outputs", register)
    return found


def outputs_of(name: str, **more: Any) -> dict[str, Any]:
    """What the outputs of a component come to that is given the fewest arguments and `more`."""
    found: dict[str, Any] = {}

    def program() -> object:
        made = getattr(isthmus, name)("part", {**FEWEST[name], **more})
        outputs = {key: getattr(made, key) for key in type(made).__annotations__}
        return pulumi.Output.all(**outputs).apply(found.update)

    run_program(program)
    return found


def test_every_component_is_tried() -> None:
    assert set(FEWEST) == {component.__name__ for component in isthmus.COMPONENTS}


@every_component
def test_a_component_gives_away_what_its_room_answers(name: str, rooms: RecordedRooms) -> None:
    found = outputs_of(name)
    assert found == {key: key for key in getattr(isthmus, name).__annotations__}
    topic = rooms.handed[0].topic
    answered = {field.name for field in fields(BUILDERS[topic][1])}
    assert found.keys() == answered


@every_component
def test_a_component_registers_every_output_that_it_declares(
    name: str, rooms: RecordedRooms, registered: list[dict[str, Any]]
) -> None:
    outputs_of(name)
    declared = getattr(isthmus, name).__annotations__
    assert [set(outputs) for outputs in registered] == [{camel_case(key) for key in declared}]


@every_component
def test_a_component_is_registered_under_its_own_name(name: str, rooms: RecordedRooms) -> None:
    seen = run_program(lambda: getattr(isthmus, name)("part", FEWEST[name]) and None).seen
    assert [(kind, given) for kind, given, _ in seen] == [(f"isthmus:index:{name}", "part")]


@every_component
def test_a_mistake_is_found_before_the_room_is_asked(name: str, rooms: RecordedRooms) -> None:
    with pytest.raises(pulumi.InputPropertiesError):
        outputs_of(name, region="europe-west44")
    assert rooms.handed == []


@every_component
def test_what_is_built_bears_the_name_of_the_site(name: str, rooms: RecordedRooms) -> None:
    outputs_of(name)
    assert [one.place.name for one in rooms.handed] == ["west"]


def test_secrets_go_to_the_room_as_they_came(rooms: RecordedRooms) -> None:
    secret = pulumi.Output.secret("canary")
    outputs_of("Keys", secrets={"token": secret})
    assert rooms.one("keys").given[1] == {"token": secret}


def test_a_cloud_whose_keys_have_no_versions_gives_none_away(
    rooms: RecordedRooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build_keys(*_: object) -> KeysHandle:
        given = pulumi.Output.from_input
        return KeysHandle(given({}), given(""), given(""), given({}), key_version_ids=None)

    monkeypatch.setattr(sys.modules[f"{ROOM}.keys"], "build_keys", build_keys)
    assert outputs_of("Keys")["key_version_ids"] == {}


@pytest.mark.parametrize(
    ("machines", "networks"),
    [([], 0), (["g2-standard-4"], 0), (["g2-standard-4", "a3-megagpu-8g"], 8)],
)
def test_a_network_carries_the_fabric_of_the_machines_it_is_told(
    machines: list[str], networks: int, rooms: RecordedRooms
) -> None:
    outputs_of("Network", machine_types=machines)
    assert len(rooms.one("network").given[0].fabric_subnets) == networks


def test_a_store_has_a_doorway_where_it_is_told_a_network(rooms: RecordedRooms) -> None:
    outputs_of("LakeStore")
    outputs_of("LakeStore", **DOORWAY)
    without, with_network = (one.given[2] for one in rooms.of("lake"))
    assert without is None
    assert isinstance(with_network, NetworkHandle)


def test_a_cluster_has_the_pools_it_is_told(rooms: RecordedRooms) -> None:
    tuning = {"accelerator": "l4", "machine_type": "g2-standard-8", "max_nodes": 3, "spot": True}
    outputs_of(
        "AcceleratorCluster", pools={"tuning": tuning}, system_nodes=2, kubernetes_version="1.33"
    )
    plan = rooms.one("cluster").given[0]
    assert (plan.kubernetes_version, plan.system_pool.max_nodes) == ("1.33", 2)
    [pool] = plan.pools
    assert (pool.name, pool.machine.name) == ("tuning", "g2-standard-8")
    assert (pool.min_nodes, pool.max_nodes, pool.spot) == (0, 3, True)

"""The components as other languages see them: through the SDK's component host, without the engine."""

import json
from typing import Any

import pulumi
import pytest
from pulumi.provider.experimental import component
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.experimental.util import camel_case

import isthmus
from isthmus.references import EndpointReference, KeysReference, NetworkReference
from isthmus.serving import describe_shared_fields
from tests.contracts.recorded_rooms import RecordedRooms, run_program

pytestmark = pytest.mark.pure

REFERENCES = {
    name
    for reference in (KeysReference, NetworkReference, EndpointReference)
    for name in reference.__annotations__
}
"""Arguments that are outputs of another component, and known only when that is built."""
NORTH: dict[str, Any] = {
    "cloud": "aws",
    "region": "eu-north-1",
    "owner": "data-team",
    "environment": "staging",
    "dataClassification": "internal",
}


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> ComponentProvider:
    # Set to itself, so that it is put back after the next line has changed it.
    monkeypatch.setattr(component, "Analyzer", vars(component)["Analyzer"])
    describe_shared_fields()
    return ComponentProvider(list(isthmus.COMPONENTS), "isthmus", version="1.2.3")


@pytest.fixture
def schema(host: ComponentProvider) -> dict[str, Any]:
    assert host.schema is not None
    return json.loads(host.schema)


def construct(host: ComponentProvider, kind: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """What the engine is answered for inputs as they come over the wire."""
    found: dict[str, Any] = {}

    def program() -> object:
        result = host.construct("north", f"isthmus:index:{kind}", inputs)
        return pulumi.Output.all(**result.state).apply(found.update)

    run_program(program)
    return found


def test_the_package_offers_every_component(schema: dict[str, Any]) -> None:
    tokens = {f"isthmus:index:{one.__name__}" for one in isthmus.COMPONENTS}
    assert set(schema["resources"]) == tokens
    assert schema["version"] == "1.2.3"


def test_shared_arguments_keep_their_description(schema: dict[str, Any]) -> None:
    inputs = schema["resources"]["isthmus:index:LakeStore"]["inputProperties"]
    assert "spelling" in inputs["region"]["description"]
    assert "`key_ids` of Keys" in inputs["keyIds"]["description"]
    assert "private endpoints" in inputs["networkId"]["description"]


@pytest.mark.parametrize("kind", [one.__name__ for one in isthmus.COMPONENTS])
def test_what_decides_the_shape_is_plain_and_what_names_things_is_not(
    kind: str, schema: dict[str, Any]
) -> None:
    """An argument that only the cloud could know would leave a preview without a plan."""
    described = schema["resources"][f"isthmus:index:{kind}"]["inputProperties"]
    late = {name for name, one in described.items() if not one.get("plain")}
    identities = {camel_case(name) for name in REFERENCES}
    assert late - {"secrets"} == identities & described.keys()


def test_a_component_is_built_from_what_comes_over_the_wire(
    host: ComponentProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = RecordedRooms()
    rooms.enter(monkeypatch)
    inputs = {**NORTH, "keyIds": {"data": "arn"}, "range": "10.20.0.0/16", "zones": 2.0}
    state = construct(host, "Network", inputs)
    assert len(rooms.one("network").given[0].zones) == 2
    assert state["nodeSubnetIds"] == "node_subnet_ids"


def test_a_pool_comes_over_the_wire(
    host: ComponentProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = RecordedRooms()
    rooms.enter(monkeypatch)
    pool = {"accelerator": "h100", "machineType": "p5.48xlarge", "maxNodes": 3.0}
    network = {camel_case(name): "id" for name in NetworkReference.__required_keys__}
    inputs = {**NORTH, **network, "keyIds": {}, "range": "10.20.0.0/16", "pools": {"train": pool}}
    construct(host, "AcceleratorCluster", inputs)
    [planned] = rooms.one("cluster").given[0].pools
    assert (planned.name, planned.machine.name, planned.max_nodes) == ("train", "p5.48xlarge", 3)

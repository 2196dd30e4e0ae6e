"""The plugin over its real gRPC interface, for what the engine sees when something goes wrong."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from isthmus_simulator.cloud import Call, Rules
from isthmus_simulator.provider import SimulatedProvider
from isthmus_simulator.values import UNKNOWN, Secret, read_struct, write_struct
from isthmus_simulator.world import Fault, World
from tests.simulator.conftest import NET, PART, STORE, ToyCloud, ToySchemas

pytestmark = pytest.mark.pure
Stub = provider_pb2_grpc.ResourceProviderStub


@pytest.fixture
def cloud() -> ToyCloud:
    return ToyCloud()


@pytest.fixture
def stub(world: World, cloud: ToyCloud) -> Iterator[Any]:
    server = grpc.server(ThreadPoolExecutor(4))
    provider = SimulatedProvider(cloud, world, ToySchemas(), "1.2.3")  # pyright: ignore[reportArgumentType]
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield Stub(channel)
    server.stop(None)


def urn(token: str, name: str = "it") -> str:
    return f"urn:pulumi:dev::project::outer:index:Component${token}::{name}"


def create(stub: Any, token: str, **inputs: Any) -> Any:
    return stub.Create(provider_pb2.CreateRequest(urn=urn(token), properties=write_struct(inputs)))


def test_check_reports_failures_and_keeps_secrets_secret(stub: Any) -> None:
    news = {"kind": "Fats", "colour": "red", "password": Secret("canary")}
    answer = stub.Check(provider_pb2.CheckRequest(urn=urn(STORE), news=write_struct(news)))
    told = {one.property: one.reason for one in answer.failures}
    assert set(told) == {"kind", "colour"}
    assert 'did you mean "Fast"?' in told["kind"]
    assert read_struct(answer.inputs)["password"] == Secret("canary")


def test_a_preview_creates_nothing_and_knows_what_can_be_known(stub: Any, world: World) -> None:
    request = provider_pb2.CreateRequest(
        urn=urn(NET), properties=write_struct({"range": "10.0.0.0/16"}), preview=True
    )
    outputs = read_struct(stub.Create(request).properties)
    assert outputs["range"] == "10.0.0.0/16"
    assert outputs["arn"] is UNKNOWN
    with world.transaction() as session:
        assert session.resources() == []


def test_a_refusal_reaches_the_engine_in_the_clouds_words(stub: Any) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        create(stub, PART, netId="net-0")
    assert refused.value.details() == "NetNotFound: net-0"


def test_a_defect_of_the_simulation_is_called_one_and_tells_no_values(
    stub: Any, cloud: ToyCloud
) -> None:
    def broken(call: Call) -> None:
        raise KeyError(call.inputs["password"])

    cloud.rules[STORE] = Rules(create=broken)
    with pytest.raises(grpc.RpcError) as refused:
        create(stub, STORE, name="data", password=Secret("canary"))
    assert "defect of the simulation" in refused.value.details()
    assert "KeyError at test_provider.py" in refused.value.details()
    assert "canary" not in refused.value.details()


def test_a_replacement_is_told_apart_from_an_update(stub: Any) -> None:
    olds = write_struct({"range": "10.0.0.0/16", "tags": {"a": "1"}})
    news = write_struct({"range": "10.1.0.0/16", "tags": {"a": "2"}})
    answer = stub.Diff(
        provider_pb2.DiffRequest(urn=urn(NET), id="net-1", olds=olds, old_inputs=olds, news=news)
    )
    kinds = {path: diff.kind for path, diff in answer.detailedDiff.items()}
    update, replace = provider_pb2.PropertyDiff.UPDATE, provider_pb2.PropertyDiff.UPDATE_REPLACE
    assert kinds == {"range": replace, "tags.a": update}
    assert list(answer.replaces) == ["range"]


def test_read_finds_gives_back_secrets_and_misses_what_is_gone(stub: Any) -> None:
    made = create(stub, STORE, name="data", password=Secret("s3cret"))
    known = write_struct({"name": "data", "password": Secret("s3cret")})
    request = provider_pb2.ReadRequest(
        id=made.id, urn=urn(STORE), inputs=known, properties=made.properties
    )
    found = stub.Read(request)
    assert read_struct(found.inputs)["password"] == Secret("s3cret")
    assert read_struct(found.properties) == read_struct(made.properties)
    gone = stub.Read(provider_pb2.ReadRequest(id="nothing", urn=urn(STORE)))
    assert gone.id == ""


def test_a_planned_fault_fails_the_call_and_makes_nothing(stub: Any, world: World) -> None:
    with world.transaction() as session:
        session.add_fault(Fault("create", "toy:net:*", "Throttled", 0.0), times=1)
    with pytest.raises(grpc.RpcError) as refused:
        create(stub, NET, range="10.0.0.0/16")
    assert refused.value.details() == "Throttled"
    assert create(stub, NET, range="10.0.0.0/16").id.startswith("net-")


def test_an_unknown_function_fails_by_name(stub: Any) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        stub.Invoke(provider_pb2.InvokeRequest(tok="toy:net/doMagic:doMagic"))
    assert "toy:net/doMagic:doMagic" in refused.value.details()
    assert "Nothing was made up" in refused.value.details()

"""A stack is planned twice: as a whole, and by each of its components from the arguments it is given.

Both plans have to be the same, or a program would build something else than `isthmus plan` showed.
"""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from isthmus.clouds.handles import NetworkHandle, Place
from isthmus.plan.model import NetworkPlan, SitePlan
from isthmus.plan.stack import plan_stack
from isthmus.spec.load import load_stack_file
from isthmus.spec.model import Spec
from tests.contracts.house import COMPONENTS, EXAMPLES, PROGRAM, parse, told
from tests.contracts.recorded_rooms import RecordedRooms, run_program

pytestmark = pytest.mark.contract

AWKWARD = Path(__file__).parent / "data" / "Pulumi.awkward.yaml"
UNKNOWN_TO_ONE_SITE = ("private_ranges",)
"""What follows from other sites of the stack, which no component knows: no cloud's room may build by it."""

KEYS = {f"KeysHandle.{name}" for name in ("key_ids", "vault_id", "identity_id", "key_version_ids")}
DOORWAY = {"NetworkHandle.network_id", "NetworkHandle.endpoint_subnet_ids"}
NETWORK = {f"NetworkHandle.{field.name}" for field in fields(NetworkHandle)}
NEEDED = {"keys": set[str](), "network": KEYS, "lake": KEYS | DOORWAY, "cluster": KEYS | NETWORK}
"""Identities that a component needs of those before it; all others arrive empty."""


@dataclass(frozen=True)
class Built:
    """A site as its stack plans it, and what its components hand to the cloud's room."""

    plan: SitePlan
    rooms: RecordedRooms

    def place(self, **tags: str) -> Place:
        return Place(self.plan.name, self.plan.region, {**dict(self.plan.tags), **tags})


def sites(files: Iterable[Path]) -> list[tuple[Path, str]]:
    drafts = {file: load_stack_file(file).draft for file in files}
    return [(file, name) for file, draft in drafts.items() if draft for name in draft.sites]


@cache
def planned(file: Path) -> tuple[Spec, dict[str, SitePlan]]:
    loaded = load_stack_file(file)
    found = plan_stack(loaded)
    assert found.problems == ()
    assert loaded.spec is not None
    assert found.plan is not None
    return loaded.spec, {site.name: site for site in found.plan.sites}


@cache
def stack_program() -> ModuleType:
    """The stack program, imported instead of run."""
    spec = spec_from_file_location("stack_program", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(
    scope="module",
    params=sites((*EXAMPLES, AWKWARD)),
    ids=lambda site: f"{site[0].stem.removeprefix('Pulumi.')}-{site[1]}",
)
def built(request: pytest.FixtureRequest) -> Built:
    """One site of a stack file, built by the stack program in rooms that only record."""
    file, name = request.param
    spec, plans = planned(file)
    rooms = RecordedRooms()

    def build() -> object:
        stack_program().build_site(spec, plans[name])
        return rooms.arrived()

    with pytest.MonkeyPatch.context() as patch:
        rooms.enter(patch)
        run_program(build)
    return Built(plans[name], rooms)


def as_one_site_knows(network: NetworkPlan) -> NetworkPlan:
    return replace(network, **dict.fromkeys(UNKNOWN_TO_ONE_SITE, ()))


def test_every_example_is_compared() -> None:
    assert {file for file, _ in sites(EXAMPLES)} == set(EXAMPLES)
    assert len(EXAMPLES) >= 4


def test_a_site_is_one_provider_keys_network_its_stores_and_its_cluster(built: Built) -> None:
    plan = built.plan
    stores = [("lake", f"{plan.name}-{store.name}") for store in plan.stores]
    cluster = [("cluster", plan.name)] if plan.cluster else []
    expected = [("keys", plan.name), ("network", plan.name), *stores, *cluster]
    assert [(one.topic, one.component) for one in built.rooms.handed] == expected
    assert built.rooms.providers == [(plan.name, plan.region, plan.account, dict(plan.tags))]


def test_keys_are_planned_alike(built: Built) -> None:
    handed = built.rooms.one("keys")
    keys, secrets = handed.given
    assert keys == built.plan.keys
    assert tuple(secrets) == built.plan.secret_names
    assert handed.place == built.place()


def test_the_network_is_planned_alike(built: Built) -> None:
    handed = built.rooms.one("network")
    assert handed.given[0] == as_one_site_knows(built.plan.network)
    assert handed.place == built.place()


def test_stores_are_planned_alike(built: Built) -> None:
    handed, stores = built.rooms.of("lake"), built.plan.stores
    places = [built.place(**{"data-classification": one.data_classification}) for one in stores]
    assert [one.given[0] for one in handed] == list(stores)
    assert [one.place for one in handed] == places


def test_the_cluster_and_the_network_it_stands_in_are_planned_alike(built: Built) -> None:
    plan, handed = built.plan, built.rooms.of("cluster")
    expected = [(plan.cluster, as_one_site_knows(plan.network))] if plan.cluster else []
    assert [one.given[:2] for one in handed] == expected
    assert [one.place for one in handed] == [built.place() for _ in expected]


def test_every_identity_arrives_where_it_belongs(built: Built) -> None:
    for one in built.rooms.handed:
        arrived = {name: value for name, value in one.identities.items() if value}
        assert arrived == {name: name.split(".")[1] for name in NEEDED[one.topic]}


@pytest.mark.parametrize(
    "file", sorted((COMPONENTS / "clouds").rglob("*.py")), ids=lambda f: f.stem
)
def test_no_room_builds_by_what_a_component_cannot_know(file: Path) -> None:
    read = [
        told(file, node.lineno)
        for node in ast.walk(parse(file))
        if isinstance(node, ast.Attribute) and node.attr in UNKNOWN_TO_ONE_SITE
    ]
    assert read == []

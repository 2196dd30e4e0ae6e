import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from isthmus_simulator import hands
from isthmus_simulator.orphans import UnreadableState, find_orphans
from isthmus_simulator.world import Fault, Resource, World

pytestmark = pytest.mark.pure


def thing(name: str, type_token: str = "t:m:T") -> Resource:
    return Resource(
        0,
        "toy",
        type_token,
        name,
        name,
        "north",
        "acct",
        f"urn:pulumi:s::p::{type_token}::{name}",
        {"tags": {"owner": "me"}},
        {"tags": {"owner": "me"}, "list": [1]},
        builtin=False,
    )


def add(world: World, *names: str) -> None:
    with world.transaction() as session:
        for name in names:
            session.insert(thing(name))


def names(world: World) -> list[str]:
    with world.transaction() as session:
        return [one.name for one in session.resources()]


def test_a_failed_transaction_leaves_nothing(world: World) -> None:
    def fail() -> None:
        with world.transaction() as session:
            session.insert(thing("a"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert names(world) == []


def test_parallel_writers_lose_nothing(world: World) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: add(world, f"n{number}"), range(80)))
    assert sorted(names(world)) == sorted(f"n{number}" for number in range(80))


def test_a_process_killed_inside_a_transaction_leaves_nothing_and_no_lock(world: World) -> None:
    program = (
        "import os, sys\nfrom pathlib import Path\nfrom isthmus_simulator.world import World\n"
        "from tests.simulator.test_world import thing\n"
        "with World(Path(sys.argv[1])).transaction() as session:\n"
        "    session.insert(thing('half'))\n    os.kill(os.getpid(), 9)\n"
    )
    root = Path(__file__).parents[2]
    killed = subprocess.run(
        [sys.executable, "-c", program, str(world.folder)], cwd=root, check=False
    )
    assert killed.returncode == -9
    add(world, "whole")
    assert names(world) == ["whole"]


def test_faults_are_met_in_order_and_as_often_as_planned(world: World) -> None:
    with world.transaction() as session:
        session.add_fault(Fault("create", "t:*", "Throttled", 0.0), times=2)
        met = [session.take_fault("create", "t:m:T") for _ in range(3)]
        assert [one.message if one else None for one in met] == ["Throttled", "Throttled", None]
        assert session.take_fault("delete", "t:m:T") is None


def test_drift_changes_inputs_and_outputs_by_path(world: World) -> None:
    add(world, "a")
    changes = [
        hands.read_change(text) for text in ("tags.owner=mallory", "tags.new=[1]", "list.0=")
    ]
    hands.drift(world, "a", changes)
    with world.transaction() as session:
        found = hands.find_one(session, "a")
    assert found.outputs == {"tags": {"owner": "mallory", "new": [1]}, "list": []}
    assert found.inputs["tags"] == {"owner": "mallory", "new": [1]}


@pytest.mark.parametrize(
    ("wanted", "change", "said"),
    [
        ("b", "x=1", "Did you mean"),
        ("a1", "tags.owner.deep=1", "no property"),
        ("a1", "tags", "path=value"),
    ],
)
def test_a_hand_that_cannot_reach_says_why(
    world: World, wanted: str, change: str, said: str
) -> None:
    add(world, "a1", "b1")
    with pytest.raises(hands.HandError, match=said):
        hands.drift(world, wanted, [hands.read_change(change)])


def test_an_ambiguous_name_asks_for_a_urn(world: World) -> None:
    add(world, "a")
    with world.transaction() as session:
        session.insert(thing("a", "t:m:Other"))
        with pytest.raises(hands.HandError, match="t:m:Other"):
            hands.find_one(session, "a")
        assert hands.find_one(session, thing("a", "t:m:Other").urn).type == "t:m:Other"


def test_orphans_are_what_no_state_holds(world: World, tmp_path: Path) -> None:
    add(world, "kept", "lost")
    stack = tmp_path / ".pulumi" / "stacks" / "p" / "dev.json"
    stack.parent.mkdir(parents=True)
    stack.write_text(
        '{"checkpoint": {"latest": {"resources": [{"custom": true, "type": "t:m:T", "id": "kept"}]}}}'
    )
    assert [one.name for one in find_orphans(world, tmp_path)] == ["lost"]
    stack.write_text('{"checkpoint": {"latest": {"resour')
    with pytest.raises(UnreadableState, match=r"dev\.json"):
        find_orphans(world, tmp_path)

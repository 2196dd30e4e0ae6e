import pytest

from isthmus_simulator.cloud import CloudError
from isthmus_simulator.lifecycle import DEFAULTS, Lifecycle
from isthmus_simulator.values import UNKNOWN, Properties, Secret, reveal
from isthmus_simulator.world import World
from tests.simulator.conftest import LOG, NET, PART, STORE

pytestmark = pytest.mark.pure

URN = "urn:pulumi:dev::project::{token}::{name}"


def make(
    life: Lifecycle, world: World, token: str, name: str, inputs: Properties
) -> tuple[str, Properties]:
    with world.transaction() as session:
        return life.create(session, token, URN.format(token=token, name=name), inputs)


def unmake(life: Lifecycle, world: World, token: str, resource_id: str) -> None:
    with world.transaction() as session:
        life.delete(session, token, URN.format(token=token, name="x"), resource_id)


def check(
    life: Lifecycle, token: str, news: Properties, olds: Properties | None = None
) -> tuple[Properties, list[str]]:
    inputs, failures = life.check(
        token,
        URN.format(token=token, name="my-store"),
        olds or {},
        news,
        proposed_name=None,
        seed="s",
    )
    return inputs, [f"{one.path}: {one.reason}" for one in failures]


def test_outputs_carry_identity_region_and_account(life: Lifecycle, world: World) -> None:
    net_id, outputs = make(life, world, NET, "n", {"range": "10.0.0.0/16"})
    assert net_id.startswith("net-")
    assert outputs == {"range": "10.0.0.0/16", "arn": f"arn:toy:north:acct:{net_id}", "parts": []}


def test_the_same_program_gets_the_same_ids_and_a_second_creation_new_ones(
    life: Lifecycle, world: World
) -> None:
    first, _ = make(life, world, NET, "n", {"range": "10.0.0.0/16"})
    second, _ = make(life, world, NET, "n", {"range": "10.0.0.0/16"})
    other, _ = make(life, World(world.folder / "other"), NET, "n", {"range": "10.0.0.0/16"})
    assert first == other
    assert first != second


def test_a_reference_to_nothing_is_refused_in_the_clouds_words(
    life: Lifecycle, world: World
) -> None:
    with pytest.raises(CloudError, match="NetNotFound: net-0"):
        make(life, world, PART, "p", {"netId": "net-0"})
    with world.transaction() as session:
        assert session.resources() == []


def test_deletion_is_refused_while_something_depends_on_it(life: Lifecycle, world: World) -> None:
    net_id, _ = make(life, world, NET, "n", {"range": "10.0.0.0/16"})
    part_id, _ = make(life, world, PART, "p", {"netId": net_id})
    with pytest.raises(CloudError, match=f"NetInUse: {net_id} is used by {part_id}"):
        unmake(life, world, NET, net_id)
    unmake(life, world, PART, part_id)
    unmake(life, world, NET, net_id)
    unmake(life, world, NET, net_id)  # what is gone already counts as deleted
    with world.transaction() as session:
        assert session.resources() == []


def test_a_global_name_is_taken_once_and_free_again_after_deletion(
    life: Lifecycle, world: World
) -> None:
    make(life, world, STORE, "a", {"name": "data"})
    with pytest.raises(CloudError, match="StoreExists: data"):
        make(life, world, STORE, "b", {"name": "data"})
    unmake(life, world, STORE, "data")
    make(life, world, STORE, "b", {"name": "data"})


def test_a_missing_name_is_made_kept_and_made_anew_for_a_new_resource(life: Lifecycle) -> None:
    first, failures = check(life, STORE, {})
    assert failures == []
    assert first["name"].startswith("my-store-")
    assert first[DEFAULTS] == ["name"]
    again, _ = check(life, STORE, {}, olds=first)
    assert again == first
    chosen, _ = check(life, STORE, {"name": "mine"}, olds=first)
    assert chosen == {"name": "mine"}


def test_a_bad_name_fails_the_check(life: Lifecycle) -> None:
    assert check(life, STORE, {"name": "No"})[1] == ["name: BadName: No"]
    assert check(life, STORE, {"name": UNKNOWN})[1] == []


def test_a_secret_name_that_is_bad_is_not_shown(life: Lifecycle) -> None:
    [told] = check(life, STORE, {"name": Secret("Canary-No")})[1]
    assert told.startswith("name: ")
    assert "Canary" not in told


def test_quota_is_used_up_and_given_back(life: Lifecycle, world: World) -> None:
    net_id, _ = make(life, world, NET, "n", {"range": "10.0.0.0/16"})
    big, _ = make(life, world, PART, "big", {"netId": net_id, "size": 8})
    with pytest.raises(CloudError, match=r"OverQuota: 8\+3 of 10"):
        make(life, world, PART, "more", {"netId": net_id, "size": 3})
    unmake(life, world, PART, big)
    make(life, world, PART, "more", {"netId": net_id, "size": 3})


def test_a_users_quota_goes_before_the_default(life: Lifecycle, world: World) -> None:
    net_id, _ = make(life, world, NET, "n", {"range": "10.0.0.0/16"})
    with world.transaction() as session:
        session.set_quota_limit("toy", "parts", "*", 100)
        session.set_quota_limit("toy", "parts", "north", 2)
    with pytest.raises(CloudError, match="of 2"):
        make(life, world, PART, "p", {"netId": net_id, "size": 3})


def test_an_update_keeps_computed_values_and_gives_quota_back_before_it_takes_it(
    life: Lifecycle, world: World
) -> None:
    net_id, _ = make(life, world, NET, "n", {"range": "10.0.0.0/16"})
    part_id, _ = make(life, world, PART, "p", {"netId": net_id, "size": 8})
    with world.transaction() as session:
        outputs = life.update(session, PART, "u::u::u::p", part_id, {"netId": net_id, "size": 9})
        assert outputs == {"netId": net_id, "size": 9}
        net = life.update(
            session, NET, "u::u::u::n", net_id, {"range": "10.0.0.0/16", "tags": {"a": "b"}}
        )
        assert net["arn"] == f"arn:toy:north:acct:{net_id}"


def test_an_update_of_what_is_gone_is_refused(life: Lifecycle, world: World) -> None:
    with world.transaction() as session, pytest.raises(CloudError, match="NetNotFound: net-x"):
        life.update(session, NET, "u::u::u::n", "net-x", {"range": "10.0.0.0/16"})


def test_a_secret_stays_secret_in_outputs_made_from_it_and_never_reaches_the_world(
    life: Lifecycle, world: World
) -> None:
    _, outputs = make(life, world, STORE, "s", {"name": "data", "password": Secret("canary-5f1e")})
    assert outputs["password"] == Secret("canary-5f1e")
    assert isinstance(outputs["login"], Secret)
    assert reveal(outputs["login"]) == "root:canary-5f1e"
    assert outputs["url"] == "https://data"
    world.close()
    kept = b"".join(path.read_bytes() for path in world.folder.iterdir())
    assert b"data" in kept
    assert b"canary-5f1e" not in kept


def test_an_id_may_be_given_in_each_region_anew(life: Lifecycle, world: World) -> None:
    south: Properties = {"name": "audit", "region": "south"}
    make(life, world, LOG, "a", {"name": "audit"})
    make(life, world, LOG, "b", south)
    with pytest.raises(CloudError, match="Taken: audit"):
        make(life, world, LOG, "c", south)
    with world.transaction() as session:
        life.delete(session, LOG, "u::u::u::b", "audit", south)
        assert [one.region for one in session.resources()] == ["north"]


def test_a_type_the_package_lacks_is_named(life: Lifecycle) -> None:
    with pytest.raises(CloudError, match="toy has no resource type toy:net:Nope"):
        life.schema("toy:net:Nope")

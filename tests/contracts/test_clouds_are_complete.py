"""Every cloud has everything: what `CONTRIBUTING.md` lists under "Adding a cloud"."""

import csv
import json
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

from isthmus.clouds import ROOMS
from isthmus.plan.traits import cloud_traits
from isthmus.spec.load import load_stack_file
from isthmus_catalog import Cloud
from isthmus_simulator.plugins import DISTRIBUTIONS
from isthmus_simulator.serve import MODULES, load_cloud
from tests.contracts.house import COMPONENTS, EXAMPLES, REPOSITORY, SETTINGS, asked_of_rooms

pytestmark = pytest.mark.contract

CONTRACTS = {one["id"]: one for one in SETTINGS["tool"]["importlinter"]["contracts"]}
RULES = REPOSITORY / "policies" / "isthmus_policies" / "rules"
every_cloud = pytest.mark.parametrize("cloud", Cloud)


@pytest.fixture(scope="module")
def rooms() -> dict[str, Any]:
    """What each room offers, and the SDKs it imports."""
    command = [sys.executable, "-m", "tests.contracts.hollow_rooms"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def package_of(cloud: Cloud) -> str:
    """The cloud's name among the engine's packages: `azure-native` for Azure."""
    [package] = [name for name, module in MODULES.items() if module.endswith(f".{cloud}")]
    return package


def sdk_of(cloud: Cloud) -> str:
    return DISTRIBUTIONS[package_of(cloud)].replace("-", "_")


def test_every_cloud_has_a_room() -> None:
    assert {cloud: f"isthmus.clouds.{cloud}" for cloud in Cloud} == ROOMS


def test_every_public_component_asks_its_cloud_for_the_topic_it_is_named_after() -> None:
    asked = {(one.asker, one.topic) for one in asked_of_rooms()}
    components = {path.stem for path in COMPONENTS.glob("*.py")} & {topic for _, topic in asked}
    assert asked == {("__main__", "provider"), *((name, name) for name in components)}
    assert components == {"network", "keys", "lake", "cluster"}


@every_cloud
def test_a_room_has_every_function_that_is_asked_of_it(cloud: Cloud, rooms: dict[str, Any]) -> None:
    missing = [name for name, signature in rooms[cloud]["functions"].items() if signature is None]
    assert missing == []


@pytest.mark.parametrize("asked", asked_of_rooms(), ids=lambda asked: asked.function)
def test_rooms_are_asked_in_the_same_words(asked: Any, rooms: dict[str, Any]) -> None:
    function = f"{asked.topic}.{asked.function}"
    signatures = {cloud: room["functions"][function] for cloud, room in rooms.items()}
    assert signatures == dict.fromkeys(ROOMS, signatures[Cloud.AWS])


@every_cloud
def test_a_room_imports_its_own_sdk_and_no_other(cloud: Cloud, rooms: dict[str, Any]) -> None:
    assert rooms[cloud]["sdks"] == [sdk_of(cloud)]


@every_cloud
def test_a_cloud_is_simulated(cloud: Cloud) -> None:
    assert load_cloud(package_of(cloud)).package == package_of(cloud)


def test_the_simulator_knows_no_other_cloud() -> None:
    assert MODULES.keys() == DISTRIBUTIONS.keys() == {package_of(cloud) for cloud in Cloud}


@every_cloud
def test_a_cloud_is_an_extra_that_installs_its_sdk(cloud: Cloud) -> None:
    required = SETTINGS["project"]["optional-dependencies"][cloud]
    assert [one.partition(">=")[0] for one in required] == [DISTRIBUTIONS[package_of(cloud)]]


@every_cloud
def test_the_import_contract_knows_a_cloud(cloud: Cloud) -> None:
    assert ROOMS[cloud] in CONTRACTS["clouds-apart"]["modules"]
    assert sdk_of(cloud) in CONTRACTS["decide-without-an-engine"]["forbidden_modules"]
    protected = CONTRACTS[f"{cloud}-sdk"]
    assert protected["protected_modules"] == [sdk_of(cloud)]
    assert protected["allowed_importers"] == [ROOMS[cloud]]


TOPICS_WITHOUT_A_CONTROL = {
    "registries/aws": "no control judges ECR; where its images go is the residency rules' affair",
    "registries/gcp": "no control judges Artifact Registry; its place is the residency rules' affair",
    "databases/gcp": "the controls' stores on Google Cloud are buckets and warehouses",
    "governance/azure": "the controls have no setting of a whole subscription",
}
"""Topics of policy rules that have nothing to say of a cloud, and why."""


TOPICS_BY_SUBJECT = {"residency": "its rules read tables that hold the rows of all clouds"}
"""Topics whose files are not one a cloud, and why."""


@every_cloud
def test_the_policies_have_a_topic_file_for_a_cloud(cloud: Cloud) -> None:
    topics = [path for path in RULES.iterdir() if (path / "__init__.py").exists()]
    assert len(topics) >= 2
    missing = {
        f"{path.name}/{cloud}"
        for path in topics
        if path.name not in TOPICS_BY_SUBJECT and not (path / f"{cloud}.py").exists()
    }
    assert missing == {each for each in TOPICS_WITHOUT_A_CONTROL if each.endswith(f"/{cloud}")}


@pytest.mark.parametrize("topic", TOPICS_BY_SUBJECT)
def test_a_topic_by_subject_has_rules_and_no_file_of_one_cloud(topic: str) -> None:
    files = {path.stem for path in (RULES / topic).glob("*.py")} - {"__init__"}
    assert len(files) >= 2
    assert files & set(Cloud) == set()


def test_every_cloud_has_the_same_traits_each_once() -> None:
    with (COMPONENTS / "plan" / "data" / "clouds.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["cloud"], row["trait"]) for row in csv.DictReader(file)]
    assert [row for row, count in Counter(rows).items() if count > 1] == []
    traits = {trait for _, trait in rows}
    assert set(rows) == {(cloud.value, trait) for cloud in Cloud for trait in traits}
    assert traits == set(cloud_traits(Cloud.AWS).__slots__)


def test_an_example_stack_uses_every_cloud() -> None:
    specs = [load_stack_file(file).spec for file in EXAMPLES]
    assert None not in specs
    assert {site.cloud for spec in specs if spec for site in spec.sites.values()} == set(Cloud)

"""Each row about copies and transfers stops what goes outside, and lets what stays inside."""

from typing import NamedTuple

import pytest

from isthmus_policies.tables import replica_paths, transfer_paths
from isthmus_policies.testing import Given
from isthmus_policies.values import UNKNOWN

from ..sdk_types import has_input, inputs_by_type
from .planting import (
    GERMANY,
    INSIDE,
    OUTSIDE,
    answer,
    labelled,
    made_from,
    nested,
    package,
    placed,
    plant,
)

pytestmark = [pytest.mark.policy, pytest.mark.pure]


class Row(NamedTuple):
    rule: str
    type: str
    path: str
    targets: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.type}: {self.path}"


TABLES = {
    "residency-replica-location-allowed": replica_paths(),
    "residency-transfer-destination-allowed": transfer_paths(),
}
ROWS = [
    Row(rule, token, path.path, path.targets)
    for rule, table in TABLES.items()
    for token, paths in table.items()
    for path in paths
]
PLACES = [row for row in ROWS if not row.targets]
ANY_TARGET = {"aws": "aws:sqs/queue:Queue", "azure-native": "azure-native:storage:StorageAccount"}
TARGETS = [
    (row, ANY_TARGET[package(row.type)] if target == "*" else target)
    for row in ROWS
    for target in row.targets
]
PARENTS = {
    "azure-native:eventhub:NamespaceAuthorizationRule": ("namespaceName", "azure-native:eventhub:Namespace"),
    "azure-native:eventhub:EventHub": ("namespaceName", "azure-native:eventhub:Namespace"),
    "azure-native:redisenterprise:Database": ("clusterName", "azure-native:redisenterprise:RedisEnterprise"),
}  # fmt: skip
"""What has no place of its own is where this is."""
TOPIC = "gcp:pubsub/topic:Topic"


def target(token: str, where: dict[str, str]) -> tuple[Given, ...]:
    if token in PARENTS:
        path, parent = PARENTS[token]
        return (
            Given(token, {path: UNKNOWN}, name="there", dependencies={path: ["parent"]}),
            placed(parent, where, "parent"),
        )
    if token == TOPIC:
        regions = {"messageStoragePolicy": {"allowedPersistenceRegions": [where["gcp"]]}}
        return (Given(token, regions, name="there"),)
    return (placed(token, where, "there"),)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_row_is_about_inputs_and_types_that_the_sdks_have(row: Row) -> None:
    assert has_input(row.type, row.path)
    assert set(row.targets) - {"*"} <= set(inputs_by_type())


@pytest.mark.parametrize("row", PLACES, ids=str)
def test_a_named_place(row: Row) -> None:
    for place, said in ((INSIDE, "pass"), (OUTSIDE, "fail")):
        there = Given(row.type, plant(row.path, place[package(row.type)]))
        assert answer(row.rule, there) == said


@pytest.mark.parametrize("row", PLACES, ids=str)
def test_a_place_that_nobody_knows(row: Row) -> None:
    for place in (UNKNOWN, "nowhere-1"):
        assert answer(row.rule, Given(row.type, plant(row.path, place))) == "unknown"


@pytest.mark.parametrize("row", PLACES, ids=str)
def test_a_place_of_classified_data(row: Row) -> None:
    """Inside of the EU, and not in Germany."""
    place = plant(row.path, INSIDE[package(row.type)])
    given = Given(row.type, nested(place, labelled(row.type, "restricted")))
    tagged = labelled(row.type, "restricted") != {}
    assert answer(row.rule, given, settings=GERMANY) == ("fail" if tagged else "pass")


@pytest.mark.parametrize(("row", "token"), TARGETS, ids=str)
def test_a_resource_of_the_stack(row: Row, token: str) -> None:
    for where, said in ((INSIDE, "pass"), (OUTSIDE, "fail")):
        it = made_from(row.type, row.path, "there")
        assert answer(row.rule, it, *target(token, where)) == said


@pytest.mark.parametrize("row", [row for row in ROWS if row.targets], ids=str)
def test_a_resource_that_nobody_knows(row: Row) -> None:
    for name in (UNKNOWN, "somewhere-else"):
        assert answer(row.rule, Given(row.type, plant(row.path, name))) == "unknown"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_nothing_is_said_where_nothing_is_set(row: Row) -> None:
    assert answer(row.rule, Given(row.type)) == "pass"

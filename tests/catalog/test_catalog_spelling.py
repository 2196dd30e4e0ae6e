"""What is suggested for a name that nobody knows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import isthmus_catalog as catalog
from isthmus_catalog import Cloud

pytestmark = pytest.mark.pure

REGION_NAMES = [region.name for region in catalog.regions()]
ACCELERATOR_NAMES = [item.name for item in catalog.accelerators()]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("eu-centrall-1", "eu-central-1"),
        ("us-centrall1", "us-central1"),
        ("europewest4", "europe-west4"),
        ("Sweden Central", "swedencentral"),
    ],
)
def test_regions(name: str, first: str) -> None:
    assert catalog.nearest(name, REGION_NAMES)[0] == first


@pytest.mark.parametrize("name", ["nvidia-h1000", "h100", "nvidia-h100-80g"])
def test_accelerators(name: str) -> None:
    assert catalog.nearest(name, ACCELERATOR_NAMES)[0] == "nvidia-h100-80gb"


def test_machine_types() -> None:
    names = [machine.name for machine in catalog.machine_types(Cloud.GCP)]
    assert catalog.nearest("a3-megagpu-9g", names)[0] == "a3-megagpu-8g"


def test_nothing_is_better_than_nonsense() -> None:
    assert catalog.nearest("the moon", REGION_NAMES) == ()
    assert catalog.nearest("", REGION_NAMES) == ()
    assert catalog.nearest("eu-west-1", []) == ()


@given(st.text(max_size=20), st.lists(st.text(max_size=20)), st.integers(0, 5))
def test_suggestions_are_few_and_come_from_the_choices(
    name: str, choices: list[str], limit: int
) -> None:
    found = catalog.nearest(name, choices, limit)
    assert len(found) <= limit
    assert len(found) == len(set(found))
    assert set(found) <= set(choices)


@given(st.sampled_from(REGION_NAMES))
def test_a_name_is_nearest_to_itself(name: str) -> None:
    assert catalog.nearest(name, REGION_NAMES)[0] == name

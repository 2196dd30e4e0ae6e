"""What a component makes of its arguments: a plan, or every mistake with the argument it is in."""

from typing import Any

import pulumi
import pytest

from isthmus.arguments import place_of, plan_one_site
from isthmus.spec.model import DataClassification, Environment
from isthmus_catalog import Cloud

pytestmark = pytest.mark.pure

PLACE: dict[str, Any] = {
    "cloud": Cloud.AWS,
    "region": "eu-north-1",
    "owner": "data-team",
    "environment": Environment.DEVELOPMENT,
    "data_classification": DataClassification.INTERNAL,
}
H100 = {"pools": {"h100": {"accelerator": "h100"}}}


def mistakes(args: dict[str, Any], **site: Any) -> dict[str, str]:
    """Argument to reason, each argument at most once."""
    with pytest.raises(pulumi.InputPropertiesError) as raised:
        plan_one_site("north", args, **site)
    errors = raised.value.errors or []
    found = {error["property_path"]: error["reason"] for error in errors}
    assert len(found) == len(errors), errors
    return found


def test_a_component_is_a_site_of_its_own_name() -> None:
    plan = plan_one_site("north", PLACE)
    assert (plan.name, plan.cloud, plan.region) == ("north", Cloud.AWS, "eu-north-1")
    assert place_of(plan).name == "north"
    assert place_of(plan).tags == {
        "owner": "data-team",
        "environment": "development",
        "data-classification": "internal",
        "managed-by": "isthmus",
        "site": "north",
    }


def test_a_component_belongs_to_the_site_it_is_told() -> None:
    place = place_of(
        plan_one_site("north-datasets", {**PLACE, "site": "north", "cost_center": "cc-1"})
    )
    assert place.name == place.tags["site"] == "north"
    assert place.tags["cost-center"] == "cc-1"


@pytest.mark.parametrize("environment", Environment)
def test_production_alone_is_protected(environment: Environment) -> None:
    plan = plan_one_site(
        "north", {**PLACE, "environment": environment}, stores={"models": {}}, cluster=H100
    )
    assert plan.cluster is not None
    is_production = environment is Environment.PRODUCTION
    assert [part.protect for part in (plan.keys, *plan.stores, plan.cluster)] == [is_production] * 3


@pytest.mark.parametrize("number", [2, 2.0, "2"])
def test_whole_numbers_may_come_as_the_engine_sends_them(number: object) -> None:
    assert len(plan_one_site("north", PLACE, zones=number).network.zones) == 2


def test_words_do_for_what_has_a_type_of_its_own() -> None:
    words = {key: str(value) for key, value in PLACE.items()}
    assert plan_one_site("north", words) == plan_one_site("north", PLACE)


def test_an_argument_left_out_is_the_plans_default() -> None:
    assert plan_one_site("north", PLACE, zones=None) == plan_one_site("north", PLACE, zones=3)


def test_a_component_takes_any_region_of_its_cloud() -> None:
    """Residency is a matter of the stack and of the policies; one component cannot know it."""
    assert plan_one_site("north", {**PLACE, "region": "us-east-1"}).region == "us-east-1"


def test_all_mistakes_are_told_at_once() -> None:
    wrong = {**PLACE, "region": "eu-nrth-1", "owner": "Data Team!", "environment": "prod"}
    assert mistakes(wrong, zones=7).keys() == {"region", "owner", "environment", "zones"}


@pytest.mark.parametrize(
    ("wrong", "site", "argument", "advice"),
    [
        ({"region": "eu-nrth-1"}, {}, "region", "eu-north-1"),
        ({"region": "europe-west4"}, {}, "region", "cloud: gcp"),
        ({"cloud": "amazon"}, {}, "cloud", "aws, gcp, azure"),
        ({"owner": None}, {}, "owner", "missing"),
        ({"data_classification": "secret"}, {}, "dataClassification", "restricted"),
        ({"cost_center": "CC 1"}, {}, "costCenter", "lower-case"),
        ({"site": "North"}, {}, "site", "write `north`"),
        ({}, {"range": "10.1.2.3/16"}, "range", "write 10.1.0.0/16"),
        ({}, {"range": "10.0.0.0/24"}, "range", "/20"),
        ({}, {"range": "8.8.0.0/16"}, "range", "RFC 1918"),
        ({}, {"stores": {"DATA": {}}}, "store", "write `data`"),
        ({}, {"stores": {"data": {"noncurrentDays": 0}}}, "noncurrentDays", "1 to 3650"),
        ({}, {"cluster": {**H100, "kubernetesVersion": "1.12"}}, "kubernetesVersion", "write"),
        ({}, {"cluster": {**H100, "systemNodes": 0}}, "systemNodes", "from 1"),
        (
            {},
            {"cluster": {"pools": {"x1": {"accelerator": "h10"}}}},
            "pools.x1.accelerator",
            "h100",
        ),
        ({}, {"cluster": H100, "zones": 1}, "zones", "write 2 or 3"),
    ],
)
def test_a_mistake_names_its_argument_and_the_way_out(
    wrong: dict[str, Any], site: dict[str, Any], argument: str, advice: str
) -> None:
    found = mistakes({**PLACE, **wrong}, **site)
    assert list(found) == [argument]
    assert advice in found[argument]

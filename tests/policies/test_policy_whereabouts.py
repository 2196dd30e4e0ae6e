"""Where a resource is: as it says itself, as its provider says, or nowhere of its own."""

from dataclasses import replace

import pytest

from isthmus_policies.graph import Graph
from isthmus_policies.questions.whereabouts import locate, plain_name
from isthmus_policies.resource import Resource
from isthmus_policies.testing import Given, to_resource
from isthmus_policies.values import Located
from isthmus_policies.verdict import NotApplicable, Unknown

pytestmark = [pytest.mark.policy, pytest.mark.pure]


def where(resource: Resource) -> Located | NotApplicable | Unknown:
    return locate(resource, Graph([resource]))


def test_a_property_that_is_called_like_a_place_and_is_none_says_nothing() -> None:
    """A directory bucket's location is an object that names a zone by its id."""
    location = {"location": {"name": "euc1-az1", "type": "AvailabilityZone"}}
    bucket = Given("aws:s3/directoryBucket:DirectoryBucket", location)
    asked = "neither it nor its provider says where it is"
    assert where(to_resource(bucket)) == Unknown(asked, "region")
    inside = replace(bucket, provider={"region": "eu-central-1"})
    assert where(to_resource(inside)) == Located("provider.region", "eu-central-1")


def test_a_type_that_is_not_on_record_is_taken_at_its_word() -> None:
    thing = Given("gcp:future/thing:Thing", {"location": "europe-west4"})
    assert where(to_resource(thing)) == Located("location", "europe-west4")


def test_a_resource_without_a_provider_and_a_place_is_nobody_knows_where() -> None:
    bucket = replace(to_resource(Given("aws:s3/bucket:Bucket")), provider=None)
    told = where(bucket)
    assert told == Unknown("neither it nor its provider says where it is", "region")


@pytest.mark.parametrize(
    "token", ["azure-native:batch:Pool", "azure-native:appconfiguration:KeyValue"]
)
def test_what_has_tags_and_no_place_is_where_its_parent_is(token: str) -> None:
    assert where(to_resource(Given(token))) == NotApplicable("it has no place of its own")


def test_who_says_no_place_is_pointed_at_the_first_property_that_could() -> None:
    job = replace(to_resource(Given("gcp:dataflow/job:Job")), provider=None)
    assert where(job) == Unknown("neither it nor its provider says where it is", "region")


@pytest.mark.parametrize(
    ("cloud", "name", "plain"),
    [
        ("aws", "eu-central-1", "eu-central-1"),
        ("aws", "eu-central-1a", "eu-central-1"),
        ("aws", "us-east-1-bue-1a", "us-east-1-bue-1a"),
        ("gcp", "regional-europe-west4", "europe-west4"),
        ("gcp", "https://www.googleapis.com/compute/v1/projects/p/zones/europe-west4-a",
         "europe-west4-a"),
        ("azure", "Sweden Central", "Sweden Central"),
    ],
)  # fmt: skip
def test_longer_names_of_places_are_read(cloud: str, name: str, plain: str) -> None:
    assert plain_name(cloud, name) == plain

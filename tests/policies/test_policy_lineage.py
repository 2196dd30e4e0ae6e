"""Which data a processor may read: what it names, what it is granted, and where that ends."""

import json

import pytest

from isthmus_policies.graph import Graph
from isthmus_policies.questions.grants_by_pattern import granted_by_pattern
from isthmus_policies.questions.lineage import Read, part_of, read_by
from isthmus_policies.questions.mentions import names_in
from isthmus_policies.testing import Given, to_resource
from isthmus_policies.values import UNKNOWN

pytestmark = [pytest.mark.policy, pytest.mark.pure]

FUNCTION, ROLE, BUCKET = "aws:lambda/function:Function", "aws:iam/role:Role", "aws:s3/bucket:Bucket"
POLICY, ATTACHED = "aws:iam/policy:Policy", "aws:iam/policyAttachment:PolicyAttachment"
INLINE, TABLE = "aws:iam/rolePolicy:RolePolicy", "aws:dynamodb/table:Table"


def reads(*given: Given) -> tuple[list[str], bool]:
    """What the first of the resources may read, and whether it may be more."""
    stack = [to_resource(each) for each in given]
    found: Read = read_by(stack[0], Graph(stack))
    return sorted(each.name for each in found.data), found.undecided


def function(name: str, *names: str) -> Given:
    return Given(FUNCTION, {}, name, {"environment": names})


def bucket(name: str) -> Given:
    return Given(BUCKET, {"bucket": name}, name)


def test_what_stands_between_a_processor_and_its_data_is_no_data() -> None:
    role = Given(ROLE, {}, "role")
    may = Given(INLINE, {}, "may", {"role": ["role"], "policy": ["lake"]})
    assert reads(function("it", "role"), role, may, bucket("lake")) == (["lake"], False)


def test_who_else_reads_the_same_data_brings_in_none_of_his_own() -> None:
    other = function("other", "lake", "ledger")
    stack = (function("it", "lake"), other, bucket("lake"), bucket("ledger"))
    assert reads(*stack) == (["lake"], False)


def test_who_else_has_the_same_grant_reads_on_his_own_account() -> None:
    attached = Given(
        ATTACHED, {}, "attached", {"roles": ["role", "other"], "policyArn": ["policy"]}
    )
    own = Given(INLINE, {}, "own", {"role": ["other"], "policy": ["ledger"]})
    stack = (
        function("it", "role"),
        Given(ROLE, {}, "role"),
        Given(ROLE, {}, "other"),
        Given(POLICY, {}, "policy", {"policy": ["lake"]}),
        attached,
        own,
        bucket("lake"),
        bucket("ledger"),
    )
    assert reads(*stack) == (["lake"], False)


def test_two_that_name_each_other_lead_in_no_circle() -> None:
    stack = (function("it", "other"), function("other", "it", "lake"), bucket("lake"))
    assert reads(*stack) == (["lake", "other"], False)


def test_what_is_not_of_this_stack_is_left_out() -> None:
    assert reads(function("it", "elsewhere", "lake"), bucket("lake")) == (["lake"], False)


def test_a_type_that_has_no_part_in_processing_has_none() -> None:
    assert part_of("gcp:compute/network:Network") == ""
    assert part_of("gcp:storage/bucketIAMMember:BucketIAMMember") == "grant"
    assert part_of(FUNCTION) == "processor"


LAKE = Given(BUCKET, {"bucket": "lake"}, "lake", outputs={"id": "lake-1"})


def covered(resource: object, store: Given = LAKE) -> list[str]:
    """The stores that a grant of all of S3 and DynamoDB opens by its patterns."""
    actions = ["s3:*", "dynamodb:*"]
    statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
    grant = Given(INLINE, {"policy": json.dumps({"Statement": [statement]})}, "grant")
    beside = Given("aws:s3/bucketPolicy:BucketPolicy", {"bucket": "lake"}, "beside",
                   outputs={"id": "lake"})  # fmt: skip
    stack = [to_resource(each) for each in (grant, store, beside)]
    return [each.name for each in granted_by_pattern(stack[0], Graph(stack))]


@pytest.mark.parametrize(
    "resource",
    [
        "*",
        ["*"],
        "arn:aws:s3:::la*",
        "arn:aws:s3:::lake-?*",
        "arn:aws:s3:::*/raw",
        "arn:aws:s3::*",
        "arn:aws:s3:*",
        ["arn:aws:s3:::other*", "arn:aws:s3:::la*"],
        [None, "arn:aws:s3:::la*"],
    ],
)
def test_a_pattern_opens_the_stores_that_it_covers_and_nothing_but_stores(resource: object) -> None:
    assert covered(resource) == ["lake"]


@pytest.mark.parametrize(
    "resource",
    [
        "lake",  # no ARN, which AWS refuses
        "arn:aws:s3:::lake",  # named, and so found by its name
        "arn:aws:s3:::other*",
        ["arn:aws:s3:::other*", "arn:aws:sqs:eu-central-1:1:la*"],
        "arn:aws:dynamodb:eu-central-1:1:table/la*",
        [],
    ],
)
def test_a_pattern_opens_no_store_that_it_does_not_cover(resource: object) -> None:
    assert covered(resource) == []


@pytest.mark.parametrize(
    "store",
    [
        Given(BUCKET, {}, "lake"),
        Given(BUCKET, {"bucket": UNKNOWN}, "lake"),
        Given(BUCKET, {}, "lake", outputs={"arn": "arn:aws:s3:::lake"}),
    ],
)
def test_a_store_without_a_known_name_may_be_meant_by_any_pattern_of_names(store: Given) -> None:
    assert covered("arn:aws:s3:::la*", store) == ["lake"]
    assert covered("arn:aws:s3:::lake", store) == []


def test_a_table_is_covered_by_its_name_behind_the_last_step() -> None:
    table = Given(TABLE, {"name": "lake"}, "lake")
    assert covered("arn:aws:dynamodb:eu-central-1:1:table/la*", table) == ["lake"]
    assert covered("arn:aws:dynamodb:eu-central-1:1:table/other*", table) == []
    assert covered("arn:aws:dynamodb:eu-central-1:1*", table) == ["lake"]  # of the account 1...


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("--from=lake, 'ledger' {index}", {"lake", "ledger", "index"}),
        ('{"Resource": "arn:aws:s3:::lake/raw/*"}', {"lake", "lake/raw", "arn:aws:s3:::lake"}),
        ("https://lake.s3.amazonaws.com/raw", {"lake", "lake.s3.amazonaws.com"}),
        ("storage.googleapis.com/lake/raw", {"lake/raw", "lake", "raw"}),
        ("projects/p/topics/t", {"t", "p/topics/t"}),
    ],
)
def test_names_are_found_inside_longer_texts(text: str, names: set[str]) -> None:
    assert names <= set(names_in(text))

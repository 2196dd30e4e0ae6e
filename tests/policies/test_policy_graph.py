"""The graph sees a reference by its origin while it is unknown, later by its value too."""

import pytest

from isthmus_policies.graph import Graph, identities_of
from isthmus_policies.resource import Resource
from isthmus_policies.testing import Given, judge, to_resource
from isthmus_policies.values import UNKNOWN
from isthmus_policies.verdict import Fail

from .loading import find_rule

pytestmark = [pytest.mark.policy, pytest.mark.pure]

BUCKET, BLOCK, KEY = (
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:kms/key:Key",
)


def build(*given: Given) -> tuple[Graph, dict[str, Resource]]:
    graph = Graph(to_resource(each) for each in given)
    return graph, {resource.name: resource for resource in graph.resources}


def test_reference_by_origin() -> None:
    graph, by_name = build(
        Given(BUCKET, name="lake"),
        Given(BLOCK, {"bucket": UNKNOWN}, "block", {"bucket": ["lake"]}),
    )
    assert graph.referenced_by(by_name["lake"], "bucket", (BLOCK,)) == [by_name["block"]]
    assert graph.references(by_name["block"], "bucket", (BUCKET,)) == [by_name["lake"]]
    assert graph.references(by_name["block"], "bucket", (KEY,)) == []
    assert graph.unresolved("bucket", (BLOCK,)) == []


@pytest.mark.parametrize("outputs", [{"id": "lake-1"}, {"arn": "lake-1"}, {"bucket": "lake-1"}])
def test_reference_by_what_the_cloud_called_it(outputs: dict[str, str]) -> None:
    graph, by_name = build(
        Given(BUCKET, name="lake", outputs=outputs), Given(BLOCK, {"bucket": "lake-1"}, "block")
    )
    assert graph.referenced_by(by_name["lake"], "bucket", (BLOCK,)) == [by_name["block"]]


def test_what_points_at_a_bucket_is_not_called_like_it() -> None:
    graph, by_name = build(
        Given(BLOCK, {"bucket": "lake"}, "block"), Given(BLOCK, {"bucket": "lake"}, "other")
    )
    assert graph.references(by_name["block"], "bucket") == []


def test_nested_values_share_the_origin_of_their_top() -> None:
    graph, by_name = build(
        Given(KEY, name="key"),
        Given("a:b:C", {"rules": [{"key": UNKNOWN}]}, "it", {"rules": ["key"]}),
    )
    assert graph.references(by_name["it"], "rules[0].key", (KEY,)) == [by_name["key"]]


def test_unresolved_is_unknown_and_of_unknown_origin() -> None:
    graph, by_name = build(Given(BLOCK, {"bucket": UNKNOWN}, "block"), Given(BUCKET, name="lake"))
    assert graph.unresolved("bucket", (BLOCK,)) == [by_name["block"]]
    assert graph.referenced_by(by_name["lake"], "bucket", (BLOCK,)) == []


def test_origins_outside_the_stack_are_ignored() -> None:
    graph, by_name = build(Given(BLOCK, {"bucket": UNKNOWN}, "block", {"bucket": ["gone"]}))
    assert graph.references(by_name["block"], "bucket") == []


def test_a_finding_says_whose_property_is_wrong() -> None:
    rule = find_rule("exposure-s3-bucket-public-access-block")
    block = Given(BLOCK, {"bucket": "lake", "blockPublicAcls": False}, "block")
    verdicts = judge(rule, Given(BUCKET, {"bucket": "lake"}), [block])
    assert verdicts[0] == Fail("in 'block', blockPublicAcls is not on", "blockPublicAcls")


def test_a_key_is_known_by_its_key_id_too() -> None:
    graph, by_name = build(
        Given(KEY, name="key", outputs={"keyId": "1234"}), Given("a:b:C", {"key": "1234"}, "it")
    )
    assert graph.references(by_name["it"], "key") == [by_name["key"]]


def test_a_resource_does_not_refer_to_itself() -> None:
    graph, by_name = build(Given("a:b:C", {"name": "it", "target": "it"}, "it"))
    assert graph.references(by_name["it"], "target") == []


def test_only_known_text_is_a_name() -> None:
    outputs = {"id": UNKNOWN, "name": ["a"], "arn": "", "selfLink": "link"}
    assert identities_of(to_resource(Given(BUCKET, outputs=outputs))) == {"link"}


def test_a_question_about_the_whole_stack_is_worked_out_once_for_what_is_given() -> None:
    asked: list[str] = []

    def ask(graph: Graph, *given: str) -> str:
        asked.extend(given)
        return " ".join(given)

    graph, _ = build()
    answers = [graph.once(ask, each) for each in ("a", "b", "a", "b")]
    assert answers == ["a", "b", "a", "b"]
    assert asked == ["a", "b"]

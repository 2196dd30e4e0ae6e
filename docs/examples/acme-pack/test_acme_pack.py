"""Acme's rules, and its pack, as the engine would run them: `pytest` in this folder."""

from acme_pack import PACK
from acme_rules import QUEUE, REDRIVE, RULES, ecr_tags_immutable, sqs_queue_dead_letters

from isthmus_policies.testing import (
    Answer,
    Case,
    Given,
    Later,
    assert_fails,
    assert_findings,
    assert_not_applicable,
    assert_passes,
    assert_sound,
    assert_unknown,
    judge_stack,
)
from isthmus_policies.values import UNKNOWN

REPOSITORY = "aws:ecr/repository:Repository"
TAGS = {"owner": "shop", "environment": "production", "data-classification": "internal"}
DEAD = Given(QUEUE, name="dead", outputs={"arn": Later("arn:aws:sqs:eu-west-1:1:dead")})

CASES = (
    Case(ecr_tags_immutable, Answer.PASS, Given(REPOSITORY, {"imageTagMutability": "IMMUTABLE"})),
    Case(ecr_tags_immutable, Answer.FAIL, Given(REPOSITORY, {"imageTagMutability": "MUTABLE"})),
    Case(ecr_tags_immutable, Answer.FAIL, Given(REPOSITORY), at="imageTagMutability"),
    Case(
        sqs_queue_dead_letters,
        Answer.PASS,
        Given(QUEUE, {"redrivePolicy": UNKNOWN}, dependencies={"redrivePolicy": ["dead"]}),
        (DEAD,),
    ),
    Case(sqs_queue_dead_letters, Answer.FAIL, Given(QUEUE), at="redrivePolicy"),
)


def test_the_rules_are_sound() -> None:
    assert_sound(RULES, CASES)


def test_tags_that_are_not_known_yet_are_no_pass() -> None:
    assert_unknown(
        ecr_tags_immutable,
        Given(REPOSITORY, {"imageTagMutability": UNKNOWN}),
        at="imageTagMutability",
    )


def test_a_resource_of_its_own_speaks_for_the_queue() -> None:
    said = Given(REDRIVE, {"queueUrl": Later("url")}, "said", {"queueUrl": ["it"]})
    assert_passes(sqs_queue_dead_letters, Given(QUEUE), (said,))


def test_a_policy_that_may_be_for_any_queue_leaves_it_open() -> None:
    assert_unknown(
        sqs_queue_dead_letters, Given(QUEUE), (Given(REDRIVE, {"queueUrl": UNKNOWN}, "said"),)
    )


def test_the_policy_of_another_queue_is_no_excuse() -> None:
    said = Given(REDRIVE, {"queueUrl": "https://sqs/another"}, "said")
    assert_fails(sqs_queue_dead_letters, Given(QUEUE), (said,))


def test_a_queue_of_dead_letters_needs_none_itself() -> None:
    sender = Given(QUEUE, {"redrivePolicy": UNKNOWN}, "orders", {"redrivePolicy": ["dead"]})
    assert_not_applicable(sqs_queue_dead_letters, DEAD, (sender,))


def test_the_whole_pack_over_a_stack() -> None:
    """A repository whose setting comes from elsewhere, beside a log group without a key."""
    stack = (
        Given(REPOSITORY, {"imageTagMutability": Later("IMMUTABLE"), "tags": TAGS}, "images"),
        Given("aws:cloudwatch/logGroup:LogGroup", {"tags": {"owner": "shop"}}, "logs"),
    )
    found = judge_stack(PACK, stack)
    always = [
        ("encryption-log-group-customer-key", "logs"),
        ("tags-resource-required", "logs"),
    ]
    assert_findings(found.preview, [*always, ("acme-ecr-tags-immutable", "images", "unknown")])
    assert_findings(found.deployed, always)

"""What a fix tells people to write, and where a finding points, exists in the SDKs."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from isthmus_policies.registry import RULES
from isthmus_policies.rule import Rule
from isthmus_policies.verdict import Fail, Unknown

from .fixes import pieces_of, resources_in, tokens_by_class
from .loading import Case, load_cases
from .sdk_types import has_argument, has_input, inputs_by_type

pytestmark = [pytest.mark.policy, pytest.mark.contract]

ROTATION = next(rule for rule in RULES if rule.id == "keys-aws-key-rotation")
WITHOUT_PIECES = 25
"""So many fixes may be words alone; more would mean that the reader misses pieces."""


def problems_of(rule: Rule) -> list[str]:
    unknown = [name for name in resources_in(rule.fix) if name not in tokens_by_class()]
    return unknown + [
        f"{path} in {piece.text}"
        for piece in pieces_of(rule)
        if piece.tokens
        for path in piece.arguments
        if not any(has_argument(token, path) for token in piece.tokens)
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_fix_names_resources_and_arguments_that_exist(rule: Rule) -> None:
    assert problems_of(rule) == []


def test_nearly_every_fix_shows_what_to_write() -> None:
    assert len([rule.id for rule in RULES if not pieces_of(rule)]) <= WITHOUT_PIECES


@pytest.mark.parametrize(
    ("fix", "wrong"),
    [
        ("aws.kms.Key(name, enable_key_rotation=True), or none", []),
        ("aws.kms.Kee(name)", ["aws.kms.Kee"]),
        ("aws.kms.Key(name, enable_rotation=True)", ["enable_rotation"]),
        ("aws.s3.Bucket(name, versioning={'enable': True, ...})", ["versioning.enable"]),
        ("aws.s3.Bucket(name, grants=[{'id': x, 'kind': y}])", ["grants.*.kind"]),
        ("aws.s3.Bucket(name, tags={'whatever': ')'})", []),
        ("write enable_key_rotation=True for it", []),
        ("write rotation={'on': True} for it", ["rotation.on"]),
        ("one aws.ec2.NatGatway for all", ["aws.ec2.NatGatway"]),
    ],
)
def test_what_does_not_exist_is_found(fix: str, wrong: list[str]) -> None:
    found = problems_of(replace(ROTATION, fix=fix))
    assert [problem.partition(" in ")[0] for problem in found] == wrong


OUTPUTS = ("state",)
"""Where findings point at what the cloud answers, which is no input."""


def paths_told(case: Case) -> Iterator[str]:
    """Where its findings point, without the name of another resource before it."""
    for verdict in case.judge():
        if isinstance(verdict, Fail | Unknown) and verdict.path:
            yield re.sub(r"\[\d+\]", ".*", verdict.path.rpartition(": ")[2])


@pytest.mark.parametrize("case", load_cases(), ids=str)
def test_a_finding_points_at_an_input_that_exists(case: Case) -> None:
    """Of the resource itself or of another one that decides."""
    types = {each.type for each in (case.given, *case.others)} & set(inputs_by_type())
    own = case.given.type in types  # else it is a provider, or a type that is no longer in the SDKs
    missing = [
        path
        for path in paths_told(case)
        if own and path not in OUTPUTS and not path.startswith("provider.")
        if not any(has_input(token, path) for token in types)
    ]
    assert missing == []

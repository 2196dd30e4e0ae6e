"""A secret is in no report: not as it is sealed, nor as `--show-secrets` shows it; of no rule, and
wherever it stands: in inputs, in outputs, or in the settings of a provider."""

import json
from collections.abc import Callable, Iterable
from functools import cache
from itertools import count
from typing import Any

import pytest

from isthmus_policies.gate import Subject, choose_rules, judge
from isthmus_policies.remedies.proposals import with_remedies
from isthmus_policies.reports.formats import Format, render
from isthmus_policies.reports.model import Outcome, Report
from isthmus_policies.settings import Settings

from ..loading import Case, load_cases
from ..offline.states import SECRET, SIGNATURE, Json, export, read, reference, resource

pytestmark = [pytest.mark.policy, pytest.mark.pure]

MARK = "Tr0ub4dor"
"""In every secret."""
Hide = Callable[[Any], Any]


def sealed(_value: Any) -> Json:
    return {SIGNATURE: SECRET[SIGNATURE], "ciphertext": f"v1:{MARK}"}


def shown(value: Any) -> Json:
    return {SIGNATURE: SECRET[SIGNATURE], "plaintext": json.dumps(marked(value))}


def of_a_resource(value: Any) -> Json:
    """An output value, as newer engines write it."""
    return {SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "secret": True, "value": marked(value)}


def marked(value: Any) -> Any:
    """The value with the mark at the end of every text."""
    if isinstance(value, dict):
        return {key: marked(child) for key, child in value.items()}
    if isinstance(value, list):
        return [marked(child) for child in value]
    return f"{value}{MARK}" if isinstance(value, str) else value


def hide_whole(value: Json, hide: Hide) -> Json:
    """Every property as one secret."""
    return {key: hide(child) for key, child in value.items()}


def hide_leaves(value: Any, hide: Hide, every: int, numbers: "count[int]") -> Any:
    """Every second, third ... text a secret: rules come further if they know the others."""
    if isinstance(value, dict):
        return {key: hide_leaves(child, hide, every, numbers) for key, child in value.items()}
    if isinstance(value, list):
        return [hide_leaves(child, hide, every, numbers) for child in value]
    return hide(value) if isinstance(value, str) and next(numbers) % every == 0 else value


def secretive(case: Case, number: int, every: int) -> tuple[Json, Json]:
    """A provider and a resource of a case: `every` 0 hides its properties as wholes."""
    hide = (sealed, shown, of_a_resource)[number % 3]
    props = json.loads(json.dumps(case.given.props, default=str))
    package = case.given.type.partition(":")[0]
    name = f"it-{number}-{every}"
    hidden = hide_leaves(props, hide, every, count(number)) if every else hide_whole(props, hide)
    settings = {"region": hide("eu-north-1"), "token": hide("token"), "project": hide("ml")}
    provider = resource(f"pulumi:providers:{package}", name, settings, id="1234")
    hiding = resource(
        case.given.type, name, hidden, provider=reference(package, name),
        outputs=hide_whole(props, hide) | {"secretText": hide("x"), "arn": hide("arn:aws:x")},
        external=number % 7 == 0,
    )  # fmt: skip
    return provider, hiding


def judged(cases: Iterable[Case], ways: Iterable[int]) -> Report:
    found = [
        each
        for number, case in enumerate(cases)
        for every in ways
        for each in secretive(case, number, every)
    ]
    settings = Settings(frozenset({"EU"}), tag_values={"owner": "ml"})
    subject = Subject(read(export(*found)), settings, "a test")
    return with_remedies(judge([subject], choose_rules(["all"])), [subject])


@cache
def of_every_case() -> Report:
    return judged((each for each in load_cases() if each.answer in ("pass", "fail")), range(4))


@cache
def of_a_few() -> Report:
    """One case of each type of resource."""
    few = {each.given.type: each for each in load_cases() if each.answer == "fail"}
    return judged(few.values(), (2,))


def test_the_sample_has_secrets_where_rules_look() -> None:
    found = of_every_case().findings
    assert len({each.rule.id for each in found if each.outcome is Outcome.FAIL}) > 100
    assert len({each.rule.id for each in found if each.outcome is Outcome.UNKNOWN}) > 100
    assert len({each.rule.id for each in found if each.remedy}) > 10
    assert any("(secret)" in line for each in found for line in each.diff)


def test_no_rule_tells_a_secret() -> None:
    told = {f"{each.message} at {each.path} {each.diff}" for each in of_every_case().findings}
    assert [each for each in told if MARK in each] == []


@pytest.mark.parametrize("form", Format)
def test_no_form_tells_a_secret(form: Format) -> None:
    assert len(of_a_few().findings) > 100
    assert MARK not in render(of_a_few(), form)


def test_a_value_that_is_no_secret_would_be_told() -> None:
    """It is the secrets that are kept back, and not whatever stands there."""
    named = resource("aws:ec2/securityGroup:SecurityGroup", MARK, {"tags": {}})
    found = judge([Subject(read(export(named)), Settings(), "a test")], choose_rules())
    for form in Format:
        assert MARK in render(found, form)

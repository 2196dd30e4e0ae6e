"""Whatever a rule claims to serve is a requirement that its framework has."""

from collections import Counter

import pytest

from isthmus_policies.frameworks import requirements_of
from isthmus_policies.packs.lists import Framework, file_name, framework_named, frameworks
from isthmus_policies.registry import RULES
from isthmus_policies.rule import Rule
from isthmus_policies.tables import DATA, read_table

pytestmark = [pytest.mark.policy, pytest.mark.pure]

every_framework = pytest.mark.parametrize(
    "framework", frameworks().values(), ids=lambda framework: framework.name
)


def ids(framework: str) -> set[str]:
    return {each.id for each in framework_named(framework).requirements}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_serves_requirements_that_exist(rule: Rule) -> None:
    unknown = [
        (each.framework, each.id)
        for each in requirements_of(rule)
        if each.id not in ids(each.framework)
    ]
    assert unknown == []


def test_the_table_of_controls_names_requirements_that_exist() -> None:
    unknown = [
        (row["control"], row["framework"], each)
        for row in read_table("requirements")
        for each in row["requirements"].split(";")
        if each not in ids(row["framework"])
    ]
    assert unknown == []


@pytest.mark.parametrize(
    ("framework", "requirement"),
    [
        ("NIST800-53r5", "SC-7(2)"),  # withdrawn; published mappings still name it
        ("K-ISMS-P", "3.4.3"),  # of 2018; not among the criteria of 2023
        ("GDPR", "Art.100"),
        ("ISO27001:2022", "A.8.35"),
    ],
)
def test_what_a_framework_does_not_have_is_refused(framework: str, requirement: str) -> None:
    assert requirement not in ids(framework)


@pytest.mark.parametrize(
    ("framework", "count"),
    [("ISO27001:2022", 93), ("K-ISMS-P", 101), ("GDPR", 99)],
)
def test_a_complete_list_has_as_many_as_the_framework(framework: str, count: int) -> None:
    assert framework_named(framework).complete
    assert len(framework_named(framework).requirements) == count


@every_framework
def test_a_list_has_each_requirement_once_with_its_source(framework: Framework) -> None:
    counted = Counter(each.id for each in framework.requirements)
    assert framework.requirements
    assert [each for each, count in counted.items() if count > 1 or each != each.strip()] == []
    assert all(each.source for each in framework.requirements)
    assert {each.showable for each in framework.requirements} <= {"yes", "no", ""}
    assert all((framework.title, framework.version, framework.lists, framework.source))


@every_framework
def test_what_a_rule_serves_is_not_called_impossible_to_show(framework: Framework) -> None:
    impossible = {each.id for each in framework.requirements if each.showable == "no"}
    served = {
        each.id
        for rule in RULES
        for each in requirements_of(rule)
        if each.framework == framework.name
    }
    assert served & impossible == set()


def test_every_list_is_of_a_framework() -> None:
    files = {path.stem for path in (DATA / "frameworks").glob("*.csv")} - {"frameworks"}
    assert files == {file_name(name) for name in frameworks()}


def test_a_mistyped_framework_is_answered_with_the_nearest() -> None:
    with pytest.raises(KeyError, match="Did you mean HIPAA"):
        framework_named("HIPPA")

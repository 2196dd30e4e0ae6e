"""Whatever a rule claims to serve is a requirement that its framework has, and can be shown."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

import pytest

from isthmus_policies.frameworks import requirements_of
from isthmus_policies.packs.lists import (
    Framework,
    Showable,
    WhyNot,
    file_name,
    framework_named,
    frameworks,
)
from isthmus_policies.registry import RULES
from isthmus_policies.rule import Rule
from isthmus_policies.tables import DATA, read_table

pytestmark = [pytest.mark.policy, pytest.mark.pure]

every_framework = pytest.mark.parametrize(
    "framework", frameworks().values(), ids=lambda framework: framework.name
)

NIST = "NIST800-53r5"
ACTIVE = {
    "AC": 131, "AT": 15, "AU": 56, "CA": 25, "CM": 56, "CP": 49, "IA": 59, "IR": 40, "MA": 28,
    "MP": 20, "PE": 51, "PL": 11, "PM": 37, "PS": 17, "PT": 21, "RA": 22, "SA": 108, "SC": 139,
    "SI": 102, "SR": 27,
}  # fmt: skip
"""Controls and enhancements of each family that release 5.2.0 of the catalogue did not withdraw."""


def ids(framework: str) -> set[str]:
    return {each.id for each in framework_named(framework).requirements}


def shown(framework: str) -> set[str]:
    listed = framework_named(framework).requirements
    return {each.id for each in listed if each.showable is Showable.YES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_serves_requirements_that_exist_and_can_be_shown(rule: Rule) -> None:
    wrong = [
        (each.framework, each.id)
        for each in requirements_of(rule)
        if each.id not in shown(each.framework)
    ]
    assert wrong == []


def test_the_table_of_controls_names_requirements_that_exist_and_can_be_shown() -> None:
    wrong = [
        (row["control"], row["framework"], each)
        for row in read_table("requirements")
        for each in row["requirements"].split(";")
        if each not in shown(row["framework"])
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("framework", "requirement"),
    [
        (NIST, "SC-7(2)"),  # withdrawn; published mappings still name it
        (NIST, "SI-7(13)"),  # withdrawn; the DISA list still has it
        (NIST, "CP-1(2)"),  # never there; a published mapping names it
        ("K-ISMS-P", "3.4.3"),  # of 2018; not among the criteria of 2023
        ("GDPR", "Art.100"),
        ("PIPA", "Art.28-6"),  # deleted in 2023
        ("ISO27001:2022", "A.8.35"),
        ("PCI4.0", "3.5.1.30"),  # how Prowler numbers its rows
        ("HIPAA", "164.308(a)(1)(ii)(a)"),  # how Prowler writes it
    ],
)
def test_what_a_framework_does_not_have_is_refused(framework: str, requirement: str) -> None:
    assert requirement not in ids(framework)


@pytest.mark.parametrize(
    ("framework", "count"),
    [
        ("ISO27001:2022", 93),
        ("K-ISMS-P", 101),
        ("GDPR", 99),
        ("PCI4.0", 280),
        ("HIPAA", 85),
        ("FINRA", 3),
        ("PIPA", 129),
        ("NIS2", 352),
    ],
)
def test_a_complete_list_has_as_many_as_the_framework(framework: str, count: int) -> None:
    assert framework_named(framework).complete
    assert len(framework_named(framework).requirements) == count


def test_the_revision_of_pci_has_the_requirements_of_the_version_it_revises() -> None:
    assert ids("PCI4.0.1") == ids("PCI4.0")


def test_the_numbers_of_pci_have_no_hole() -> None:
    children = _children(re.split(r"\.(?=\d+$)", each) for each in ids("PCI4.0"))
    holes = {parent: found for parent, found in children.items() if found != _upto(max(found))}
    assert holes == {"A3.3.1": {2}}  # the standard's own


def test_what_the_articles_of_pipa_leave_out_is_deleted() -> None:
    every = ids("PIPA") | set(framework_named("PIPA").withdrawn)
    numbers = [re.fullmatch(r"Art\.(\d+)(?:-(\d+))?", each) for each in every]
    children = _children((each[1], each[2] or "1") for each in numbers if each)
    assert len(every) == len([each for each in numbers if each])
    assert {int(each) for each in children} == _upto(76)
    assert {article for article, found in children.items() if found != _upto(max(found))} == set()


def test_the_points_and_letters_of_nis2_have_no_hole() -> None:
    pieces = [each.split(".") for each in ids("NIS2")]
    every = {tuple(each[:end]) for each in pieces for end in range(1, len(each) + 1)}
    children = _children((".".join(each[:-1]), str(_place(each))) for each in every)
    assert children[""] == _upto(13)
    assert {each: found for each, found in children.items() if found != _upto(max(found))} == {}


def test_each_family_of_nist_has_as_many_as_the_catalogue() -> None:
    whole = re.compile(r"([A-Z]{2})-\d+(\(\d+\))?")
    found = Counter(match[1] for each in ids(NIST) if (match := whole.fullmatch(each)))
    assert found == ACTIVE


def test_what_the_numbers_of_nist_leave_out_is_withdrawn() -> None:
    framework = framework_named(NIST)
    numbered = re.compile(r"([A-Z]{2}|[A-Z]{2}-\d+)[-(](\d+)\)?")
    every = ids(NIST) | set(framework.withdrawn)
    matches = (numbered.fullmatch(each) for each in every)
    children = _children(match.groups() for match in matches if match)
    assert {parent for parent, found in children.items() if found != _upto(max(found))} == set()


@every_framework
def test_what_is_withdrawn_is_no_requirement(framework: Framework) -> None:
    assert set(framework.withdrawn) & ids(framework.name) == set()
    assert len(framework.withdrawn) == len(set(framework.withdrawn))


def test_only_listed_frameworks_have_withdrawn_something() -> None:
    rows = read_table("withdrawn_requirements")
    assert {row["framework"] for row in rows} <= set(frameworks())
    assert all(row["source"] for row in rows)


@every_framework
def test_a_list_has_each_requirement_once_with_its_source(framework: Framework) -> None:
    counted = Counter(each.id for each in framework.requirements)
    assert framework.requirements
    assert [each for each, count in counted.items() if count > 1 or each != each.strip()] == []
    assert all(each.source for each in framework.requirements)
    assert all((framework.title, framework.version, framework.lists, framework.source))


@every_framework
def test_what_is_not_showable_says_why_and_nothing_else_does(framework: Framework) -> None:
    wrong = [
        each.id
        for each in framework.requirements
        if (each.showable is Showable.NO) != (each.why_not is not None)
    ]
    assert wrong == []


def test_every_reason_is_somebodys() -> None:
    given = {each.why_not for one in frameworks().values() for each in one.requirements}
    assert given == {*WhyNot, None}


def test_a_complete_list_rests_on_what_was_read() -> None:
    unread = {
        (name, each.id)
        for name, framework in frameworks().items()
        for each in framework.requirements
        if framework.complete and "unverified" in each.source
    }
    assert unread == {
        ("HIPAA", "164.302"),
        ("HIPAA", "164.304"),
        ("PCI4.0", "A2.1.1"),
        ("PCI4.0.1", "A2.1.1"),
    }


def test_every_list_is_of_a_framework() -> None:
    files = {path.stem for path in (DATA / "frameworks").glob("*.csv")} - {"frameworks"}
    assert files == {file_name(name) for name in frameworks()}


def test_a_mistyped_framework_is_answered_with_the_nearest() -> None:
    with pytest.raises(KeyError, match="Did you mean HIPAA"):
        framework_named("HIPPA")


def _children(pairs: Iterable[Iterable[str]]) -> dict[str, set[int]]:
    children: dict[str, set[int]] = defaultdict(set)
    for parent, number in pairs:
        children[parent].add(int(number))
    return children


def _place(piece: tuple[str, ...]) -> int:
    """Which number, letter or numeral (those of 9.2(c)) a point of NIS2 ends in."""
    if piece[-1].isdigit():
        return int(piece[-1])
    numerals = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
    return (numerals if piece[:-1] == ("9", "2", "c") else tuple("abcdefghijkl")).index(
        piece[-1]
    ) + 1


def _upto(last: int) -> set[int]:
    return set(range(1, last + 1))

"""A mapping from a control to requirements says how it is known, and was compared with its source."""

import re
from collections import Counter
from collections.abc import Mapping

import pytest

from isthmus_policies.frameworks import controls, requirements_of
from isthmus_policies.packs.lists import frameworks
from isthmus_policies.registry import RULES
from isthmus_policies.rule import Basis
from isthmus_policies.tables import read_table

pytestmark = [pytest.mark.policy, pytest.mark.pure]

ROWS = read_table("requirements")
PUBLISHED = re.compile(r"prowler@[0-9a-f]{10}: |azure-policy [\w.-]+(@[\w.-]+)?: ")
WITH_REVISION = re.compile(r"(prowler|azure-policy [\w.-]+)@[\w.-]+: .")
COMPARED = re.compile(
    r"extract of \d{4}-\d\d-\d\d|Azure/azure-policy@[0-9a-f]{8}|prowler@\w{8}: .+"
)


def name_of(row: Mapping[str, str]) -> str:
    return f"{row['control']} {row['framework']} {row['basis']}"


def ids_of(row: Mapping[str, str]) -> set[str]:
    return set(row["requirements"].split(";"))


def test_every_row_is_of_a_control_and_a_framework() -> None:
    assert {row["control"] for row in ROWS} <= set(controls())
    assert {row["framework"] for row in ROWS} <= set(frameworks())


def test_a_requirement_is_given_to_a_control_once_from_a_source() -> None:
    counted = Counter(
        (row["control"], row["framework"], each, row["source"])
        for row in ROWS
        for each in ids_of(row)
    )
    assert [key for key, count in counted.items() if count > 1] == []


def test_what_is_called_verified_names_its_source_with_a_revision() -> None:
    table = [
        name_of(row)
        for row in ROWS
        if row["basis"] == Basis.VERIFIED and not WITH_REVISION.match(row["source"])
    ]
    rules = [
        (rule.id, each.id)
        for rule in RULES
        for each in requirements_of(rule)
        if each.basis is Basis.VERIFIED and not WITH_REVISION.match(each.source)
    ]
    assert (table, rules) == ([], [])


def test_what_comes_from_a_published_mapping_was_compared_with_it() -> None:
    wrong = [
        name_of(row)
        for row in ROWS
        if bool(PUBLISHED.match(row["source"])) != bool(COMPARED.fullmatch(row["checked"]))
    ]
    assert wrong == []


def test_what_is_carried_over_says_what_it_is_carried_over_from() -> None:
    given = {(row["control"], row["framework"]): set[str]() for row in ROWS}
    for row in ROWS:
        given[row["control"], row["framework"]] |= ids_of(row)
    carried = [row for row in ROWS if row["source"].startswith("as ")]
    wrong = [
        name_of(row)
        for row in carried
        if row["basis"] != Basis.DERIVED
        or not ids_of(row) <= given[row["source"].removeprefix("as "), row["framework"]]
    ]
    assert carried
    assert wrong == []


@pytest.mark.parametrize("framework", ["GDPR", "K-ISMS-P", "NIST800-53r5"])
def test_what_was_mapped_for_another_cloud_alone_is_not_verified_for_google(framework: str) -> None:
    rows = [
        row for row in ROWS if row["control"].startswith("GCP") and row["framework"] == framework
    ]
    assert rows
    assert {row["basis"] for row in rows} <= {Basis.DERIVED, Basis.OWN_READING}


def test_what_a_mapping_gives_to_everything_alike_verifies_nothing() -> None:
    wrong = [
        name_of(row)
        for row in ROWS
        if row["basis"] == Basis.VERIFIED
        and (
            (row["framework"] == "K-ISMS-P" and "2.10.2" in ids_of(row))
            or (row["framework"] == "GDPR" and row["source"].startswith("azure-policy"))
        )
    ]
    assert wrong == []

"""What every rule owes: a failing and a passing case, real types and properties, known controls."""

from collections import Counter
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType

import pytest
from ruamel.yaml import YAML

from isthmus_policies import rules
from isthmus_policies.frameworks import controls, requirements_of
from isthmus_policies.registry import RULES
from isthmus_policies.rule import Basis, Rule, covers
from isthmus_policies.tables import read_table, replica_paths
from tests.contracts.house import REPOSITORY

from .loading import Case, load_cases
from .sdk_types import TYPES_CSV, has_input, inputs_by_type, rows

pytestmark = [pytest.mark.policy, pytest.mark.contract]

STACKS = REPOSITORY / "stacks"
LISTS = REPOSITORY / "tests" / "stacks" / "golden"
WITHOUT_RULE = Path(__file__).parent / "types_without_rule.yaml"


def find_modules() -> list[ModuleType]:
    """Every module of rules, whether the registry knows it or not."""
    found = walk_packages(rules.__path__, f"{rules.__name__}.")
    return [import_module(each.name) for each in found if not each.ispkg]


MODULES = find_modules()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_has_a_failing_and_a_passing_case(rule: Rule) -> None:
    answers = {case.answer for case in load_cases() if case.rule == rule.id}
    assert {"fail", "pass"} <= answers


def test_every_case_names_a_rule() -> None:
    assert {case.rule for case in load_cases()} == {rule.id for rule in RULES}


@pytest.mark.parametrize("case", load_cases(), ids=str)
def test_a_case_is_of_a_type_its_rule_judges(case: Case) -> None:
    judged = next(rule.types for rule in RULES if rule.id == case.rule)
    assert any(covers(pattern, case.given.type) for pattern in judged)


def test_rule_ids_are_unique() -> None:
    assert [rule for rule, count in Counter(rule.id for rule in RULES).items() if count > 1] == []


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_rule_of_a_module_is_registered(module: ModuleType) -> None:
    defined = {value.id for value in vars(module).values() if isinstance(value, Rule)}
    assert defined == {rule.id for rule in module.RULES} != set()
    assert defined <= {rule.id for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_types_exist_in_the_sdks(rule: Rule) -> None:
    exact = {token for token in rule.types if not token.endswith("*")}
    assert exact <= set(inputs_by_type())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_controls_are_known_and_requirements_have_a_source(rule: Rule) -> None:
    assert set(rule.controls) <= set(controls())
    assert all(each.source and each.id for each in requirements_of(rule))


def test_a_requirement_is_verified_by_a_published_mapping_only() -> None:
    verified = [row for row in read_table("requirements") if row["basis"] == Basis.VERIFIED]
    assert {row["source"].partition(":")[0] for row in verified} == {
        "prowler@3e000faa31",
        "azure-policy DORA_2022_2554@1.5",
        "azure-policy K_ISMS_P_2023@1.7",
        "azure-policy MCfS_Sovereignty_Baseline_Global_Policies@1.0.0-preview",
    }


def test_table_of_types_is_what_the_installed_sdks_say() -> None:
    found = [tuple(row.values()) for row in read_table("types")]
    assert found == [tuple(row) for row in rows()], f"run sdk_types.py to rewrite {TYPES_CSV.name}"


@pytest.mark.parametrize("token", sorted(replica_paths()))
def test_replica_paths_exist_in_the_sdks(token: str) -> None:
    assert all(has_input(token, replica.path) for replica in replica_paths()[token])


@pytest.mark.parametrize("case", load_cases(), ids=str)
def test_cases_use_inputs_that_the_sdks_have(case: Case) -> None:
    for given in (case.given, *case.others):
        if given.type in inputs_by_type():
            unknown = [path for path in leaf_paths(given.props) if not has_input(given.type, path)]
            assert unknown == [], given.type


def types_made() -> set[str]:
    """What the example stacks are built of, and so what the components make."""
    lists = (LISTS / f"{each.name.split('.')[1]}.txt" for each in STACKS.glob("Pulumi.*.yaml"))
    urns = (urn for file in lists for urn in file.read_text().splitlines())
    return {urn.split("::")[2].rpartition("$")[2] for urn in urns}


def test_every_type_that_isthmus_makes_has_a_rule_of_its_own_or_a_reason() -> None:
    named = {token for rule in RULES for token in rule.types if not token.endswith("*")}
    reasons = YAML(typ="safe").load(WITHOUT_RULE)
    assert types_made() - named == set(reasons), f"see {WITHOUT_RULE.name}"
    assert all(len(reason) > 20 for reason in reasons.values())


def leaf_paths(value: object, path: str = "") -> list[str]:
    if isinstance(value, dict) and value:
        return [p for k, v in value.items() for p in leaf_paths(v, f"{path}.{k}" if path else k)]
    if isinstance(value, list) and value:
        return [p for each in value for p in leaf_paths(each, f"{path}.*")]
    return [path] if path else []

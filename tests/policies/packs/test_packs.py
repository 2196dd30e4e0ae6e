"""Every pack has the rules it says it has, and can be found by its name."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from isthmus_policies.frameworks import requirements_of
from isthmus_policies.packs import PACKS, Pack, choose, pack, topics
from isthmus_policies.packs.lists import frameworks
from isthmus_policies.registry import FOUNDATION, RULES
from isthmus_policies.rule import Severity
from isthmus_policies.version import VERSION

pytestmark = [pytest.mark.policy, pytest.mark.pure]

FOLDERS = Path(__file__).parents[3] / "policies" / "packs"
every_pack = pytest.mark.parametrize("each", PACKS.values(), ids=lambda each: each.name)


@every_pack
def test_a_pack_holds_known_rules_each_once(each: Pack) -> None:
    ids = [rule.id for rule in each.rules]
    assert 0 < len(ids) == len(set(ids))
    assert set(each.rules) <= set(RULES)


@every_pack
def test_a_pack_for_frameworks_holds_exactly_the_rules_that_serve_them(each: Pack) -> None:
    if each.frameworks:
        serving = {
            rule.id
            for rule in RULES
            if {one.framework for one in requirements_of(rule)} & set(each.frameworks)
        }
        assert {rule.id for rule in each.rules} == serving


@every_pack
def test_each_framework_of_a_pack_exists_and_is_served(each: Pack) -> None:
    assert set(each.frameworks) <= set(frameworks())
    served = {one.framework for rule in each.rules for one in requirements_of(rule)}
    assert set(each.frameworks) <= served


def test_packs_for_subjects_leave_nothing_of_it_out() -> None:
    assert pack("foundation").rules == FOUNDATION
    severe = {rule for rule in RULES if rule.severity in (Severity.HIGH, Severity.CRITICAL)}
    assert set(pack("baseline").rules) == severe
    assert {rule for rule in RULES if rule.topic == "residency"} <= set(pack("residency").rules)
    keyed = {rule for rule in RULES if rule.id.endswith(("customer-key", "-tls-only"))}
    assert keyed <= set(pack("encryption").rules)


@pytest.mark.parametrize(
    ("name", "rule_id", "is_in"),
    [
        ("encryption", "secrets-kms-key-deletion-window", True),
        ("encryption", "network-gcp-proxy-tls-policy", True),
        ("encryption", "storage-account-no-shared-key", False),
        ("encryption", "machines-gcp-no-project-keys", False),
        ("residency", "governance-gcp-locations-allowed", True),
        ("residency", "encryption-s3-bucket-customer-key", False),
        ("finance", "storage-s3-records-object-lock", True),
        ("korea", "residency-gcp-secret-replication", True),
        ("cost", "storage-s3-bucket-lifecycle", True),
        ("cost", "storage-s3-bucket-key-enabled", True),
        ("cost", "storage-s3-bucket-versioning", False),
        ("carbon", "cost-accelerator-pool-idle", True),
        ("carbon", "cost-ebs-volume-gp3", False),
    ],
)
def test_a_rule_is_where_one_looks_for_it(name: str, rule_id: str, is_in: bool) -> None:
    assert any(rule.id == rule_id for rule in RULES)
    assert any(rule.id == rule_id for rule in pack(name).rules) is is_in


def test_the_packs_on_cost_and_carbon_hold_their_topics_and_leave_the_basic_packs_alone() -> None:
    for topic in ("cost", "carbon"):
        own = {rule for rule in RULES if rule.topic == topic}
        assert own <= set(pack(topic).rules)
        assert not own & {*pack("foundation").rules, *pack("baseline").rules}


def test_every_rule_on_waste_that_is_named_exists() -> None:
    named = {*topics.WASTE, *topics.COST_ELSEWHERE}
    assert named <= {rule.id for rule in RULES}


def test_rules_can_be_chosen_by_anything_they_say() -> None:
    chosen = choose(lambda rule: "gcp:*" in rule.types)
    assert [rule.id for rule in chosen if rule.topic == "residency"] == [
        "residency-resource-location-allowed"
    ]


def test_a_mistyped_pack_is_answered_with_the_nearest() -> None:
    with pytest.raises(KeyError, match=r"no pack 'residnecy'. Did you mean residency"):
        pack("residnecy")


def test_every_pack_has_a_folder_and_every_folder_a_pack() -> None:
    folders = {path.parent.name for path in FOLDERS.glob("*/PulumiPolicy.yaml")}
    assert folders == {path.parent.name for path in FOLDERS.glob("*/__main__.py")} == set(PACKS)


@every_pack
def test_a_folder_serves_its_pack_by_the_python_of_the_repository(each: Pack) -> None:
    folder = FOLDERS / each.name
    told = YAML(typ="safe").load(folder / "PulumiPolicy.yaml")
    assert (told["name"], told["description"]) == (f"isthmus-{each.name}", each.description)
    assert told["version"] == VERSION
    assert (folder / told["runtime"]["options"]["virtualenv"]).resolve().name == ".venv"
    assert f'pack("{each.name}")' in (folder / "__main__.py").read_text()

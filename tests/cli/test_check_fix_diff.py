"""`isthmus check --fix-diff` shows what safe fixes would change; `isthmus policies` says which there are."""

import json
from pathlib import Path

import pytest
from tests.cli.test_check_command import call, run
from tests.policies.offline.states import KEY, export, preview, resource

from isthmus_policies.registry import RULES
from isthmus_policies.remedies import REMEDIES, remedy_of

pytestmark = [pytest.mark.policy, pytest.mark.pure]

UNKEMPT = export(resource(KEY, "data", {"enableKeyRotation": True, "tags": {"Name": "data"}}))
STACK_FILE = """
config:
  isthmus:platform:
    owner: ml
    environment: staging
    dataClassification: internal
"""
TAGS = ("tags.owner", "tags.environment", "tags.data-classification")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "state.json").write_text(json.dumps(UNKEMPT))
    (tmp_path / "Pulumi.dev.yaml").write_text(STACK_FILE)
    return tmp_path


SOURCE = (
    "--state",
    "state.json",
    "--config",
    "Pulumi.dev.yaml",
    "--rule",
    "tags-resource-required",
)


def test_the_diff_is_shown_with_the_values_of_the_stack_file(folder: Path) -> None:
    done = run(folder, *SOURCE, "--fix-diff")
    assert done.returncode == 1
    assert 'tags.owner: not set -> "ml"' in done.stdout
    assert "tags.owner" not in run(folder, *SOURCE).stdout


def test_programs_get_it_as_changes(folder: Path) -> None:
    done = run(folder, *SOURCE, "--fix-diff", "--format", "json")
    [finding] = json.loads(done.stdout)["findings"]
    assert tuple(each["path"] for each in finding["remedy"]) == TAGS
    assert {each["before"] for each in finding["remedy"]} == {None}
    plain = json.loads(run(folder, *SOURCE, "--format", "json").stdout)
    assert plain["findings"] == [{**finding, "remedy": None}]


def test_a_preview_says_the_values_itself(folder: Path) -> None:
    config = {"isthmus:platform": json.dumps({"owner": "ml", "environment": "staging",
                                              "dataClassification": "internal"})}  # fmt: skip
    seen = preview(*UNKEMPT["deployment"]["resources"], config=config)
    (folder / "state.json").write_text(json.dumps(seen))
    assert (
        'tags.owner: not set -> "ml"' in run(folder, *SOURCE[:2], *SOURCE[4:], "--fix-diff").stdout
    )


def test_an_encrypted_platform_gives_no_tags_and_stops_nothing(folder: Path) -> None:
    (folder / "Pulumi.dev.yaml").write_text("config:\n  isthmus:platform: {secure: v1:abc}\n")
    done = run(folder, *SOURCE, "--fix-diff")
    assert done.returncode == 1
    assert "diff" not in done.stdout


def test_the_rules_say_which_have_a_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["policies", "--json"]) == 0
    told = {each["id"]: each["remedy"] for each in json.loads(capsys.readouterr().out)["rules"]}
    assert {rule_id for rule_id, remedy in told.items() if remedy} == set(REMEDIES)
    for rule in RULES:
        remedy = remedy_of(rule)
        if remedy:
            assert told[rule.id]["sets"] == list(remedy.sets)
            assert told[rule.id]["safe"] == remedy.safe
            assert set(told[rule.id]["types"]) <= set(rule.types)

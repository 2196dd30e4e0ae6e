"""Every example stack, from preview to an empty world."""

import os
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from isthmus.spec.load import load_stack_file
from isthmus.spec.model import Environment
from isthmus_cli.check_subjects import read_config
from isthmus_policies.exemption_file import FILE_NAME, read_exemptions
from isthmus_policies.gate import Subject, choose_rules, judge
from isthmus_policies.offline.snapshot import read_snapshot_from
from isthmus_policies.registry import RULES
from isthmus_policies.settings import read_settings
from isthmus_simulator.environment import REPOSITORY
from tests.stacks.conftest import Rehearsal, copy_project

EXAMPLES = sorted(path.name.split(".")[1] for path in (REPOSITORY / "stacks").glob("Pulumi.*.yaml"))
GOLDEN = Path(__file__).parent / "golden"
PACKS = ("baseline", "encryption", "residency")
JUDGED_ON = datetime(2026, 12, 1, tzinfo=UTC)
"""A day on which the examples' exemptions hold: the test is of the stacks, not of the calendar."""
POLICIES = ("--policy-pack", str(REPOSITORY / "policies"))

pytestmark = pytest.mark.stack


@pytest.mark.parametrize("stack", EXAMPLES)
def test_an_example_lives_and_leaves_nothing(stack: str, tmp_path: Path) -> None:
    rehearsal = Rehearsal(tmp_path / "world", copy_project(tmp_path / "project"))
    rehearsal.pulumi("stack", "init", stack)

    previewed = rehearsal.pulumi("preview", "--json", "--show-sames", "-s", stack).stdout
    up = rehearsal.pulumi("up", "--yes", "-s", stack, *POLICIES)
    assert "isthmus@v" in up.stdout, "the policy pack did not run"
    exported = rehearsal.pulumi("stack", "export", "-s", stack).stdout
    for document in (previewed, exported):
        keeps_to_the_packs(stack, document)
    built = rehearsal.existing()
    assert len(built) >= (100 if stack == "demo" else 30)
    assert rehearsal.orphans() == []
    compare_urns(stack, [one["urn"] for one in built])

    rehearsal.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes", "-s", stack)
    rehearsal.pulumi("refresh", "--yes", "--expect-no-changes", "-s", stack)
    assert rehearsal.existing() == built

    if is_protected(stack):
        take_protection_off(rehearsal, stack)
    rehearsal.pulumi("destroy", "--yes", "-s", stack)
    assert rehearsal.existing() == []
    assert rehearsal.state(stack) == []


def keeps_to_the_packs(stack: str, document: str) -> None:
    """Nothing blocks, and the examples' exemptions are all needed."""
    config = read_config(REPOSITORY / "stacks" / f"Pulumi.{stack}.yaml")
    snapshot = read_snapshot_from(BytesIO(document.encode()), stack)
    report = judge(
        [Subject(snapshot, read_settings(config, {}))],
        choose_rules(PACKS),
        read_exemptions(REPOSITORY / "stacks" / FILE_NAME, [rule.id for rule in RULES]),
        now=JUDGED_ON,
    )
    assert [f"{each.rule.id} {each.urn}: {each.message}" for each in report.blocking] == []
    assert report.exemption_warnings() == ()


def compare_urns(stack: str, urns: list[str]) -> None:
    """A URN that changes replaces the resource for every user, so a change has to be seen in review.

    `UPDATE_GOLDEN=1 pytest tests/stacks/test_examples.py` writes the lists anew.
    """
    golden = GOLDEN / f"{stack}.txt"
    told = "".join(f"{urn}\n" for urn in sorted(urns))
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(told)
    assert golden.read_text() == told


def is_protected(stack: str) -> bool:
    spec = load_stack_file(REPOSITORY / "stacks" / f"Pulumi.{stack}.yaml").spec
    assert spec is not None
    return spec.platform.environment is Environment.PRODUCTION


def take_protection_off(rehearsal: Rehearsal, stack: str) -> None:
    """A production stack does not let itself be destroyed: it has to be called something else first."""
    before = rehearsal.existing()
    refused = rehearsal.pulumi("destroy", "--yes", "-s", stack, check=False)
    assert refused.returncode != 0
    assert "protected" in refused.stdout + refused.stderr
    assert rehearsal.existing() == before
    setting = ("--path", "isthmus:platform.environment", Environment.DEVELOPMENT.value)
    rehearsal.pulumi("config", "set", "-s", stack, *setting)
    rehearsal.pulumi("up", "--yes", "--skip-preview", "-s", stack)

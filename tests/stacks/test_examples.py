"""Every example stack, from preview to an empty world."""

import os
from pathlib import Path

import pytest

from isthmus.spec.load import load_stack_file
from isthmus.spec.model import Environment
from isthmus_simulator.environment import REPOSITORY
from tests.stacks.conftest import Rehearsal, copy_project

EXAMPLES = sorted(path.name.split(".")[1] for path in (REPOSITORY / "stacks").glob("Pulumi.*.yaml"))
GOLDEN = Path(__file__).parent / "golden"
POLICIES = ("--policy-pack", str(REPOSITORY / "policies"))

pytestmark = pytest.mark.stack


@pytest.mark.parametrize("stack", EXAMPLES)
def test_an_example_lives_and_leaves_nothing(stack: str, tmp_path: Path) -> None:
    rehearsal = Rehearsal(tmp_path / "world", copy_project(tmp_path / "project"))
    rehearsal.pulumi("stack", "init", stack)

    up = rehearsal.pulumi("up", "--yes", "-s", stack, *POLICIES)
    assert "isthmus@v" in up.stdout, "the policy pack did not run"
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

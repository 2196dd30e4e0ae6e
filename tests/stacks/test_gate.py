"""What must not be built is stopped at preview, with a message that says how to fix it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from isthmus_simulator.environment import REPOSITORY
from tests.stacks.conftest import PROGRAMS, Rehearsal, copy_project

pytestmark = pytest.mark.stack
POLICIES = ("--policy-pack", str(REPOSITORY / "policies"))
MISTAKES = REPOSITORY / "tests" / "components" / "spec" / "data" / "ten_mistakes.yaml"


@pytest.fixture
def repository_copy(tmp_path: Path) -> Callable[[Path, str], Rehearsal]:
    """A project like the repository's, with a stack file and a program of the test's choice."""

    def make(stack_file: Path, program: str) -> Rehearsal:
        project = copy_project(tmp_path / "project")
        shutil.copy(stack_file, project / "stacks" / "Pulumi.tried.yaml")
        (project / "stacks" / "__main__.py").write_text(program)
        rehearsal = Rehearsal(
            tmp_path / "world", project, {"STACKS": str(REPOSITORY / "stacks" / "__main__.py")}
        )
        rehearsal.pulumi("stack", "init", "tried")
        return rehearsal

    return make


@pytest.mark.parametrize(
    ("how", "rule", "fix"),
    [
        ("no-encryption", "encryption-s3", "kms"),
        ("open-group", "exposure-", "0.0.0.0/0"),
        ("abroad", "residency-", "us-east-1"),
    ],
)
def test_a_tampered_stack_is_stopped_at_preview(
    how: str, rule: str, fix: str, repository_copy: Callable[[Path, str], Rehearsal]
) -> None:
    example = REPOSITORY / "stacks" / "Pulumi.aws-inference.yaml"
    made = repository_copy(example, (PROGRAMS / "tampered.py").read_text())
    tried = Rehearsal(made.world, made.project, {**made.variables, "TAMPER": how})
    done = tried.pulumi("preview", "-s", "tried", *POLICIES, check=False)
    told = done.stdout + done.stderr
    assert done.returncode != 0
    assert rule in told
    assert fix in told
    assert "Fix:" in told
    assert tried.existing() == []


def test_ten_mistakes_are_told_at_once_and_nothing_is_made(
    repository_copy: Callable[[Path, str], Rehearsal],
) -> None:
    program = (REPOSITORY / "stacks" / "__main__.py").read_text()
    tried = repository_copy(MISTAKES, program)
    done = tried.pulumi("up", "--yes", "-s", "tried", check=False)
    assert done.returncode != 0
    assert "10 mistakes" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert tried.existing() == []

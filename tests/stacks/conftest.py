"""Whole stacks on the real engine: each test has a world of its own, or a copy of a deployed one."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from isthmus_simulator.environment import REPOSITORY

ISTHMUS = (sys.executable, "-m", "isthmus_cli.main")
PROGRAMS = Path(__file__).parent / "programs"
TIMEOUT_SECONDS = 600
Result = subprocess.CompletedProcess[str]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One simulated world, and a Pulumi project to run in it."""

    world: Path
    project: Path = REPOSITORY
    variables: Mapping[str, str] = field(default_factory=dict[str, str])

    def isthmus(self, *arguments: str, check: bool = True) -> Result:
        done = subprocess.run(
            [*ISTHMUS, *arguments],
            cwd=self.project,
            env=self.environment(),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
        if check:
            assert done.returncode == 0, f"{arguments}\n{done.stdout}\n{done.stderr}"
        return done

    def pulumi(self, *arguments: str, check: bool = True) -> Result:
        return self.isthmus("simulate", "pulumi", "--non-interactive", *arguments, check=check)

    def environment(self) -> dict[str, str]:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("PULUMI_")}
        return {**clean, **self.variables, "ISTHMUS_WORLD": str(self.world)}

    def existing(self) -> list[dict[str, Any]]:
        return json.loads(self.isthmus("world", "--json").stdout)

    def orphans(self) -> list[dict[str, Any]]:
        return json.loads(self.isthmus("world", "--orphans", "--json").stdout)

    def state(self, stack: str) -> list[dict[str, Any]]:
        exported = json.loads(self.pulumi("stack", "export", "-s", stack).stdout)
        return exported["deployment"].get("resources") or []

    def copy_to(self, folder: Path) -> "Rehearsal":
        shutil.copytree(self.world, folder)
        return Rehearsal(folder, self.project, self.variables)


def copy_project(folder: Path) -> Path:
    """A project like the repository's, whose stack files a test may change."""
    shutil.copytree(REPOSITORY / "stacks", folder / "stacks")
    described = (REPOSITORY / "Pulumi.yaml").read_text()
    moved = described.replace("virtualenv: .venv", f"virtualenv: {REPOSITORY / '.venv'}")
    (folder / "Pulumi.yaml").write_text(moved)
    return folder


@pytest.fixture(scope="session")
def aws_deployed(tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    """The single-cloud example, deployed once; tests that change it work on a copy."""
    rehearsal = Rehearsal(tmp_path_factory.mktemp("deployed") / "world")
    rehearsal.pulumi("stack", "init", "aws-inference")
    rehearsal.pulumi("up", "--yes", "--skip-preview", "-s", "aws-inference")
    return rehearsal


@pytest.fixture
def deployed(aws_deployed: Rehearsal, tmp_path: Path) -> Rehearsal:
    return aws_deployed.copy_to(tmp_path / "world")


@pytest.fixture
def new_project(tmp_path: Path) -> Callable[..., Rehearsal]:
    """Makes a project from a program of `programs/` (or a text) with a world of its own and a stack `dev`."""

    def make(program: str, **variables: str) -> Rehearsal:
        project = tmp_path / "project"
        project.mkdir()
        text = program if "\n" in program else (PROGRAMS / f"{program}.py").read_text()
        (project / "__main__.py").write_text(text)
        (project / "Pulumi.yaml").write_text(
            "name: rehearsed\nruntime:\n  name: python\n  options:\n"
            f"    toolchain: pip\n    virtualenv: {REPOSITORY / '.venv'}\n"
            f"plugins:\n  providers:\n    - name: isthmus\n      path: {REPOSITORY / 'components'}\n"
        )
        rehearsal = Rehearsal(tmp_path / "world", project, variables)
        rehearsal.pulumi("stack", "init", "dev")
        return rehearsal

    return make

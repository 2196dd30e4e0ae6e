"""The library as a Pulumi package, used from another project."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from isthmus.plan.stack import plan_stack
from isthmus.spec.load import load_stack_file
from isthmus_simulator.environment import REPOSITORY
from tests.stacks.conftest import PROGRAMS, Rehearsal

pytestmark = pytest.mark.stack


def test_the_schema_describes_every_input_and_output(tmp_path: Path) -> None:
    rehearsal = Rehearsal(tmp_path / "world")
    schema = json.loads(rehearsal.pulumi("package", "get-schema", "./components").stdout)
    assert set(schema["resources"]) == {
        f"isthmus:index:{name}" for name in ("Network", "Keys", "LakeStore", "AcceleratorCluster")
    }
    silent = [
        f"{token}.{name}"
        for token, resource in schema["resources"].items()
        for side in ("inputProperties", "properties")
        for name, described in resource[side].items()
        if not described.get("description")
    ]
    assert silent == []
    assert all(resource.get("description") for resource in schema["resources"].values())


def test_another_project_deploys_components_through_the_engine(
    new_project: Callable[..., Rehearsal],
) -> None:
    rehearsal = new_project("remote_keys")
    rehearsal.pulumi("up", "--yes", "-s", "dev")
    outputs = json.loads(rehearsal.pulumi("stack", "output", "--json", "-s", "dev").stdout)
    assert set(outputs["keys"]) == {"data", "cluster", "logs"}
    kinds = {one["type"] for one in rehearsal.existing()}
    assert {"aws:kms/key:Key", "aws:ec2/vpc:Vpc"} <= kinds
    vpc = next(one for one in rehearsal.existing() if one["type"] == "aws:ec2/vpc:Vpc")
    assert vpc["id"] == outputs["network"]
    rehearsal.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes", "-s", "dev")
    rehearsal.pulumi("destroy", "--yes", "-s", "dev")
    assert rehearsal.existing() == []


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ('"region": "eu-north-1"', '"region": "eu-nrth-1"', "eu-north-1"),
        ('"owner": "data-team"', '"owner": "Data Team!"', "owner"),
    ],
)
def test_bad_arguments_are_told_with_their_property(
    right: str, wrong: str, told: str, new_project: Callable[..., Rehearsal]
) -> None:
    program = (PROGRAMS / "remote_keys.py").read_text()
    assert right in program
    rehearsal = new_project(program.replace(right, wrong))
    done = rehearsal.pulumi("preview", "-s", "dev", check=False)
    assert done.returncode != 0
    assert told in done.stdout + done.stderr
    assert rehearsal.existing() == []


def test_the_readmes_program_deploys(new_project: Callable[..., Rehearsal]) -> None:
    readme = (REPOSITORY / "README.md").read_text()
    program = readme.split("```python\n")[1].split("```")[0]
    rehearsal = new_project(program)
    rehearsal.pulumi("up", "--yes", "--skip-preview", "-s", "dev")
    assert {"aws:ec2/vpc:Vpc", "aws:kms/key:Key"} <= {one["type"] for one in rehearsal.existing()}


def test_the_readmes_first_stack_can_be_planned(tmp_path: Path) -> None:
    readme = (REPOSITORY / "README.md").read_text()
    stack = tmp_path / "Pulumi.mine.yaml"
    stack.write_text(readme.split("```yaml\n")[1].split("```")[0])
    planned = plan_stack(load_stack_file(stack))
    assert planned.problems == ()

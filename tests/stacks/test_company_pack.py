"""The example of a company's own pack works where it is copied to: its tests, and in the engine."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from isthmus_simulator.environment import REPOSITORY
from tests.stacks.conftest import Rehearsal

pytestmark = [pytest.mark.stack, pytest.mark.policy]

EXAMPLE = REPOSITORY / "docs" / "examples" / "acme-pack"
PROGRAM = """
import json
import os

import pulumi
import pulumi_aws as aws

right = os.environ["ORDERS"] == "right"
tags = {"owner": "shop", "environment": "production", "data-classification": "internal"}
provider = aws.Provider("ireland", region="eu-west-1", default_tags={"tags": tags})
opts = pulumi.ResourceOptions(provider=provider)
aws.ecr.Repository("images", image_tag_mutability="IMMUTABLE" if right else "MUTABLE", opts=opts)
dead, orders = (aws.sqs.Queue(name, opts=opts) for name in ("dead", "orders"))
if right:
    policy = dead.arn.apply(lambda arn: json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5}))
    aws.sqs.RedrivePolicy("orders", queue_url=orders.id, redrive_policy=policy, opts=opts)
aws.kms.Key("orders", enable_key_rotation=right, opts=opts)
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """The example, copied to where nothing of the repository is around it."""
    copy = tmp_path / "acme-pack"
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    described = copy / "PulumiPolicy.yaml"
    text = described.read_text()
    assert "virtualenv: ../../../.venv" in text
    described.write_text(text.replace("../../../.venv", str(REPOSITORY / ".venv")))
    return copy


def test_its_tests_pass_where_it_is_copied_to(pack: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(pack)],
        cwd=pack,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_the_engine_runs_its_rules_beside_ours(
    pack: Path, new_project: Callable[..., Rehearsal]
) -> None:
    orders = new_project(PROGRAM)
    wrong = preview(orders, pack, "wrong")
    assert wrong.returncode != 0
    for rule in ("acme-ecr-tags-immutable", "acme-sqs-queue-dead-letters", "keys-aws-key-rotation"):
        assert f"{rule} [" in wrong.stdout + wrong.stderr
    right = preview(orders, pack, "right")
    assert right.returncode == 0, right.stdout + right.stderr
    assert "acme@v1.0.0" in right.stdout, "the pack did not run"


def preview(orders: Rehearsal, pack: Path, state: str) -> "subprocess.CompletedProcess[str]":
    told = Rehearsal(orders.world, orders.project, {"ORDERS": state})
    return told.pulumi("preview", "-s", "dev", "--policy-pack", str(pack), check=False)

"""What happens to a deployed stack: drift, faults, quotas, a killed engine."""

import os
import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from isthmus_simulator.world import Fault, World
from tests.stacks.conftest import ISTHMUS, Rehearsal

pytestmark = pytest.mark.stack
STACK = "aws-inference"
MANY = """
import pulumi_aws as aws
vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
for number in range(8):
    aws.ec2.Subnet(f"subnet-{number}", vpc_id=vpc.id, cidr_block=f"10.0.{number}.0/24")
"""


def test_refresh_finds_exactly_the_drift(deployed: Rehearsal) -> None:
    vpc = next(one for one in deployed.existing() if one["type"] == "aws:ec2/vpc:Vpc")
    deployed.isthmus("world", "drift", vpc["urn"], "enableDnsSupport=false")
    refreshed = deployed.pulumi("refresh", "--yes", "--diff", "-s", STACK)
    assert "enableDnsSupport" in refreshed.stdout
    assert "1 updated" in refreshed.stdout
    repaired = deployed.pulumi("up", "--yes", "--skip-preview", "-s", STACK)
    assert "1 updated" in repaired.stdout
    deployed.pulumi("refresh", "--yes", "--expect-no-changes", "-s", STACK)


def test_what_was_removed_by_hand_is_found_and_made_again(deployed: Rehearsal) -> None:
    before = {one["urn"] for one in deployed.existing()}
    policy = next(
        one for one in deployed.existing() if one["type"] == "aws:s3/bucketPolicy:BucketPolicy"
    )
    deployed.isthmus("world", "drift", policy["urn"], "--remove")
    assert "1 deleted" in deployed.pulumi("refresh", "--yes", "-s", STACK).stdout
    assert "1 created" in deployed.pulumi("up", "--yes", "--skip-preview", "-s", STACK).stdout
    assert {one["urn"] for one in deployed.existing()} == before


def test_a_fault_stops_the_update_and_the_next_one_finishes(
    new_project: Callable[..., Rehearsal],
) -> None:
    rehearsal = new_project(MANY)
    with World(rehearsal.world).transaction() as session:
        session.add_fault(
            Fault("create", "aws:ec2/subnet:Subnet", "Throttling: Rate exceeded", 0.0), times=2
        )
    failed = rehearsal.pulumi("up", "--yes", "--skip-preview", "-s", "dev", check=False)
    assert failed.returncode != 0
    assert "Throttling: Rate exceeded" in failed.stdout + failed.stderr
    made = len(rehearsal.existing())
    done = rehearsal.pulumi("up", "--yes", "--skip-preview", "-s", "dev")
    assert f"{9 - made} created" in done.stdout
    assert len(rehearsal.existing()) == 9
    assert rehearsal.orphans() == []


def test_a_quota_is_refused_in_the_clouds_words(deployed: Rehearsal) -> None:
    deployed.pulumi("destroy", "--yes", "--skip-preview", "-s", STACK)
    deployed.isthmus("world", "quota", "aws", "L-DB2E81BA", "1", "--region", "eu-central-1")
    failed = deployed.pulumi("up", "--yes", "--skip-preview", "-s", STACK, check=False)
    assert failed.returncode != 0
    assert (
        "L-DB2E81BA" in failed.stdout + failed.stderr
        or "VcpuLimitExceeded" in failed.stdout + failed.stderr
    )


def test_a_killed_engine_is_recovered_from_by_the_documented_commands(
    new_project: Callable[..., Rehearsal],
) -> None:
    rehearsal = new_project(MANY)
    with World(rehearsal.world).transaction() as session:
        session.add_fault(Fault("create", "aws:ec2/subnet:Subnet", "", 20.0), times=4)
    _kill_when(rehearsal, lambda: len(rehearsal.existing()) >= 3)

    locked = rehearsal.pulumi("up", "--yes", "--skip-preview", "-s", "dev", check=False)
    assert "locked" in locked.stdout + locked.stderr
    rehearsal.pulumi("cancel", "--yes", "-s", "dev")
    rehearsal.isthmus("world", "remove", "--orphans")
    rehearsal.pulumi("refresh", "--yes", "--clear-pending-creates", "-s", "dev")
    with World(rehearsal.world).transaction() as session:
        session.clear_faults()
    rehearsal.pulumi("up", "--yes", "--skip-preview", "-s", "dev")
    assert rehearsal.orphans() == []
    assert len(rehearsal.existing()) == 9
    rehearsal.pulumi("destroy", "--yes", "--skip-preview", "-s", "dev")
    assert rehearsal.existing() == []


def test_a_resource_whose_state_was_never_written_is_named_an_orphan(
    new_project: Callable[..., Rehearsal],
) -> None:
    rehearsal = new_project(MANY)
    rehearsal.pulumi("up", "--yes", "--skip-preview", "-s", "dev")
    lost = next(one for one in rehearsal.state("dev") if one["type"] == "aws:ec2/subnet:Subnet")
    rehearsal.pulumi("state", "delete", lost["urn"], "--yes", "-s", "dev")
    assert [one["id"] for one in rehearsal.orphans()] == [lost["id"]]
    rehearsal.isthmus("world", "remove", "--orphans")
    rehearsal.pulumi("up", "--yes", "--skip-preview", "-s", "dev")
    assert rehearsal.orphans() == []


def _kill_when(rehearsal: Rehearsal, is_time: Callable[[], bool]) -> None:
    """Start an update and kill -9 the engine's whole process group in the middle of it."""
    running = subprocess.Popen(
        [
            *ISTHMUS,
            "simulate",
            "pulumi",
            "--non-interactive",
            "up",
            "--yes",
            "--skip-preview",
            "-s",
            "dev",
        ],
        cwd=rehearsal.project,
        env=rehearsal.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while not is_time():
        assert running.poll() is None, "the update ended before it could be killed"
        assert time.monotonic() < deadline, "the update made nothing"
        time.sleep(0.1)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()

"""A secret is seen by nobody but the cloud that is to keep it."""

from pathlib import Path

import pytest

from tests.stacks.conftest import Rehearsal, copy_project

pytestmark = pytest.mark.stack
CANARY = "canary-9f2c7d1e"
STACK = "aws-inference"


@pytest.fixture
def with_secret(tmp_path: Path) -> Rehearsal:
    rehearsal = Rehearsal(tmp_path / "world", copy_project(tmp_path / "project"))
    rehearsal.pulumi("stack", "init", STACK)
    rehearsal.pulumi(
        "config",
        "set",
        "-s",
        STACK,
        "--path",
        "--secret",
        "isthmus:sites.frankfurt.secrets.registry-token",
        CANARY,
    )
    return rehearsal


def test_a_secret_reaches_the_store_and_nothing_else(
    with_secret: Rehearsal, tmp_path: Path
) -> None:
    printed = [with_secret.pulumi("up", "--yes", "-s", STACK)]
    printed.append(with_secret.isthmus("plan", "-s", STACK, "--json"))
    printed.append(with_secret.isthmus("world", "--json"))
    printed.append(with_secret.pulumi("stack", "export", "-s", STACK))
    printed.append(
        with_secret.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes", "-s", STACK)
    )
    assert any(one["type"].endswith(":SecretVersion") for one in with_secret.existing())
    for one in printed:
        assert CANARY not in one.stdout + one.stderr
    leaks = [
        path
        for path in tmp_path.rglob("*")
        if path.is_file() and CANARY.encode() in path.read_bytes()
    ]
    assert leaks == []


def test_a_secret_in_clear_is_refused_and_not_shown(with_secret: Rehearsal) -> None:
    with_secret.pulumi("config", "rm", "-s", STACK, "--path", "isthmus:sites.frankfurt.secrets")
    with_secret.pulumi(
        "config",
        "set",
        "-s",
        STACK,
        "--path",
        "--plaintext",
        "isthmus:sites.frankfurt.secrets.registry-token",
        CANARY,
    )
    for done in (
        with_secret.isthmus("plan", "-s", STACK, check=False),
        with_secret.pulumi("preview", "-s", STACK, check=False),
    ):
        assert done.returncode != 0
        assert "--secret" in done.stdout + done.stderr
        assert CANARY not in done.stdout + done.stderr

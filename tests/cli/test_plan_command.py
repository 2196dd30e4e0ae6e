"""`isthmus plan` as a user runs it: exit codes, streams, JSON, and what it does not import."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.pure

ROOT = Path(__file__).parents[2]
MISTAKES = ROOT / "tests/components/spec/data/ten_mistakes.yaml"


def run(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "isthmus_cli.main", *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )


def test_a_plan_is_shown() -> None:
    done = run("plan", "-s", "demo")
    assert (done.returncode, done.stderr) == (0, "")
    for words in (
        "aws-north",
        "p5.48xlarge",
        "gCO2e/kWh",
        "USD",
        "frankfurt",
        "10.80.0.0/16",
        "Decisions",
    ):
        assert words in done.stdout


def test_mistakes_are_shown_with_their_line_and_a_caret() -> None:
    done = run("plan", "-s", str(MISTAKES))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{MISTAKES.relative_to(ROOT)}:18:7" in done.stderr
    assert "   18 |       regoin: eu-north-1" in done.stderr
    assert "      |       ^^^^^^" in done.stderr
    assert "10 problems" in done.stderr
    assert "battery" not in done.stderr


def test_mistakes_as_json() -> None:
    done = run("plan", "-s", str(MISTAKES), "--json")
    assert done.returncode == 1
    problems: list[dict[str, Any]] = json.loads(done.stdout)["problems"]
    assert len(problems) == 10
    typo = next(p for p in problems if p["value"] == "regoin")
    assert typo["path"] == "isthmus:sites.aws-north.regoin"
    assert (typo["line"], typo["column"]) == (18, 7)
    assert typo["message"]
    assert typo["hint"] == "write `region`"
    assert "battery" not in done.stdout


def test_a_plan_as_json() -> None:
    done = run("plan", "-s", "demo", "--json")
    assert done.returncode == 0
    plan = json.loads(done.stdout)["plan"]
    assert [site["name"] for site in plan["sites"]] == ["aws-north", "gcp-west", "azure-sweden"]
    assert plan["price"]["usd_per_month_max"] > plan["price"]["usd_per_month_min"] > 0


def test_from_a_folder_below_and_from_elsewhere(tmp_path: Path) -> None:
    assert run("plan", "-s", "gcp-tuning", folder=ROOT / "stacks").returncode == 0
    assert (
        run(
            "plan", "-s", "organisation/isthmus/gcp-tuning", "-C", str(ROOT), folder=tmp_path
        ).returncode
        == 0
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("plan",), "aws-inference, demo"),
        (("plan", "--nope"), "--nope"),
        (("plan", "-C", "/"), "Pulumi.yaml"),
        (("plam",), "plan"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], words: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert words in done.stderr


def test_a_stack_that_does_not_exist() -> None:
    done = run("plan", "-s", "dmeo")
    assert done.returncode == 1
    assert "did you mean `demo`?" in done.stderr


def test_the_only_stack_needs_no_name(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: mine\nruntime: python\n")
    (tmp_path / "Pulumi.one.yaml").write_text("config:\n  mine:platform: 7\n")
    done = run("plan", "--json", folder=tmp_path)
    paths = [problem["path"] for problem in json.loads(done.stdout)["problems"]]
    assert paths == ["mine:residency", "mine:network", "mine:sites", "mine:platform"]


def test_help_lists_every_command() -> None:
    done = run("--help")
    assert done.returncode == 0
    for name in ("plan", "simulate", "world", "demo"):
        assert f"  {name} " in done.stdout


def test_planning_imports_neither_engine_nor_cloud_nor_simulator() -> None:
    program = (
        "import sys\n"
        "from isthmus_cli.main import run\n"
        "try:\n"
        "    run(['plan', '-s', 'demo'])\n"
        "except SystemExit as done:\n"
        "    assert done.code == 0, done.code\n"
        "heavy = ('pulumi', 'grpc', 'isthmus_simulator', 'isthmus_policies', 'isthmus_cli.world')\n"
        "print([m for m in sys.modules if m.startswith(heavy)], file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr.strip() == "[]"

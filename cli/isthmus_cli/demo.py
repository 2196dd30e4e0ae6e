"""`isthmus demo`: deploys a stack on the simulated clouds with the policy pack, and tells what came of it."""

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from isthmus_simulator.environment import (
    REPOSITORY,
    simulated_environment,
    state_folder,
    world_folder,
)
from isthmus_simulator.world import Resource, World

POLICIES = REPOSITORY / "policies"
LOG_WIDTH = 110
"""Columns where there is no terminal to ask."""
HELP = """Deploy the demo stack on the simulated clouds: the real Pulumi engine, no account, no cost.

Plans the stack, previews it, judges every resource by the policy pack, deploys it into the world that
ISTHMUS_WORLD names, and says what was built. Run again, it changes nothing.
"""


@dataclass(slots=True)
class Judgement:
    """What the policies said of one update, from the engine's own event log."""

    judged: set[str] = field(default_factory=set[str])
    findings: list[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])


def demo(
    stack: Annotated[
        str, typer.Option("--stack", "-s", help="Which stack of the repository.")
    ] = "demo",
) -> None:
    environment = simulated_environment()
    if not (Path(environment["PULUMI_HOME"]).parent / "bin" / "pulumi").exists():
        _leave("the Pulumi engine is missing; `make up` installs it")
    started = time.monotonic()
    print(f"Deploying the stack '{stack}' on simulated clouds ({world_folder()})", flush=True)
    _select(stack, environment)
    judgement = _deploy(stack, environment)
    _show_summary(stack, judgement, time.monotonic() - started)


def _select(stack: str, environment: Mapping[str, str]) -> None:
    """Make sure the stack exists in the world's state."""
    known = _pulumi(environment, "stack", "ls", "--json", capture=True)
    if known.returncode:
        _leave(known.stderr.strip())
    if stack not in {one["name"].rpartition("/")[2] for one in json.loads(known.stdout)}:
        made = _pulumi(environment, "stack", "init", stack, capture=True)
        if made.returncode:
            _leave(made.stderr.strip())


def _deploy(stack: str, environment: Mapping[str, str]) -> Judgement:
    with tempfile.TemporaryDirectory() as folder:
        events = Path(folder) / "events.json"
        # The event log is the only place where the engine tells policy results to a program.
        done = _pulumi(
            {**environment, "PULUMI_DEBUG_COMMANDS": "true"},
            "up",
            "--stack",
            stack,
            "--yes",
            "--policy-pack",
            str(POLICIES),
            "--event-log",
            str(events),
        )
        if done.returncode:
            _leave(f"the update did not end well; its messages are above.{_lock_hint(stack)}")
        return _read_events(events)


def _lock_hint(stack: str) -> str:
    locks = (state_folder() / ".pulumi" / "locks").rglob(f"{stack}/*.json")
    if not any(locks):
        return ""
    return (
        "\nThe stack is locked by a run that was killed: "
        f"`isthmus simulate pulumi cancel --yes -s {stack}`, and see docs/recovery.md."
    )


def _read_events(path: Path) -> Judgement:
    found = Judgement()
    for line in path.read_text().splitlines():
        event = json.loads(line)
        if summary := event.get("policyAnalyzeSummaryEvent"):
            found.judged.add(summary["resourceUrn"])
        if finding := event.get("policyEvent"):
            found.findings.append(finding)
    return found


def _pulumi(
    environment: Mapping[str, str], *arguments: str, capture: bool = False
) -> "subprocess.CompletedProcess[str]":
    command = ["pulumi", "--cwd", str(REPOSITORY), "--non-interactive", *arguments]
    sys.stdout.flush()
    return subprocess.run(
        command, env=dict(environment), capture_output=capture, text=True, check=False
    )


def _show_summary(stack: str, judgement: Judgement, seconds: float) -> None:
    from rich.console import Console

    from isthmus.plan.stack import plan_stack
    from isthmus.spec.load import load_stack_file
    from isthmus_cli.built_view import show_built
    from isthmus_policies.registry import FOUNDATION

    with World(world_folder()).transaction() as session:
        existing = session.resources()
    console = Console(highlight=False, width=None if sys.stdout.isatty() else LOG_WIDTH)
    planned = plan_stack(load_stack_file(REPOSITORY / "stacks" / f"Pulumi.{stack}.yaml"))
    assert planned.plan is not None, "the engine deployed what cannot be planned"
    console.print()
    show_built(console, planned.plan, _count(existing))
    console.print(_policy_line(len(FOUNDATION), judgement))
    for advice in sorted({_first_sentence(finding) for finding in judgement.findings}):
        console.print(f"  {advice}", markup=False)
    console.print(
        f"\n{len(existing)} resources exist on the simulated clouds; it took {seconds:.0f} s.\n"
    )
    console.print(_next_steps(stack), markup=False, soft_wrap=True)


def _count(existing: list[Resource]) -> Mapping[str, Counter[str]]:
    """Resources by cloud and by service, as the type tokens name it."""
    counts: dict[str, Counter[str]] = {}
    for one in existing:
        package, module, _ = one.type.split(":")
        counts.setdefault(package, Counter())[module.partition("/")[0]] += 1
    return counts


def _policy_line(rules: int, judgement: Judgement) -> str:
    """What is left after a successful update is advice: a violation would have stopped it."""
    count = len(judgement.findings)
    advice = f", {count} pieces of advice" if count else ""
    judged = f"{rules} rules judged {len(judgement.judged)} resources"
    return f"[bold]Policies[/]  {judged}: no violation{advice}"


def _first_sentence(finding: Mapping[str, Any]) -> str:
    """The finding itself, below the description of the policy that carries it."""
    return finding["message"].strip().splitlines()[-1].split(". ")[0]


def _next_steps(stack: str) -> str:
    steps = {
        f"isthmus plan -s {stack}": "why each thing is as it is, and its price",
        "isthmus world": "what exists on the simulated clouds",
        f"isthmus simulate pulumi up -s {stack}": "nothing changes",
        "isthmus world drift RESOURCE tags.owner=eve": "change something behind the engine's back ...",
        f"isthmus simulate pulumi refresh -s {stack}": "... and see it found",
        f"isthmus simulate pulumi destroy -s {stack}": "leave an empty world",
    }
    width = max(map(len, steps)) + 2
    lines = [f"  .venv/bin/{command:{width}}{purpose}" for command, purpose in steps.items()]
    return "\n".join(["What to try next", *lines])


def _leave(text: str) -> None:
    print(f"isthmus: {text}", file=sys.stderr)
    raise typer.Exit(1)

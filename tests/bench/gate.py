"""`isthmus check`, all rules: seconds and memory by the size of what it judges."""

import json
import sys
from collections.abc import Mapping
from itertools import chain
from pathlib import Path

from rich.progress import track

from isthmus_simulator.environment import REPOSITORY
from tests.bench.estate import write_state
from tests.bench.measure import Run, margins, run_alone, spread
from tests.bench.workbench import Workbench, make_table

SIZES = (10, 1_000, 10_000)
TIMES = (1, 4, 40)
"""How often the demo's resources are repeated."""
ISTHMUS = Path(sys.executable).parent / "isthmus"


def run_gate(state: Path) -> Run:
    """All rules, and a report in full as a program would read it."""
    report = state.with_suffix(".report.json")
    command = (str(ISTHMUS), "check", "--state", str(state), "--pack", "all", "--jurisdictions", "EU",
               "--format", "json", "-o", str(report))  # fmt: skip
    return run_alone(command, state.parent, fine=(0, 1))


def measure_gate(bench: Workbench, rounds: int) -> None:
    estates = {count: write_state(count) for count in SIZES}
    _measure(bench, rounds, "an estate that breaks 4.7 rules a resource", estates)
    _measure(bench, rounds, "our demo, several times over", _demos(bench))


def _demos(bench: Workbench) -> Mapping[int, str]:
    """The demo's preview with its resources repeated, each time as those of another project."""
    stack = ("-s", "demo")
    bench.pulumi("demo-preview", REPOSITORY, "stack", "init", *stack)
    told = bench.pulumi("demo-preview", REPOSITORY, "preview", "--json", "--show-sames", *stack)
    preview = json.loads(told)
    steps = json.dumps(preview["steps"])
    again = [
        json.loads(steps.replace("::isthmus::", f"::isthmus-{n}::")) for n in range(max(TIMES))
    ]
    return {
        len(preview["steps"]) * times: json.dumps({**preview, "steps": [*chain(*again[:times])]})
        for times in TIMES
    }


def _measure(bench: Workbench, rounds: int, what: str, states: Mapping[int, str]) -> None:
    runs: dict[int, list[Run]] = {}
    for count, text in states.items():
        state = bench.folder / f"gate-{count}.json"
        state.write_text(text)
        run_gate(state)  # warms caches up
        turns = track(range(rounds), f"{count:,} resources", console=bench.console)
        runs[count] = [run_gate(state) for _ in turns]
    _print(bench, what, runs)


def _print(bench: Workbench, what: str, runs: Mapping[int, list[Run]]) -> None:
    table = make_table(
        f"isthmus check, all rules: {what}",
        "resources", "wall clock", "each further one", "peak memory, at least the harness's",
    )  # fmt: skip
    fewer: tuple[int, list[float]] | None = None
    for count, measured in runs.items():
        seconds = [one.seconds for one in measured]
        further = margins(fewer[1], seconds, count - fewer[0]) if fewer else []
        table.add_row(
            f"{count:,}",
            spread(seconds, "s", 2),
            spread(further, "ms", 2) if further else "",
            spread([one.peak_mib for one in measured], "MiB", 0),
        )
        fewer = count, seconds
    bench.console.print(table)

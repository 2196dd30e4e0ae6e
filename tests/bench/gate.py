"""`isthmus check`, all rules: seconds and memory by the size of the state."""

import sys
from pathlib import Path

from rich.progress import track

from tests.bench.estate import write_state
from tests.bench.measure import Run, run_alone, spread
from tests.bench.workbench import Workbench, make_table

SIZES = (10, 1_000, 10_000)
ISTHMUS = Path(sys.executable).parent / "isthmus"


def run_gate(state: Path) -> Run:
    """All rules, and a report in full as a program would read it."""
    report = state.with_suffix(".report.json")
    command = (str(ISTHMUS), "check", "--state", str(state), "--pack", "all", "--jurisdictions", "EU",
               "--format", "json", "-o", str(report))  # fmt: skip
    return run_alone(command, state.parent, fine=(0, 1))


def measure_gate(bench: Workbench, rounds: int) -> None:
    runs: dict[int, list[Run]] = {}
    for count in SIZES:
        state = bench.folder / f"gate-{count}.json"
        state.write_text(write_state(count))
        run_gate(state)  # warms caches up
        turns = track(range(rounds), f"{count:,} resources", console=bench.console)
        runs[count] = [run_gate(state) for _ in turns]
    _print(bench, runs)


def _print(bench: Workbench, runs: dict[int, list[Run]]) -> None:
    table = make_table(
        "isthmus check, all rules, by size",
        "resources", "wall clock", "a resource, start-up included", "peak memory, at least the harness's",
    )  # fmt: skip
    for count, measured in runs.items():
        seconds = [one.seconds for one in measured]
        table.add_row(
            f"{count:,}",
            spread(seconds, "s", 2),
            spread([each / count * 1000 for each in seconds], "ms", 2),
            spread([one.peak_mib for one in measured], "MiB", 0),
        )
    bench.console.print(table)

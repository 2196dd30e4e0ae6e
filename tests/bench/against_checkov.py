"""`isthmus check` against Checkov: the same resources, all rules of each, in turn."""

from collections.abc import Sequence
from pathlib import Path

from rich.progress import track

from tests.bench.checkov import (
    VERSION,
    NotAvailableError,
    count_resources,
    install_checkov,
    run_checkov,
)
from tests.bench.estate import write_state, write_terraform
from tests.bench.gate import run_gate
from tests.bench.measure import margins, spread
from tests.bench.workbench import Workbench, make_table

SIZES = (100, 1_000, 4_000)
"""The last is far from the first: on a machine whose speed changes, a small difference tells nothing."""
Turns = dict[int, list[tuple[float, float]]]
"""By size: the seconds that ours and Checkov took, in turn."""


def measure_against_checkov(bench: Workbench, rounds: int) -> None:
    try:
        install_checkov()
    except NotAvailableError as problem:
        bench.console.print(f"Checkov is left out, since it cannot be installed. {problem}")
        return
    stacks = {count: _write(bench.folder / f"estate-{count}", count) for count in SIZES}
    turns: Turns = {count: [] for count in stacks}
    for _ in track(range(rounds), "against Checkov, in turn", console=bench.console):
        for count, (state, terraform) in stacks.items():
            turns[count].append((run_gate(state).seconds, run_checkov(terraform).seconds))
    _print(bench, turns)


def _write(folder: Path, count: int) -> tuple[Path, Path]:
    """The state and the folder of Terraform files. Both tools are run once: caches are warm."""
    terraform = folder / "terraform"
    terraform.mkdir(parents=True)
    (terraform / "main.tf").write_text(write_terraform(count))
    state = folder / "state.json"
    state.write_text(write_state(count))
    run_gate(state)
    seen = count_resources(terraform)
    if seen != count:
        raise SystemExit(f"Checkov sees {seen} of {count} resources")
    return state, terraform


def _print(bench: Workbench, turns: Turns) -> None:
    table = make_table(
        f"isthmus check against Checkov {VERSION}, all rules of each",
        "resources", "isthmus check", "Checkov", "Checkov takes so many times as long",
    )  # fmt: skip
    for count, pairs in turns.items():
        table.add_row(f"{count:,}", *_cells(pairs, "s", 2))
    table.add_row("each further one", *_cells(_margins(turns), "ms", 2))
    bench.console.print(table)


def _cells(pairs: Sequence[tuple[float, float]], unit: str, digits: int) -> tuple[str, str, str]:
    ours, theirs = zip(*pairs, strict=True)
    ratios = [their / our for our, their in pairs]
    return spread(ours, unit, digits), spread(theirs, unit, digits), spread(ratios, "", 1)


def _margins(turns: Turns) -> list[tuple[float, float]]:
    """Milliseconds for each resource more, of ours and of Checkov."""
    few, *_, many = SIZES
    sides = zip(zip(*turns[few], strict=True), zip(*turns[many], strict=True), strict=True)
    ours, theirs = (margins(fewer, more, many - few) for fewer, more in sides)
    return list(zip(ours, theirs, strict=True))

"""Our demo against a flat program of the same resources."""

from collections.abc import Mapping

from rich.progress import track

from isthmus_simulator.environment import REPOSITORY
from tests.bench.flat import FlatProgram, read_resources
from tests.bench.measure import Run, spread
from tests.bench.workbench import Workbench, make_table


def compare(bench: Workbench, rounds: int) -> None:
    """Preview of the demo, of the flat program, and of the flat program with our collector setting."""
    bench.console.print("Deploying the demo once, to write the flat program from what it built ...")
    bench.pulumi("demo", REPOSITORY, "stack", "init", "demo")
    bench.pulumi("demo", REPOSITORY, "up", "--yes", "--skip-preview", "-s", "demo")
    exported = bench.pulumi("demo", REPOSITORY, "stack", "export", "-s", "demo")
    flat = FlatProgram(read_resources(exported))
    bench.pulumi("fresh", REPOSITORY, "stack", "init", "demo")
    programs = {
        "our demo": ("fresh", REPOSITORY, "demo"),
        "flat program": ("flat", bench.make_project("flat", flat.render(tuned=False)), "bench"),
        "flat, our collector setting": (
            "tuned",
            bench.make_project("tuned", flat.render(tuned=True)),
            "bench",
        ),
    }
    runs: dict[str, list[Run]] = {name: [] for name in programs}
    for number in track(range(rounds + 1), "previewing in turn", console=bench.console):
        for name, (world, project, stack) in programs.items():
            measured = bench.preview(world, project, stack=stack)
            if number:  # the first round warms caches up
                runs[name].append(measured)
    _print(bench, flat.count, runs)


def _print(bench: Workbench, count: int, runs: Mapping[str, list[Run]]) -> None:
    table = make_table(
        f"Preview of {count} new resources on three clouds",
        "program", "wall clock", "memory of the program", "time against flat",
    )  # fmt: skip
    flat = runs["flat program"]
    for name, measured in runs.items():
        ratios = [one.seconds / other.seconds for one, other in zip(measured, flat, strict=True)]
        table.add_row(
            name,
            spread([one.seconds for one in measured], "s"),
            spread([one.peak_mib for one in measured], "MiB", 0),
            spread(ratios, "", 2),
        )
    bench.console.print(table)

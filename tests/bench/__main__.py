"""`make bench`: our demo against a flat program of the same resources, and resources per second by size.

Whole commands are timed, in turn (A B C A B C ...), so that a machine that slows down slows all of them;
ratios are taken pair by pair. Nothing here judges: there is no test on a time.
"""

import argparse
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from isthmus_simulator.environment import REPOSITORY, WORLD_VARIABLE, simulated_environment
from tests.bench.flat import FlatProgram, read_resources
from tests.bench.measure import Run, run, spread

SIZES = (100, 1_000, 3_000)
PROJECT = """name: {name}
runtime:
  name: python
  options: {{toolchain: pip, virtualenv: {virtualenv}}}
"""
MANY = '''"""{count} plain resources on one simulated cloud."""
import pulumi_aws as aws

group = aws.cloudwatch.LogGroup("group")
for number in range({count} - 1):
    aws.cloudwatch.LogStream(f"stream-{{number}}", log_group_name=group.name)
'''


class Bench:
    def __init__(self, folder: Path, console: Console) -> None:
        self.folder = folder
        self.console = console

    def environment(self, world: str) -> Mapping[str, str]:
        return simulated_environment(
            {**os.environ, WORLD_VARIABLE: str(self.folder / world), "PULUMI_BACKEND_URL": ""}
        )

    def pulumi(self, world: str, project: Path, *arguments: str) -> str:
        command = ["pulumi", "--non-interactive", *arguments]
        done = subprocess.run(
            command,
            cwd=project,
            env=dict(self.environment(world)),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(
                f"{' '.join(command)} in {project}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
            )
        return done.stdout

    def make_project(self, name: str, program: str) -> Path:
        project = self.folder / name
        project.mkdir()
        (project / "Pulumi.yaml").write_text(
            PROJECT.format(name=name, virtualenv=REPOSITORY / ".venv")
        )
        (project / "__main__.py").write_text(program)
        self.pulumi(name, project, "stack", "init", "bench")
        return project

    def preview(self, world: str, project: Path, stack: str = "bench") -> Run:
        return run(
            ["pulumi", "--non-interactive", "preview", "-s", stack],
            project,
            self.environment(world),
        )

    def compare(self, rounds: int) -> None:
        """Preview of the demo, of the flat program, and of the flat program with our collector setting."""
        self.console.print(
            "Deploying the demo once, to write the flat program from what it built ..."
        )
        self.pulumi("demo", REPOSITORY, "stack", "init", "demo")
        self.pulumi("demo", REPOSITORY, "up", "--yes", "--skip-preview", "-s", "demo")
        flat = FlatProgram(
            read_resources(self.pulumi("demo", REPOSITORY, "stack", "export", "-s", "demo"))
        )
        self.pulumi("fresh", REPOSITORY, "stack", "init", "demo")
        programs = {
            "our demo": ("fresh", REPOSITORY, "demo"),
            "flat program": ("flat", self.make_project("flat", flat.render(tuned=False)), "bench"),
            "flat, our collector setting": (
                "tuned",
                self.make_project("tuned", flat.render(tuned=True)),
                "bench",
            ),
        }
        runs: dict[str, list[Run]] = {name: [] for name in programs}
        for number in track(
            range(rounds + 1), description="previewing in turn", console=self.console
        ):
            for name, (world, project, stack) in programs.items():
                measured = self.preview(world, project, stack)
                if number:  # the first round warms caches up
                    runs[name].append(measured)
        self._print_comparison(flat.count, runs)

    def _print_comparison(self, count: int, runs: Mapping[str, list[Run]]) -> None:
        table = Table(
            title=f"Preview of {count} new resources on three clouds", title_justify="left"
        )
        for heading in ("program", "wall clock", "memory of the program", "time against flat"):
            table.add_column(heading)
        flat = runs["flat program"]
        for name, measured in runs.items():
            ratios = [
                one.seconds / other.seconds for one, other in zip(measured, flat, strict=True)
            ]
            table.add_row(
                name,
                spread([one.seconds for one in measured], "s"),
                spread([one.peak_mib for one in measured], "MiB", 0),
                spread(ratios, "", 2),
            )
        self.console.print(table)

    def sizes(self) -> None:
        table = Table(title="Resources per second, one cloud", title_justify="left")
        for heading in ("resources", "preview", "up", "up again (no change)"):
            table.add_column(heading, justify="right")
        for count in SIZES:
            name = f"many-{count}"
            project = self.make_project(name, MANY.format(count=count))
            command = [
                "pulumi",
                "--non-interactive",
                "up",
                "--yes",
                "--skip-preview",
                "-s",
                "bench",
            ]
            preview = self.preview(name, project)
            first, again = (run(command, project, self.environment(name)) for _ in range(2))
            table.add_row(
                f"{count:,}",
                *(
                    f"{count / one.seconds:.0f} ({one.seconds:.1f} s, {one.peak_mib:.0f} MiB)"
                    for one in (preview, first, again)
                ),
            )
            self.console.print(f"{count:,} resources measured")
        self.console.print(table)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="counted rounds of the comparison")
    parser.add_argument("--only", choices=("compare", "sizes"), help="one half of it")
    options = parser.parse_args()
    console = Console(width=110)
    with tempfile.TemporaryDirectory(prefix="isthmus-bench-") as folder:
        bench = Bench(Path(folder), console)
        if options.only != "sizes":
            bench.compare(options.rounds)
        if options.only != "compare":
            bench.sizes()


if __name__ == "__main__":
    main()

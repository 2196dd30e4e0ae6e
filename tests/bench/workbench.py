"""Where programs are measured: a temporary folder, the simulated clouds, and a place to print."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from isthmus_simulator.environment import REPOSITORY, WORLD_VARIABLE, simulated_environment
from tests.bench.measure import Run, run

PROJECT = """name: {name}
runtime:
  name: python
  options: {{toolchain: pip, virtualenv: {virtualenv}}}
"""


class Workbench:
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
        project = self.make_folder(name, "Pulumi.yaml", program)
        self.pulumi(name, project, "stack", "init", "bench")
        return project

    def make_folder(self, name: str, description: str, program: str) -> Path:
        """A folder with a program, and the file that tells the engine what it is."""
        folder = self.folder / name
        folder.mkdir()
        (folder / description).write_text(
            PROJECT.format(name=name, virtualenv=REPOSITORY / ".venv")
        )
        (folder / "__main__.py").write_text(program)
        return folder

    def preview(self, world: str, project: Path, *options: str, stack: str = "bench") -> Run:
        return run(
            ["pulumi", "--non-interactive", "preview", "-s", stack, *options],
            project,
            self.environment(world),
        )


def make_table(title: str, *headings: str) -> Table:
    """A table of figures: the first column says of what."""
    table = Table(title=title, title_justify="left")
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number else "left")
    return table

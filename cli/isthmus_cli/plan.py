"""`isthmus plan`: what a stack comes to, or every mistake in it, without an engine and without a
cloud."""

import gc
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from isthmus.plan.build import Planned
    from isthmus_cli.project import Project

HELP = """Show what a stack comes to: machines, zones, networks, prices, and why each was chosen.

Reads the stack file alone; nothing is built and nobody is asked. If something is wrong, every
mistake is shown at once, each with its line, the reason and what to write instead. Exit code: 0
fine, 1 mistakes in the configuration, 2 wrong usage.
"""


def plan(
    stack: Annotated[
        str | None, typer.Option("--stack", "-s", help="Name of the stack, or a stack file.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help='Print {"plan": ...} or {"problems": [...]}.')
    ] = False,
    folder: Annotated[
        Path, typer.Option("--cwd", "-C", help="Folder of the Pulumi project.")
    ] = Path(),
) -> None:
    # Imported late, so that `--help` does not wait for them; without the garbage collector, because a
    # process this short only loses time to it (a tenth, measured).
    gc.disable()
    from isthmus.plan.stack import plan_stack
    from isthmus.spec.load import load_stack_file
    from isthmus_cli.project import find_project

    project = find_project(folder)
    if project is None:
        raise typer.BadParameter(
            f"there is no Pulumi.yaml in {folder.resolve()} or above it", param_hint="'-C'"
        )
    file = _near(project.stack_file(_choose_stack(stack, project)))
    planned = plan_stack(load_stack_file(file, project.name))
    if as_json:
        print(_as_json(planned))
    else:
        _show(planned, file)
    raise typer.Exit(1 if planned.problems else 0)


def _choose_stack(stack: str | None, project: "Project") -> str:
    names = project.stack_names()
    if stack is not None:
        return stack
    if len(names) == 1:
        return names[0]
    known = f"stacks here: {', '.join(names)}" if names else f"there is none in {project.stacks}"
    raise typer.BadParameter(f"say which stack to plan; {known}", param_hint="'-s'")


def _near(file: Path) -> Path:
    """The path as the reader would type it."""
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file


def _as_json(planned: "Planned") -> str:
    from isthmus.plan.as_json import plan_as_json, problem_as_json

    if planned.plan is None:
        return json.dumps({"problems": [problem_as_json(p) for p in planned.problems]}, indent=2)
    return json.dumps({"plan": plan_as_json(planned.plan)}, indent=2)


def _show(planned: "Planned", file: Path) -> None:
    from rich.console import Console

    if planned.plan is None:
        from isthmus_cli.problem_view import show_problems

        show_problems(
            Console(file=sys.stderr, highlight=False, soft_wrap=False), planned.problems, str(file)
        )
    else:
        from isthmus_cli.plan_view import show_plan

        show_plan(Console(highlight=False), planned.plan, file.name)

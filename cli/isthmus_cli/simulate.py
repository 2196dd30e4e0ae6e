"""`isthmus simulate CMD...`: runs a command where plain `pulumi` meets the simulated clouds."""

import os
import shutil
import sys
from typing import Annotated

import typer

from isthmus_simulator.environment import simulated_environment

HELP = """Run a command inside the simulated clouds: no account, no cost, no way to a real one.

Any Pulumi project works, from any folder: `isthmus simulate pulumi up -s dev`. All that follows the
command's name goes to the command. ISTHMUS_WORLD names the world's folder, so that worlds stand side by
side; a stack's state lies in the world too, unless PULUMI_BACKEND_URL names another local folder
(file://...). Without a command, the variables are printed, for `eval "$(isthmus simulate)"`.
"""
SHOWN = (
    "PATH",
    "PULUMI_",
    "ISTHMUS_",
    "AWS_",
    "GOOGLE_",
    "ARM_",
    "CLOUDSDK_",
    "AZURE_",
    "KUBECONFIG",
)


def simulate(command: Annotated[list[str] | None, typer.Argument(metavar="CMD...")] = None) -> None:
    environment = simulated_environment()
    if not sys.stdin.isatty():
        # Nothing here costs anything, and a script cannot answer a prompt.
        environment.setdefault("PULUMI_SKIP_CONFIRMATIONS", "true")
    if not command:
        for key, value in sorted(environment.items()):
            if key.startswith(SHOWN):
                print(f"export {key}='{value}'")
        return
    program = shutil.which(command[0], path=environment["PATH"])
    if program is None:
        print(
            f"isthmus: there is no command '{command[0]}'. `make up` installs the Pulumi engine.",
            file=sys.stderr,
        )
        raise typer.Exit(127)
    sys.stdout.flush()
    os.execve(program, command, environment)

"""The `isthmus` command: registers its subcommands, and imports only the one that is called."""

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import NamedTuple

import typer


class Command(NamedTuple):
    """A subcommand: `module` holds a function of the command's name, or a Typer app called
    `app`."""

    module: str
    summary: str
    passes_through: bool = False
    """Whether every argument that follows goes on untouched."""


COMMANDS: Mapping[str, Command] = MappingProxyType(
    {
        "plan": Command(
            "isthmus_cli.plan",
            "Show what a stack comes to, or every mistake in it. No engine, no cloud.",
        ),
        "check": Command("isthmus_cli.check", "Judge a state or a preview by the policies."),
        "policies": Command("isthmus_cli.policies", "List the policy rules."),
        "simulate": Command(
            "isthmus_cli.simulate",
            "Run a command inside the simulated clouds.",
            passes_through=True,
        ),
        "world": Command("isthmus_cli.world", "Show or change the simulated world."),
        "demo": Command(
            "isthmus_cli.demo",
            "Rehearse the demo stack from preview to destroy on simulated clouds.",
        ),
    }
)


def run(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line and leaves with its exit code: 0 fine, 1 problems, 2 wrong usage."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    called = next((word for word in words if not word.startswith("-")), None)
    make_app(called)(args=words, prog_name="isthmus")


def make_app(called: str | None) -> typer.Typer:
    """The command line with the called subcommand in full; of the others only name and summary."""
    app = typer.Typer(
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        help="Hybrid-cloud AI infrastructure: decide, rehearse on simulated clouds, then build.",
    )
    app.callback()(_nothing)
    for name, command in COMMANDS.items():
        if name == called:
            _register(app, name, command)
        else:
            app.command(name, help=command.summary)(_nothing)
    return app


def _nothing() -> None:
    """Stands for the subcommands that are not called; with it as callback, one alone is still a
    subcommand."""


def _register(app: typer.Typer, name: str, command: Command) -> None:
    module = import_module(command.module)
    group = getattr(module, "app", None)
    if isinstance(group, typer.Typer):
        app.add_typer(group, name=name)
        return
    settings = {
        "ignore_unknown_options": True,
        "allow_interspersed_args": False,
        "help_option_names": ["--help"],
    }
    app.command(
        name,
        help=getattr(module, "HELP", command.summary),
        context_settings=settings if command.passes_through else None,
    )(getattr(module, name))


if __name__ == "__main__":
    run()

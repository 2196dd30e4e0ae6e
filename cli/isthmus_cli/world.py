"""`isthmus world`: shows the simulated world, and changes it behind the engine's back."""

import json
import shutil
import sys
from collections import Counter
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from isthmus_simulator import hands
from isthmus_simulator.environment import state_folder, world_folder
from isthmus_simulator.orphans import UnreadableState, find_orphans
from isthmus_simulator.world import DATABASE, Fault, Resource, World, as_json

app = typer.Typer(
    no_args_is_help=False, rich_markup_mode=None, help="Show or change the simulated world."
)


@app.callback(invoke_without_command=True)
def show(
    context: typer.Context,
    as_array: Annotated[bool, typer.Option("--json", help="Print an array of objects.")] = False,
    orphans: Annotated[
        bool, typer.Option("--orphans", help="Only what no stack's state holds.")
    ] = False,
    cloud: Annotated[str | None, typer.Option(help="Only aws, gcp or azure-native.")] = None,
) -> None:
    """Show what exists in the world that ISTHMUS_WORLD names (default: .isthmus/world of the repository)."""
    if context.invoked_subcommand is not None:
        return
    found = [one for one in _existing(orphans) if cloud in (None, one.cloud)]
    if as_array:
        print(json.dumps([as_json(one) for one in found], indent=2))
    else:
        _print_table(found, orphans)


def _existing(orphans: bool) -> list[Resource]:
    world = _world()
    if not (world.folder / DATABASE).exists():
        return []
    if orphans:
        try:
            return find_orphans(world, state_folder())
        except UnreadableState as error:
            _fail(f"{error}. Restore it from the .json.bak beside it, then ask again.")
    with world.transaction() as session:
        return session.resources()


def _print_table(found: list[Resource], orphans: bool) -> None:
    console = Console()
    if not found:
        where = (
            "no orphans: every resource of the world is in a state"
            if orphans
            else "the world is empty"
        )
        console.print(f"{where} ({world_folder()})", highlight=False, soft_wrap=True)
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("cloud", "type", "name", "region", "id"):
        table.add_column(heading, overflow="fold")
    for one in found:
        table.add_row(one.cloud, one.type.split(":", 1)[1], one.name, one.region, one.id)
    console.print(table)
    counts = ", ".join(
        f"{count} on {cloud}" for cloud, count in Counter(one.cloud for one in found).items()
    )
    console.print(
        f"\n{len(found)} {'orphans' if orphans else 'resources'}: {counts}  ({world_folder()})",
        highlight=False,
        soft_wrap=True,
    )


@app.command("drift")
def drift(
    resource: Annotated[str, typer.Argument(help="Id, name or URN of the resource.")],
    changes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH=VALUE...",
            help="tags.owner=mallory; an empty value takes the property away.",
        ),
    ] = None,
    removed: Annotated[bool, typer.Option("--remove", help="Delete the resource by hand.")] = False,
) -> None:
    """Change or remove a resource behind the engine's back; `pulumi refresh` then finds it."""
    try:
        if removed:
            _remove(_named([resource]))
        elif changes:
            found = hands.drift(_world(), resource, [hands.read_change(one) for one in changes])
            print(f"changed {found.type} {found.id} by hand: {', '.join(changes)}")
        else:
            _fail("nothing to do: give PATH=VALUE, for example tags.owner=mallory, or --remove")
    except hands.HandError as error:
        _fail(str(error))


@app.command("remove")
def remove(
    resources: Annotated[list[str] | None, typer.Argument(metavar="RESOURCE...")] = None,
    orphans: Annotated[
        bool, typer.Option("--orphans", help="Every resource that no state holds.")
    ] = False,
) -> None:
    """Delete resources by hand, for example the orphans of a killed update."""
    if not resources and not orphans:
        _fail("nothing to remove: name resources, or give --orphans")
    try:
        _remove(_existing(orphans=True) if orphans else _named(resources or []))
    except hands.HandError as error:
        _fail(str(error))


def _named(names: list[str]) -> list[Resource]:
    with _world().transaction() as session:
        return [hands.find_one(session, name) for name in names]


def _remove(found: list[Resource]) -> None:
    hands.remove(_world(), found)
    for one in found:
        print(f"removed {one.type} {one.id} by hand")


@app.command("quota")
def quota(
    cloud: Annotated[str, typer.Argument(help="aws, gcp or azure-native.")],
    code: Annotated[
        str, typer.Argument(help="Quota code of the catalogue, for example L-417A185B.")
    ],
    limit: Annotated[float, typer.Argument(help="The new limit, in the quota's unit.")],
    region: Annotated[str, typer.Option(help="One region; default: all.")] = "*",
) -> None:
    """Set how much of something the simulated account may use."""
    with _world().transaction() as session:
        session.set_quota_limit(cloud, code, region, limit)
    print(f"quota {code} of {cloud} is {limit:g} in {'every region' if region == '*' else region}")


@app.command("fault")
def fault(
    operation: Annotated[str, typer.Argument(help="create, update or delete.")],
    type_token: Annotated[str, typer.Argument(metavar="TYPE", help="Type token; * and ? match.")],
    message: Annotated[
        str, typer.Option(help="The error; without one the call is only delayed.")
    ] = "",
    seconds: Annotated[float, typer.Option(help="How long the call takes first.")] = 0.0,
    times: Annotated[int, typer.Option(help="How often.")] = 1,
) -> None:
    """Plan a failure or a delay: the next matching calls meet it."""
    if operation not in ("create", "update", "delete"):
        _fail(f"there is no operation '{operation}'; write create, update or delete")
    with _world().transaction() as session:
        session.add_fault(Fault(operation, type_token, message, seconds), times)
    print(f"the next {times} {operation} of {type_token} will {'fail' if message else 'be slow'}")


@app.command("reset")
def reset() -> None:
    """Empty the world: its resources, quotas and faults, and the states of its stacks."""
    folder = world_folder()
    for path in (*folder.glob(f"{DATABASE}*"), folder / "state"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    print(f"the world is empty ({folder})")


def _world() -> World:
    return World(world_folder())


def _fail(message: str) -> None:
    print(f"isthmus: {message}", file=sys.stderr)
    raise typer.Exit(1)

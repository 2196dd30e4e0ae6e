"""The options of `isthmus check`."""

from pathlib import Path
from typing import Annotated

import typer

from isthmus_policies.reports.formats import Format
from isthmus_policies.settings import OnUnknown

State = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE", help="A state or preview to judge; may be repeated."),
]
Stack = Annotated[
    str | None,
    typer.Option("--stack", "-s", metavar="STACK", help="A stack of the project, or its file."),
]
Every = Annotated[bool, typer.Option("--all", help="Every stack of the file backend.")]
Folder = Annotated[
    Path, typer.Option("--cwd", "-C", metavar="DIR", help="Folder of the Pulumi project.")
]
Config = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Stack file that says where data may be, and more."),
]
Jurisdictions = Annotated[
    str | None, typer.Option(metavar="LIST", help="Where data may be, for example EU,KR.")
]
Unknowns = Annotated[
    OnUnknown | None, typer.Option(help="What becomes of values that nobody knows yet.")
]
Packs = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Pack of rules (default: foundation); may be repeated."),
]
Rules = Annotated[
    list[str] | None, typer.Option(metavar="ID", help="Only this rule; may be repeated.")
]
Exemptions = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Default: isthmus-exemptions.yaml beside the stack file."),
]
AllowEmpty = Annotated[
    bool, typer.Option("--allow-empty", help="A stack without resources is no error.")
]
Forms = Annotated[
    list[Format] | None,
    typer.Option(
        "--format", metavar="FORM", help=f"{', '.join(Format)}; may be repeated, each with its -o."
    ),
]
Files = Annotated[
    list[str] | None,
    typer.Option(
        "--out", "-o", metavar="FILE", help="Where the report of that form goes; - is the screen."
    ),
]
FixDiff = Annotated[
    bool,
    typer.Option("--fix-diff", help="Show what a rule's safe fix would change; changes nothing."),
]
Base = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Earlier JSON report: tell what changed since."),
]

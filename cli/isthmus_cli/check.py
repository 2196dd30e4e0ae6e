"""`isthmus check`: judges states and previews by the policies, without an engine and without a
cloud."""

import gc
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from isthmus_cli import check_options as options
from isthmus_policies.reports.formats import Format
from isthmus_policies.reports.text import visible
from isthmus_policies.settings import OnUnknown

if TYPE_CHECKING:
    from isthmus_cli.check_subjects import Finder
    from isthmus_policies.gate import Subject
    from isthmus_policies.offline.problem import CannotJudge
    from isthmus_policies.reports.change import Change
    from isthmus_policies.reports.model import Report

HELP = """Judge a stack's state or preview by the policies: encryption, keys, exposure, residency, tags.

Reads what the engine wrote (`pulumi stack export`, `pulumi preview --json --show-sames`, or the file
backend); nobody is asked. Exit code: 0 nothing blocks, 1 findings that block, 2 it could not be judged,
and a message says why.
"""


class Output(NamedTuple):
    form: Format
    file: Path | None
    """None for standard output."""


def check(
    state: options.State = None,
    stack: options.Stack = None,
    every: options.Every = False,
    folder: options.Folder = Path(),
    config: options.Config = None,
    jurisdictions: options.Jurisdictions = None,
    on_unknown: options.Unknowns = None,
    pack: options.Packs = None,
    rule: options.Rules = None,
    exemptions: options.Exemptions = None,
    allow_empty: options.AllowEmpty = False,
    form: options.Forms = None,
    out: options.Files = None,
    base: options.Base = None,
    fix_diff: options.FixDiff = False,
) -> None:
    # A process this short only loses time to the garbage collector, and nothing here makes cycles.
    gc.disable()
    from isthmus_policies.offline.problem import CannotJudge

    try:
        outputs = _pair(form or [], out or [])
        wish = _Wish(state or [], stack, every, folder, config, jurisdictions, on_unknown,
                     pack or [], rule or [], exemptions, allow_empty, fix_diff)  # fmt: skip
        report = _judge(wish)
        _tell(report, outputs, base)
    except CannotJudge as problem:
        _complain(problem)
        raise typer.Exit(2) from None
    raise typer.Exit(int(report.exit_code))


class _Wish(NamedTuple):
    """The command line without what concerns the report's form."""

    states: Sequence[Path]
    stack: str | None
    every: bool
    folder: Path
    config: Path | None
    jurisdictions: str | None
    on_unknown: OnUnknown | None
    packs: Sequence[str]
    rules: Sequence[str]
    exemptions: Path | None
    allow_empty: bool
    fix_diff: bool


def _judge(wish: _Wish) -> "Report":
    from isthmus_cli import check_subjects
    from isthmus_policies.exemption_file import ExemptionsError, read_exemptions
    from isthmus_policies.gate import choose_rules, judge
    from isthmus_policies.offline.problem import CannotJudge
    from isthmus_policies.registry import RULES
    from isthmus_policies.remedies.proposals import with_remedies

    choice = choose_rules(wish.packs, wish.rules)
    finder = check_subjects.Finder(
        check_subjects.Wish(wish.folder, wish.allow_empty, wish.config, _told(wish))
    )
    subjects = _subjects(finder, wish)
    file = wish.exemptions or finder.exemptions(subjects)
    try:
        known = [rule.id for rule in RULES]
        entries = read_exemptions(file, known) if file else None
    except ExemptionsError as error:
        raise CannotJudge("exemptions", str(error), "Nothing was judged.") from None
    report = judge(subjects, choice, entries, exemption_file=str(file) if file else None)
    return with_remedies(report, subjects) if wish.fix_diff else report


def _subjects(finder: "Finder", wish: _Wish) -> "list[Subject]":
    from isthmus_policies.offline.problem import CannotJudge

    given = [bool(wish.states), wish.stack is not None, wish.every]
    if sum(given) > 1:
        raise CannotJudge("isthmus check", "two sources at once", "Give --state, -s or --all.")
    if wish.states:
        return finder.files(wish.states)
    if wish.every:
        return finder.all()
    return finder.stack(wish.stack if wish.stack is not None else finder.only_stack())


def _told(wish: _Wish) -> dict[str, object]:
    told: dict[str, object] = {}
    if wish.jurisdictions is not None:
        told["jurisdictions"] = [word.strip() for word in wish.jurisdictions.split(",")]
    if wish.on_unknown is not None:
        told["onUnknown"] = wish.on_unknown.value
    return told


def _pair(forms: Sequence[Format], files: Sequence[str]) -> list[Output]:
    """Each form with its file, in the order they were given."""
    from isthmus_policies.offline.problem import CannotJudge

    forms = forms or [Format.CONSOLE]
    if len(forms) == 1 and not files:
        return [Output(forms[0], None)]
    if len(forms) != len(files):
        raise CannotJudge(
            "--format",
            f"{len(forms)} forms, but {len(files)} times -o",
            "Give each --format its -o, in the same order; `-o -` is the screen.",
        )
    if files.count("-") > 1:
        raise CannotJudge("-o", "two reports on the screen", "Give one of them a file.")
    return [
        Output(form, None if file == "-" else Path(file))
        for form, file in zip(forms, files, strict=True)
    ]


def _tell(report: "Report", outputs: Sequence[Output], base: Path | None) -> None:
    from isthmus_policies.reports.formats import render

    change = None
    if base is not None:
        from isthmus_policies.reports.change import compare

        change = compare(report, base)
    texts = [
        (output, None if _is_screen(output) else render(report, output.form, change))
        for output in outputs
    ]
    for output, text in texts:
        if text is None:
            _show(report, change)
        elif output.file is None:
            sys.stdout.write(text)
        else:
            _write(output.file, text)
    if all(output.file for output in outputs):
        print(f"isthmus: {_in_short(report)}", file=sys.stderr)


def _in_short(report: "Report") -> str:
    from isthmus_policies.reports.text import count_of

    ran = f"{count_of(len(report.rules), 'rule')} on {count_of(report.resources, 'resource')}"
    return f"{report.verdict} ({ran}, {count_of(len(report.findings), 'finding')})"


def _is_screen(output: Output) -> bool:
    return output == Output(Format.CONSOLE, None) and sys.stdout.isatty()


def _show(report: "Report", change: "Change | None") -> None:
    from rich.console import Console

    from isthmus_policies.reports.console import show

    show(Console(highlight=False), report, change)


def _write(file: Path, text: str) -> None:
    """All of it or nothing: a reader must not take half a report for a clean one."""
    from isthmus_policies.offline.problem import CannotJudge

    try:
        if file.exists() and not file.is_file():  # a pipe or a device cannot be replaced
            file.write_text(text, encoding="utf-8", newline="")
            return
        with tempfile.NamedTemporaryFile(
            "w",
            dir=file.parent,
            prefix=f".{file.name}.",
            delete=False,
            encoding="utf-8",
            newline="",
        ) as draft:
            draft.write(text)
        made = Path(draft.name)
        made.chmod(0o644)
        made.replace(file)
    except OSError as error:
        raise CannotJudge(
            str(file), f"the report cannot be written: {error.strerror}", "Check the path."
        ) from None


def _complain(problem: "CannotJudge") -> None:
    for each in getattr(problem, "problems", (problem,)):
        for line in f"isthmus: {each}".splitlines():
            print(visible(line), file=sys.stderr)
    print("isthmus: nothing was judged", file=sys.stderr)

"""Shows mistakes: the place, the line with a caret, what is wrong, why, and what to write
instead."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from isthmus.spec.problem import Position, Problem


def show_problems(console: Console, problems: Sequence[Problem], file: str) -> None:
    for problem in problems:
        _show_problem(console, problem)
    count = f"{len(problems)} problem" + ("" if len(problems) == 1 else "s")
    console.print(
        f"[bold red]{count}[/] in {escape(file)}: there is no plan, and nothing was built."
    )


def _show_problem(console: Console, problem: Problem) -> None:
    where = problem.position
    name = escape(problem.setting)
    place = (
        f"{where.file}:{where.line}:{where.column}"
        if where and where.line
        else (where.file if where else "")
    )
    console.print(f"[cyan]{escape(place)}[/]  [bold]{name}[/]", soft_wrap=True)
    if where and where.source:
        _show_source(console, where, problem.value)
    console.print(Padding(_told(problem), (0, 0, 1, 2)))


def _show_source(console: Console, where: Position, value: str | None) -> None:
    source = where.source.replace("\t", " ")
    room = max(20, console.width - 9)
    start = max(0, where.column - room // 2) if len(source) > room else 0
    number = str(where.line).rjust(5)
    column = min(where.column - 1, len(source)) - start
    width = _width(source[where.column - 1 :], value)
    console.print(
        f"[dim]{number} |[/] {escape(source[start : start + room])}", no_wrap=True, crop=True
    )
    console.print(
        f"[dim]      |[/] {' ' * column}[bold red]{'^' * min(width, room - column)}[/]",
        no_wrap=True,
    )


def _width(written: str, value: str | None) -> int:
    """How much of the line the value takes, with its quotation marks."""
    quotes = 1 if written[:1] in ("'", '"') else 0
    return len(value) + 2 * quotes if value and written[quotes:].startswith(value) else 1


def _told(problem: Problem) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("[red]what[/]", escape(problem.what) + _found(problem))
    table.add_row("[dim]why[/]", escape(problem.why))
    table.add_row("[green]do[/]", f"[green]{escape(problem.hint)}[/]")
    return table


def _found(problem: Problem) -> str:
    shown = problem.value
    return "" if shown is None or shown in problem.what else f" [dim](found: {escape(shown)})[/]"

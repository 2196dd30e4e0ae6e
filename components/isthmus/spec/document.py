"""A stack's configuration together with its text: knows where each setting stands and what must
stay hidden."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from isthmus.spec.problem import Path, Position, Problem, dotted
from isthmus.spec.tree import Found, Node, Span, find, walk


@dataclass(slots=True)
class Document:
    """`root` maps sections to their trees; `lines` is the stack file's text, empty where there is
    none."""

    file: str
    project: str
    root: Node
    lines: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list[Problem])
    _hidden: list[Span] = field(default_factory=list[Span])

    def report(self, problem: Problem) -> None:
        """Notes a problem together with its place, as the tree is now."""
        self.problems.append(self.locate(problem))

    def report_at(self, span: Span | None, problem: Problem) -> None:
        """Notes a problem whose place is known and is no setting."""
        position = Position(self.file, *(span[:2] if span else (1, 1)), source="")
        self.problems.append(replace(problem, position=position))

    def locate(self, problem: Problem) -> Problem:
        """The same problem with the setting's name and place as the file has them."""
        found = find(self.root, problem.path)
        name = dotted(tuple(found.written))
        span = self._span_of(found, problem.at_key)
        return replace(
            problem,
            setting=f"{self.project}:{name}" if name else self.project,
            hint=problem.hint.replace("{project}", self.project),
            position=Position(self.file, *(span[:2] if span else (0, 0)), source=""),
        )

    def hide(self, node: Node) -> None:
        """Keeps a piece out of every message and excerpt."""
        for part in walk(node):
            part.hidden = True
            if part.span and part.entries is None and part.items is None:
                self._hidden.append(part.span)

    def is_echo(self, problem: Problem) -> bool:
        """Whether a problem rests on something that was already reported and is only stood in
        for."""
        return any(self._is_repaired(path) for path in problem.grounds)

    def finished(self, further: Iterable[Problem] = ()) -> tuple[Problem, ...]:
        """All problems in the order of the file, each with its line of text. `further` ones are
        located, and left out where they are echoes."""
        located = [*self.problems, *(self.locate(p) for p in further if not self.is_echo(p))]
        return tuple(self._with_source(problem) for problem in sorted(located, key=_place))

    def _is_repaired(self, path: Path) -> bool:
        return any(node.repaired for node in find(self.root, path).nodes)

    def _span_of(self, found: Found, at_key: bool) -> Span | None:
        node = found.node
        is_scalar = node.entries is None and node.items is None
        if found.complete and not at_key and is_scalar and node.span:
            return node.span
        return found.key_span or node.span

    def _with_source(self, problem: Problem) -> Problem:
        position = problem.position
        if position is None or not 0 < position.line <= len(self.lines):
            return problem
        return replace(problem, position=replace(position, source=self._excerpt(position.line)))

    def _excerpt(self, line: int) -> str:
        text = self.lines[line - 1]
        cuts = [start for span in self._hidden if (start := _covered_from(span, line)) is not None]
        return text if not cuts else text[: min(cuts)] + "(hidden)"


def _place(problem: Problem) -> tuple[int, int]:
    return (problem.position.line, problem.position.column) if problem.position else (0, 0)


def _covered_from(span: Span, line: int) -> int | None:
    """The index from which a span covers a line; None if it does not reach it."""
    if not span.line <= line <= span.end_line:
        return None
    if span.line == line:
        return span.column - 1
    return None if (span.end_line, span.end_column) == (line, 1) else 0

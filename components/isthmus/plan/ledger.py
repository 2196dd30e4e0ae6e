"""Collects what a plan decides and what speaks against it."""

from dataclasses import dataclass, field

from isthmus.plan.model import Decision
from isthmus.spec.problem import Path, Problem, dotted


@dataclass(slots=True)
class Ledger:
    """One plan's decisions and problems, in the order they came up."""

    decisions: list[Decision] = field(default_factory=list[Decision])
    problems: list[Problem] = field(default_factory=list[Problem])

    def decide(self, path: Path, choice: str, reason: str, certain: bool = True) -> None:
        self.decisions.append(Decision(dotted(path), choice, reason, certain))

    def object_to(
        self,
        path: Path,
        value: object,
        what: str,
        why: str,
        hint: str,
        because: tuple[Path, ...] = (),
    ) -> None:
        """Notes a mistake. `because` are further settings it rests on."""
        shown = None if value is None else str(value)
        self.problems.append(Problem(path, what, why, hint, shown, because))

"""A mistake in a configuration, told so that the reader can mend it."""

from dataclasses import dataclass

Path = tuple[str | int, ...]
"""Where a setting stands: section first, then keys and list positions."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a file; lines and columns count from 1."""

    file: str
    line: int
    column: int
    source: str
    """The line's text, with whatever may be secret cut off."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where, what, why, and what to write instead.

    A problem is found by its `path` in the typed configuration. Locating it fills in `setting`, the
    name as the file spells it, and `position`. The value of a secret never becomes part of a
    problem.
    """

    path: Path
    what: str
    why: str
    hint: str
    value: str | None = None
    """What stands there now; None where nothing does, or where it may be secret."""
    because: tuple[Path, ...] = ()
    """Settings the judgement rests on, when there are more than `path`. A problem that rests on a
    setting already reported is an echo, and is left out."""
    at_key: bool = False
    """Whether the name is wrong, and not what it holds."""
    setting: str = ""
    position: Position | None = None

    @property
    def grounds(self) -> tuple[Path, ...]:
        return (self.path, *self.because)


def dotted(path: Path) -> str:
    """A path as `pulumi config set --path` takes it."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")

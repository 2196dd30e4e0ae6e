"""Names that look like a mistyped one, as the end of a message."""

from collections.abc import Iterable


def name_nearest(word: str, names: Iterable[str], count: int = 3) -> str:
    """`Did you mean a, b? `, or nothing."""
    from isthmus_catalog import nearest  # late: only a mistake needs it

    found = nearest(word, tuple(names), count)
    return f"Did you mean {', '.join(found)}? " if found else ""

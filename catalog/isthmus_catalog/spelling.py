"""Names that are spelled like a name nobody knows, for errors that say what to write instead."""

from collections.abc import Iterable

# Below this likeness (difflib's ratio, 0 to 1) a suggestion confuses more than it helps.
_LEAST_LIKENESS = 0.6
# A name found whole inside a longer one ("h100" in "nvidia-h100-80gb") is a good guess, but not as
# good as one that is a letter away.
_CONTAINED_LIKENESS = 0.8


def nearest(name: str, choices: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """The choices spelled most like `name`, best first, at most `limit`; none if none is close."""
    # Imported here: difflib costs more than the rest of a lookup and only errors need it.
    from difflib import SequenceMatcher

    folded = name.strip().lower()
    matcher = SequenceMatcher(b=folded, autojunk=False)
    ranked: list[tuple[float, str]] = []
    for choice in dict.fromkeys(choices):
        matcher.set_seq1(choice.lower())
        likeness = matcher.ratio() if matcher.quick_ratio() >= _LEAST_LIKENESS else 0.0
        if len(folded) > 1 and folded in choice.lower():
            likeness = max(likeness, _CONTAINED_LIKENESS)
        if likeness >= _LEAST_LIKENESS:
            ranked.append((-likeness, choice))
    return tuple(choice for _, choice in sorted(ranked)[:limit])

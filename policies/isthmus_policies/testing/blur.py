"""The same value as a preview might know it: with a part of it unknown."""

from collections.abc import Iterator, Mapping
from typing import cast

from isthmus_policies.values import UNKNOWN


def blur_each(value: object) -> Iterator[object]:
    """The value once for each of its parts, with that part unknown."""
    if isinstance(value, Mapping):
        fields = cast(Mapping[str, object], value)
        for key, child in fields.items():
            yield from ({**fields, key: blurred} for blurred in (UNKNOWN, *blur_each(child)))
    elif isinstance(value, list | tuple):
        items = cast(list[object], value)
        for index, child in enumerate(items):
            yield from (
                [*items[:index], blurred, *items[index + 1 :]]
                for blurred in (UNKNOWN, *blur_each(child))
            )

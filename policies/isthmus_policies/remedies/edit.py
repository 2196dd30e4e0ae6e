"""Puts values into plain properties, and tells what became different.

Nothing unknown is ever written over, and whatever lay behind a secret's mark stays behind it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from isthmus_policies.values import MISSING, UNKNOWN, Secret, Tree, Value, reveal

Keys = tuple[str | int, ...]
"""The way to a value, key by key: names of tags may hold dots, which a path could not tell."""

_NOT_SET, _NOT_KNOWN, _SECRET = "not set", "not known yet", "(secret)"


class _LeftAloneError(Exception):
    """The value cannot be put there."""


def put_all(tree: Tree, values: Mapping[Keys, Value]) -> Tree | None:
    """The tree with each value that can be put where it belongs; None if nothing changes."""
    result = tree
    for keys, value in values.items():
        result = put(result, keys, value) or result
    return None if result == tree else result


def put(tree: Tree, keys: Keys, value: Value) -> Tree | None:
    """The tree with a value at `keys`.

    None if something unknown is there or on the way, or if more than one mapping would have to be
    made to hold it: a block of settings that its author left out is not ours to add.
    """
    try:
        return cast(Tree, _put(tree, keys, value, has_made_one=False))
    except _LeftAloneError:
        return None


def _put(at: Value, keys: Keys, value: Value, *, has_made_one: bool) -> Value:
    if isinstance(at, Secret):
        return Secret(_put(at.value, keys, value, has_made_one=has_made_one))
    if at is UNKNOWN:
        raise _LeftAloneError
    if not keys:
        return value
    key, rest = keys[0], keys[1:]
    if (at is None or at is MISSING) and isinstance(key, str) and not has_made_one:
        return {key: _put(MISSING, rest, value, has_made_one=True)}
    if isinstance(at, Mapping) and isinstance(key, str):
        child = at.get(key, MISSING)
        return {**at, key: _put(child, rest, value, has_made_one=has_made_one)}
    if _is_list(at) and isinstance(key, int) and key <= len(cast(Sequence[Value], at)):
        return _put_in_list(cast(Sequence[Value], at), keys, value, has_made_one=has_made_one)
    raise _LeftAloneError


def _put_in_list(
    at: Sequence[Value], keys: Keys, value: Value, *, has_made_one: bool
) -> Sequence[Value]:
    index, rest = cast(int, keys[0]), keys[1:]
    child = at[index] if index < len(at) else MISSING
    put_there = _put(child, rest, value, has_made_one=has_made_one)
    return [*at[:index], put_there, *at[index + 1 :]]


@dataclass(frozen=True, slots=True)
class Change:
    """One value that is different, or new."""

    keys: Keys
    before: Value
    """MISSING if there was none."""
    after: Value
    is_secret: bool = False

    @property
    def path(self) -> str:
        steps = (f"[{key}]" if isinstance(key, int) else f".{key}" for key in self.keys)
        return "".join(steps).removeprefix(".")

    @property
    def shown_before(self) -> object:
        """What a report may show; None if there was nothing."""
        return None if self.before in (MISSING, None) else self._show(self.before)

    @property
    def shown_after(self) -> object:
        return self._show(self.after)

    def _show(self, value: Value) -> object:
        return _SECRET if self.is_secret else _plain(value)

    def render(self) -> str:
        was = self.shown_before
        before = _NOT_SET if was is None else json.dumps(was)
        return f"{self.path}: {before} -> {json.dumps(self.shown_after)}"


def changes_between(
    before: Value, after: Value, keys: Keys = (), *, is_secret: bool = False
) -> Iterator[Change]:
    """What `after` has that `before` has not, as far down as both can be compared."""
    is_secret = is_secret or isinstance(before, Secret) or isinstance(after, Secret)
    before, after = reveal(before), reveal(after)
    if before == after or (before is MISSING and after is None):
        return
    if isinstance(after, Mapping) and (before in (MISSING, None) or isinstance(before, Mapping)):
        fields: Tree = before if isinstance(before, Mapping) else {}
        for key, child in after.items():
            was = fields.get(key, MISSING)
            yield from changes_between(was, child, (*keys, key), is_secret=is_secret)
    elif _is_list(before) and _is_list(after):
        olds, news = cast(Sequence[Value], before), cast(Sequence[Value], after)
        for index, child in enumerate(news):
            if index < len(olds):
                yield from changes_between(olds[index], child, (*keys, index), is_secret=is_secret)
            else:
                yield Change((*keys, index), MISSING, child, is_secret)
    else:
        yield Change(keys, before, after, is_secret)


def _is_list(value: Value) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _plain(value: Value) -> object:
    """A value as JSON, without what is secret."""
    if isinstance(value, Secret):
        return _SECRET
    if value is UNKNOWN or value is MISSING:
        return _NOT_KNOWN
    if isinstance(value, Mapping):
        return {key: _plain(child) for key, child in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(child) for child in value]
    return value

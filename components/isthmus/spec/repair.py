"""Reads a document into a typed value, and mends its tree on the way so that one run finds every
mistake.

A mistake is reported once; what stands in for it is marked, so that what is built upon it later can
be recognised as an echo. A misspelt key is renamed when it is clear what was meant: the value is
then judged like any other.
"""

import re
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from isthmus.spec.document import Document
from isthmus.spec.mistakes import (
    Case,
    tell,
    tell_bad_name,
    tell_encrypted_setting,
    tell_secret_in_clear,
    tell_unknown_key,
)
from isthmus.spec.problem import Path
from isthmus.spec.schema import Slot, child_slot, example, settings, slot_at
from isthmus.spec.stack_file import ENCRYPTED
from isthmus.spec.tree import Entry, Node, find, node_of, plain, walk

SURE_LIKENESS = 0.8
"""difflib's ratio: `regoin` is 0.83 like `region`, `nodes` only 0.6 like `zones`."""

Model = TypeVar("Model", bound=BaseModel)

MAX_ROUNDS = 20
"""Twice the depth of a configuration: what stands in for a mistake may itself be completed once
more."""


def settle(document: Document, model: type[Model]) -> Model | None:
    """The typed value of a document, repaired where needed; its mistakes are noted in the document.

    None only if the tree could not be repaired.
    """
    _settle_keys(document, document.root, Slot(model), ())
    _settle_secrets(document, document.root, Slot(model), ())
    for _ in range(MAX_ROUNDS):
        try:
            return model.model_validate(plain(document.root))
        except ValidationError as error:
            _settle_errors(document, model, error.errors(include_url=False, include_input=False))
    return None


def _settle_keys(document: Document, node: Node, slot: Slot, path: Path) -> None:
    if slot.model is not None and node.entries is not None:
        for key in [key for key in node.entries if key not in settings(slot.model)]:
            _settle_key(document, node.entries, slot, (*path, key))
    for part, child in _children(node):
        below = child_slot(slot, part)
        if below is not None:
            _settle_keys(document, child, below, (*path, part))


def _settle_key(document: Document, entries: dict[str, Entry], slot: Slot, path: Path) -> None:
    assert slot.model is not None
    key = str(path[-1])
    guess = surely_meant(key, [name for name in settings(slot.model) if name not in entries])
    document.report(tell_unknown_key(path, slot, guess))
    entry = entries.pop(key)
    if guess:
        entries[guess] = entry
    else:
        document.hide(entry.node)


def surely_meant(key: str, names: list[str]) -> str | None:
    """The one name a misspelt key stands for: the same letters but for case, '-' and '_', or very
    like it."""
    # Imported here, because only a mistake needs it.
    from difflib import SequenceMatcher

    bare = {re.sub("[-_]", "", name).lower(): name for name in names}
    same = bare.get(re.sub("[-_]", "", key).lower())
    if same:
        return same
    ranked = [(SequenceMatcher(None, key.lower(), n.lower()).ratio(), n) for n in names]
    likeness, best = max(ranked, default=(0.0, ""))
    return best if likeness >= SURE_LIKENESS else None


def _settle_secrets(document: Document, node: Node, slot: Slot, path: Path) -> None:
    """Hides secrets, and reports those in clear text and settings that are encrypted."""
    if slot.holds_only_secrets:
        document.hide(node)
    if slot.is_secret:
        _settle_secret(document, node, path)
    elif node.secure:
        document.report(tell_encrypted_setting(path))
        _stand_in(node, slot)
    else:
        for part, child in _children(node):
            below = child_slot(slot, part)
            if below is not None:
                _settle_secrets(document, child, below, (*path, part))


def _settle_secret(document: Document, node: Node, path: Path) -> None:
    if not (node.secure or node.maybe_secure):
        document.report(tell_secret_in_clear(path))
        _replace(node, ENCRYPTED)


def _settle_errors(document: Document, model: type[BaseModel], errors: list[ErrorDetails]) -> None:
    names = [error for error in errors if error["loc"][-1:] == ("[key]",)]
    for error in errors:
        if error not in names:
            _settle_error(document, model, error)
    # Last, because the other errors' paths hold the names as they are.
    for error in names:
        _settle_name(document, model, error["loc"][:-1])


def _settle_error(document: Document, model: type[BaseModel], error: ErrorDetails) -> None:
    path = error["loc"]
    slot = slot_at(model, path) or Slot(str)
    found = find(document.root, path)
    if not any(node.repaired for node in found.nodes):
        document.report(tell(Case(error, path, slot, found.node if found.complete else None)))
    if found.complete:
        _stand_in(found.node, slot)
    elif found.node.entries is not None:
        found.node.entries[str(path[-1])] = Entry(str(path[-1]), None, _stand_in(Node(), slot))


def _settle_name(document: Document, model: type[BaseModel], path: Path) -> None:
    slot, parent = slot_at(model, path[:-1]), find(document.root, path[:-1]).node
    if slot is None or parent.entries is None:
        return
    key = str(path[-1])
    name = _legal_name(key, slot.key.pattern, parent.entries)
    document.report(tell_bad_name(path, slot, name))
    parent.entries[name] = parent.entries.pop(key)


def _legal_name(key: str, pattern: str | None, taken: dict[str, Entry]) -> str:
    """A name like the one written that does fit."""
    bare = re.sub("[^a-z0-9]+", "-", key.lower()).strip("-")[:16].rstrip("-")
    if not re.fullmatch(pattern or ".*", bare):
        bare = f"x-{bare}".rstrip("-")
    return next(
        name for n in range(1, 1000) if (name := bare if n == 1 else f"{bare}-{n}") not in taken
    )


def _stand_in(node: Node, slot: Slot) -> Node:
    """Lets the default hold, or an example where there is none."""
    if slot.field is not None and not slot.required:
        node.repaired = node.absent = True
    else:
        _replace(node, example(slot))
    return node


def _replace(node: Node, value: object) -> None:
    fresh = node_of(value)
    node.scalar, node.entries, node.items = fresh.scalar, fresh.entries, fresh.items
    node.secure, node.repaired, node.absent = False, True, False
    for part in walk(node):
        part.repaired = True


def _children(node: Node) -> list[tuple[str | int, Node]]:
    entries = [(key, entry.node) for key, entry in (node.entries or {}).items()]
    return [*entries, *enumerate(node.items or ())]

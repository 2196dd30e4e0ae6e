"""Changes the world behind the engine's back, as somebody in a cloud's console would."""

import json
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any, cast

from isthmus_simulator.values import FINGERPRINT, Properties
from isthmus_simulator.world import Resource, Session, World


class HandError(Exception):
    """The asked-for change cannot be made; the text says why and what to do instead."""


def find_one(session: Session, wanted: str) -> Resource:
    """The one resource that this id, name or last part of a URN means."""
    everything = session.resources()
    for fits in (_by_id, _by_name, _by_urn):
        found = [one for one in everything if fits(one, wanted)]
        if len(found) == 1:
            return found[0]
        if found:
            listed = "\n  ".join(one.urn for one in found[:5])
            raise HandError(
                f"'{wanted}' means {len(found)} resources; give one of these URNs:\n  {listed}"
            )
    texts = [text for one in everything for text in (one.id, one.name)]
    near = get_close_matches(wanted, texts, n=3)
    hint = f"Did you mean {', '.join(near)}?" if near else "`isthmus world` lists what exists."
    raise HandError(f"nothing in the world is called '{wanted}'. {hint}")


def _by_id(one: Resource, wanted: str) -> bool:
    return one.id == wanted


def _by_name(one: Resource, wanted: str) -> bool:
    return one.name == wanted


def _by_urn(one: Resource, wanted: str) -> bool:
    return one.urn == wanted or one.urn.rsplit("::", 1)[-1] == wanted


def drift(world: World, wanted: str, changes: Sequence[tuple[str, Any]]) -> Resource:
    """Set properties (dotted paths) of a resource; None takes a property away."""
    with world.transaction() as session:
        found = find_one(session, wanted)
        inputs, outputs = found.inputs, found.outputs
        for path, value in changes:
            _set(outputs, path, value, found)
            if path.split(".")[0] in inputs or value is not None:
                _set(inputs, path, value, found)
        session.update(found.key, inputs, outputs)
        return found


def _set(properties: Properties, path: str, value: Any, of: Resource) -> None:
    *parents, last = path.split(".")
    place: Any = properties
    for step in parents:
        place = _enter(place, step, path, of)
    if isinstance(place, list):
        _set_item(cast(list[Any], place), last, value, path, of)
    elif not isinstance(place, dict):
        raise HandError(f"{of.id} has no property {path}; it has: {', '.join(sorted(of.outputs))}")
    elif value is None:
        cast(Properties, place).pop(last, None)
    else:
        place[last] = value


def _enter(place: Any, step: str, path: str, of: Resource) -> Any:
    if isinstance(place, list) and step.isdigit() and int(step) < len(cast(list[Any], place)):
        return cast(list[Any], place)[int(step)]
    if not isinstance(place, dict) or FINGERPRINT in place:
        raise HandError(f"{of.id}: {path} leads through '{step}', which is not an object")
    return cast(Properties, place).setdefault(step, {})


def _set_item(items: list[Any], step: str, value: Any, path: str, of: Resource) -> None:
    if not step.isdigit() or int(step) > len(items):
        raise HandError(f"{of.id}: {path} must end in a number from 0 to {len(items)}")
    number = int(step)
    if value is None and number < len(items):
        del items[number]
    elif number == len(items):
        items.append(value)
    else:
        items[number] = value


def read_change(text: str) -> tuple[str, Any]:
    """`tags.owner=mallory` as path and value. The value is JSON where it parses as JSON, else text;
    nothing after the `=` takes the property away."""
    path, sign, value = text.partition("=")
    if not sign or not path:
        raise HandError(f"'{text}' is not of the form path=value, for example tags.owner=mallory")
    if not value:
        return path, None
    try:
        return path, json.loads(value)
    except ValueError:
        return path, value


def remove(world: World, found: Iterable[Resource]) -> None:
    """Delete resources by hand, whatever the cloud would say of the order."""
    with world.transaction() as session:
        for one in found:
            session.delete(one.key)

"""Outputs that the SDK promises and nobody described: made from their types, in the cloud's style."""

import re
from typing import Any, cast

from isthmus_simulator.cloud import Call, rules_of
from isthmus_simulator.schema import Wire
from isthmus_simulator.templates import fill, mentions
from isthmus_simulator.values import UNKNOWN, Properties, Secret, Value, lookup, reveal

EMPTY: dict[str, Any] = {"int": 0, "float": 0, "bool": False}
NUMBERS = re.compile(r"\.\d+")
DEEPEST = 4
"""Levels at which recursive types end."""


def compute_outputs(call: Call, given: Properties) -> Properties:
    """All outputs of an existing resource: inputs, then templates and rules, then the promised rest."""
    outputs = {key: value for key, value in given.items() if key in call.schema.outputs}
    secrets = {key for key, value in given.items() if value != reveal(value)}
    for key, template in call.facts.outputs.items():
        if "." in key or (key in given and key in call.schema.inputs.properties):
            continue
        filled = fill(
            template, {**reveal(outputs), **call.template_values()}, call.maker.child(key)
        )
        outputs[key] = Secret(filled) if mentions(template, secrets) else filled
    rule = rules_of(call.cloud, call.token).outputs
    if rule:
        outputs.update(rule(call))
    for key in call.schema.required_outputs:
        if outputs.get(key) is None:
            outputs[key] = _synthesize(call, key, call.schema.outputs[key])
    return {
        key: _mark(call, key, _complete(call, key, value, call.schema.outputs.get(key, "any")))
        for key, value in outputs.items()
    }


def _mark(call: Call, key: str, value: Value) -> Value:
    is_secret = key in call.facts.secret and not isinstance(value, Secret)
    return Secret(value) if is_secret else value


def preview_outputs(call: Call, given: Properties) -> Properties:
    """What is known of a resource that does not exist yet: its inputs; all else is unknown."""
    computed = dict.fromkeys(call.schema.outputs, UNKNOWN)
    keeps = {key for key in call.schema.inputs.properties if key not in given}
    unknown = {
        key: value
        for key, value in computed.items()
        if key not in keeps or key in call.schema.required_outputs or key in call.facts.outputs
    }
    wires = call.schema.outputs
    known = {
        key: _complete(call, key, value, wires[key], exists=False)
        for key, value in given.items()
        if key in wires
    }
    return {**unknown, **known}


def _complete(call: Call, path: str, value: Value, wire: Wire, *, exists: bool = True) -> Value:
    """The value with what its type promises further in and nobody gave (an interface's address); that is
    unknown as long as the resource does not exist."""
    if isinstance(value, Secret):
        return Secret(_complete(call, path, value.value, wire, exists=exists))
    if wire[0] == "map" and isinstance(value, list) and not exists:
        return UNKNOWN  # a list of names goes in, and what the cloud says of each comes out
    if wire[0] == "list" and isinstance(value, list):
        items = cast(list[Value], value)
        return [
            _complete(call, f"{path}.{place}", item, wire[1], exists=exists)
            for place, item in enumerate(items)
        ]
    if wire[0] == "map" and isinstance(value, list):
        # A set of texts that the API answers as a table (Azure's user-assigned identities).
        return {
            str(item): _synthesize(call, f"{path}.{place}", wire[1])
            for place, item in enumerate(cast(list[Value], value))
        }
    if wire[0] != "object" or not isinstance(value, dict):
        return cast(Value, value)
    shape = call.schema.shapes[wire[1]]
    whole = dict(cast(Properties, value))
    for key, inner in shape.properties.items():
        place = f"{path}.{key}"
        if whole.get(key) is not None:
            whole[key] = _complete(call, place, whole[key], inner, exists=exists)
        elif key in shape.required or NUMBERS.sub(".*", place) in call.facts.outputs:
            whole[key] = _synthesize(call, place, inner, whole) if exists else UNKNOWN
    return whole


def _synthesize(call: Call, path: str, wire: Wire, beside: Properties | None = None) -> Value:
    """`beside` are the properties around it, which a template names as `{item.name}`."""
    template = call.facts.outputs.get(NUMBERS.sub(".*", path)) if "." in path else None
    if template is not None:
        values = {**call.template_values(), "item": reveal(beside or {})}
        return fill(template, values, call.maker.child(path))
    if isinstance(wire, str):
        return EMPTY[wire] if wire in EMPTY else _text(call, path.rsplit(".", 1)[-1], wire)
    kind = wire[0]
    if kind == "enum":
        return wire[3][0] if wire[3] else ""
    if kind == "list":
        return []
    if kind == "map":
        known = call.cloud.generic_output(call, path, wire)
        return cast(Properties, known) if isinstance(known, dict) else {}
    return {} if path.count(".") > DEEPEST else _complete(call, path, {}, wire)


def _text(call: Call, name: str, wire: str) -> Value:
    known = call.cloud.generic_output(call, name, wire)
    if known is not None:
        return known
    same = lookup(call.inputs, name)
    return same if isinstance(same, str) else ""

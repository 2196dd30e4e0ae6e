"""Says in plain words what a validator found: what is wrong, why, and what to write instead."""

import json
from collections.abc import Callable
from typing import NamedTuple

from pydantic_core import ErrorDetails

from isthmus.spec.problem import Path, Problem, dotted
from isthmus.spec.schema import Slot, example, settings
from isthmus.spec.tree import Node
from isthmus.spec.values import PATTERN_MEANINGS
from isthmus_catalog import nearest


class Case(NamedTuple):
    """One error and all that is known about its place."""

    error: ErrorDetails
    path: Path
    slot: Slot
    node: Node | None

    @property
    def found(self) -> str:
        return self.node.kind if self.node else "nothing"

    def context(self, key: str) -> str:
        return str((self.error.get("ctx") or {}).get(key, ""))


class Wording(NamedTuple):
    """What is wrong, and what to write instead."""

    what: str
    hint: str


def tell(case: Case) -> Problem:
    """The problem behind one validation error."""
    what, hint = _WORDINGS.get(case.error["type"], _anything_else)(case)
    missing = case.error["type"] == "missing"
    value = None if missing or case.node is None else case.node.shown
    return Problem(case.path, what, _reason(case.slot), hint, value)


def tell_unknown_key(path: Path, slot: Slot, guess: str | None) -> Problem:
    """A key that the model does not have. `guess` is the setting it was surely meant to be."""
    key = str(path[-1])
    known = sorted(settings(slot.model)) if slot.model else []
    close = nearest(key, known, 1)
    hint = (
        f"did you mean `{close[0]}`?" if close else f"remove it, or use one of: {', '.join(known)}"
    )
    hint = f"write `{guess}`" if guess else hint
    place = f"`{path[-2]}`" if path[:-1] else "the stack"
    what = f"there is no {'setting' if path[:-1] else 'section'} `{key}` here"
    return Problem(path, what, f"{place} knows: {', '.join(known)}", hint, value=key, at_key=True)


def tell_bad_name(path: Path, slot: Slot, name: str) -> Problem:
    """A key that a person chose and that does not fit. `name` is one that does."""
    meaning = PATTERN_MEANINGS.get(slot.key.pattern or "", "a short name")
    what = f"`{path[-1]}` cannot be used as a name"
    why = f"it becomes part of resource names, which take {meaning}"
    return Problem(path, what, why, f"write `{name}`", value=str(path[-1]), at_key=True)


def tell_secret_in_clear(path: Path) -> Problem:
    """A secret that anyone who reads the file can read."""
    return Problem(
        path,
        "a secret stands here in clear text",
        "whoever can read the stack file, or its history, can read the secret",
        "treat it as known to others and replace it, then store the new one encrypted (asks for "
        f"the value): pulumi config set --secret --path '{{project}}:{dotted(path)}'",
    )


def tell_encrypted_setting(path: Path) -> Problem:
    """A setting that decides the shape of the platform and cannot be read."""
    return Problem(
        path,
        "this setting is encrypted",
        "it decides what is built, so it is read before there is anything to decrypt it with; "
        "only what stands under `secrets` may be encrypted",
        f"pulumi config set --plaintext --path '{{project}}:{dotted(path)}' VALUE",
    )


def _missing(case: Case) -> Wording:
    name = case.path[-1]
    if case.slot.model is not None or case.slot.is_mapping:
        hint = f"add `{name}:` with {_flow(example(case.slot))}"
        return Wording(f"`{name}` is missing", hint)
    return Wording(f"`{name}` is missing", f"add `{name}: {_flow(example(case.slot))}`")


def _not_text(case: Case) -> Wording:
    what = f"text is expected, found {case.found}"
    if case.node is None or case.node.entries is not None or case.node.items is not None:
        return Wording(what, _write_example(case))
    if case.node.shown in (None, "", "null") or (case.slot.field and case.slot.field.examples):
        return Wording(what, _write_example(case))
    return Wording(what, f'put it in quotes: "{case.node.shown}"')


def _not_whole(case: Case) -> Wording:
    return Wording(f"a whole number is expected, found {case.found}", f"write {_bounds(case.slot)}")


def _out_of_bounds(case: Case) -> Wording:
    shown = case.node.shown if case.node else "this"
    least, greatest = case.slot.bounds
    too_small = case.error["type"] == "greater_than_equal"
    limit = (
        f"less than the least allowed, {least}"
        if too_small
        else f"more than the most allowed, {greatest}"
    )
    return Wording(f"{shown} is {limit}", f"write {_bounds(case.slot)}")


def _not_a_choice(case: Case) -> Wording:
    choices = case.slot.choices
    close = nearest(str(case.node.scalar), choices, 1) if case.node else ()
    guess = f"did you mean `{close[0]}`? " if close else ""
    return Wording("this is none of the allowed words", f"{guess}allowed: {', '.join(choices)}")


def _not_a_switch(case: Case) -> Wording:
    return Wording(
        f"true or false is expected, found {case.found}", "write true or false, without quotes"
    )


def _not_a_mapping(case: Case) -> Wording:
    hint = "write keys and values below it, indented by two spaces"
    if case.slot.model is not None:
        hint += ", from: " + ", ".join(settings(case.slot.model))
    return Wording(f"a mapping is expected, found {case.found}", hint)


def _not_a_list(case: Case) -> Wording:
    shown = case.node.shown if case.node else None
    written = shown if case.found == "text" and shown else _flow(example(case.slot)).strip("[]")
    return Wording(f"a list is expected, found {case.found}", f"write [{written}]")


def _too_short(case: Case) -> Wording:
    return Wording("at least one entry is needed here", f"for example {_flow(example(case.slot))}")


def _bad_pattern(case: Case) -> Wording:
    meaning = PATTERN_MEANINGS.get(case.slot.pattern or "", "another form")
    return Wording(f"this is not {meaning}", _write_example(case))


def _bad_range(case: Case) -> Wording:
    return Wording("this is not an IPv4 range", _write_example(case))


def _range_without_size(case: Case) -> Wording:
    shown = case.node.shown if case.node else "10.0.0.0"
    return Wording("this is one address, not a range", f"add its size, for example {shown}/16")


def _range_misaligned(case: Case) -> Wording:
    return Wording(
        "the address is not where a range of this size begins", f"write {case.context('start')}"
    )


def _anything_else(case: Case) -> Wording:
    return Wording(case.error["msg"], _write_example(case))


_WORDINGS: dict[str, Callable[[Case], Wording]] = {
    "missing": _missing,
    "string_type": _not_text,
    "int_type": _not_whole,
    "int_parsing": _not_whole,
    "int_parsing_size": _not_whole,
    "int_from_float": _not_whole,
    "finite_number": _not_whole,
    "greater_than_equal": _out_of_bounds,
    "less_than_equal": _out_of_bounds,
    "enum": _not_a_choice,
    "literal_error": _not_a_choice,
    "bool_type": _not_a_switch,
    "model_type": _not_a_mapping,
    "dict_type": _not_a_mapping,
    "tuple_type": _not_a_list,
    "too_short": _too_short,
    "string_pattern_mismatch": _bad_pattern,
    "range_unreadable": _bad_range,
    "range_without_size": _range_without_size,
    "range_misaligned": _range_misaligned,
}


def _reason(slot: Slot) -> str:
    if slot.doc:
        return slot.doc
    if slot.pattern:
        return f"it takes {PATTERN_MEANINGS.get(slot.pattern, slot.pattern)}"
    doc = (slot.model.__doc__ or "") if slot.model else ""
    return " ".join(doc.split()) or "the platform is described by typed settings"


def _write_example(case: Case) -> str:
    default = case.slot.field.default if case.slot.field and not case.slot.required else None
    shown = default if isinstance(default, str | int | float) else example(case.slot)
    return f"for example {_flow(shown)}"


def _bounds(slot: Slot) -> str:
    least, greatest = slot.bounds
    if least is None or greatest is None:
        return "a whole number"
    return f"a whole number from {least} to {greatest}"


def _flow(value: object) -> str:
    """A value in YAML's flow style."""
    if isinstance(value, dict):
        pairs = (f"{key}: {_flow(item)}" for key, item in value.items())  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(item) for item in value) + "]"  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    text = str(value)
    return (
        json.dumps(text)
        if isinstance(value, str) and text[:1].isdigit() and "/" not in text
        else text
    )

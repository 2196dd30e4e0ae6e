"""Reads what the SDK's own texts say of its types: defaults, ranges, conflicts, replacements and secrets."""

import ast
import importlib
import inspect
import re
from collections.abc import Mapping
from typing import Any

from isthmus_simulator.schema import ObjectShape, Wire
from isthmus_simulator.sdk import PARAM_DOC, snake_case

SECRETS = re.compile(r"additional_secret_outputs=\[([^\]]*)\]")
DEFAULT = re.compile(
    r"\b[Dd]efault(?:s to| is|:| value is| value:| value of)\s+(?:`([^`]*)`|(true|false|\d+))"
    r"(?=\s*(?:[.,;)]+\s*(?:$|[A-Z(*])|[.)]?$))"
)
RANGE = re.compile(r"\b[Bb]etween `?(\d[\d,]*)`? (?:and|to) `?(\d[\d,]*)`?")
CONFLICTS = re.compile(r"\b[Cc]onflicts with ((?:(?:,? and |,? or |, )?`\w+`)+)")
REPLACES = re.compile(
    r"(?:^|[.(;] ?)(?:[Cc]hanging th(?:is|e) ?\w* (?:forces|will force|creates|will create) (?:a )?"
    r"(?:new|re-?creation|replacement)|[Ff]orces (?:a )?(?:new resource|replacement))(?! if| when| unless)"
)
"""Only what is said without an if; the words in the middle of a sentence are about special cases."""


def source_of(module: str, class_name: str) -> str:
    # Through the package, which loads itself at the first look: see isthmus_simulator.sdk.
    found = getattr(importlib.import_module(module), class_name).__module__
    return inspect.getsource(importlib.import_module(found))


def docs_of(source: str, shape: ObjectShape) -> dict[str, str]:
    """Each input's text, on one line."""
    start = source.find("class ")
    found = dict(PARAM_DOC.findall(source[start : source.find("@_builtins.property", start)]))
    plain = {key: " ".join(text.split('"""')[0].split()) for key, text in found.items()}
    return {key: plain[snake] for key in shape.properties if (snake := snake_case(key)) in plain}


def secrets_of(source: str) -> list[str]:
    found = SECRETS.search(source)
    return sorted(ast.literal_eval(f"[{found[1]}]")) if found else []


def default_of(text: str, wire: Wire) -> Any:
    """The default that a text states without conditions, None where it states none."""
    found = DEFAULT.search(text)
    given = (found[1] if found[1] is not None else found[2]).strip('"') if found else ""
    if wire == "bool":
        return {"true": True, "false": False}.get(given)
    if wire == "int":
        return int(given) if re.fullmatch(r"-?\d+", given) else None
    fits = wire == "str" or wire[0] == "enum"
    word = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_./-]*", given) and given not in ("null", "None")
    return given if fits and word else None


def range_of(text: str, wire: Wire) -> list[int] | None:
    found = RANGE.findall(text) if wire == "int" else []
    if len(found) != 1:
        return None
    low, high = (int(one.replace(",", "")) for one in found[0])
    return [low, high] if low < high else None


def conflicts_of(docs: Mapping[str, str]) -> dict[str, list[str]]:
    names = {snake_case(key): key for key in docs}
    found: dict[str, list[str]] = {}
    for key, text in docs.items():
        listed = " ".join(CONFLICTS.findall(text))
        others = [names[one] for one in re.findall(r"`(\w+)`", listed) if one in names]
        if others:
            found[key] = [one for one in dict.fromkeys(others) if one != key]
    return found

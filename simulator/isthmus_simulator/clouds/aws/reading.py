"""Reads parts of inputs and outputs that may be missing, unknown or of another shape."""

from collections.abc import Mapping
from typing import Any, cast


def table(found: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The object of that name, {} when there is none."""
    value = found.get(key)
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def items(found: Mapping[str, Any], key: str) -> list[Any]:
    """The list of that name, [] when there is none."""
    value = found.get(key)
    return cast(list[Any], value) if isinstance(value, list) else []


def tables(found: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects in the list of that name."""
    return [cast(dict[str, Any], one) for one in items(found, key) if isinstance(one, dict)]


def listed(value: Any) -> list[Any]:
    """A value as the list that policy documents write it for: one, several or none."""
    return cast(list[Any], value) if isinstance(value, list) else [] if value is None else [value]

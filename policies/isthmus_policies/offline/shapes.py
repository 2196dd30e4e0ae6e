"""Takes parsed JSON for what it should be; what is not becomes empty."""

from collections.abc import Mapping
from typing import cast

Json = Mapping[str, object]


def as_mapping(value: object) -> Json:
    return cast(Json, value) if isinstance(value, dict) else {}


def as_sequence(value: object) -> list[object]:
    return cast(list[object], value) if isinstance(value, list) else []

"""Keys and connection strings made from a resource's id: well-formed, always the same, accepted nowhere."""

import base64
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from isthmus_simulator.cloud import Query
from isthmus_simulator.clouds.azure.invokes.lookups import resource_of
from isthmus_simulator.templates import Maker, fill
from isthmus_simulator.values import Properties, Value, reveal


@cache
def told() -> Mapping[str, dict[str, Any]]:
    return tomllib.loads((Path(__file__).parent / "keys.toml").read_text())


def list_keys(query: Query) -> Mapping[str, Value]:
    """What keys.toml says of the function, with its holes filled for the resource that it is `of`."""
    entry = told()[query.token]
    found = resource_of(query, entry["of"])
    values: Properties = {
        **found.outputs,
        **reveal(query.args),
        "id": found.id,
        "name": found.outputs.get("name"),
        "created": query.setting.values["created"],
        **{f"key{number}": made_up_key(number, found.id) for number in (1, 2, 3, 4)},
    }
    result = fill(entry["result"], values, Maker(found.id))
    return cast(Properties, result) if isinstance(result, dict) else {}


def made_up_key(number: int, resource_id: str) -> str:
    """Base64, as clients want keys; decoded it says what it is."""
    return base64.b64encode(f"simulated key {number} of {resource_id}".encode()).decode()

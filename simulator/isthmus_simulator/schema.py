"""The shape of a resource type as plain data, kept on disk between runs so that a plugin starts quickly."""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

Wire = str | tuple[Any, ...]
"""A wire type: `str`, `int`, `float`, `bool`, `asset` or `any`; or (`list`, Wire), (`map`, Wire),
(`object`, shape name), (`enum`, name, is_open, values)."""

FORMAT = 2
"""Raised when the stored form changes, so that older files are not read."""


@dataclass(frozen=True, slots=True)
class ObjectShape:
    properties: Mapping[str, Wire]
    required: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TypeSchema:
    """One resource type.

    `required_outputs` are the outputs that the SDK promises to be never empty, whether the user gave
    them or the cloud chose them. `replace` are inputs whose docs say that a change makes a new resource.
    """

    token: str
    inputs: ObjectShape
    outputs: Mapping[str, Wire]
    required_outputs: tuple[str, ...]
    replace: tuple[str, ...]
    import_ids: tuple[str, ...]
    shapes: Mapping[str, ObjectShape]


@dataclass(frozen=True, slots=True)
class FunctionSchema:
    token: str
    outputs: Mapping[str, Wire]
    shapes: Mapping[str, ObjectShape]


class SchemaStore:
    """Resource types of one package at one version: read from the SDK once, then from files."""

    def __init__(self, package: str, folder: Path) -> None:
        self.package = package
        self._folder = folder
        self._types: dict[str, TypeSchema | None] = {}
        self._tokens: dict[str, tuple[str, str]] | None = None

    def tokens(self) -> Mapping[str, tuple[str, str]]:
        if self._tokens is None:
            path = self._folder / f"tokens-{FORMAT}.json"
            if path.exists():
                stored = cast(dict[str, list[str]], json.loads(path.read_text()))
                self._tokens = {token: (row[0], row[1]) for token, row in stored.items()}
            else:
                from isthmus_simulator import sdk

                self._tokens = sdk.class_table(self.package)
                _write_atomically(path, self._tokens)
        return self._tokens

    def type_schema(self, token: str) -> TypeSchema | None:
        """None when the package has no such type."""
        if token not in self._types:
            self._types[token] = self._read(token)
        return self._types[token]

    def _read(self, token: str) -> TypeSchema | None:
        place = self.tokens().get(token)
        if place is None:
            return None
        path = self._folder / f"{token.replace(':', '.').replace('/', '.')}-{FORMAT}.json"
        if path.exists():
            return _decode(json.loads(path.read_text()))
        from isthmus_simulator import sdk

        schema = sdk.load_type(token, *place)
        _write_atomically(path, _encode(schema))
        return schema


def _encode(schema: TypeSchema) -> dict[str, Any]:
    return {
        "token": schema.token,
        "inputs": _encode_shape(schema.inputs),
        "outputs": schema.outputs,
        "required_outputs": schema.required_outputs,
        "replace": schema.replace,
        "import_ids": schema.import_ids,
        "shapes": {name: _encode_shape(shape) for name, shape in schema.shapes.items()},
    }


def _encode_shape(shape: ObjectShape) -> dict[str, Any]:
    return {"properties": shape.properties, "required": shape.required}


def _decode(stored: dict[str, Any]) -> TypeSchema:
    return TypeSchema(
        token=stored["token"],
        inputs=_decode_shape(stored["inputs"]),
        outputs={key: _decode_wire(wire) for key, wire in stored["outputs"].items()},
        required_outputs=tuple(stored["required_outputs"]),
        replace=tuple(stored["replace"]),
        import_ids=tuple(stored["import_ids"]),
        shapes={name: _decode_shape(shape) for name, shape in stored["shapes"].items()},
    )


def _decode_shape(stored: dict[str, Any]) -> ObjectShape:
    properties = {key: _decode_wire(wire) for key, wire in stored["properties"].items()}
    return ObjectShape(properties, tuple(stored["required"]))


def _decode_wire(stored: Any) -> Wire:
    if isinstance(stored, str):
        return stored
    kind, *rest = stored
    if kind in ("list", "map"):
        return (kind, _decode_wire(rest[0]))
    if kind == "enum":
        return (kind, rest[0], rest[1], tuple(rest[2]))
    return (kind, *rest)


def _write_atomically(path: Path, content: Any) -> None:
    """Plugins of parallel worlds write the same files: the last rename wins, none is ever half there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w") as file:
        json.dump(content, file)
    Path(name).replace(path)

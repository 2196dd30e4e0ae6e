"""What the typed model says about each place of a configuration tree."""

import ast
import sys
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path as FilePath
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from isthmus.spec.problem import Path


@dataclass(frozen=True, slots=True)
class Slot:
    """A place's type, without the wrappers `Annotated` and `| None`, and its field where it is
    one."""

    shape: Any
    metadata: tuple[Any, ...] = ()
    field: FieldInfo | None = None
    owner: type[BaseModel] | None = None
    name: str = ""
    sample: object = None
    """For what a list holds: an entry of the list's example."""

    @property
    def doc(self) -> str:
        """What the model's source says under the field."""
        return (
            _field_docs(self.owner.__module__)[self.owner.__name__].get(self.name, "")
            if self.owner
            else ""
        )

    @property
    def model(self) -> type[BaseModel] | None:
        return (
            self.shape
            if isinstance(self.shape, type) and issubclass(self.shape, BaseModel)
            else None
        )

    @property
    def is_mapping(self) -> bool:
        return get_origin(self.shape) is dict

    @property
    def is_list(self) -> bool:
        return get_origin(self.shape) is tuple

    @property
    def is_secret(self) -> bool:
        return self.shape is SecretStr

    @property
    def holds_only_secrets(self) -> bool:
        return self.is_secret or (self.is_mapping and self.element.is_secret)

    @property
    def key(self) -> "Slot":
        return _slot(get_args(self.shape)[0])

    @property
    def element(self) -> "Slot":
        """What a mapping or a list holds."""
        if self.is_mapping:
            return _slot(get_args(self.shape)[1])
        samples = self.field.examples if self.field else None
        return replace(_slot(get_args(self.shape)[0]), sample=samples[0][0] if samples else None)

    @property
    def choices(self) -> tuple[str, ...]:
        """The words an enumeration allows; empty for every other type."""
        if get_origin(self.shape) is Literal:
            return tuple(str(value) for value in get_args(self.shape))
        members = getattr(self.shape, "__members__", None)
        return tuple(str(member.value) for member in members.values()) if members else ()

    @property
    def pattern(self) -> str | None:
        return next((p for m in self.metadata if (p := getattr(m, "pattern", None))), None)

    @property
    def bounds(self) -> tuple[int | None, int | None]:
        """The least and the greatest number allowed."""
        least = next((m.ge for m in self.metadata if hasattr(m, "ge")), None)
        return least, next((m.le for m in self.metadata if hasattr(m, "le")), None)

    @property
    def required(self) -> bool:
        return self.field is not None and self.field.is_required()


def child_slot(slot: Slot, part: str | int) -> Slot | None:
    """The slot below, by the name a stack file uses; None where the model has none."""
    if slot.model is not None:
        return settings(slot.model).get(str(part))
    return slot.element if slot.is_mapping or slot.is_list else None


def slot_at(model: type[BaseModel], path: Path) -> Slot | None:
    slot: Slot | None = Slot(model)
    for part in path:
        slot = child_slot(slot, part) if slot else None
    return slot


@cache
def settings(model: type[BaseModel]) -> dict[str, Slot]:
    """A model's fields by the name a stack file uses."""
    return {
        field.alias or name: replace(
            _slot(field.annotation, tuple(field.metadata)), field=field, owner=model, name=name
        )
        for name, field in model.model_fields.items()
    }


def example(slot: Slot) -> object:
    """A legal value: it shows how to write the setting, and stands in for one that is missing or
    wrong."""
    if slot.field and slot.field.examples:
        return slot.field.examples[0]
    if slot.sample is not None:
        return slot.sample
    if slot.model is not None:
        return {
            name: example(child) for name, child in settings(slot.model).items() if child.required
        }
    if slot.is_mapping:
        return {"example": example(slot.element)}
    if slot.is_list:
        return [example(slot.element)]
    return _simple_example(slot)


def _simple_example(slot: Slot) -> object:
    if slot.choices:
        return slot.choices[0]
    if slot.shape is bool:
        return False
    if slot.shape is int:
        return slot.bounds[0] or 0
    return "example"


def _slot(annotation: object, metadata: tuple[Any, ...] = ()) -> Slot:
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *extra = get_args(annotation)
            metadata += tuple(_flattened(extra))
        elif origin in (Union, UnionType):
            annotation = next(a for a in get_args(annotation) if a is not NoneType)
        else:
            return Slot(annotation, metadata)


def _flattened(metadata: list[Any]) -> list[Any]:
    return [part for m in metadata for part in (m.metadata if isinstance(m, FieldInfo) else [m])]


@cache
def _field_docs(module: str) -> dict[str, dict[str, str]]:
    """The text under each field, by class. Parsed from the source, and only once a mistake needs
    it: pydantic would do it for every class at every start."""
    source = FilePath(cast("str", sys.modules[module].__file__)).read_text(encoding="utf-8")
    classes = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    return {node.name: dict(_documented(node.body)) for node in classes}


def _documented(body: list[ast.stmt]) -> list[tuple[str, str]]:
    return [
        (field.target.id, " ".join(str(text.value.value).split()))
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
    ]

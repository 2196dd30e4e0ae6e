"""Reads what a resource type looks like from the SDK's own classes; the only module that imports SDKs."""

import importlib
import inspect
import json
import re
import typing
from collections.abc import Mapping, Sequence
from enum import Enum
from importlib import metadata
from types import NoneType
from typing import Any, cast

from pulumi import (
    Archive,
    Asset,
    _types,  # pyright: ignore[reportPrivateUsage] - the SDK's only door to its own types
)

from isthmus_simulator.schema import FunctionSchema, ObjectShape, TypeSchema, Wire

PACKAGES = {"aws": "pulumi_aws", "gcp": "pulumi_gcp", "azure-native": "pulumi_azure_native"}
"""Pulumi package -> Python package."""

IMPORT_LINE = re.compile(r"^\s*\$ pulumi import \S+ \S+ (.+?)\s*$", re.MULTILINE)
REPLACE_WORDS = re.compile(
    r"forces? (?:a |the )?(?:new|replac|recreat|re-creat)|"
    r"chang(?:e|ing)[^.]*? (?:will )?(?:forces?|creates?|recreates?|requires?|causes?)[^.]*?"
    r"(?:new|recreat|replace)",
    re.IGNORECASE,
)
"""How the SDK's property docs say that a change makes a new resource."""
OPTIONAL_OUTPUT = re.compile(r"Output\[(?:typing\.)?Optional\[")
PARAM_DOC = re.compile(
    r"^\s*:param [^\n]*? (\w+): (.*?)(?=^\s*:param |\Z)", re.MULTILINE | re.DOTALL
)

SCALARS: Mapping[object, str] = {
    str: "str",
    bool: "bool",
    int: "int",
    float: "float",
    Asset: "asset",
    Archive: "asset",
}


def installed_version(package: str) -> str:
    return metadata.version(PACKAGES[package].replace("_", "-"))


def snake_case(name: str) -> str:
    step = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", step).lower()


def class_table(package: str) -> dict[str, tuple[str, str]]:
    """Every resource type token of the package -> (Python module, class name)."""
    module = importlib.import_module(PACKAGES[package])
    source = inspect.getsource(module)
    start = source.index('resource_modules="""') + len('resource_modules="""')
    rows = json.loads(source[start : source.index('"""', start)])
    return {token: (row["fqn"], name) for row in rows for token, name in row["classes"].items()}


def load_type(token: str, module: str, class_name: str) -> TypeSchema:
    """Describe one resource type. Imports the SDK submodule (0.3 to 1.1 s): callers cache the result."""
    holder = _import_holder(module, class_name)
    resource = getattr(holder, class_name)
    # Where a nested type already has the name (`BucketVersioningArgs`), the SDK says `InitArgs`.
    args = getattr(holder, f"{class_name}InitArgs", None) or getattr(
        holder, f"{class_name}Args", None
    )
    shapes: dict[str, ObjectShape] = {}
    inputs = _shape(args, shapes) if args else ObjectShape({}, ())
    outputs, required_outputs = _outputs(resource, shapes)
    return TypeSchema(
        token=token,
        inputs=inputs,
        outputs=outputs,
        required_outputs=required_outputs,
        replace=_replacing(args, inputs),
        import_ids=_import_ids(holder),
        shapes=shapes,
    )


def load_function(token: str) -> FunctionSchema | None:
    """Describe the result of an invoke, found by the SDK's naming rule; None when it has no such function."""
    package, module, name = split_token(token)
    base = PACKAGES[package]
    submodule = f"{base}.{module}" if module not in ("", "index") else base
    function = getattr(importlib.import_module(submodule), snake_case(name), None)
    if function is None:
        return None
    holder = importlib.import_module(function.__module__)
    result = getattr(holder, f"{name[0].upper()}{name[1:]}Result", None)
    if result is None:
        return None
    shapes: dict[str, ObjectShape] = {}
    members = cast(dict[str, Any], vars(result))
    getters = {name: one.fget for name, one in members.items() if isinstance(one, property)}
    outputs = {
        getattr(getter, "_pulumi_name", name): _wire(
            typing.get_type_hints(getter).get("return"), shapes
        )
        for name, getter in getters.items()
    }
    return FunctionSchema(token, outputs, shapes)


def split_token(token: str) -> tuple[str, str, str]:
    """`aws:ec2/vpc:Vpc` -> (`aws`, `ec2`, `Vpc`); `azure-native:storage:StorageAccount` alike."""
    package, module, name = token.split(":")
    return package, module.split("/")[0], name


def _import_holder(module: str, class_name: str) -> Any:
    # The SDK's packages load themselves at the first look into them. A submodule imported before that
    # leaves the package half empty for the rest of the process.
    cls = getattr(importlib.import_module(module), class_name)
    return importlib.import_module(cls.__module__)


def _import_ids(holder: Any) -> tuple[str, ...]:
    """Ids in the docs' import examples. They stand on overloads, whose docs are gone at run time."""
    return tuple(dict.fromkeys(IMPORT_LINE.findall(inspect.getsource(holder))))


def _shape(args: type, shapes: dict[str, ObjectShape]) -> ObjectShape:
    types = _types.input_type_types(args)
    names = _types.input_type_py_to_pulumi_names(args)
    required = tuple(
        names[key]
        for key, parameter in inspect.signature(args.__init__).parameters.items()
        if key in names and parameter.default is inspect.Parameter.empty
    )
    return ObjectShape({key: _wire(hint, shapes) for key, hint in types.items()}, required)


def _output_shape(output: type, shapes: dict[str, ObjectShape]) -> ObjectShape:
    hints = _types.output_type_types(output)
    optional = {
        name
        for name, parameter in inspect.signature(output.__init__).parameters.items()
        if parameter.default is not inspect.Parameter.empty
    }
    names = {
        key: getattr(value.fget, "_pulumi_name", key)
        for key, value in vars(output).items()
        if isinstance(value, property)
    }
    required = tuple(wire for key, wire in names.items() if key not in optional)
    return ObjectShape({key: _wire(hint, shapes) for key, hint in hints.items()}, required)


def _outputs(
    resource: type, shapes: dict[str, ObjectShape]
) -> tuple[dict[str, Wire], tuple[str, ...]]:
    wires = {key: _wire(hint, shapes) for key, hint in _types.resource_types(resource).items()}
    required: list[str] = []
    for value in vars(resource).values():
        if not isinstance(value, property) or value.fget is None:
            continue
        returned = str(value.fget.__annotations__.get("return", ""))
        wire_name = getattr(value.fget, "_pulumi_name", value.fget.__name__)
        if wire_name in wires and not OPTIONAL_OUTPUT.search(returned):
            required.append(wire_name)
    return wires, tuple(required)


def _wire(hint: Any, shapes: dict[str, ObjectShape]) -> Wire:
    """A Python hint as a wire type; Input, Optional and Output wrappings are taken off."""
    members = _union_members(hint)
    enums = [member for member in members if inspect.isclass(member) and issubclass(member, Enum)]
    plain = [member for member in members if member not in enums]
    if enums:
        return _enum(enums[0], is_open=bool(plain))
    if not plain or len(plain) > 1:
        return _only_scalars(plain)
    return _single(plain[0], shapes)


def _union_members(hint: Any) -> list[Any]:
    if typing.get_origin(hint) is not typing.Union:
        return [hint]
    kept: list[Any] = []
    for member in typing.get_args(hint):
        origin = getattr(typing.get_origin(member), "__name__", "")
        if (
            member is NoneType
            or origin in ("Awaitable", "Output")
            or isinstance(member, typing.ForwardRef)
        ):
            continue
        kept.extend(one for one in _union_members(member) if one not in kept)
    return kept


def _only_scalars(members: Sequence[Any]) -> Wire:
    kinds = {SCALARS.get(member) for member in members}
    return "asset" if kinds == {"asset"} else "any"


def _single(hint: Any, shapes: dict[str, ObjectShape]) -> Wire:
    if hint in SCALARS:
        return SCALARS[hint]
    origin = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    if origin is not None and inspect.isclass(origin):
        if issubclass(origin, Mapping) and len(arguments) == 2:
            return ("map", _wire(arguments[1], shapes))
        if issubclass(origin, Sequence) and arguments:
            return ("list", _wire(arguments[0], shapes))
    if _types.is_input_type(hint):
        return _reference(hint, shapes, _shape)
    if _types.is_output_type(hint):
        return _reference(hint, shapes, _output_shape)
    return "any"


def _reference(hint: type, shapes: dict[str, ObjectShape], describe: Any) -> Wire:
    name = hint.__name__ if describe is _shape else f"{hint.__name__}:out"
    if name not in shapes:
        shapes[name] = ObjectShape({}, ())  # guards recursive types
        shapes[name] = describe(hint, shapes)
    return ("object", name)


def _enum(enum: type[Enum], *, is_open: bool) -> Wire:
    values = tuple(cast(str, member.value) for member in enum)
    return ("enum", enum.__name__, is_open, values)


def _replacing(args: type | None, inputs: ObjectShape) -> tuple[str, ...]:
    """Inputs whose docs say that a change makes a new resource."""
    if args is None:
        return ()
    names = _types.input_type_py_to_pulumi_names(args)
    docs = PARAM_DOC.findall(args.__init__.__doc__ or "")
    return tuple(
        names[key]
        for key, text in docs
        if key in names and names[key] in inputs.properties and REPLACE_WORDS.search(text)
    )

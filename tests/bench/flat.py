"""Writes the flat program that a user would have written by hand for the resources of a state."""

import importlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from pulumi import _types

from isthmus_simulator.sdk import PACKAGES, class_table

SECRET = "4dabf18193072939515e22adb298388d"
IDENTITIES = (
    "arn",
    "name",
    "selfLink",
    "email",
    "keyUri",
    "principalId",
    "vaultUri",
    "bucket",
    "keyId",
)
"""Outputs that programs hand from one resource to another."""
RENAMED = {"resource_name": "resource_name_"}
PROGRAM = '''"""The resources of one stack, each written down, without components and without a plan."""
{setting}
import pulumi
{imports}

r = {{}}
{resources}
'''
TUNED = "import gc\ngc.freeze()\ngc.set_threshold(200_000, 100, 100)"


class FlatProgram:
    """Turns a state's resources, which are in the order of their dependencies, into Python."""

    def __init__(self, resources: list[Mapping[str, Any]]) -> None:
        self._resources = [
            one for one in resources if one.get("custom") and ":providers:" not in one["type"]
        ]
        self._providers = [
            one for one in resources if one.get("custom") and ":providers:" in one["type"]
        ]
        self._tables = {package: class_table(package) for package in PACKAGES}
        self._known: dict[str, str] = {}
        self._imports: set[str] = set()

    @property
    def count(self) -> int:
        return len(self._resources)

    def render(self, *, tuned: bool) -> str:
        self._known = {}
        lines = [*self._render_providers(), *(self._render(one) for one in self._resources)]
        return PROGRAM.format(
            setting=TUNED if tuned else "",
            imports="\n".join(sorted(self._imports)),
            resources="\n".join(lines),
        )

    def _render_providers(self) -> Iterator[str]:
        for one in self._providers:
            package = one["type"].rsplit(":", 1)[-1]
            module = PACKAGES[package]
            self._imports.add(f"import {module}")
            config = _provider_config(package, one["inputs"])
            yield f"r[{one['urn']!r}] = {module}.Provider({_name(one)!r}, **{config!r})"

    def _render(self, one: Mapping[str, Any]) -> str:
        package = one["type"].split(":")[0]
        module, class_name = self._tables[package][one["type"]]
        self._imports.add(f"import {module}")
        cls = getattr(importlib.import_module(module), class_name)
        arguments = self._arguments(cls, one.get("inputs", {}))
        provider = one.get("provider", "").rpartition("::")[0]
        text = (
            f"r[{one['urn']!r}] = {module}.{class_name}({_name(one)!r}, {arguments}"
            f"opts=pulumi.ResourceOptions(provider=r[{provider!r}]))"
        )
        self._remember(cls, one)
        return text

    def _arguments(self, cls: type, inputs: Mapping[str, Any]) -> str:
        names = {wire: python for python, wire in _input_names(cls).items()}
        given = {names[key]: value for key, value in inputs.items() if key in names}
        return "".join(f"{key}={self._value(value)}, " for key, value in given.items())

    def _value(self, value: Any) -> str:
        if isinstance(value, str):
            return self._known.get(value, repr(value))
        if isinstance(value, dict):
            entries = cast(dict[str, Any], value)
            if entries.get(SECRET):
                return "pulumi.Output.secret('benchmark')"
            return (
                "{"
                + ", ".join(f"{key!r}: {self._value(item)}" for key, item in entries.items())
                + "}"
            )
        if isinstance(value, list):
            return "[" + ", ".join(self._value(item) for item in cast(list[Any], value)) + "]"
        return repr(value)

    def _remember(self, cls: type, one: Mapping[str, Any]) -> None:
        """Later resources that hold this one's id or ARN refer to it, as a user's program does."""
        reference = f"r[{one['urn']!r}]"
        attributes = {wire: python for python, wire in _property_names(cls).items()}
        outputs = one.get("outputs", {})
        for wire in IDENTITIES:
            value = outputs.get(wire)
            if wire in attributes and isinstance(value, str) and len(value) > 8:
                self._known.setdefault(value, f"{reference}.{attributes[wire]}")
        if isinstance(one.get("id"), str) and len(one["id"]) > 8:
            self._known.setdefault(one["id"], f"{reference}.id")


def _input_names(cls: type) -> Mapping[str, str]:
    """Python name -> wire name of a resource's arguments."""
    holder = importlib.import_module(cls.__module__)
    names = (f"{cls.__name__}InitArgs", f"{cls.__name__}Args")
    args = next(getattr(holder, name) for name in names if hasattr(holder, name))
    names = _types.input_type_py_to_pulumi_names(args)
    # The first parameter of every constructor is called `resource_name`, so this argument is not.
    return {RENAMED.get(python, python): wire for python, wire in names.items()}


def _property_names(cls: type) -> Mapping[str, str]:
    """Python name -> wire name of a resource's outputs."""
    return {
        key: getattr(value.fget, "_pulumi_name", key)
        for key, value in vars(cls).items()
        if isinstance(value, property)
    }


def _provider_config(package: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    wanted = {
        "aws": ("region",),
        "gcp": ("region", "project"),
        "azure-native": ("subscriptionId", "location"),
    }
    snake = {"subscriptionId": "subscription_id"}
    return {snake.get(key, key): inputs[key] for key in wanted[package] if key in inputs}


def _name(one: Mapping[str, Any]) -> str:
    return one["urn"].rsplit("::", 1)[-1] + "-" + format(abs(hash(one["urn"])) % 0xFFFF, "x")


def read_resources(state: str) -> list[Mapping[str, Any]]:
    return json.loads(state)["deployment"]["resources"]

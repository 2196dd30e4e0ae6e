"""Reads CloudFormation's resource schemas and finds each type's and property's name in the SDK."""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from isthmus_simulator.schema import ObjectShape, TypeSchema, Wire

NAMES = tomllib.loads((Path(__file__).parent / "cloudformation_names.toml").read_text())
Node = Mapping[str, Any]
SERVICE_WORDS = ("DB", "Cache")
"""Words before the names of CloudFormation's types and properties that the SDK leaves out."""
INNER = {"*", "items", "properties", ""}
"""Steps of a path that lead into a list or an object."""


def read_schemas(folder: Path) -> dict[str, Node]:
    """Every type's schema, from cfn-lint's folder `data/schemas`."""
    places = json.loads((folder / "providers" / "us-east-1.json").read_text())
    return {
        name: json.loads((folder / "resources" / f"{place}.json").read_text())
        for name, place in places.items()
    }


def tokens_of(name: str, tokens: Iterable[str]) -> list[str]:
    """The SDK's types that make what this CloudFormation type makes."""
    if name in NAMES["types"]:
        return NAMES["types"][name]
    _, service, kind = name.split("::", 2)
    places = [one.partition("/") for one in NAMES["services"].get(service, [service.lower()])]
    kinds = [kind, *(kind[len(word) :] for word in (*SERVICE_WORDS, service) if word in kind[:12])]
    wanted = {f"{module}:{prefix}{one}".lower() for module, _, prefix in places for one in kinds}
    return [token for token in tokens if _plain(token) in wanted]


def _plain(token: str) -> str:
    """`aws:ec2/subnet:Subnet` -> `ec2:subnet`."""
    _, module, kind = token.split(":")
    return f"{module.split('/')[0]}:{kind}".lower()


@dataclass(frozen=True)
class Pairing:
    """One CloudFormation type beside the SDK's."""

    name: str
    schema: Node
    sdk: TypeSchema

    @cached_property
    def scalars(self) -> dict[str, Node]:
        """Inputs of the SDK that say the very same as a top-level property, with its definition."""
        kept = set(self.schema.get("readOnlyProperties", ()))
        asked = {key: self.exact(key) for key in self.schema["properties"]}
        return {
            key: self.resolve(self.schema["properties"][name])
            for name, key in asked.items()
            if key and f"/properties/{name}" not in kept
        }

    def resolve(self, node: Node) -> Node:
        reference = str(node.get("$ref", ""))
        kept = self.schema.get("definitions", {}).get(reference.rsplit("/", 1)[-1])
        return (
            self.resolve({**kept, **{k: v for k, v in node.items() if k != "$ref"}})
            if (reference and kept)
            else node
        )

    def paths(self, pointers: Sequence[str]) -> list[str]:
        """The SDK's paths of `/properties/...` pointers, without the steps into lists."""
        found = [self.path(one.split("/")[2:]).replace(".*", "") for one in pointers]
        return list(dict.fromkeys(one for one in found if one))

    def path(self, steps: Sequence[str]) -> str:
        """The SDK's dotted path of a property, '' where the SDK has none."""
        shape, path, star = self.sdk.inputs, "", ""
        for step in (step for step in steps if step not in INNER):
            key = (not path and self.exact(step)) or self._near(step, shape)
            if not key and not path and "Conf" in step:
                continue  # what lies in a `...Configuration` there lies on top here
            if not key:
                return ""
            path = f"{path}{star}.{key}" if path else key
            shape, star = _inside(shape.properties[key], self.sdk)
        return path

    def exact(self, name: str) -> str:
        """The SDK's input of the same name, perhaps without the type's words before it."""
        kind = self.name.rsplit("::", 1)[-1]
        aliases = {**NAMES["properties"]["*"], **NAMES["properties"].get(self.name, {})}
        words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]+", kind)
        before = ["".join(words[number:]) for number in range(len(words))]
        short = [name[len(one) :] for one in (*before, *SERVICE_WORDS) if name.startswith(one)]
        own = [aliases[name]] if name in NAMES["properties"].get(self.name, {}) else [name]
        long = [f"{one}Name" for one in before] if name == "Name" else []
        return _first([*own, *short, *long, aliases.get(name, "")], self.sdk.inputs)

    def _near(self, name: str, shape: ObjectShape) -> str:
        one = name.removesuffix("s")
        swapped = re.sub("Arn$", "Id", name), re.sub("Id$", "Arn", name), re.sub("ies$", "y", name)
        ends = (f"{name}Id", f"{one}Ids", f"{name}Arn", f"{one}Arns", f"{name}Name")
        return _first([name, one, f"{name}s", f"{name}es", *ends, *swapped], shape)

    def created(self) -> list[str]:
        """The SDK's paths of what cannot be changed afterwards."""
        return self.paths(self.schema.get("createOnlyProperties", ()))

    def wrapped(self) -> Iterator[str]:
        """Inputs of the SDK that lie in a `<Type>Config` there, as most of CloudFront's do."""
        for name, node in self.schema["properties"].items():
            if name == f"{self.name.rsplit('::', 1)[-1]}Config":
                yield from map(
                    self.path, ([name, one] for one in self.resolve(node).get("properties", ()))
                )

    def formats(self) -> Iterator[tuple[str, str]]:
        """The SDK's paths whose property names the format of another resource (`AWS::EC2::VPC.Id`)."""
        for pointer, node in _walk(self.schema["properties"], self, [], 4):
            kind = str(node.get("format", ""))
            path = self.path(pointer) if kind.startswith("AWS::") else ""
            if path:
                yield path, kind


def _walk(
    nodes: Mapping[str, Node], pairing: Pairing, above: list[str], depth: int
) -> Iterator[tuple[list[str], Node]]:
    for key, node in nodes.items():
        plain = pairing.resolve(node)
        while plain.get("type") == "array" and "items" in plain:
            plain = pairing.resolve(plain["items"])
        yield [*above, key], plain
        if depth and isinstance(plain.get("properties"), dict):
            yield from _walk(plain["properties"], pairing, [*above, key], depth - 1)


def _first(names: Sequence[str], shape: ObjectShape) -> str:
    known = {key.lower(): key for key in shape.properties}
    return next((known[one.lower()] for one in names if one.lower() in known), "")


def _inside(wire: Wire, sdk: TypeSchema) -> tuple[ObjectShape, str]:
    """The properties inside, and the step that leads into a list of them."""
    star = ""
    while wire[0] in ("list", "map") and not isinstance(wire, str):
        wire, star = cast(Wire, wire[1]), ".*"
    return (sdk.shapes[wire[1]] if wire[0] == "object" else ObjectShape({}, ())), star

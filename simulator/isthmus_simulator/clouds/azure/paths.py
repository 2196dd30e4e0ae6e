"""Where each resource type lies in Resource Manager: told in paths.toml, else derived from its inputs."""

import re
import tomllib
from collections.abc import Mapping
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

from isthmus_simulator.clouds.azure import arm
from isthmus_simulator.schema import TypeSchema
from isthmus_simulator.values import Properties, lookup

HOLE = re.compile(r"\{([\w.]+)\}")
IN_GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers"
IN_SUBSCRIPTION = "/subscriptions/{subscriptionId}/providers"
OUTSIDE_PATHS = {"resourceGroupName", "id", "type", "location", "etag", "kind", "apiVersion"}
NAMING = re.compile(r"([nN]ame|Id|Uri|alias)$")

RANDOM, COPY, GUID, GIVEN = "random", "copy", "guid", "given"
"""How the provider names what the program does not name (AutoNamer of pulumi-azure-native's
provider/pkg/resources): the logical name and eight digits, the logical name alone, a GUID, not at all."""
ALWAYS_RANDOM = ("endpointName", "customDomainName")
ALWAYS_GUID = ("roleAssignmentName", "roleDefinitionId")


@cache
def table() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((Path(__file__).parent / "paths.toml").read_text())


def namespace(module: str) -> str:
    told = table().get(module, {}).get("namespace")
    return told or f"Microsoft.{module[:1].upper()}{module[1:]}"


@cache
def told_path(token: str) -> str:
    """The path of a type in paths.toml, in full; '' for a type that is not in it."""
    _, module, kind = token.split(":")
    path = table().get(module, {}).get(kind, "")
    return path if not path or path.startswith("/") else f"{IN_GROUP}/{namespace(module)}/{path}"


@cache
def told_types() -> frozenset[str]:
    """Every ARM type in paths.toml, in lower case."""
    paths = (
        told_path(f"azure-native:{module}:{kind}")
        for module, kinds in table().items()
        for kind in kinds
        if kind != "namespace"
    )
    return frozenset(arm.type_of(path).lower() for path in paths)


def path_of(schema: TypeSchema) -> str:
    return told_path(schema.token) or _derived_path(schema)


def _derived_path(schema: TypeSchema) -> str:
    """Parents are the required texts of the path, which the API does not answer; the own name is optional."""
    _, module, kind = schema.token.split(":")
    given = [
        key
        for key, wire in schema.inputs.properties.items()
        if wire == "str" and NAMING.search(key) and key not in OUTSIDE_PATHS
    ]
    inputs = [key for key in given if key not in schema.outputs]
    parents = [key for key in inputs if key in schema.inputs.required]
    own = _own_name(kind, [key for key in inputs if key not in parents])
    if not own and "name" in given:
        own = "name"
    inside = "resourceGroupName" in schema.inputs.properties
    scope = next((key for key in parents if key in ("scope", "resourceUri", "resourceId")), "")
    start = f"/{{{scope}}}/providers" if scope else IN_GROUP if inside else IN_SUBSCRIPTION
    above = [
        f"{_plural(re.sub('(Name|Id)$', '', key))}/{{{key}}}" for key in parents if key != scope
    ]
    last = f"{_plural(kind[0].lower() + kind[1:])}/{{{own}}}" if own else kind[0].lower() + kind[1:]
    return "/".join([start, namespace(module), *above, last])


def _own_name(kind: str, candidates: list[str]) -> str:
    def likeness(key: str) -> float:
        return SequenceMatcher(None, kind.lower(), re.sub("(Name|Id)$", "", key).lower()).ratio()

    named = [key for key in candidates if key.endswith(("Name", "name"))] or candidates
    best = max(named, key=likeness, default="")
    return best if best and likeness(best) > 0.4 else ""


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch")) else f"{word}s"


def holes(path: str) -> tuple[str, ...]:
    """Inputs that the path is made of, in order."""
    return tuple(hole for hole in HOLE.findall(path) if hole != "subscriptionId")


def name_hole(path: str) -> str:
    """The input that names the resource itself, '' for a type with one instance per parent."""
    found = re.search(r"\{(\w+)\}$", path)
    return found[1] if found else ""


def naming(path: str) -> str:
    name = name_hole(path)
    if not name:
        return GIVEN
    if name in ALWAYS_RANDOM:
        return RANDOM
    if name in ALWAYS_GUID:
        return GUID
    parts = path.lower().split("microsoft.")
    return RANDOM if len(parts) == 1 or parts[-1].count("{") == 1 else COPY


def fill_path(path: str, inputs: Properties, subscription: str, name: str) -> str:
    """The id: every hole filled, the last one with the resource's name when the input is empty."""
    own = name_hole(path)

    def put(match: re.Match[str]) -> str:
        if match[1] == "subscriptionId":
            given = inputs.get("subscriptionId")
            return given if isinstance(given, str) and given else subscription
        value = lookup(inputs, match[1])
        text = value if isinstance(value, str) and value else name if match[1] == own else ""
        return text.strip("/")

    return re.sub(r"(?<!^)/{2,}", "/", HOLE.sub(put, path))

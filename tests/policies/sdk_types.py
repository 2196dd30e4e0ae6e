"""What the installed cloud SDKs say about their resource types, read from their source text.

Importing all of them would take minutes. Run as a program, this rewrites `data/types.csv`, in which
the policies keep what they need of it; a test compares the two.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

TYPES_CSV = Path(__file__).parents[2] / "policies/isthmus_policies/data/types.csv"
PACKAGES = ("pulumi_aws", "pulumi_gcp", "pulumi_azure_native")
LOCATIONS = ("location", "region", "zone")
LABELS = ("tags", "labels", "resourceLabels", "userLabels")

# Labels below the top level, which the scan cannot see.
NESTED_LABELS = {
    "gcp:container/nodePool:NodePool": "nodeConfig.resourceLabels",
    "gcp:sql/databaseInstance:DatabaseInstance": "settings.userLabels",
}
# Some properties called tags are not the cloud's resource tags: lists of words or search terms, and
# Google's `tags`, which bind IAM conditions (resource manager tags).
_TEXT_MAPPING = "Mapping[str, pulumi.Input[_builtins.str]]"
_TAG_LISTS = {"aws:autoscaling/group:Group"}

_CLASS = re.compile(r"^class (\w+Args):\n(.*?)(?=^class |^@pulumi|\Z)", re.DOTALL | re.MULTILINE)
_INPUT = re.compile(
    r'@pulumi\.getter(?:\(name="(\w+)"\))?\n(?:    @.+\n)?    def (\w+)\(self\) -> (.+):$',
    re.MULTILINE,
)
_TOKEN = re.compile(r'@pulumi\.type_token\("([^"]+)"\)\nclass \w+\(pulumi\.CustomResource\)')

Inputs = Mapping[str, str]
"""Wire name of an input to its Python type, as written."""


class TypeRow(NamedTuple):
    type: str
    tags: str
    location: str


@cache
def inputs_by_type() -> Mapping[str, tuple[Inputs, Path]]:
    """Every resource type's inputs, and the file that says so."""
    return {token: (inputs, path) for package in PACKAGES for token, inputs, path in _scan(package)}


def rows() -> list[TypeRow]:
    found = [
        TypeRow(token, _tags(token, inputs), " ".join(n for n in LOCATIONS if _is_text(inputs, n)))
        for token, (inputs, _) in inputs_by_type().items()
    ]
    # All of AWS: there a type without a region is a global service, which has to be told from a
    # type that this SDK does not know.
    return sorted(row for row in found if row.tags or row.location or row.type.startswith("aws:"))


def has_input(token: str, path: str) -> bool:
    """Whether a type takes an input at a path such as `rules.*.destination.bucket`.

    What lies inside a free mapping (tags, JSON documents) is taken at its word.
    """
    inputs, file = inputs_by_type()[token]
    return _leads_on(inputs, path, _nested_inputs(file.parent / "_inputs.py"))


def has_argument(token: str, path: str) -> bool:
    """The same for a path as Python writes it: `rules.*.apply_server_side_encryption_by_default`."""
    _, file = inputs_by_type()[token]
    arguments = next(iter(_nested_arguments(file).values()), {})  # its own class comes first
    return _leads_on(arguments, path, _nested_arguments(file.parent / "_inputs.py"))


def _leads_on(inputs: Inputs, path: str, nested: Mapping[str, Inputs]) -> bool:
    here = [inputs]
    hint = ""
    for name in path.split("."):
        if name == "*":
            if "Sequence[" not in hint:
                return False
            continue
        hints = [each[name] for each in here if name in each]
        if not hints:
            return False
        hint = " ".join(hints)  # of a union, each kind may have it
        if any(free in hint for free in ("Mapping[str", "Any", "PolicyDocumentArgs")):
            return True
        here = [nested[each] for each in re.findall(r"'(\w+Args)'", hint) if each in nested]
    return True


@cache
def _nested_inputs(path: Path) -> Mapping[str, Inputs]:
    text = path.read_text() if path.exists() else ""
    return {name: _read_inputs(body) for name, body in _CLASS.findall(text)}


@cache
def _nested_arguments(path: Path) -> Mapping[str, Inputs]:
    text = path.read_text() if path.exists() else ""
    return {name: _read_arguments(body) for name, body in _CLASS.findall(text)}


def _read_inputs(class_body: str) -> Inputs:
    return {wire or python: hint for wire, python, hint in _INPUT.findall(class_body)}


def _read_arguments(class_body: str) -> Inputs:
    return {python: hint for _, python, hint in _INPUT.findall(class_body)}


def _scan(package: str) -> Iterator[tuple[str, Inputs, Path]]:
    spec = find_spec(package)
    assert spec is not None, f"{package} is not installed"
    assert spec.submodule_search_locations
    for path in Path(spec.submodule_search_locations[0]).rglob("*.py"):
        if path.name.startswith(("_", "get_")) or path.name == "outputs.py":
            continue
        text = path.read_text()
        token, arguments = _TOKEN.search(text), _CLASS.search(text)
        if token:
            yield token[1], _read_inputs(arguments[2]) if arguments else {}, path


def _is_text(inputs: Inputs, name: str) -> bool:
    return "_builtins.str" in inputs.get(name, "")


def _tags(token: str, inputs: Inputs) -> str:
    if token in NESTED_LABELS:
        return NESTED_LABELS[token]
    for name in LABELS[1:] if token.startswith("gcp:") else LABELS:
        if _TEXT_MAPPING in inputs.get(name, "") or (name == "tags" and token in _TAG_LISTS):
            return name
    return ""


def write() -> None:
    with TYPES_CSV.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(TypeRow._fields)
        writer.writerows(rows())


if __name__ == "__main__":
    write()

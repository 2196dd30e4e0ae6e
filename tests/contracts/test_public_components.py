"""What users see of the library: every component is offered, described, and described right."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from pulumi.provider.experimental.analyzer import AnalyzeResult

import isthmus
from isthmus.serving import SHARED, InheritingAnalyzer
from tests.contracts.house import COMPONENTS, SETTINGS, parse, public_modules, told

pytestmark = pytest.mark.contract

NAMES = [component.__name__ for component in isthmus.COMPONENTS]


@pytest.fixture(scope="module")
def analyzed() -> AnalyzeResult:
    """The components as the engine's component host sees them. A type name that is taken twice is an
    error of the analysis."""
    return InheritingAnalyzer("isthmus").analyze(list(isthmus.COMPONENTS))


def classes(file: Path) -> list[ast.ClassDef]:
    return [node for node in parse(file).body if isinstance(node, ast.ClassDef)]


def test_the_library_offers_its_components_and_nothing_else() -> None:
    assert sorted(isthmus.__all__) == sorted(["COMPONENTS", *NAMES])
    assert [getattr(isthmus, name) for name in NAMES] == list(isthmus.COMPONENTS)


def test_a_name_that_is_not_offered_is_an_error() -> None:
    with pytest.raises(AttributeError, match="'isthmus' has no attribute 'Cluster'"):
        _ = isthmus.Cluster  # pyright: ignore[reportAttributeAccessIssue]


def test_the_type_checker_is_told_of_the_same_components_in_the_same_order() -> None:
    [block] = [one for one in parse(COMPONENTS / "__init__.py").body if isinstance(one, ast.If)]
    [told_of] = [one.value for one in block.body if isinstance(one, ast.Assign)]
    assert ast.unparse(told_of) == f"({', '.join(NAMES)})"


def test_every_component_class_is_offered() -> None:
    found = {
        one.name
        for file in COMPONENTS.rglob("*.py")
        for one in classes(file)
        if any(ast.unparse(base).endswith("ComponentResource") for base in one.bases)
    }
    assert found == set(NAMES)


def test_the_import_contract_has_every_component_in_its_layer() -> None:
    [layers] = [c for c in SETTINGS["tool"]["importlinter"]["contracts"] if c["type"] == "layers"]
    modules = {component.__module__ for component in isthmus.COMPONENTS}
    assert any(modules == set(layer.split(" : ")) for layer in layers["layers"])


def test_every_argument_and_output_is_described(analyzed: AnalyzeResult) -> None:
    components, types = analyzed["component_definitions"], analyzed["type_definitions"]
    sides = {f"{name}.inputs": one.inputs for name, one in components.items()}
    sides |= {f"{name}.outputs": one.outputs for name, one in components.items()}
    sides |= {name: one.properties for name, one in types.items()}
    assert len(sides) > 2 * len(NAMES)
    silent = [
        f"{side}.{name}"
        for side, properties in sides.items()
        for name, one in properties.items()
        if not one.description
    ]
    assert silent == []


def test_every_component_is_described(analyzed: AnalyzeResult) -> None:
    silent = [n for n, one in analyzed["component_definitions"].items() if not one.description]
    assert silent == []


def test_an_argument_that_may_be_left_out_says_what_happens_then(analyzed: AnalyzeResult) -> None:
    silent = [
        f"{name}.{key}"
        for name, one in analyzed["component_definitions"].items()
        for key, argument in one.inputs.items()
        if argument.optional
        and not re.search(r"Default|Needed|`\w+` of |Mark ", str(argument.description))
    ]
    assert silent == []


def test_shared_arguments_are_the_bases_that_components_share() -> None:
    bases = [
        ast.unparse(b) for file in public_modules() for one in classes(file) for b in one.bases
    ]
    ours = {one.name for file in public_modules() for one in classes(file)}
    assert {base for base in bases if base in ours} == {one.__name__ for one in SHARED}


def test_no_two_classes_of_the_public_modules_have_one_name() -> None:
    names = Counter(one.name for file in public_modules() for one in classes(file))
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("file", public_modules(), ids=lambda file: file.stem)
def test_annotations_are_types_and_not_text(file: Path) -> None:
    """The component host reads annotations as types, which the future import would turn into text."""
    late = [
        told(file, node.lineno)
        for node in ast.walk(parse(file))
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
    ]
    assert late == []

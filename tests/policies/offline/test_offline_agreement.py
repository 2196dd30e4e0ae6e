"""A rule says of a file what it says inside the engine: every case is judged both ways."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from isthmus_policies.graph import Graph
from isthmus_policies.places import Catalogue
from isthmus_policies.rule import Context
from isthmus_policies.testing import Given
from isthmus_policies.values import UNKNOWN

from ..loading import Case, find_rule, load_cases
from .states import UNKNOWN_TEXT, Json, preview, provider, read, resource, urn

pytestmark = [pytest.mark.policy, pytest.mark.pure]


def written(value: Any) -> Any:
    """The value as a preview writes it."""
    if value is UNKNOWN:
        return UNKNOWN_TEXT
    if isinstance(value, Mapping):
        return {key: written(child) for key, child in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [written(child) for child in value]
    return value


class Providers:
    """One for all resources of a package with the same provider settings, as in a program."""

    def __init__(self) -> None:
        self.states: dict[str, Json] = {}

    def reference_for(self, given: Given) -> str:
        package = given.type.partition(":")[0]
        settings = written(given.provider)
        key = f"{package} {json.dumps(settings, sort_keys=True)}"
        name = f"{package}-{len(self.states)}"
        state = self.states.setdefault(key, provider(package, name, **settings))
        return f"{state['urn']}::{state['id']}"


def as_state(given: Given, index: int, urns: Mapping[str, str], providers: Providers) -> Json:
    origins = {
        key: [urns.get(name, urn("x:y:Z", name)) for name in names]
        for key, names in given.dependencies.items()
    }
    state = resource(
        given.type, given.name, written(given.props), outputs=written(given.outputs),
        provider=providers.reference_for(given), propertyDependencies=origins, protect=given.protect,
    )  # fmt: skip
    return {**state, "urn": own_urn(given, index)}


def own_urn(given: Given, index: int) -> str:
    """Two resources of a case may have one type and name; their parents tell them apart."""
    return urn(f"shop:index:Part{index}${given.type}", given.name)


@pytest.mark.parametrize("case", load_cases(), ids=str)
def test_a_file_is_judged_as_the_engine_would(case: Case) -> None:
    stack = (case.given, *case.others)
    urns: dict[str, str] = {}
    for index, each in enumerate(stack):
        urns.setdefault(each.name, own_urn(each, index))
    providers = Providers()
    states = [as_state(each, index, urns, providers) for index, each in enumerate(stack)]
    snapshot = read(preview(*providers.states.values(), *states))
    own = next(each for each in snapshot.resources if each.urn == own_urn(case.given, 0))
    helpers = {state["urn"] for state in providers.states.values()}
    managed = [each for each in snapshot.resources if each.urn not in helpers]
    context = Context(case.settings, Catalogue())
    assert find_rule(case.rule).judge(own, context, Graph(managed)) == case.judge()

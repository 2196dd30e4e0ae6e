"""Builds resources out of a table's row: a value at its path, a place for what it names."""

from collections.abc import Mapping
from typing import cast

from isthmus_policies.settings import Settings
from isthmus_policies.tables import type_facts
from isthmus_policies.testing import Given, answer_of, judge
from isthmus_policies.values import UNKNOWN, Tree, Value

from ..loading import find_rule

INSIDE = {"aws": "eu-west-1", "gcp": "europe-west4", "azure-native": "swedencentral"}
OUTSIDE = {"aws": "us-east-1", "gcp": "us-central1", "azure-native": "eastus"}
EU = Settings(frozenset(("EU",)))
GERMANY = Settings(frozenset(("EU",)), by_classification={"restricted": frozenset(("DE",))})
"""Restricted data stays in Germany, all other in the EU."""


def plant(path: str, value: Value) -> dict[str, Value]:
    """Properties in which the path, with `*` for a list of one, leads to the value."""
    for name in reversed(path.split(".")):
        value = [value] if name == "*" else {name: value}
    assert isinstance(value, dict)
    return value


def package(token: str) -> str:
    return token.partition(":")[0]


def placed(token: str, where: Mapping[str, str], name: str, **fields: object) -> Given:
    """A resource that is inside or outside, said as its type can say it."""
    place = where[package(token)]
    said = next((key for key in type_facts().get(token, ("", ()))[1] if key != "zone"), None)
    zone = {"zone": f"{place}-a"} if type_has_only_a_zone(token) else {}
    props = {said: place} if said else zone
    return Given(token, props, name=name, provider={"region": place}, **fields)  # pyright: ignore[reportArgumentType]


def type_has_only_a_zone(token: str) -> bool:
    facts = type_facts().get(token)
    return facts is not None and facts.location == ("zone",)


def labelled(token: str, word: str) -> Tree:
    """Properties that classify a resource, in the words of its cloud; none if it takes no tags."""
    facts = type_facts().get(token)
    return plant(facts.tags, {"data-classification": word}) if facts and facts.tags else {}


def nested(*trees: Tree) -> dict[str, Value]:
    """Trees put into one another: two paths below the same property must not hide each other."""
    together: dict[str, Value] = {}
    for tree in trees:
        for key, value in tree.items():
            have = together.get(key)
            both = isinstance(have, Mapping) and isinstance(value, Mapping)
            together[key] = nested(cast(Tree, have), cast(Tree, value)) if both else value
    return together


def answer(rule: str, given: Given, *others: Given, settings: Settings = EU) -> str:
    return answer_of(judge(find_rule(rule), given, others, settings=settings))


def made_from(token: str, path: str, *names: str) -> Given:
    """A resource whose value at the path came from the named ones, and is not known yet."""
    return Given(token, plant(path, UNKNOWN), dependencies={path.partition(".")[0]: names})

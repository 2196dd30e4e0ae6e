"""Stacks of any size: the rules' cases, over and over under new names."""

import json
from collections.abc import Iterator
from typing import Any

from isthmus_policies.graph import IDENTITIES, OWN_IDENTITIES
from isthmus_policies.testing import Given

from ..loading import Case, load_cases
from .states import UNKNOWN_TEXT, Json, export, provider, reference, resource, urn


def copies_of_cases(copies: int) -> Json:
    """A state with so many copies of one case for each rule and answer, and of all that is in it."""
    cases = {(case.rule, case.answer): case for case in load_cases() if case.answer != "skip"}
    return export(
        provider(region="eu-north-1"),
        *(
            each
            for copy in range(copies)
            for number, case in enumerate(cases.values())
            for each in _copy(case, f"-{number}-{copy}")
        ),
    )


def _copy(case: Case, suffix: str) -> Iterator[Json]:
    """Names of their own, as in a real stack; what refers to them within the case still does."""
    stack = (case.given, *case.others)
    names = {name for given in stack for name in _identities(given)}
    urns = {given.name: urn(given.type, given.name + suffix) for given in stack}
    for given in stack:
        dependencies = {
            key: [urns.get(name, urn("other:stack:Resource", name)) for name in named]
            for key, named in given.dependencies.items()
        }
        yield resource(
            given.type, given.name + suffix, _renamed(_plain(given.props), names, suffix),
            outputs=_renamed(_plain(given.outputs), names, suffix), provider=reference(),
            propertyDependencies=dependencies,
        )  # fmt: skip


def _identities(given: Given) -> Iterator[str]:
    keys = IDENTITIES + OWN_IDENTITIES.get(given.type, ())
    values = [tree.get(key) for tree in (given.props, given.outputs) for key in keys]
    return (value for value in values if isinstance(value, str))


def _plain(tree: Any) -> Any:
    return json.loads(json.dumps(tree, default=lambda _: UNKNOWN_TEXT))


def _renamed(value: Any, names: set[str], suffix: str) -> Any:
    if isinstance(value, str):
        return value + suffix if value in names else value
    if isinstance(value, list):
        return [_renamed(child, names, suffix) for child in value]
    if isinstance(value, dict):
        return {key: _renamed(child, names, suffix) for key, child in value.items()}
    return value

"""Keeps secrets from rules: they see that something is set, never to what, as in a state or a preview.

A rule quotes what it finds wrong, and what a policy says is printed. So a secret that a rule could
read would be told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeGuard

from isthmus_policies.resource import Resource
from isthmus_policies.values import HIDDEN, Secret, Tree, Value


class Secrets:
    """What is secret in the inputs of resources, by URN."""

    def __init__(self) -> None:
        self._marked: dict[str, Tree] = {}

    def note(self, urn: str, marked: Tree) -> None:
        """Remembers a resource's inputs with their marks, in place of earlier ones."""
        self._marked.pop(urn, None)
        if holds_secret(marked):
            self._marked[urn] = marked

    def hide_in(self, resource: Resource, provider_urn: str) -> Resource:
        """The resource as a rule may see it, and its provider."""
        marked = self._marked.get(resource.urn, {})
        # A cloud answers with what it was given, under the same names.
        props, outputs = hide(resource.props, marked), hide(resource.outputs, marked)
        provider = resource.provider
        if provider:
            of_provider = self._marked.get(provider_urn, {})
            provider = replace(provider, props=hide(provider.props, of_provider))
        return replace(resource, props=props, outputs=outputs, provider=provider)


def hide(props: Tree, marked: Tree) -> Tree:
    """The properties, hidden wherever `marked` holds a secret: the same ones with their marks."""
    if not marked:  # as with nearly every resource
        return props
    return {key: _hide(value, marked.get(key)) for key, value in props.items()}


def holds_secret(value: Value) -> bool:
    """Whether the value, or anything inside it, is marked as secret."""
    if isinstance(value, Mapping):
        return any(holds_secret(child) for child in value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(holds_secret(child) for child in value)
    return isinstance(value, Secret)


def _hide(value: Value, marked: Value) -> Value:
    if isinstance(marked, Secret):
        return HIDDEN
    if isinstance(value, Mapping) and isinstance(marked, Mapping):
        return hide(value, marked)
    if _is_list(value) and _is_list(marked):
        marks = [*marked, *[None] * len(value)]
        return [_hide(child, mark) for child, mark in zip(value, marks, strict=False)]
    return value


def _is_list(value: Value) -> TypeGuard[Sequence[Value]]:
    return isinstance(value, Sequence) and not isinstance(value, str)

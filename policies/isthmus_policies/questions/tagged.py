"""What a resource is tagged (labelled on Google Cloud) with, its provider's defaults included."""

import json
from collections.abc import Mapping
from typing import cast

from isthmus_policies.resource import Resource
from isthmus_policies.tables import type_facts
from isthmus_policies.values import MISSING, UNKNOWN, Value, as_list, reveal
from isthmus_policies.verdict import NotApplicable, Unknown

_DEFAULTS_OF_PROVIDER: Mapping[tuple[str | None, str], str] = {
    ("aws", "tags"): "defaultTags",
    ("gcp", "labels"): "defaultLabels",
    ("gcp", "resourceLabels"): "defaultLabels",
}
"""Cloud and tag property to the provider setting that adds to it; Azure's provider has none."""
_WITHOUT_DEFAULTS = ("aws:autoscaling/group:Group",)
"""Source: Terraform AWS provider documentation of default_tags, which names the exception."""

CLASSIFICATION = "data-classification"
PRODUCTION = ("environment", ("production", "prod"))
REGULATED = (CLASSIFICATION, ("restricted", "regulated"))
"""The highest of the classes that a stack may name, and the law's own word for it."""


def why_not_tagged(
    resource: Resource, tag: tuple[str, tuple[str, ...]]
) -> NotApplicable | Unknown | None:
    """What a rule about resources with a tag answers for others; None if it has one of the words.

    For example `why_not_tagged(instance, PRODUCTION)`.
    """
    name, words = tag
    value = tag_of(resource, name)
    if value is UNKNOWN:
        path = _tags_property(resource)
        return Unknown(f"whether it is tagged '{name}: {words[0]}' is not known yet", path)
    if isinstance(value, str) and value.casefold() in words:
        return None
    return NotApplicable(f"it is not tagged '{name}: {words[0]}'")


def tag_of(resource: Resource, name: str) -> Value:
    """The value of a tag: the resource's own, else its provider's default."""
    path = _tags_property(resource)
    for source in (resource.get(path), provider_tags(resource, path)):
        value = _value_of(source, name, ignore_case=resource.cloud == "azure")
        if value is not MISSING:
            return value
    return MISSING


def provider_tags(resource: Resource, path: str) -> Value:
    """The tags that the provider adds to those at `path`; its nested settings are JSON text."""
    key = _DEFAULTS_OF_PROVIDER.get((resource.cloud, path))
    if key is None or resource.provider is None or resource.type in _WITHOUT_DEFAULTS:
        return MISSING
    given = reveal(resource.provider.get(key))
    value = cast(Value, json.loads(given)) if isinstance(given, str) else given
    if key == "defaultTags" and isinstance(value, Mapping):
        return value.get("tags", MISSING)
    return value


def tag_names(tags: Value) -> set[str]:
    """The tags that have a value, of a mapping or of a list of `{key, value}`."""
    tags = reveal(tags)
    if isinstance(tags, Mapping):
        return {name for name, value in tags.items() if value not in ("", None)}
    pairs = [pair for pair in as_list(tags) if isinstance(pair, Mapping)]
    return {str(pair["key"]) for pair in pairs if pair.get("key") and pair.get("value")}


def _tags_property(resource: Resource) -> str:
    facts = type_facts().get(resource.type)
    return facts.tags if facts and facts.tags else "tags"


def _value_of(tags: Value, name: str, *, ignore_case: bool) -> Value:
    """What a tag is set to, in a mapping or in a list of `{key, value}`.

    Unknown if all of them are, or one of a list is: it may be this one.
    """
    tags = reveal(tags)
    mapped = isinstance(tags, Mapping)
    pairs = tuple(tags.items()) if mapped else tuple(_pair(each) for each in as_list(tags))
    fold = str.casefold if ignore_case else str
    named = (reveal(value) for key, value in pairs if isinstance(key, str) and fold(key) == name)
    undecided = any(key is UNKNOWN for key, _ in pairs)
    return next(named, UNKNOWN if undecided else MISSING)


def _pair(listed: Value) -> tuple[Value, Value]:
    """Name and value of a tag in a list."""
    tag = reveal(listed)
    if isinstance(tag, Mapping):
        return reveal(tag.get("key", MISSING)), tag.get("value", MISSING)
    return tag, MISSING

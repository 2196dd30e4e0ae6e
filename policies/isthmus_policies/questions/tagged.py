"""What a resource is tagged (labelled on Google Cloud) with, its provider's defaults included."""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple, cast

from isthmus_policies.resource import Resource
from isthmus_policies.tables import type_facts
from isthmus_policies.values import MAPPING, MISSING, UNKNOWN, Value, as_list, reveal
from isthmus_policies.verdict import NotApplicable, Unknown

_DEFAULTS_OF_PROVIDER: Mapping[tuple[str | None, str], str] = {
    ("aws", "tags"): "defaultTags",
    ("gcp", "labels"): "defaultLabels",
    ("gcp", "resourceLabels"): "defaultLabels",
}
"""Cloud and tag property to the provider setting that adds to it; Azure's provider has none."""
_WITHOUT_DEFAULTS = ("aws:autoscaling/group:Group",)
"""Source: Terraform AWS provider documentation of default_tags, which names the exception."""

TAGGABLE = tuple(token for token, facts in type_facts().items() if facts.tags)
"""The types that can be tagged. Which ones comes from the SDKs: a resource without tags looks the same
whether it takes none or its author forgot them."""

CLASSIFICATION = "data-classification"
PRODUCTION = ("environment", ("production", "prod"))
REGULATED = (CLASSIFICATION, ("restricted", "regulated"))
"""The highest of the classes that a stack may name, and the law's own word for it."""


class Tags(NamedTuple):
    path: str
    """The property that holds the resource's own."""
    names: Collection[str]
    """Of those that have a value."""
    may_be_more: bool
    """Whether a tag of any name may be among them: all of them are unknown, or one of a list is."""


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
    for source in _sources(resource):
        value = _value_of(source, name, ignore_case=resource.cloud == "azure")
        if value is not MISSING:
            return value
    return MISSING


def tags_on(resource: Resource) -> Tags:
    """The resource's own tags, and those that its provider adds."""
    names: set[str] = set()
    may_be_more = False
    for source in _sources(resource):
        for key, value in _pairs(source):
            if key is UNKNOWN:
                may_be_more = True
            elif isinstance(key, str) and reveal(value) not in (MISSING, None, ""):
                names.add(key)
    return Tags(_tags_property(resource), names, may_be_more)


def _sources(resource: Resource) -> tuple[Value, Value]:
    """Its own tags, and those that its provider adds: what is set in both is its own."""
    path = _tags_property(resource)
    return resource.get(path), _provider_tags(resource, path)


def _provider_tags(resource: Resource, path: str) -> Value:
    """The tags that the provider adds to those at `path`; its nested settings are JSON text."""
    key = _DEFAULTS_OF_PROVIDER.get((resource.cloud, path))
    if key is None or resource.provider is None or resource.type in _WITHOUT_DEFAULTS:
        return MISSING
    given = reveal(resource.provider.get(key))
    value = cast(Value, json.loads(given)) if isinstance(given, str) else given
    if key == "defaultTags" and isinstance(value, MAPPING):
        return value.get("tags", MISSING)
    return value


def _tags_property(resource: Resource) -> str:
    facts = type_facts().get(resource.type)
    return facts.tags if facts and facts.tags else "tags"


def _value_of(tags: Value, name: str, *, ignore_case: bool) -> Value:
    """What a tag is set to, in a mapping or in a list of `{key, value}`.

    Unknown if all of them are, or one of a list is: it may be this one.
    """
    fold = str.casefold if ignore_case else str
    named = (
        reveal(value) for key, value in _pairs(tags) if isinstance(key, str) and fold(key) == name
    )
    may_be_more = any(key is UNKNOWN for key, _ in _pairs(tags))
    return next(named, UNKNOWN if may_be_more else MISSING)


def _pairs(tags: Value) -> Iterable[tuple[Value, Value]]:
    tags = reveal(tags)
    return tags.items() if isinstance(tags, MAPPING) else [_pair(each) for each in as_list(tags)]


def _pair(listed: Value) -> tuple[Value, Value]:
    """Name and value of a tag in a list."""
    tag = reveal(listed)
    if isinstance(tag, MAPPING):
        return reveal(tag.get("key", MISSING)), tag.get("value", MISSING)
    return tag, MISSING

"""Puts the required tags on a resource, with the values that the stack's configuration names."""

import re
from collections.abc import Iterator, Mapping

from isthmus_policies.questions.tagged import tag_of
from isthmus_policies.remedies.edit import Keys, put_all
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Remedy
from isthmus_policies.tables import read_table, type_facts
from isthmus_policies.values import MISSING, UNKNOWN, Tree, Value, as_list, reveal

_LIST_TYPES = ("aws:autoscaling/group:Group",)
"""What takes its tags as a list of `{key, value, propagateAtLaunch}`."""
_LABEL_LENGTH = 63
_NO_LABEL = re.compile(r"[^a-z0-9_-]")
"""Source: docs.cloud.google.com/resource-manager/docs/labels-overview, as the components have it."""


def _mend(resource: Resource, context: Context) -> Tree | None:
    facts = type_facts().get(resource.type)
    if facts is None or not facts.tags:
        return None
    path = tuple(facts.tags.split("."))
    absent = dict(_absent(resource, context))
    if resource.type in _LIST_TYPES:
        return _add_to_list(resource, absent)
    given = reveal(resource.get(facts.tags))
    fold = str.casefold if resource.cloud == "azure" else str  # Azure ignores the case of tag names
    present = {fold(name): name for name in given} if isinstance(given, Mapping) else {}
    wanted: dict[Keys, Value] = {
        (*path, present.get(fold(name), name)): value for name, value in absent.items()
    }
    return put_all(resource.props, wanted)


def _absent(resource: Resource, context: Context) -> Iterator[tuple[str, str]]:
    """The required tags that neither the resource nor its provider sets, and that have a value."""
    settings = context.settings
    values = {name: settings.tag_values[name] for name in settings.required_tags
              if name in settings.tag_values}  # fmt: skip
    for name, value in values.items():
        if tag_of(resource, name) in (MISSING, None, ""):
            yield name, label_value(value) if resource.cloud == "gcp" else value


def label_value(text: str) -> str:
    """A legal label of Google Cloud: `ml@example.com` becomes `ml_example_com`."""
    return _NO_LABEL.sub("_", text.lower())[:_LABEL_LENGTH]


def _add_to_list(resource: Resource, absent: Mapping[str, str]) -> Tree | None:
    keys = [
        reveal(pair.get("key", MISSING)) if isinstance(pair, Mapping) else UNKNOWN
        for pair in (reveal(each) for each in as_list(resource.get("tags")))
    ]
    if UNKNOWN in keys:
        return None  # it may be the very tag
    known = [name for name in absent if name in keys]
    wanted: dict[Keys, Value] = {
        ("tags", keys.index(name), "value"): absent[name] for name in known
    }
    new = [{"key": k, "value": v, "propagateAtLaunch": True} for k, v in absent.items()
           if k not in known]  # fmt: skip
    if not resource.has("tags"):
        return put_all(resource.props, {("tags",): new})
    for number, tag in enumerate(new):
        wanted["tags", len(keys) + number] = tag
    return put_all(resource.props, wanted)


def _types() -> tuple[str, ...]:
    """Where tags change in place; on a type that is not listed they might replace the resource."""
    return tuple(row["type"] for row in read_table("tags_in_place"))


TAGS: Mapping[str, Remedy] = {
    "tags-resource-required": Remedy(
        _mend, ("tags", "labels", "resourceLabels", "settings.userLabels"), types=_types(),
        safe="a tag that is there is never changed, and only types are tagged whose tags change "
        "in place",
    )
}  # fmt: skip

"""Names of resources and places inside longer texts: ARNs, addresses, policies."""

import re
from collections.abc import Iterator, Mapping

from isthmus_policies.graph import Graph
from isthmus_policies.resource import Resource
from isthmus_policies.values import Located, Value, reveal

_BETWEEN_WORDS = re.compile(r"[\s\"',;=()\[\]{}]+")
_PLACE_IN_NAME: Mapping[str | None, re.Pattern[str]] = {
    "aws": re.compile(r"arn:[^:]*:[^:]*:([^:]+):"),
    "gcp": re.compile(r".*/(?:locations|regions|zones)/([^/]+)"),
}


def names_in(text: str) -> Iterator[str]:
    """Everything in a text that may be another resource's name, the longest first.

    Of `arn:aws:s3:::lake/raw/*` that is the ARN, the ARN of the bucket, and `lake`.
    """
    for word in _BETWEEN_WORDS.split(text):
        yield from _heads(word)
        for part in _parts(word):
            yield from _heads(part)


def mentioned(
    resource: Resource, found: Located, types: tuple[str, ...], graph: Graph
) -> list[Resource]:
    """The stack's resources that a property names, was made from, or has the names of in it."""
    others = graph.references(resource, found.path, types)
    text = reveal(found.value)
    if isinstance(text, str):
        others += [each for name in names_in(text) for each in graph.named(name)]
    unique = {each.urn: each for each in others if each.urn != resource.urn}
    return [each for each in unique.values() if not types or each.type in types]


def place_in(cloud: str | None, name: Value) -> str | None:
    """The region, zone or location that a resource's full name says it is in."""
    pattern = _PLACE_IN_NAME.get(cloud)
    text = reveal(name)
    match = pattern.match(text) if pattern and isinstance(text, str) else None
    return match[1] if match else None


def _heads(word: str) -> Iterator[str]:
    """A word, and what is left of it without its last step, and the last but one ..."""
    while word:
        yield word
        word = word.rpartition("/")[0]


def _parts(word: str) -> Iterator[str]:
    """What an ARN, an address or a member names: behind its colons and slashes, before its dots."""
    if "://" in word:
        host = word.partition("://")[2]
        yield host
        yield host.partition("/")[0].partition(".")[0]
    elif ":" in word:
        name = word.rpartition(":")[2]
        yield name
        yield name.partition("/")[2]
    elif "/" in word:
        yield word.rpartition("/")[2]
        yield word.partition("/")[2]

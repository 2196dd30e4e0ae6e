"""Which machines a resource keeps, read from each cloud's own properties."""

from isthmus_policies.graph import Graph
from isthmus_policies.questions.fleets import aws, azure, gcp
from isthmus_policies.questions.fleets.model import Count, Fleet, is_accelerated
from isthmus_policies.resource import Resource

__all__ = ["FLEET_TYPES", "Count", "Fleet", "fleets_of", "is_accelerated"]

_READERS = {**aws.READERS, **gcp.READERS, **azure.READERS}
FLEET_TYPES = tuple(_READERS)
"""The types that keep machines. A template keeps none: whatever uses it does."""


def fleets_of(resource: Resource, graph: Graph) -> tuple[Fleet, ...]:
    return tuple(_READERS[resource.type](resource, graph))

"""What Azure's services compute and refuse beyond the facts, by resource type."""

from collections.abc import Callable, Mapping

from isthmus_simulator.cloud import Call, Rules
from isthmus_simulator.clouds.azure.rules import (
    compute,
    data,
    endpoints,
    firewall,
    identity,
    kubernetes,
    network,
    storage,
    web,
)

RULES: Mapping[str, Rules] = {
    **compute.RULES,
    **data.RULES,
    **endpoints.RULES,
    **firewall.RULES,
    **identity.RULES,
    **kubernetes.RULES,
    **network.RULES,
    **storage.RULES,
    **web.RULES,
}

NESTED: Mapping[tuple[str, str], Callable[[Call], str]] = {**data.NESTED, **web.NESTED}
"""Texts deep in an output that no template can say, by type and property."""

"""What Google Cloud computes and refuses beyond the facts: what holds for every type, then type by type."""

from collections.abc import Callable, Iterator, Mapping

from isthmus_simulator.cloud import NO_RULES, Call, Rules
from isthmus_simulator.clouds.gcp.rules import (
    data,
    every,
    identity,
    keys,
    kubernetes,
    machines,
    network,
    serverless,
    storage,
)

SPECIFIC: Mapping[str, Rules] = {
    **network.RULES,
    **machines.RULES,
    **kubernetes.RULES,
    **storage.RULES,
    **identity.RULES,
    **keys.RULES,
    **data.RULES,
    **serverless.RULES,
}


class EveryType(Mapping[str, Rules]):
    """Rules of any type token: the general ones with the type's own."""

    def __getitem__(self, token: str) -> Rules:
        return every.extend(SPECIFIC.get(token) or identity.rules_of_grant(token) or NO_RULES)

    def __iter__(self) -> Iterator[str]:
        return iter(SPECIFIC)

    def __len__(self) -> int:
        return len(SPECIFIC)


RULES: Mapping[str, Rules] = EveryType()

IDS: Mapping[str, Callable[[Call], str]] = {
    kubernetes.CLUSTER: kubernetes.cluster_id,
    kubernetes.POOL: kubernetes.pool_id,
    keys.VERSION: keys.version_id,
}
"""Ids that neither a template nor the docs' import example says."""

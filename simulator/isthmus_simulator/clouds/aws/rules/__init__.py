"""What AWS computes and refuses beyond the facts, by resource type."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from isthmus_simulator.check import Failure
from isthmus_simulator.cloud import NO_RULES, Call, CheckRule, OutputRule, Rules
from isthmus_simulator.clouds.aws.declared import Declared
from isthmus_simulator.clouds.aws.reading import table
from isthmus_simulator.clouds.aws.rules import (
    compute,
    databases,
    endpoints,
    firewall,
    identity,
    kubernetes,
    network,
    serverless,
    storage,
    web,
)
from isthmus_simulator.clouds.aws.rules.inputs import declared_check
from isthmus_simulator.clouds.aws.rules.outside import lies_outside
from isthmus_simulator.values import Value

TOLD: Mapping[str, Rules] = {
    **network.RULES,
    **firewall.RULES,
    **endpoints.RULES,
    **compute.RULES,
    **kubernetes.RULES,
    **storage.RULES,
    **identity.RULES,
    **serverless.RULES,
    **databases.RULES,
    **web.RULES,
}


class TypeRules(Mapping[str, Rules]):
    """Rules for every type: our own, joined with what is declared of it and with tags."""

    def __init__(self, declared: Mapping[str, Declared]) -> None:
        self._declared = declared
        self._made: dict[str, Rules] = {}

    def __getitem__(self, token: str) -> Rules:
        if token not in self._made:
            self._made[token] = self._make(token)
        return self._made[token]

    def _make(self, token: str) -> Rules:
        told = TOLD.get(token, NO_RULES)
        declared = self._declared.get(token)
        checks = [
            rule for rule in (declared_check(declared) if declared else None, told.check) if rule
        ]
        return replace(
            told,
            check=_all_of(checks),
            outputs=_with_tags(told.outputs),
            outside=told.outside or lies_outside,
        )

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*TOLD, *self._declared]))

    def __len__(self) -> int:
        return len(list(iter(self)))


def _all_of(rules: list[CheckRule]) -> CheckRule:
    def check(call: Call) -> Iterator[Failure]:
        for rule in rules:
            yield from rule(call)

    return check


def _with_tags(told: OutputRule | None) -> OutputRule:
    """`tagsAll` is the provider's default tags under the resource's own."""

    def outputs(call: Call) -> Mapping[str, Value]:
        own: Mapping[str, Value] = told(call) if told else {}
        if "tagsAll" not in call.schema.outputs:
            return own
        tags = {**call.setting.values.get("defaultTags", {}), **table(call.inputs, "tags")}
        return {**own, "tagsAll": tags}

    return outputs

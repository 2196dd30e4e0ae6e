"""Answers invokes from the cloud's functions, or looks in the world (`getVpc` finds a Vpc)."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import cast

from isthmus_simulator.cloud import CloudError, Query
from isthmus_simulator.lifecycle import Lifecycle
from isthmus_simulator.values import Properties, Value
from isthmus_simulator.world import Resource


def answer(query: Query, life: Lifecycle) -> Mapping[str, Value]:
    function = query.cloud.invokes.get(query.token)
    if function is not None:
        return function(query)
    token = _looked_up_type(query.token, life)
    if token is None:
        raise CloudError(_not_simulated(query))
    found = [
        one for one in query.session.resources(query.cloud.package, token) if _fits(one, query.args)
    ]
    if not found:
        wanted = ", ".join(
            f"{key}={value}" for key, value in query.args.items() if value is not None
        )
        raise CloudError(life.missing(token, wanted or token))
    return {**found[-1].outputs, "id": found[-1].id}


def _looked_up_type(function: str, life: Lifecycle) -> str | None:
    """`aws:ec2/getVpc:getVpc` -> `aws:ec2/vpc:Vpc`, when the package has that type."""
    package, module, name = function.split(":")
    if not name.startswith("get"):
        return None
    kind = name[3:]
    folder = module.split("/")[0]
    joined = f"{folder}/{kind[:1].lower()}{kind[1:]}" if "/" in module else folder
    token = f"{package}:{joined}:{kind}"
    return token if token in life.schemas.tokens() else None


def _fits(resource: Resource, args: Properties) -> bool:
    known = {**resource.inputs, **resource.outputs, "id": resource.id}
    given = {key: value for key, value in args.items() if value is not None}
    return all(
        _same(known.get(key), value)
        for key, value in given.items()
        if key in known or not isinstance(value, dict | list)
    )


def _same(known: Value, wanted: Value) -> bool:
    if isinstance(wanted, dict) and isinstance(known, dict):
        have = cast(Properties, known)
        return all(have.get(key) == value for key, value in cast(Properties, wanted).items())
    return known == wanted


def _not_simulated(query: Query) -> str:
    near = get_close_matches(query.token, list(query.cloud.invokes), n=1, cutoff=0.7)
    hint = f"; the nearest that is: {near[0]}" if near else ""
    return (
        f"the simulated cloud does not answer the function {query.token} yet{hint}. "
        "Nothing was made up in its place."
    )

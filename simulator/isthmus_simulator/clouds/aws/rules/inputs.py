"""Judges inputs against what is declared of them, at preview.

Of limits it speaks as AWS's services do ("Value ... at ... failed to satisfy constraint: ...", which moto
5.2.5 quotes of several); the rest is in our own words.
"""

import ipaddress
import json
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Any

from isthmus_simulator.check import SECRET_REASON, Failure
from isthmus_simulator.cloud import Call, CheckRule
from isthmus_simulator.clouds.aws.declared import Declared
from isthmus_simulator.values import UNKNOWN, Properties, Value


def declared_check(declared: Declared) -> CheckRule:
    """The check of one type. An empty text is as good as none; a default was not asked for."""

    def check(call: Call) -> Iterator[Failure]:
        given = {key: value for key, value in call.inputs.items() if value not in (None, "")}
        yield from _limits(declared, given, call.facts.secret)
        asked = {key for key, value in given.items() if value != call.facts.defaults.get(key)}
        yield from _conflicts(declared, asked)

    return check


def _limits(declared: Declared, given: Properties, secret: Container[str]) -> Iterator[Failure]:
    for key, limits in declared.limits.items():
        value = given.get(key)
        if value is None or value is UNKNOWN:
            continue
        broken = [
            reason for kind, limit in limits.items() for reason in LIMITS[kind](key, value, limit)
        ]
        if broken:
            yield Failure(key, SECRET_REASON if key in secret else broken[0])


def _constraint(name: str, value: Value, wanted: str) -> str:
    return f"Value '{value}' at '{name}' failed to satisfy constraint: Member must {wanted}"


def _between(name: str, value: Value, limit: Any) -> Iterator[str]:
    low, high = limit
    if low is not None and float(value) < low:
        yield _constraint(name, value, f"have value greater than or equal to {low}")
    if high is not None and float(value) > high:
        yield _constraint(name, value, f"have value less than or equal to {high}")


def _length(name: str, value: Value, limit: Any) -> Iterator[str]:
    low, high = limit
    if len(str(value)) < low:
        yield _constraint(name, value, f"have length greater than or equal to {low}")
    if high is not None and len(str(value)) > high:
        yield _constraint(name, value, f"have length less than or equal to {high}")


def _one_of(name: str, value: Value, limit: Any) -> Iterator[str]:
    """Whatever the case: some services take any, and which of them do is not declared."""
    if str(value).lower() not in (one.lower() for one in limit):
        yield _constraint(name, value, f"satisfy enum value set: [{', '.join(limit)}]")


def _match(name: str, value: Value, limit: Any) -> Iterator[str]:
    if not re.search(limit, str(value)):
        yield _constraint(name, value, f"satisfy regular expression pattern: {limit}")


def judge_cidr(name: str, text: str, *, version: int | None = None) -> str:
    """Why this is no range of addresses; '' when it is one. Words of the EC2 API, with our hint."""
    wrong = f"Value ({text}) for parameter {name} is invalid. This is not a valid CIDR block."
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return wrong
    if "/" not in text:
        return (
            f'{wrong} (Write the size as well: "{text}/{network.prefixlen}" is this one address.)'
        )
    if version and network.version != version:
        return f"{wrong} (It wants an IPv{version} block.)"
    if ipaddress.ip_interface(text).ip != network.network_address:
        return f'{wrong} (It has host bits set: did you mean "{network}"?)'
    return ""


def _format(name: str, value: Value, kind: Any) -> Iterator[str]:
    reason = FORMATS[kind](name, value) if isinstance(value, str) else ""
    if reason:
        yield reason


def _json(name: str, text: str) -> str:
    try:
        json.loads(text)
    except ValueError as error:
        return f"{name} is not valid JSON: {error}"
    return ""


def _policy(name: str, text: str) -> str:
    """A policy document is a JSON object (IAM User Guide, "Grammar of the IAM JSON policy language")."""
    if text.strip()[:1] in ("[", '"'):
        return f"{name} is not valid JSON for a policy: it has to be an object, in {{ }}"
    return _json(name, text)


def _arn(name: str, text: str) -> str:
    """`arn:partition:service:region:account:resource` (IAM User Guide, "Amazon Resource Names (ARNs)")."""
    fits = text == "*" or (text.startswith("arn:") and text.count(":") >= 5)
    return (
        ""
        if fits
        else f'{name} is no ARN: "{text}" (arn:partition:service:region:account:resource)'
    )


LIMITS: Mapping[str, Callable[[str, Value, Any], Iterable[str]]] = {
    "between": _between,
    "length": _length,
    "oneOf": _one_of,
    "match": _match,
    "format": _format,
}
FORMATS: Mapping[str, Callable[[str, str], str]] = {
    "cidr": judge_cidr,
    "ipv4_cidr": lambda name, text: judge_cidr(name, text, version=4),
    "ipv6_cidr": lambda name, text: judge_cidr(name, text, version=6),
    "json": _json,
    "policy": _policy,
    "arn": _arn,
}


def _conflicts(declared: Declared, asked: set[str]) -> Iterator[Failure]:
    for key, others in declared.conflicts.items():
        clash = next((one for one in others if one in asked), None) if key in asked else None
        if clash:
            yield Failure(key, f"{key} and {clash} exclude each other: leave one of them out")

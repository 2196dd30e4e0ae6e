"""Reads AWS resource policies, whether given as JSON text or as an object."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import cast

from isthmus_policies.questions.cidr import admits_internet
from isthmus_policies.values import (
    MISSING,
    UNKNOWN,
    Tree,
    Value,
    as_list,
    contains_unknown,
    read,
    reveal,
)

CALLER_KEYS = frozenset(
    (
        "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths",
        "aws:sourceaccount", "aws:sourcearn", "aws:sourceip", "aws:sourceorgid", "aws:sourceowner",
        "aws:sourcevpc", "aws:sourcevpce", "aws:userid", "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
    )
)  # fmt: skip
"""Condition keys with which S3 does not call a policy public if their values are fixed.

Source: Amazon S3 user guide, "Blocking public access", "The meaning of public".
"""
_LENIENT_OPERATORS = ("not", "null", "ifexists", "forallvalues")
"""With these a request that lacks the key, or anyone but the named, is let in."""


@dataclass(frozen=True, slots=True)
class Statement:
    tree: Tree

    @property
    def allows(self) -> bool:
        return read(self.tree, "Effect") == "Allow"

    @property
    def denies(self) -> bool:
        return read(self.tree, "Effect") == "Deny"

    @property
    def principal_is_anyone(self) -> bool:
        """`*`, `{"AWS": "*"}` or everyone but some (`NotPrincipal`)."""
        principal = read(self.tree, "Principal")
        if isinstance(principal, Mapping):
            return any("*" in as_list(each) for each in principal.values())
        return principal == "*" or "NotPrincipal" in self.tree

    def values(self, key: str) -> tuple[Value, ...]:
        """`Action` or `Resource` as a list, however it is written."""
        return as_list(read(self.tree, key))

    @property
    def conditions(self) -> dict[tuple[str, str], tuple[Value, ...]]:
        """Operator and key, both in lower case as AWS ignores case there, to the values."""
        condition = read(self.tree, "Condition")
        if not isinstance(condition, Mapping):
            return {}
        return {
            (operator.lower(), key.lower()): as_list(values)
            for operator, keys in condition.items()
            if isinstance(keys, Mapping)
            for key, values in keys.items()
        }

    def is_limited(self, keys: Collection[str] = CALLER_KEYS) -> bool:
        """Whether a condition ties the statement to fixed values of one of the keys."""
        return any(
            key in keys
            and not any(word in operator for word in _LENIENT_OPERATORS)
            and all(map(_is_fixed, values))
            for (operator, key), values in self.conditions.items()
        )

    def covers_action(self, action: str) -> bool:
        """Whether the statement is about an action such as `s3:GetObject`, by name or pattern."""
        wanted = action.lower()
        patterns = [each.lower() for each in self.values("Action") if isinstance(each, str)]
        return "NotAction" in self.tree or any(fnmatchcase(wanted, each) for each in patterns)

    def denied_at(self, service: str, key: str, operators: Collection[str]) -> tuple[Value, ...]:
        """The values of a condition key at which the statement denies everyone everything.

        Nothing if it spares callers or actions of the service, or has any further condition:
        conditions are joined by AND.
        """
        conditions = self.conditions
        values = [each for operator in operators for each in conditions.pop((operator, key), ())]
        everyone = self.principal_is_anyone and "NotPrincipal" not in self.tree
        everything = any(action in ("*", f"{service}:*") for action in self.values("Action"))
        return tuple(values) if self.denies and everyone and everything and not conditions else ()

    @property
    def is_unknown(self) -> bool:
        """Whether something that decides what the statement means cannot be known yet.

        `Resource` is left out: it can only be the bucket or key that carries the policy.
        """
        parts = ("Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Condition")
        return any(contains_unknown(self.tree.get(part, MISSING)) for part in parts)


def read_statements(policy: Value) -> tuple[Statement, ...] | None:
    """The statements of a policy; None if it is unknown. Raises ValueError if it is no policy."""
    policy = reveal(policy)
    if policy is UNKNOWN:
        return None
    if policy is MISSING or policy == "":
        return ()
    document = cast(Value, json.loads(policy)) if isinstance(policy, str) else policy
    if not isinstance(document, Mapping):
        raise ValueError("the policy is not a JSON object")  # noqa: TRY004 as for bad JSON
    return tuple(
        Statement(each if isinstance(each, Mapping) else {"Effect": UNKNOWN})
        for each in as_list(document.get("Statement", ()))
    )


def _is_fixed(value: Value) -> bool:
    """An ARN may end in a wildcard as long as it names the account, and addresses may be a range."""
    if not isinstance(value, str) or value == "" or value.startswith(("*", "arn:aws:*")):
        return False
    return not admits_internet(value)

"""Hands values on only when what they silently need exists too."""

from collections.abc import Mapping, Sequence
from typing import cast

import pulumi


def after(
    values: Sequence[pulumi.Input[str]], needed: Sequence[pulumi.CustomResource]
) -> pulumi.Output[Sequence[str]]:
    """Give `values` once every resource of `needed` exists.

    A key is of no use before its grants, nor a subnet before its routes: whoever takes a value from
    here waits for both, across components too, where `depends_on` would need the resources' names.
    """
    ids = [resource.id for resource in needed]
    return pulumi.Output.all(pulumi.Output.all(*values), pulumi.Output.all(*ids)).apply(keep_values)


def keep_values(values_and_ids: Sequence[object]) -> Sequence[str]:
    return cast(Sequence[str], values_and_ids[0])


def by_name(values: Mapping[str, pulumi.Output[str]]) -> pulumi.Output[Mapping[str, str]]:
    """Give a mapping of values as one; `Output.all` makes a list of no values, not a mapping."""
    return pulumi.Output.all(**values) if values else pulumi.Output.from_input({})


def only(values: Sequence[str]) -> str:
    """Give the one value of a list that holds one."""
    (value,) = values
    return value


def first(values: Sequence[str]) -> str:
    """Give the first value of a list that holds some."""
    return values[0]

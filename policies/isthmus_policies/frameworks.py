"""Which requirements of which frameworks a rule serves: its own, and those of its controls."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from isthmus_policies.rule import Basis, Requirement, Rule
from isthmus_policies.tables import read_table


@cache  # reports ask for every finding
def requirements_of(rule: Rule) -> tuple[Requirement, ...]:
    """All requirements, each once, in the order of framework and id."""
    found = {*rule.requirements}
    for control in rule.controls:
        found.update(_by_control().get(control, ()))
    return tuple(sorted(found, key=lambda each: (each.framework, each.id, each.basis)))


def frameworks_of(rule: Rule) -> frozenset[str]:
    """The frameworks of the requirements that the rule serves."""
    own = frozenset(each.framework for each in rule.requirements)
    return own.union(*(_frameworks_by_control().get(each, ()) for each in rule.controls))


@cache
def controls() -> Mapping[str, str]:
    """Every control there is to cover, by id, with its title; not each has a rule yet."""
    return {row["control"]: row["title"] for row in read_table("controls")}


@cache
def _by_control() -> Mapping[str, list[Requirement]]:
    found: dict[str, list[Requirement]] = defaultdict(list)
    for row in read_table("requirements"):
        basis, source = Basis(row["basis"]), row["source"]
        for each in row["requirements"].split(";"):
            found[row["control"]].append(Requirement(row["framework"], each, basis, source))
    return found


@cache
def _frameworks_by_control() -> Mapping[str, frozenset[str]]:
    return {
        control: frozenset(each.framework for each in found)
        for control, found in _by_control().items()
    }

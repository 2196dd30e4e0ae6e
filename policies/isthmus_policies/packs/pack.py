"""What a pack is: rules that are chosen together, and what they are chosen for."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property

from isthmus_policies.frameworks import frameworks_of
from isthmus_policies.registry import RULES
from isthmus_policies.rule import Rule


@dataclass(frozen=True)
class Pack:
    name: str
    """What stands after `--pack`, and its folder in `policies/packs/`."""
    title: str
    description: str
    frameworks: tuple[str, ...]
    """The frameworks whose rules are in it; empty if it was not made for any."""
    select: Callable[[], tuple[Rule, ...]]
    """Finds its rules, when somebody asks for them."""

    @cached_property  # most runs want the rules of one pack
    def rules(self) -> tuple[Rule, ...]:
        return self.select()


def serving(frameworks: Collection[str]) -> tuple[Rule, ...]:
    """The rules that serve a requirement of one of the frameworks, in the registry's order."""
    return choose(lambda rule: not frameworks_of(rule).isdisjoint(frameworks))


def choose(is_wanted: Callable[[Rule], bool]) -> tuple[Rule, ...]:
    return tuple(rule for rule in RULES if is_wanted(rule))

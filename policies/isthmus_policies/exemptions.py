"""Reviewed exceptions: which rule may be broken by which resource, why, by whose leave, how long."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_TOKEN = re.compile(r"[\w.-]+:[\w./-]*:\w+")


@dataclass(frozen=True, slots=True)
class Exemption:
    """One entry of the file."""

    rule: str
    urn: str
    """`type::name`, or a whole URN `urn:pulumi:stack::project::type::name`. In the stack, the
    project, the parents and the name, `*` stands for anything and `?` for one character."""
    reason: str
    owner: str
    ticket: str
    expires: date
    """The last day on which it holds (UTC)."""
    line: int = 0
    only_unknown: bool = False
    """Whether it holds only until the value is known: a resource that then fails is not let off."""

    @property
    def type(self) -> str:
        """The type token of what it exempts."""
        return _type_of(_parts(self.urn) or ("", "", self.urn.partition("::")[0], ""))

    def covers(self, urn: str) -> bool:
        """Whether a resource is meant. Part by part, so that no name can pose as a type."""
        parts = _parts(urn)
        return parts is not None and all(
            pattern.fullmatch(part)
            for pattern, part in zip(_patterns(self.urn), parts, strict=True)
        )

    def is_for(self, stack: str, project: str) -> bool:
        """Whether it can concern resources of a stack at all."""
        of_stack, of_project, *_ = _patterns(self.urn)
        return bool(of_stack.fullmatch(stack) and of_project.fullmatch(project))

    def has_expired(self, today: date) -> bool:
        return today > self.expires

    def say_exempt(self) -> str:
        return (
            f"exempt until {self.expires.isoformat()}: {self.reason} ({self.ticket}, {self.owner})"
        )

    def say_expired(self) -> str:
        return (
            f"its exemption (line {self.line}, {self.ticket}, {self.owner}) "
            f"expired on {self.expires.isoformat()}"
        )


class Exemptions:
    """The entries of a file, found by rule."""

    def __init__(self, entries: Iterable[Exemption] = ()) -> None:
        self.entries = tuple(entries)
        self._by_rule: dict[str, list[Exemption]] = defaultdict(list)
        for entry in self.entries:
            self._by_rule[entry.rule].append(entry)

    def find(self, rule_id: str, urn: str, today: date, *, is_unknown: bool) -> Exemption | None:
        """The entry that covers a finding; one that has expired only if no other does."""
        if rule_id not in self._by_rule:
            return None
        found = [
            entry
            for entry in self._by_rule[rule_id]
            if entry.covers(urn) and (is_unknown or not entry.only_unknown)
        ]
        return min(found, key=lambda entry: entry.has_expired(today), default=None)

    def of_nothing(self, urns: Iterable[str], stacks: Iterable[tuple[str, str]]) -> list[Exemption]:
        """Entries for the judged stacks (name and project) that cover none of their resources."""
        judged = tuple(stacks)
        left: dict[str, list[Exemption]] = defaultdict(list)
        for entry in self.entries:
            if any(entry.is_for(stack, project) for stack, project in judged):
                left[entry.type].append(entry)
        for urn in urns:
            token = _type_of(_parts(urn))
            if token in left:
                left[token] = [entry for entry in left[token] if not entry.covers(urn)]
        return sorted((e for waiting in left.values() for e in waiting), key=lambda e: e.line)


def check_pattern(pattern: str) -> str | None:
    """What is wrong with an URN pattern; None if it can be used."""
    token, _, name = pattern.partition("::")
    parts = _parts(pattern) if pattern.startswith("urn:") else ("*", "*", token, name)
    if parts is None or not all(parts):
        return "is neither type::name nor a whole URN"
    token = _type_of(parts)
    if not _TOKEN.fullmatch(token):
        return f"does not name the type: '{token}' is no type token without wildcards"
    if not re.search(r"[^\W_]", parts[3]):
        return "covers every resource of the type: its name holds nothing but wildcards"
    return None


def _parts(urn: str) -> tuple[str, ...] | None:
    parts = tuple(urn.removeprefix("urn:pulumi:").split("::", 3))
    return parts if urn.startswith("urn:pulumi:") and len(parts) == 4 else None


def _type_of(parts: tuple[str, ...] | None) -> str:
    """The token at the end of the types of a resource and its parents."""
    return parts[2].rpartition("$")[2] if parts else ""


@lru_cache(maxsize=4096)
def _patterns(pattern: str) -> tuple[re.Pattern[str], ...]:
    whole = _parts(pattern)
    if whole is not None:
        return tuple(_glob(part) for part in whole)
    token, _, name = pattern.partition("::")
    # Whoever leaves the parents out means the type, whatever component it stands in.
    of_type = _glob(token) if "$" in token else re.compile(rf"(.*\$)?{re.escape(token)}", re.DOTALL)
    return (_glob("*"), _glob("*"), of_type, _glob(name))


def _glob(pattern: str) -> re.Pattern[str]:
    escaped = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(escaped, re.DOTALL)

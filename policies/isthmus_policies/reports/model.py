"""The result of one run of the gate: the one thing that every report is made from."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import NamedTuple

from isthmus_policies.exemptions import Exemption
from isthmus_policies.frameworks import requirements_of
from isthmus_policies.offline.snapshot import Source
from isthmus_policies.remedies.edit import Change
from isthmus_policies.reports.text import count_of
from isthmus_policies.rule import Requirement, Rule, Severity
from isthmus_policies.settings import Settings


class Outcome(StrEnum):
    """What a rule said of a resource, from best to worst."""

    NOT_APPLICABLE = "not-applicable"
    PASS = "pass"
    EXEMPT = "exempt"
    UNKNOWN = "unknown"
    FAIL = "fail"
    ERROR = "error"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {outcome: rank for rank, outcome in enumerate(Outcome)}


def worst_of(outcomes: Iterable[Outcome]) -> Outcome:
    """Of at least one."""
    return max(outcomes, key=_RANKS.__getitem__)


FINDINGS = (Outcome.ERROR, Outcome.FAIL, Outcome.UNKNOWN, Outcome.EXEMPT)
"""Outcomes that are told, worst first."""
SEVERITIES = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)
"""Worst first."""


class ExitCode(IntEnum):
    CLEAN = 0
    BLOCKED = 1
    """Something was found that must stop a deployment."""
    NOT_JUDGED = 2
    """The gate could not do its work."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a remedy would change at one resource: mostly the finding's own."""

    urn: str
    changes: tuple[Change, ...]

    @property
    def name(self) -> str:
        return name_of(self.urn)

    def below(self, path: str) -> "Proposal":
        """The part of it that is at a path, or below."""
        inside = (f"{path}.", f"{path}[")
        here = [each for each in self.changes if f"{each.path}.".startswith(inside)]
        return Proposal(self.urn, tuple(here))


class Finding(NamedTuple):
    """Something to tell about one resource."""

    rule: Rule
    urn: str
    type: str
    name: str
    outcome: Outcome
    message: str
    path: str
    blocks: bool
    """Whether it stops a deployment."""
    input: int = 0
    """Which of the inputs it was found in."""
    exemption: Exemption | None = None
    """What lets it pass; or, if the outcome is not `exempt`, what did until it expired."""
    source: Source | None = None
    remedy: tuple[Proposal, ...] = ()
    """Empty if there is none, or nobody asked."""

    @property
    def severity(self) -> Severity:
        return self.rule.severity

    @property
    def fix(self) -> str:
        return self.rule.fix

    @property
    def said(self) -> str:
        """What was found, and where."""
        return f"{self.message} (at {self.path})" if self.path else self.message

    @property
    def diff(self) -> tuple[str, ...]:
        """What its remedy would change, a line each, and where, if that is another resource."""
        return tuple(
            f"{'' if each.urn == self.urn else f'{each.name}: '}{change.render()}"
            for each in self.remedy
            for change in each.changes
        )

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        return requirements_of(self.rule)

    @property
    def fingerprint(self) -> str:
        """The same in every run that finds it again."""
        return fingerprint(self.rule.id, self.urn, self.path)


def by_rule(findings: Iterable[Finding]) -> Mapping[str, Sequence[Finding]]:
    """By the id of their rule; a rule that found nothing has none."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for each in findings:
        found[each.rule.id].append(each)
    return found


def name_of(urn: str) -> str:
    return urn.rpartition("::")[2]


def fingerprint(*parts: str) -> str:
    text = "\0".join(parts).encode("utf-8", "replace")
    return hashlib.sha256(text).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Input:
    """A file that was judged, and by which settings."""

    name: str
    kind: str
    """`state` or `preview`."""
    sha256: str
    stack: str
    project: str
    resources: int
    """How many were judged."""
    external: int
    """How many the stack only reads; they are not judged."""
    pending_deletions: int
    """How many the next deployment deletes; they are not judged."""
    settings: Settings
    settings_from: str
    """Where the settings come from, in words."""


class Use(StrEnum):
    """What became of an exemption."""

    USED = "used"
    UNUSED = "unused"
    """The resource is there, and breaks the rule no more: the entry can go."""
    EXPIRED = "expired"
    NOT_CONCERNED = "not-concerned"
    """It is for another stack, or its rule was not run."""


@dataclass(frozen=True, slots=True)
class ExemptionUse:
    exemption: Exemption
    use: Use
    findings: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """All that a run of the gate has to say."""

    version: str
    """Of isthmus."""
    created: datetime
    packs: tuple[str, ...]
    rules: tuple[Rule, ...]
    inputs: tuple[Input, ...]
    findings: tuple[Finding, ...]
    tallies: Mapping[str, Mapping[Outcome, int]]
    """By rule: of how many resources it said what."""
    exemptions: tuple[ExemptionUse, ...] = ()
    exemption_file: str | None = None
    notes: tuple[str, ...] = ()
    """What the reader should know besides, such as rules that had nothing to go by."""
    counts: Mapping[Outcome, int] = field(init=False)
    """Findings by outcome."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "counts", Counter(each.outcome for each in self.findings))

    @property
    def blocking(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.blocks)

    @property
    def verdict(self) -> str:
        count = len(self.blocking)
        return f"{count_of(count, 'finding')} must be fixed" if count else "nothing blocks"

    @property
    def found(self) -> str:
        """How many findings of which outcome, and of which severity."""
        if not self.findings:
            return "no findings"
        severities = self.severities
        told = [f"{self.counts[o]} {o.value}" for o in FINDINGS if self.counts.get(o)]
        worst = [f"{severities[s]} {s.value}" for s in SEVERITIES if severities[s]]
        return f"{', '.join(told)} ({', '.join(worst)})"

    @property
    def severities(self) -> Mapping[Severity, int]:
        """Findings by severity."""
        return Counter(each.severity for each in self.findings)

    @property
    def exit_code(self) -> ExitCode:
        return ExitCode.BLOCKED if self.blocking else ExitCode.CLEAN

    @property
    def resources(self) -> int:
        return sum(each.resources for each in self.inputs)

    def tally(self, rule: Rule) -> Mapping[Outcome, int]:
        return self.tallies.get(rule.id, {})

    def exemption_warnings(self) -> tuple[str, ...]:
        """A line for each exemption that somebody should look at."""
        return tuple(
            f"the exemption of {each.exemption.urn} from {each.exemption.rule} "
            f"(line {each.exemption.line}, {each.exemption.ticket}, {each.exemption.owner}) "
            f"{_WARNINGS[each.use]}"
            for each in self.exemptions
            if each.use in _WARNINGS
        )


_WARNINGS = {
    Use.UNUSED: "is not used: the rule finds nothing there; remove it",
    Use.EXPIRED: "has expired: fix the finding, or have it reviewed again",
}

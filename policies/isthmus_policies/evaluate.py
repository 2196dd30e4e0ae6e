"""Runs rules over resources and tells what is wrong."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from traceback import extract_tb
from typing import NamedTuple

from isthmus_policies.graph import Graph
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Enforcement, Rule, Severity, covers
from isthmus_policies.settings import OnUnknown
from isthmus_policies.verdict import Fail, Unknown, Verdict


class Kind(StrEnum):
    FAIL = "fail"
    UNKNOWN = "unknown"
    ERROR = "error"
    """The rule itself broke. It fails the gate: a broken rule has judged nothing."""


class Finding(NamedTuple):
    """Something to tell the user about one resource."""

    rule: Rule
    urn: str
    kind: Kind
    message: str
    path: str
    blocks: bool
    """Whether the deployment must stop."""

    @property
    def severity(self) -> Severity:
        return self.rule.severity

    @property
    def fix(self) -> str:
        return self.rule.fix

    def render(self) -> str:
        """The finding in words: what is wrong and where, why it matters, what to write instead."""
        where = f" (at {self.path})" if self.path else ""
        kind = "" if self.kind is Kind.FAIL else f", {self.kind}"
        said = f"{self.rule.id} [{self.severity}{kind}]: {self.message}{where}."
        if self.kind is Kind.ERROR:
            return said
        return f"{said} {self.rule.why} Fix: {self.rule.fix}"


class RuleIndex:
    """Rules by resource type: a resource costs only the rules that concern it."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._exact: dict[str, set[str]] = defaultdict(set)
        self._patterns: list[tuple[str, str]] = []
        for rule in self.rules:
            for pattern in rule.types:
                if pattern.endswith("*"):
                    self._patterns.append((pattern, rule.id))
                else:
                    self._exact[pattern].add(rule.id)
        self._by_type: dict[str, tuple[Rule, ...]] = {}

    def for_type(self, token: str) -> tuple[Rule, ...]:
        if token not in self._by_type:
            wide = {rule_id for pattern, rule_id in self._patterns if covers(pattern, token)}
            ids = wide | self._exact.get(token, set())
            self._by_type[token] = tuple(rule for rule in self.rules if rule.id in ids)
        return self._by_type[token]


class Judged(NamedTuple):
    """What came of one rule on one resource."""

    rule: Rule
    resource: Resource
    verdicts: tuple[Verdict, ...]
    """None at all if the rule broke."""
    findings: Sequence[Finding]


def evaluate(
    resources: Iterable[Resource], rules: RuleIndex | Iterable[Rule], context: Context
) -> list[Finding]:
    """What is wrong with the resources, in their order. A rule that breaks becomes a finding."""
    graph = Graph(resources)
    index = rules if isinstance(rules, RuleIndex) else RuleIndex(rules)
    return [
        finding
        for judged in judge_each(graph.resources, graph, index, context)
        for finding in judged.findings
    ]


def judge_each(
    resources: Iterable[Resource], graph: Graph, rules: RuleIndex, context: Context
) -> Iterator[Judged]:
    """Every rule that concerns a resource on every resource; `graph` is the stack they stand in."""
    for resource in resources:
        for rule in rules.for_type(resource.type):
            yield _judge(rule, resource, context, graph)


def _judge(rule: Rule, resource: Resource, context: Context, graph: Graph) -> Judged:
    try:
        verdicts = rule.judge(resource, context, graph)
    except Exception as error:  # noqa: BLE001 a broken rule must neither end the run nor pass
        broken = Finding(rule, resource.urn, Kind.ERROR, confess(error, "rule"), "", blocks=True)
        return Judged(rule, resource, (), (broken,))
    told = [
        _finding(rule, resource, verdict, context)
        for verdict in verdicts
        if isinstance(verdict, (Fail, Unknown))
    ]
    return Judged(rule, resource, verdicts, told)


def _finding(rule: Rule, resource: Resource, verdict: Fail | Unknown, context: Context) -> Finding:
    kind, blocks = Kind.FAIL, rule.enforcement is Enforcement.MANDATORY
    if isinstance(verdict, Unknown):
        kind, blocks = Kind.UNKNOWN, blocks and context.settings.on_unknown is OnUnknown.FAIL
    return Finding(rule, resource.urn, kind, verdict.message, verdict.path, blocks)


def confess(error: Exception, what: str) -> str:
    """Where a rule, or its remedy, broke, without the values it was looking at: they may be secret."""
    frames = extract_tb(error.__traceback__)
    where = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "?"
    return (
        f"the {what} broke with {type(error).__name__} at {where}; this is a defect of the {what}"
    )

"""Judges files: chooses the rules, runs them, applies exemptions, and makes the report."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from isthmus_policies.evaluate import Finding as Found
from isthmus_policies.evaluate import Judged, Kind, RuleIndex, judge_each
from isthmus_policies.exemptions import Exemption, Exemptions
from isthmus_policies.graph import Graph
from isthmus_policies.nearest import name_nearest
from isthmus_policies.offline.document import Kind as Snapshots
from isthmus_policies.offline.problem import CannotJudge
from isthmus_policies.offline.snapshot import Snapshot
from isthmus_policies.packs import PACKS
from isthmus_policies.places import Catalogue, Places
from isthmus_policies.registry import RULES
from isthmus_policies.reports.model import (
    ExemptionUse,
    Finding,
    Input,
    Outcome,
    Report,
    Use,
    worst_of,
)
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Rule
from isthmus_policies.settings import NO_RESIDENCY, Settings
from isthmus_policies.verdict import NotApplicable
from isthmus_policies.version import VERSION

EVERY_RULE = "all"
PACK_NAMES = (*PACKS, EVERY_RULE)
DEFAULT_PACK = "foundation"

_OUTCOMES: Mapping[Kind, Outcome] = {
    Kind.FAIL: Outcome.FAIL,
    Kind.UNKNOWN: Outcome.UNKNOWN,
    Kind.ERROR: Outcome.ERROR,
}


@dataclass(frozen=True, slots=True)
class Subject:
    """A stack to judge, and the settings to judge it by."""

    snapshot: Snapshot
    settings: Settings
    settings_from: str = "defaults"


@dataclass(frozen=True, slots=True)
class Choice:
    """The rules to run, and the packs they were chosen from."""

    rules: tuple[Rule, ...]
    packs: tuple[str, ...]


def choose_rules(packs: Sequence[str] = (), rule_ids: Sequence[str] = ()) -> Choice:
    """The rules of the packs (default: the foundation), narrowed to `rule_ids` if there are any.

    Raises CannotJudge for a name that does not exist: a gate that runs no rule finds nothing.
    """
    unknown = next((name for name in packs if name not in PACK_NAMES), None)
    if unknown is not None:
        raise CannotJudge(
            "--pack",
            f"there is no pack '{unknown}'",
            f"{name_nearest(unknown, PACK_NAMES)}Packs: {', '.join(PACK_NAMES)}.",
        )
    chosen = tuple(packs) or ((EVERY_RULE,) if rule_ids else (DEFAULT_PACK,))
    rules = {rule.id: rule for pack in chosen for rule in rules_of(pack)}
    for rule_id in rule_ids:
        if rule_id not in rules:
            raise CannotJudge("--rule", *_explain_rule(rule_id, rules, chosen))
    wanted = frozenset(rule_ids) or frozenset(rules)
    return Choice(tuple(rule for rule in rules.values() if rule.id in wanted), chosen)


def rules_of(pack: str) -> tuple[Rule, ...]:
    return RULES if pack == EVERY_RULE else PACKS[pack].rules


def _explain_rule(rule_id: str, rules: Collection[str], packs: tuple[str, ...]) -> tuple[str, str]:
    if any(rule.id == rule_id for rule in RULES):
        return f"rule '{rule_id}' is not in {', '.join(packs)}", "Say --pack all."
    hint = f"{name_nearest(rule_id, rules)}`isthmus policies` lists them."
    return f"there is no rule '{rule_id}'", hint


def judge(
    subjects: Sequence[Subject],
    choice: Choice,
    exemptions: Exemptions | None = None,
    *,
    exemption_file: str | None = None,
    now: datetime | None = None,
    places: Places | None = None,
) -> Report:
    """Judges every subject by the chosen rules.

    Raises CannotJudge if an exemption for one of the stacks covers none of its resources.
    """
    now = now or datetime.now(UTC)
    run = _Run(choice, exemptions or Exemptions(), now.date(), places or Catalogue())
    run.reject_exemptions_of_nothing(subjects, exemption_file or "exemptions")
    for subject in subjects:
        run.judge(subject)
    return Report(
        version=VERSION, created=now, packs=choice.packs, rules=choice.rules,
        inputs=tuple(run.inputs), findings=tuple(run.findings), tallies=run.tallies,
        exemptions=tuple(run.exemption_uses()), exemption_file=exemption_file,
        notes=tuple(_notes(run.inputs, choice.rules)),
    )  # fmt: skip


@dataclass(slots=True)
class _Run:
    choice: Choice
    exemptions: Exemptions
    today: date
    places: Places
    inputs: list[Input] = field(default_factory=list[Input])
    findings: list[Finding] = field(default_factory=list[Finding])
    tallies: dict[str, Counter[Outcome]] = field(
        default_factory=lambda: defaultdict(Counter[Outcome])
    )
    _covered: Counter[Exemption] = field(default_factory=Counter[Exemption])

    def judge(self, subject: Subject) -> None:
        snapshot = subject.snapshot
        managed = [each for each in snapshot.resources if each.urn not in snapshot.external]
        # As in the engine, which shows policies nothing of what a stack only reads. What is said of
        # such a resource is so judged by itself, since nobody judges the resource.
        graph = Graph(managed)
        context = Context(subject.settings, self.places)
        for judged in judge_each(managed, graph, RuleIndex(self.choice.rules), context):
            if judged.findings:
                self._tell(judged, snapshot)
            else:
                self._count_good(judged)
        self.inputs.append(
            Input(
                name=snapshot.name,
                kind=snapshot.kind,
                sha256=snapshot.sha256,
                stack=snapshot.stack,
                project=snapshot.project,
                resources=len(managed),
                external=len(snapshot.external),
                pending_deletions=snapshot.pending_deletions,
                settings=subject.settings,
                settings_from=subject.settings_from,
            )
        )

    def _count_good(self, judged: Judged) -> None:
        is_moot = all(isinstance(verdict, NotApplicable) for verdict in judged.verdicts)
        outcome = Outcome.NOT_APPLICABLE if is_moot else Outcome.PASS
        self.tallies[judged.rule.id][outcome] += 1

    def _tell(self, judged: Judged, snapshot: Snapshot) -> None:
        """A resource counts once for a rule, with the worst that the rule said of it."""
        told = [self._finding(found, judged.resource, snapshot) for found in judged.findings]
        self.findings += told
        self.tallies[judged.rule.id][worst_of([each.outcome for each in told])] += 1

    def _finding(self, found: Found, resource: Resource, snapshot: Snapshot) -> Finding:
        outcome, message, blocks = _OUTCOMES[found.kind], found.message, found.blocks
        exemption = None
        if outcome is not Outcome.ERROR:  # a rule that broke has judged nothing
            is_unknown = outcome is Outcome.UNKNOWN
            exemption = self.exemptions.find(
                found.rule.id, found.urn, self.today, is_unknown=is_unknown
            )
        if exemption is not None:
            self._covered[exemption] += 1
            if exemption.has_expired(self.today):
                message = f"{message}; {exemption.say_expired()}"
            else:
                outcome, blocks = Outcome.EXEMPT, False
        return Finding(
            found.rule, found.urn, resource.type, resource.name, outcome, message, found.path, blocks,
            len(self.inputs), exemption, snapshot.sources.get(found.urn),
        )  # fmt: skip

    def reject_exemptions_of_nothing(self, subjects: Iterable[Subject], file: str) -> None:
        # A state without resources does not say whose it is.
        full = [each.snapshot for each in subjects if each.snapshot.resources]
        stacks = {(each.stack, each.project) for each in full}
        urns = (resource.urn for each in full for resource in each.resources)
        astray = self.exemptions.of_nothing(urns, stacks)
        if astray:
            raise CannotJudge(
                file,
                "; ".join(f"line {e.line}: no resource is called '{e.urn}'" for e in astray),
                "Correct the name, or remove the entry. One that is for another stack alone says so: "
                "urn:pulumi:STACK::PROJECT::TYPE::NAME.",
            )

    def exemption_uses(self) -> Iterator[ExemptionUse]:
        run = {rule.id for rule in self.choice.rules}
        for entry in self.exemptions.entries:
            count = self._covered[entry]
            concerned = entry.rule in run and any(
                entry.is_for(each.stack, each.project)
                # Once deployed, every value is known.
                and (each.kind is Snapshots.PREVIEW or not entry.only_unknown)
                for each in self.inputs
                if each.resources
            )
            if entry.has_expired(self.today) and concerned:
                use = Use.EXPIRED
            elif count:
                use = Use.USED
            else:
                use = Use.UNUSED if concerned else Use.NOT_CONCERNED
            yield ExemptionUse(entry, use, count)


def _notes(inputs: Sequence[Input], rules: Iterable[Rule]) -> Iterator[str]:
    judges_residency = any(rule.topic == "residency" for rule in rules)
    for each in inputs:
        stack = each.stack or each.name
        if judges_residency and not each.settings.jurisdictions:
            yield f"{stack}: {NO_RESIDENCY}, or --jurisdictions EU"
        if each.external:
            yield f"{stack}: {each.external} resources that the stack only reads were not judged"
        if each.pending_deletions:
            count = each.pending_deletions
            yield f"{stack}: {count} resources that await their deletion were not judged"
        if not each.resources:
            yield f"{stack}: there was nothing to judge"

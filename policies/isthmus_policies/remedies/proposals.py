"""What the remedies would change at the resources of a report, worked out without an engine."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from isthmus_policies.evaluate import RuleIndex
from isthmus_policies.gate import Subject
from isthmus_policies.graph import Graph
from isthmus_policies.places import Catalogue, Places
from isthmus_policies.remedies import remediable
from isthmus_policies.remedies.mend import Broken, Mended, mend
from isthmus_policies.reports.model import Finding, Outcome, Proposal, Report
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Rule

_Place = tuple[int, str, str]
"""Input, rule and URN: what a finding is about."""


def with_remedies(
    report: Report, subjects: Sequence[Subject], places: Places | None = None
) -> Report:
    """The report with, at each finding that has a remedy, what it would change.

    As in the engine, a remedy judges a resource by what it says itself. One that breaks becomes a
    finding that blocks.
    """
    proposals = defaultdict[_Place, list[Proposal]](list)
    broken: list[Finding] = []
    for number, subject in enumerate(subjects):
        graph = Graph(subject.snapshot.resources)
        for mended in _mend_each(number, subject, report, graph, places or Catalogue()):
            broken += [_tell(each, mended.resource, number) for each in mended.broken]
            for place, proposal in _proposals(number, mended, graph):
                proposals[place].append(proposal)
    findings = [_attach(each, proposals[_place(each)]) for each in report.findings]
    return replace(report, findings=(*findings, *broken))


def _mend_each(
    number: int, subject: Subject, report: Report, graph: Graph, places: Places
) -> Iterator[Mended]:
    rules = RuleIndex(remediable(report.rules))
    context = Context(subject.settings, places)
    exempt = {_place(each) for each in report.findings if each.outcome is Outcome.EXEMPT}

    def may_mend(rule: Rule, resource: Resource) -> bool:
        return not any((number, rule.id, urn) in exempt for urn in _about(rule, resource, graph))

    for resource in graph.resources:
        concerned = rules.for_type(resource.type)
        if concerned and resource.urn not in subject.snapshot.external:
            yield mend(resource, concerned, context, may_mend)


def _proposals(number: int, mended: Mended, graph: Graph) -> Iterator[tuple[_Place, Proposal]]:
    for each in mended.applied:
        proposal = Proposal(mended.resource.urn, each.changes)
        for urn in _about(each.rule, mended.resource, graph):
            yield (number, each.rule.id, urn), proposal


def _about(rule: Rule, resource: Resource, graph: Graph) -> tuple[str, ...]:
    """Whom a finding is about that is mended at this resource: itself, and what it belongs to."""
    path = rule.remedy.on_behalf_of if rule.remedy else ""
    owners = graph.references(resource, path) if path else []
    return (resource.urn, *(owner.urn for owner in owners))


def _place(finding: Finding) -> _Place:
    return finding.input, finding.rule.id, finding.urn


def _attach(finding: Finding, proposals: Sequence[Proposal]) -> Finding:
    """A finding gets what is changed where it points, and else all that is changed."""
    if finding.outcome is not Outcome.FAIL or not proposals:
        return finding
    here = [each.below(finding.path) for each in proposals]
    pointed = tuple(each for each in here if each.changes)
    return finding._replace(remedy=pointed or tuple(proposals))


def _tell(broken: Broken, resource: Resource, number: int) -> Finding:
    return Finding(
        rule=broken.rule, urn=resource.urn, type=resource.type, name=resource.name,
        outcome=Outcome.ERROR, message=broken.message, path="", blocks=True, input=number,
    )  # fmt: skip

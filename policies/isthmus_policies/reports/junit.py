"""The report as JUnit XML: a suite for each input, a case for each finding and each rule kept."""

from typing import cast

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from isthmus_policies.reports.conditions import conditions
from isthmus_policies.reports.model import Finding, Outcome, Report, by_rule
from isthmus_policies.reports.text import visible
from isthmus_policies.rule import Rule


def render(report: Report) -> str:
    xml = JUnitXml(name="isthmus check")
    for index, given in enumerate(report.inputs):
        suite = TestSuite(name=visible(given.stack or given.name))
        suite.timestamp = report.created.strftime("%Y-%m-%dT%H:%M:%S")
        suite.add_property("input", visible(given.name))
        suite.add_property("sha256", given.sha256)
        for each in conditions(given):
            suite.add_property(each.key, visible(each.value))
        suite.add_testcases(_cases(report, index))  # one by one, each counts all before it
        for line in (*report.notes, *report.exemption_warnings()):
            suite.add_property("note", visible(line))
        suite.update_statistics()
        xml.add_testsuite(suite)
    return cast(bytes, xml.tostring()).decode("utf-8")


def _cases(report: Report, index: int) -> list[TestCase]:
    told = by_rule(each for each in report.findings if each.input == index)
    cases: list[TestCase] = []
    for rule in report.rules:
        findings = told.get(rule.id)
        cases += map(_told, findings) if findings else [_kept(rule, report)]
    return cases


def _kept(rule: Rule, report: Report) -> TestCase:
    case = TestCase(rule.id, f"isthmus.{rule.topic}", 0.0)
    tally = report.tally(rule)
    if not set(tally) - {Outcome.NOT_APPLICABLE}:
        case.result = [_skipped("no resource that the rule applies to")]
    return case


def _told(finding: Finding) -> TestCase:
    case = TestCase(
        visible(f"{finding.rule.id}: {finding.type} {finding.name}"),
        f"isthmus.{finding.rule.topic}",
        0.0,
    )
    case.result = [_result(finding)]
    return case


def _result(finding: Finding) -> Failure | Error | Skipped:
    message = visible(finding.said)
    if finding.outcome is Outcome.ERROR:
        return Error(message, "error")
    if finding.outcome is Outcome.EXEMPT and finding.exemption:
        return _skipped(f"{finding.exemption.say_exempt()}. {message}")
    if not finding.blocks:
        return _skipped(f"{finding.outcome.value}, does not block: {message}")
    failure = Failure(message, finding.severity.value)
    failure.text = visible(f"{finding.urn}. {finding.rule.why} Fix: {finding.fix}")
    return failure


def _skipped(text: str) -> Skipped:
    """As text: older schemas know no message of what was skipped."""
    skipped = Skipped()
    skipped.text = visible(text)
    return skipped

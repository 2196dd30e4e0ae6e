"""The report as JSON: everything that is known, for programs and for the next comparison."""

import json
from collections.abc import Iterable, Iterator

from isthmus_policies.exemptions import Exemption
from isthmus_policies.frameworks import requirements_of
from isthmus_policies.reports.model import (
    FINDINGS,
    SEVERITIES,
    ExemptionUse,
    Finding,
    Input,
    Report,
    Use,
)
from isthmus_policies.rule import Rule

SCHEMA = "isthmus-check/1"
"""Changes when a reader of the old form would be misled."""

Json = dict[str, object]


def render(report: Report) -> str:
    """Each entry on a line of its own: the standard library takes ten times as long to indent."""
    # ASCII only: no character of a name reaches a terminal as it is.
    lines = (f"{json.dumps(key)}: {_text(value)}" for key, value in _parts(report).items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


class _Lines(list[str]):
    """Entries of a list, each as JSON."""


def _text(value: object) -> str:
    if isinstance(value, _Lines):
        return "[\n" + ",\n".join(value) + "\n]" if value else "[]"
    return json.dumps(value)


def _parts(report: Report) -> Json:
    return {
        "schema": SCHEMA,
        "tool": {"name": "isthmus", "version": report.version},
        "created": report.created.isoformat(timespec="seconds"),
        "exit_code": int(report.exit_code),
        "summary": summary(report),
        "inputs": _Lines(json.dumps(_input(each)) for each in report.inputs),
        "findings": _Lines(_findings(report)),
        "rules": _Lines(json.dumps(_rule(each, report)) for each in report.rules),
        "exemptions": {
            "file": report.exemption_file,
            **{use.value: _exemptions(report.exemptions, use) for use in Use},
        },
        "notes": _Lines(map(json.dumps, report.notes)),
    }


def summary(report: Report) -> Json:
    """Counts of findings by verdict and severity, and what was run over what."""
    severities = report.severities
    return {
        "verdicts": {outcome.value: report.counts.get(outcome, 0) for outcome in FINDINGS},
        "severities": {each.value: severities.get(each, 0) for each in SEVERITIES},
        "blocking": len(report.blocking),
        "rules_run": len(report.rules),
        "resources_judged": report.resources,
        "packs": list(report.packs),
        "settings": [_settings(each) for each in report.inputs],
    }


def _settings(given: Input) -> Json:
    return {
        "stack": given.stack,
        "jurisdictions": sorted(given.settings.jurisdictions),
        "by_classification": {
            name: sorted(allowed)
            for name, allowed in sorted(given.settings.by_classification.items())
        },
        "required_tags": list(given.settings.required_tags),
        "max_monthly_usd": given.settings.max_monthly_usd,
        "max_grid_grams_per_kwh": given.settings.max_grid_grams_per_kwh,
        "on_unknown": given.settings.on_unknown.value,
        "from": given.settings_from,
    }


def _input(given: Input) -> Json:
    return {
        "name": given.name,
        "sha256": given.sha256,
        "kind": given.kind,
        "stack": given.stack,
        "project": given.project,
        "resources_judged": given.resources,
        "external": given.external,
        "pending_deletions": given.pending_deletions,
    }


def _findings(report: Report) -> Iterator[str]:
    """What the rule says in each of its findings is encoded once."""
    sayings: dict[str, str] = {}
    for each in report.findings:
        rule = each.rule
        if rule.id not in sayings:
            sayings[rule.id] = json.dumps(_saying(rule)).removeprefix("{")
        yield f"{json.dumps(_finding(each, report)).removesuffix('}')}, {sayings[rule.id]}"


def _finding(finding: Finding, report: Report) -> Json:
    source = finding.source
    return {
        "rule": finding.rule.id,
        "urn": finding.urn,
        "type": finding.type,
        "name": finding.name,
        "verdict": finding.outcome.value,
        "blocks": finding.blocks,
        "message": finding.message,
        "path": finding.path,
        "remedy": _remedy(finding),
        "input": report.inputs[finding.input].name,
        "source": {"file": source.file, "line": source.line} if source else None,
        "exemption": _exemption(finding.exemption) if finding.exemption else None,
        "fingerprint": finding.fingerprint,
    }


def _saying(rule: Rule) -> Json:
    return {
        "title": rule.title,
        "severity": rule.severity.value,
        "controls": list(rule.controls),
        "why": rule.why,
        "fix": rule.fix,
    }


def _rule(rule: Rule, report: Report) -> Json:
    return {
        "rule": rule.id,
        "resources": {outcome.value: count for outcome, count in report.tally(rule).items()},
        "requirements": _requirements(rule),
    }


def _remedy(finding: Finding) -> list[Json] | None:
    """The changes that would satisfy the rule; `before` is null where nothing is set."""
    changes = [
        {"urn": each.urn, "path": c.path, "before": c.shown_before, "after": c.shown_after}
        for each in finding.remedy
        for c in each.changes
    ]
    return changes or None


def _requirements(rule: Rule) -> list[Json]:
    return [
        {"framework": each.framework, "id": each.id, "basis": each.basis.value}
        for each in requirements_of(rule)
    ]


def _exemptions(uses: Iterable[ExemptionUse], use: Use) -> list[Json]:
    return [
        {**_exemption(each.exemption), "findings": each.findings}
        for each in uses
        if each.use is use
    ]


def _exemption(exemption: Exemption) -> Json:
    return {
        "rule": exemption.rule,
        "urn": exemption.urn,
        "reason": exemption.reason,
        "owner": exemption.owner,
        "ticket": exemption.ticket,
        "expires": exemption.expires.isoformat(),
        "line": exemption.line,
    }

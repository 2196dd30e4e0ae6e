"""The report as SARIF 2.1.0, for code scanning services and editors."""

import json
import re
from collections.abc import Mapping
from pathlib import PurePath
from urllib.parse import quote

from isthmus_policies.frameworks import requirements_of
from isthmus_policies.reports.conditions import conditions
from isthmus_policies.reports.model import Finding, Input, Outcome, Report
from isthmus_policies.rule import Rule, Severity

Json = dict[str, object]

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS: Mapping[Severity, str] = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}
_SCORES: Mapping[Severity, str] = {
    # GitHub reads a number as critical over 9.0, high from 7.0, medium from 4.0
    # (docs.github.com, "SARIF support for code scanning").
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
}


def render(report: Report) -> str:
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report)]}
    return json.dumps(log, indent=2) + "\n"


def _run(report: Report) -> Json:
    positions = {rule.id: index for index, rule in enumerate(report.rules)}
    return {
        "tool": {
            "driver": {
                "name": "isthmus",
                "semanticVersion": report.version,
                "rules": [_rule(rule) for rule in report.rules],
            }
        },
        "invocations": [
            {
                "executionSuccessful": True,
                "exitCode": int(report.exit_code),
                "endTimeUtc": report.created.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "toolExecutionNotifications": [
                    *({"level": "note", "message": {"text": _plain(n)}} for n in report.notes),
                    *(
                        {"level": "warning", "message": {"text": _plain(warning)}}
                        for warning in report.exemption_warnings()
                    ),
                ],
            }
        ],
        "artifacts": [_artifact(each) for each in report.inputs],
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, positions, report) for each in report.findings],
    }


def _artifact(given: Input) -> Json:
    return {
        "location": {"uri": _uri(given.name)},
        "hashes": {"sha-256": given.sha256},
        "properties": {each.key: each.value for each in conditions(given)},
    }


def _rule(rule: Rule) -> Json:
    frameworks = sorted({each.framework for each in requirements_of(rule)})
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": _plain(rule.title)},
        "fullDescription": {"text": _plain(rule.why)},
        "help": {"text": _plain(f"{rule.why} Fix: {rule.fix}")},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "tags": ["security", rule.topic, *frameworks],
            "precision": "very-high",
            "security-severity": _SCORES[rule.severity],
            "controls": list(rule.controls),
            "requirements": [f"{each.framework} {each.id}" for each in requirements_of(rule)],
        },
    }


def _result(finding: Finding, positions: Mapping[str, int], report: Report) -> Json:
    result: Json = {
        "ruleId": finding.rule.id,
        "ruleIndex": positions[finding.rule.id],
        "message": {"text": _plain(f"{finding.name}: {finding.said}. Fix: {finding.fix}")},
        "locations": [_location(finding, report)],
        "partialFingerprints": {"isthmusFinding/v1": finding.fingerprint},
        "properties": {"verdict": finding.outcome.value, "blocks": finding.blocks},
    }
    if finding.outcome is Outcome.UNKNOWN and not finding.blocks:
        # The standard's word for "not enough information"; it allows no level then (3.27.10).
        return {**result, "kind": "open", "level": "none"}
    result |= {"kind": "fail", "level": _LEVELS[finding.severity]}
    if finding.outcome is Outcome.EXEMPT and finding.exemption:
        entry = finding.exemption
        why = f"{entry.reason} ({entry.ticket}, {entry.owner}, until {entry.expires.isoformat()})"
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": _plain(why)}
        ]
    return result


def _location(finding: Finding, report: Report) -> Json:
    source = finding.source
    file: Json = {"uri": _uri(report.inputs[finding.input].name)}
    if source:
        file = {"uri": _uri(source.file), "uriBaseId": "%SRCROOT%"}
    return {
        "physicalLocation": {
            "artifactLocation": file,
            "region": {"startLine": source.line if source else 1},
        },
        "logicalLocations": [
            {"name": finding.name, "fullyQualifiedName": finding.urn, "kind": "resource"}
        ],
    }


def _plain(text: str) -> str:
    """Text that no viewer takes for a link or a placeholder (3.11.5 and 3.11.6 of the standard)."""
    return re.sub(r"([\[\]\\])", r"\\\1", text).replace("{", "{{").replace("}", "}}")


def _uri(name: str) -> str:
    path = PurePath(name)
    quoted = quote(path.as_posix(), safe="/")
    return f"file://{quoted}" if path.is_absolute() else quoted

"""The gate shows, without an engine, what the remedies would change."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from isthmus_policies.exemptions import Exemption, Exemptions
from isthmus_policies.gate import Choice, Subject, judge
from isthmus_policies.registry import RULES
from isthmus_policies.remedies.proposals import with_remedies
from isthmus_policies.reports import console, json_report
from isthmus_policies.reports.model import ExitCode, Outcome, Report
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Remedy, Rule, Severity, rule
from isthmus_policies.settings import Settings
from isthmus_policies.values import Tree
from isthmus_policies.verdict import Fail, Verdicts
from tests.policies.offline.states import (
    BUCKET,
    KEY,
    SECRET,
    UNKNOWN_TEXT,
    Json,
    export,
    read,
    resource,
    urn,
)

pytestmark = [pytest.mark.policy, pytest.mark.pure]

BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ACCOUNT = "azure-native:storage:StorageAccount"
PUBLIC, TLS, TAGGED = (
    "exposure-s3-bucket-public-access-block",
    "transport-storage-account-tls",
    "tags-resource-required",
)
SETTINGS = Settings(
    tag_values={"owner": "ml", "environment": "staging", "data-classification": "internal"}
)
NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)
LAKE = resource(BUCKET, "lake", {"bucket": "lake-1"}, outputs={"id": "lake-1", "bucket": "lake-1"})
OPEN = resource(BLOCK, "block", {"bucket": "lake-1", "blockPublicAcls": True})


def look(*resources: Json, rules: tuple[Rule, ...] | None = None, let_off: str = "") -> Report:
    """The report with remedies; `let_off` is a rule and a resource: `RULE TYPE::NAME`."""
    subject = Subject(read(export(*resources)), SETTINGS)
    chosen = rules or tuple(each for each in RULES if each.id in (PUBLIC, TLS, TAGGED))
    entries = []
    if let_off:
        rule_id, _, pattern = let_off.partition(" ")
        entries = [Exemption(rule_id, pattern, "agreed", "ml", "T-1", date(2027, 1, 1), 1)]
    report = judge([subject], Choice(chosen, ("test",)), Exemptions(entries), now=NOW)
    return with_remedies(report, [subject])


def remedies(report: Report) -> dict[tuple[str, str], Any]:
    """The field `remedy` by rule and path of the finding."""
    found: list[Json] = json.loads(json_report.render(report))["findings"]
    return {(each["rule"], each["path"]): each["remedy"] for each in found}


def test_each_change_is_listed_with_what_was_and_what_would_be() -> None:
    account = resource(ACCOUNT, "models", {"minimumTlsVersion": "TLS1_0", "tags": {"owner": "ml"}})
    found = remedies(look(account))
    here = {"urn": urn(ACCOUNT, "models")}
    assert found[TLS, "minimumTlsVersion"] == [
        {**here, "path": "minimumTlsVersion", "before": "TLS1_0", "after": "TLS1_2"}
    ]
    assert found[TAGGED, "tags"] == [
        {**here, "path": "tags.environment", "before": None, "after": "staging"},
        {**here, "path": "tags.data-classification", "before": None, "after": "internal"},
    ]


def test_a_finding_about_a_bucket_shows_what_changes_at_its_block() -> None:
    found = remedies(look(LAKE, OPEN))
    assert found[PUBLIC, "blockPublicPolicy"] == [
        {"urn": urn(BLOCK, "block"), "path": "blockPublicPolicy", "before": None, "after": True}
    ]
    shown = console.render(look(LAKE, OPEN))
    assert "block: blockPublicPolicy: not set -> true" in shown


def test_a_report_that_nobody_asked_for_remedies_has_none() -> None:
    subject = Subject(read(export(LAKE, OPEN)), SETTINGS)
    report = judge([subject], Choice(RULES, ("all",)), now=NOW)
    assert set(remedies(report).values()) == {None}
    assert "diff" not in console.render(report)


def test_what_has_no_remedy_shows_none() -> None:
    assert remedies(look(LAKE))[PUBLIC, ""] is None


def test_what_is_exempt_is_left_alone_with_all_that_belongs_to_it() -> None:
    report = look(LAKE, OPEN, let_off=f"{PUBLIC} {BUCKET}::lake")
    assert [each.remedy for each in report.findings if each.rule.id == PUBLIC] == [()] * 3
    other = look(LAKE, OPEN, let_off=f"{TAGGED} {BUCKET}::lake")
    assert all(each.remedy for each in other.findings if each.rule.id == PUBLIC)


def test_secrets_and_unknowns_are_not_shown() -> None:
    sealed = resource(ACCOUNT, "models", {"minimumTlsVersion": SECRET, "tags": UNKNOWN_TEXT})
    report = look(sealed)
    [told] = [each for each in report.findings if each.rule.id == TAGGED]
    assert (told.outcome, told.remedy) == (Outcome.UNKNOWN, ())
    assert "SEALED" not in json_report.render(report) + console.render(report)


def test_a_remedy_that_breaks_blocks() -> None:
    def mend(resource: Resource, context: Context) -> Tree | None:
        raise ZeroDivisionError

    @rule(
        "test-key-broken", title="", why="", fix="x", severity=Severity.LOW, types=(KEY,),
        remedy=Remedy(mend, ("x",), "it is a test"),
    )  # fmt: skip
    def check(resource: Resource, context: Context) -> Verdicts:
        return Fail("it is wrong", "x")

    report = look(resource(KEY, "key"), rules=(check,))
    assert [each.outcome for each in report.findings] == [Outcome.FAIL, Outcome.ERROR]
    assert "the remedy broke with ZeroDivisionError" in report.findings[1].message
    assert report.exit_code is ExitCode.BLOCKED


def test_resources_that_the_stack_only_reads_are_left_alone() -> None:
    read_only = resource(ACCOUNT, "models", {"minimumTlsVersion": "TLS1_0"}, external=True)
    assert look(read_only, LAKE, OPEN).inputs[0].external == 1
    assert not any(each.type == ACCOUNT for each in look(read_only, LAKE, OPEN).findings)

"""Each form is valid by its published schema, and says what the report says."""

import csv
import html
import io
import json
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import xmlschema
from jsonschema import Draft4Validator
from junitparser import JUnitXml
from trestle.oscal.assessment_results import AssessmentResults

from isthmus_policies.exemptions import Exemptions
from isthmus_policies.frameworks import requirements_of
from isthmus_policies.gate import Subject, choose_rules, judge
from isthmus_policies.offline.problem import CannotJudge
from isthmus_policies.reports.change import Why, compare
from isthmus_policies.reports.csv_report import Row
from isthmus_policies.reports.formats import Format, render
from isthmus_policies.reports.markdown import MAX_RULES
from isthmus_policies.reports.model import SEVERITIES, Outcome, Report
from isthmus_policies.reports.oscal import control_id
from isthmus_policies.settings import Settings

from ..offline.states import KEY, Json, export, open_group, provider, read, resource
from .samples import (
    EVIL,
    HOSTILE,
    NOW,
    OPEN_GROUP,
    clean,
    exemption,
    hostile,
    many,
    particular,
    since_base,
    undecided,
)

pytestmark = [pytest.mark.policy, pytest.mark.pure]

DATA = Path(__file__).parent / "data"
SAMPLES = {
    "hostile": hostile(),
    "clean": clean(),
    "undecided": undecided(),
    "particular": particular(),
}
every_sample = pytest.mark.parametrize("report", SAMPLES.values(), ids=SAMPLES.keys())


def as_json(report: Report, form: Format = Format.JSON) -> dict[str, Any]:
    return json.loads(render(report, form))


# By what was judged

CONDITIONS = {
    "jurisdictions": "CH, EU",
    "jurisdictions-by-classification": "restricted (DE, SE), secret (FI)",
    "max-monthly-usd": "at most 1234567 USD, at list price",
    "max-grid-grams-per-kwh": "at most 98.5 gCO2e per kWh",
    "required-tags": "team",
    "on-unknown": "are told and do not block",
    "settings-from": "a file",
}


def plain(text: str) -> str:
    """Without what a form does to text: entities, and lines that were wrapped."""
    return " ".join(html.unescape(text).split())


@pytest.mark.parametrize("form", [form for form in Format if form is not Format.JSON])
def test_every_form_says_by_what_each_input_was_judged(form: Format) -> None:
    text = plain(render(particular(), form))
    assert [said for said in CONDITIONS.values() if said not in text] == []
    assert "none set, residency was not judged" in text
    assert "nowhere" in text
    assert "class of data" not in plain(render(clean(), form))


def test_json_says_by_what_each_input_was_judged() -> None:
    first, second = as_json(particular())["summary"]["settings"]
    assert first == {
        "stack": "dev",
        "jurisdictions": ["CH", "EU"],
        "by_classification": {"restricted": ["DE", "SE"], "secret": ["FI"]},
        "required_tags": ["team"],
        "max_monthly_usd": 1234567.0,
        "max_grid_grams_per_kwh": 98.5,
        "on_unknown": "warn",
        "from": "a file",
    }
    assert (second["by_classification"], second["max_monthly_usd"]) == ({}, None)


def test_programs_find_each_setting_by_its_key() -> None:
    sarif = as_json(particular(), Format.SARIF)["runs"][0]["artifacts"]
    assert sarif[0]["properties"] == CONDITIONS
    assert "jurisdictions-by-classification" not in sarif[1]["properties"]
    [plan] = as_json(particular(), Format.OSCAL)["assessment-results"]["back-matter"]["resources"]
    told = {each["name"]: each["value"] for each in plan["props"] if each.get("group") == "input-1"}
    assert told.items() >= CONDITIONS.items()
    suite = next(iter(JUnitXml.fromstring(render(particular(), Format.JUNIT).encode())))
    assert {each.name: each.value for each in suite.properties()}.items() >= CONDITIONS.items()


# JSON


def test_json_says_everything() -> None:
    told = as_json(SAMPLES["hostile"])
    counts = Counter(each.outcome.value for each in SAMPLES["hostile"].findings)
    assert told["summary"]["verdicts"] == {
        key: counts[key] for key in ("error", "fail", "unknown", "exempt")
    }
    assert sum(told["summary"]["severities"].values()) == len(told["findings"])
    assert told["summary"]["rules_run"] == len(choose_rules().rules)
    assert told["summary"]["resources_judged"] == len(HOSTILE) + 4
    assert told["summary"]["packs"] == ["foundation"]
    assert told["summary"]["settings"][0]["jurisdictions"] == ["EU"]
    assert told["inputs"][0]["name"] == "it.json"
    assert len(told["inputs"][0]["sha256"]) == 64
    assert told["tool"]["version"]
    assert told["exit_code"] == 1
    assert [len(told["exemptions"][use]) for use in ("used", "unused", "expired")] == [1, 1, 1]


def test_json_of_one_finding() -> None:
    finding = next(f for f in as_json(SAMPLES["hostile"])["findings"] if f["name"] == HOSTILE[3])
    assert finding["rule"] == OPEN_GROUP
    assert (finding["verdict"], finding["severity"], finding["blocks"]) == (
        "fail",
        "critical",
        True,
    )
    assert finding["urn"].endswith(HOSTILE[3])
    assert finding["type"] == "aws:ec2/securityGroup:SecurityGroup"
    assert finding["path"] == "ingress[0].cidrBlocks[0]"
    assert finding["message"]
    assert finding["fix"]
    assert finding["controls"]
    [judged] = [r for r in as_json(SAMPLES["hostile"])["rules"] if r["rule"] == OPEN_GROUP]
    assert {"framework", "id", "basis"} == set(judged["requirements"][0])


def test_json_of_an_exempted_finding() -> None:
    finding = next(f for f in as_json(SAMPLES["hostile"])["findings"] if f["verdict"] == "exempt")
    assert finding["exemption"]["ticket"] == "=T-1<b>"
    assert finding["blocks"] is False


# SARIF


@every_sample
def test_sarif_is_valid_by_its_schema(report: Report) -> None:
    schema = json.loads((DATA / "sarif-2.1.0-rtm.5.json").read_text())
    problems = [
        error.message
        for error in Draft4Validator(schema).iter_errors(as_json(report, Format.SARIF))
    ]
    assert problems == []


def test_sarif_would_not_be_valid_with_anything_else() -> None:
    schema = json.loads((DATA / "sarif-2.1.0-rtm.5.json").read_text())
    log = as_json(SAMPLES["hostile"], Format.SARIF)
    log["runs"][0]["results"][0]["kind"] = "maybe"
    assert list(Draft4Validator(schema).iter_errors(log))


def test_sarif_says_how_grave_and_what_is_let_off() -> None:
    [run] = as_json(SAMPLES["hostile"], Format.SARIF)["runs"]
    for result in run["results"]:
        rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert result["kind"] == "fail"
        assert result["level"] == rule["defaultConfiguration"]["level"]
        assert len(result["partialFingerprints"]["isthmusFinding/v1"]) == 32
        exempt = result["properties"]["verdict"] == "exempt"
        assert ("suppressions" in result) is exempt
    assert run["invocations"][0]["exitCode"] == 1


def test_sarif_leads_to_the_line_of_the_program() -> None:
    [run] = as_json(SAMPLES["undecided"], Format.SARIF)["runs"]
    result = next(each for each in run["results"] if each["ruleId"] == "keys-aws-key-rotation")
    place = result["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "shop/my%20main.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 12},
    }
    assert (result["kind"], result["level"]) == ("open", "none")
    assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"].endswith("::key")


def fingerprints(document: Json, moment: datetime) -> set[str]:
    subject = Subject(read(document), Settings(), "a test")
    report = judge([subject], choose_rules(), now=moment)
    [run] = as_json(report, Format.SARIF)["runs"]
    return {each["partialFingerprints"]["isthmusFinding/v1"] for each in run["results"]}


def test_sarif_knows_a_finding_again_in_a_later_run() -> None:
    """Whatever else was built since, in whatever order, and on whichever line it stands now."""
    first, second, third = (open_group(name, "0.0.0.0/0") for name in "abc")
    before = fingerprints(export(provider(), first, second), NOW)
    moved = {**second, "sourcePosition": "project:///shop/main.py#99"}
    after = fingerprints(export(provider(), third, moved, first), NOW + timedelta(days=40))
    assert before < after
    assert len(before) * 3 == len(after) * 2


# JUnit


@every_sample
def test_junit_is_valid_by_its_schema(report: Report) -> None:
    schema = xmlschema.XMLSchema(DATA / "jenkins-junit.xsd")
    assert [str(error) for error in schema.iter_errors(render(report, Format.JUNIT))] == []


def test_junit_counts_what_blocks_as_failures() -> None:
    report = SAMPLES["hostile"]
    [suite] = JUnitXml.fromstring(render(report, Format.JUNIT).encode())
    exempt = [each for each in report.findings if each.outcome is Outcome.EXEMPT]
    told = {each.rule.id for each in report.findings}
    assert suite.failures == len(report.blocking)
    assert suite.tests == len(report.findings) + len(report.rules) - len(told)
    assert suite.skipped >= len(exempt)


def test_junit_of_a_kept_rule_is_a_passed_test() -> None:
    [suite] = JUnitXml.fromstring(render(SAMPLES["clean"], Format.JUNIT).encode())
    assert (suite.tests, suite.failures, suite.skipped) == (1, 0, 0)


# Markdown


def test_markdown_stays_short_whatever_was_found() -> None:
    report = many(200)
    assert len(report.findings) > 200
    lines = render(report, Format.MARKDOWN).splitlines()
    assert len(lines) < 60
    assert any("**" not in line and line.startswith("| critical |") for line in lines)


def test_markdown_stays_short_with_everything_in_it(tmp_path: Path) -> None:
    base = tmp_path / "base.json"
    base.write_text(render(many(60), Format.JSON))
    report = hostile()
    text = render(report, Format.MARKDOWN, compare(report, base))
    assert len(text.splitlines()) < 60
    assert len(text) < 65_000


def test_markdown_says_what_is_left_out() -> None:
    report = many(200)
    kinds = {each.rule.id for each in report.findings}
    text = render(report, Format.MARKDOWN)
    assert ("more rules" in text) is (len(kinds) > MAX_RULES)
    assert "and 97 more" in text


def test_markdown_of_nothing() -> None:
    text = render(SAMPLES["clean"], Format.MARKDOWN)
    assert "isthmus check: nothing blocks" in text
    assert "1 rule on 1 resource: no findings." in text


# What changed


def groups(*names: str) -> Report:
    snapshot = read(export(provider(), *(open_group(name, "0.0.0.0/0") for name in names)))
    subject = Subject(snapshot, Settings(), "a test")
    return judge([subject], choose_rules([], [OPEN_GROUP]))


def test_what_changed_since_the_base(tmp_path: Path) -> None:
    base = tmp_path / "base.json"
    base.write_text(render(groups("kept", "mended"), Format.JSON))
    report = groups("kept", "added")
    change = compare(report, base)
    assert [each.name for each in change.new] == ["added"]
    assert [(each.finding.name, each.why) for each in change.gone] == [("mended", Why.NOT_FOUND)]
    assert [each.name for each in change.still] == ["kept"]
    for form in (Format.CONSOLE, Format.MARKDOWN, Format.HTML):
        assert "1 new, 1 gone, 1 still there" in render(report, form, change)
        assert "the base" not in render(report, form)


def test_what_is_gone_is_not_said_to_be_mended(tmp_path: Path) -> None:
    """Other rules, other stacks and exemptions make findings go away too."""
    base = tmp_path / "base.json"
    base.write_text(render(groups("web"), Format.JSON))
    document = export(provider(), open_group("web", "0.0.0.0/0"))
    entry = exemption("aws:ec2/securityGroup:SecurityGroup::web", OPEN_GROUP)
    exempt = judge(
        [Subject(read(document), Settings())], choose_rules([], [OPEN_GROUP]), Exemptions([entry])
    )
    elsewhere = read(json.loads(json.dumps(document).replace("pulumi:dev::", "pulumi:prod::")))
    other_stack = judge([Subject(elsewhere, Settings())], choose_rules([], [OPEN_GROUP]))
    nothing = judge(
        [Subject(read(export(), allow_empty=True), Settings())], choose_rules([], [OPEN_GROUP])
    )
    for report, why in (
        (exempt, Why.EXEMPT),
        (clean(), Why.NOT_RUN),
        (other_stack, Why.NOT_JUDGED),
        (nothing, Why.NOT_FOUND),
    ):
        change = compare(report, base)
        assert [each.why for each in change.gone] == [why]
        assert why.value in render(report, Format.MARKDOWN, change)
    assert "1 gone (1 exempt now)" in compare(exempt, base).in_short


def test_what_a_rule_says_twice_of_a_resource_is_compared_twice(tmp_path: Path) -> None:
    report = groups("web")
    twice = replace(report, findings=report.findings * 2)
    base = tmp_path / "base.json"
    base.write_text(render(report, Format.JSON))
    more = compare(twice, base)
    assert [len(each) for each in (more.new, more.gone, more.still)] == [1, 0, 1]
    base.write_text(render(twice, Format.JSON))
    less = compare(report, base)
    assert [len(each) for each in (less.new, less.gone, less.still)] == [0, 1, 1]


def test_what_changed_is_told_the_worst_first() -> None:
    change = since_base(hostile())
    for told in (
        [each.severity.value for each in change.new],
        [each.finding.severity for each in change.gone],
    ):
        known = [each for each in told if each != EVIL]
        assert known == sorted(known, key=[each.value for each in SEVERITIES].index)
        assert known
        assert EVIL not in told[: len(known)]
    assert change.gone[-1].finding.severity == EVIL


def test_a_finding_that_is_exempt_now_counts_as_closed(tmp_path: Path) -> None:
    base = tmp_path / "base.json"
    base.write_text(render(hostile(), Format.JSON))
    change = compare(hostile(), base)
    assert (change.new, change.gone) == ((), ())
    open_ones = [each for each in hostile().findings if each.outcome is not Outcome.EXEMPT]
    assert len(change.still) == len(open_ones)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not readable JSON"),
        (b"\xff", "not readable JSON"),
        (b"[" * 100_000, "not readable JSON"),
        (b"[]", "no report of the form"),
        (b'{"schema": "isthmus-check/2", "findings": []}', "no report of the form"),
        (b'{"schema": "isthmus-check/1", "findings": {}}', "no report of the form"),
    ],
)
def test_a_base_that_is_none(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "base.json").write_bytes(content)
    with pytest.raises(CannotJudge, match=said):
        compare(clean(), tmp_path / "base.json")


def test_a_base_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(CannotJudge, match="No such file"):
        compare(clean(), tmp_path / "base.json")


# CSV


def test_csv_has_every_requirement_of_every_rule() -> None:
    report = SAMPLES["hostile"]
    rows = list(csv.DictReader(io.StringIO(render(report, Format.CSV))))
    assert tuple(rows[0]) == Row._fields
    wanted = {(e.framework, e.id, rule.id) for rule in report.rules for e in requirements_of(rule)}
    assert {
        (r["framework"], r["requirement"], r["rule"]) for r in rows if r["rule"] and r["framework"]
    } == wanted


def test_csv_counts_every_resource_once_for_a_requirement() -> None:
    document = export(
        resource(KEY, "a", {"enableKeyRotation": True}), resource(KEY, "b", {"enableKeyRotation": True}),
        resource(KEY, "c"),
    )  # fmt: skip
    report = judge(
        [Subject(read(document), Settings(), "")],
        choose_rules([], ["keys-aws-key-rotation", "encryption-s3-bucket-customer-key"]),
    )
    rows = list(csv.DictReader(io.StringIO(render(report, Format.CSV))))
    told = [row for row in rows if row["requirement"] == "A.8.24"]
    assert [(r["rule"], r["verdict"], r["resources"], r["urn"][-1:]) for r in told] == [
        ("encryption-s3-bucket-customer-key", "not-tested", "0", ""),
        ("keys-aws-key-rotation", "pass", "2", ""),
        ("keys-aws-key-rotation", "fail", "1", "c"),
    ]


# OSCAL


@every_sample
def test_oscal_is_read_by_the_oscal_library(report: Report, tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    file.write_text(render(report, Format.OSCAL), encoding="utf-8")
    results = AssessmentResults.oscal_read(file)
    assert results is not None
    frameworks = {e.framework for rule in report.rules for e in requirements_of(rule)}
    assert {each.title for each in results.results} == frameworks


def test_oscal_tells_what_is_satisfied() -> None:
    def states(report: Report) -> Counter[tuple[str, str]]:
        document = as_json(report, Format.OSCAL)["assessment-results"]
        return Counter(
            (finding["target"]["status"]["state"], finding["target"]["status"]["reason"])
            for result in document["results"]
            for finding in result.get("findings", ())
        )

    assert set(states(clean())) == {("satisfied", "pass")}
    assert set(states(undecided())) >= {("not-satisfied", "other")}
    assert states(hostile())["not-satisfied", "fail"] > 10


def test_oscal_references_lead_somewhere() -> None:
    document = as_json(SAMPLES["hostile"], Format.OSCAL)["assessment-results"]
    assert document["import-ap"]["href"] == f"#{document['back-matter']['resources'][0]['uuid']}"
    for result in document["results"]:
        observations = {each["uuid"] for each in result.get("observations", ())}
        items = {e["uuid"] for e in result.get("local-definitions", {}).get("inventory-items", ())}
        for finding in result.get("findings", ()):
            assert {e["observation-uuid"] for e in finding["related-observations"]} <= observations
        for observation in result.get("observations", ()):
            assert {e["subject-uuid"] for e in observation.get("subjects", ())} <= items
    uuids = walk(document, "uuid")
    assert len(uuids) == len(set(uuids))


def walk(value: Any, key: str) -> list[str]:
    if isinstance(value, dict):
        own = [value[key]] if key in value else []
        return own + [each for child in value.values() for each in walk(child, key)]
    if isinstance(value, list):
        return [each for child in value for each in walk(child, key)]
    return []


@pytest.mark.parametrize(
    ("framework", "requirement", "token"),
    [
        ("NIST800-53r5", "SC-28(1)", "sc-28.1"),
        ("NIST800-53r5", "SC-13(a)", "sc-13"),
        ("NIST800-53r5", "AC-17(4)(a)", "ac-17.4"),
        ("GDPR", "Art.32", "GDPR_Art.32"),
        ("HIPAA", "164.312(a)(2)(iv)", "HIPAA_164.312_a_2_iv"),
        ("42", "1", "id_42_1"),
    ],
)
def test_requirements_as_oscal_control_ids(framework: str, requirement: str, token: str) -> None:
    assert control_id(framework, requirement) == token


# Console


def test_the_console_groups_by_resource_and_says_what_to_write() -> None:
    text = render(SAMPLES["undecided"], Format.CONSOLE)
    lines = text.splitlines()
    assert lines[0] == f"key  {KEY}  shop/my main.py:12"
    assert "fix" in text
    assert "Does not block." in text
    assert lines[-1] == (
        "1 finding must be fixed: "
        f"{len(choose_rules().rules)} rules of foundation on 1 resource, 1 fail, 1 unknown (2 medium)."
    )
    assert not any(line != line.rstrip() for line in lines)


def test_a_missing_library_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.delitem(sys.modules, "isthmus_policies.reports.oscal", raising=False)
    monkeypatch.setitem(sys.modules, "trestle.oscal", None)
    with pytest.raises(CannotJudge, match=r"the package 'trestle\.oscal' is missing"):
        render(clean(), Format.OSCAL)

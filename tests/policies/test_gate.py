"""The gate runs the rules over files, lets off what is exempt, and says by exit code what came of it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from isthmus_policies.exemptions import Exemption, Exemptions
from isthmus_policies.gate import PACK_NAMES, Choice, Subject, choose_rules, judge
from isthmus_policies.offline.problem import CannotJudge
from isthmus_policies.registry import FOUNDATION, RULES
from isthmus_policies.reports.model import ExitCode, Outcome, Report, Use
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Enforcement, Rule, Severity, rule
from isthmus_policies.settings import NO_RESIDENCY, OnUnknown, Settings
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdicts

from .offline.states import BUCKET, KEY, PREFIX, Json, export, preview, read, resource, urn

pytestmark = [pytest.mark.policy, pytest.mark.pure]

NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)
ANSWERS: dict[str, Verdicts] = {
    "fail": Fail("it is open", "a.b"),
    "unknown": Unknown("nobody knows", "a"),
    "pass": Pass(),
    "moot": NotApplicable("not this one"),
    "both": [Fail("it is open"), Unknown("nobody knows")],
}


def make(rule_id: str, enforcement: Enforcement = Enforcement.MANDATORY) -> Rule:
    """A rule that answers what the resource's name says."""

    @rule(
        rule_id, title="Things are good", why="Because.", fix="good=True", severity=Severity.HIGH,
        types=(KEY,), enforcement=enforcement,
    )  # fmt: skip
    def check(resource: Resource, context: Context) -> Verdicts:
        if resource.name == "broken":
            raise KeyError("hunter2")
        return ANSWERS[resource.name.partition("-")[0]]

    return check


FIRM, SOFT = make("test-thing-firm"), make("test-thing-soft", Enforcement.ADVISORY)


def run(*names: str, rules: tuple[Rule, ...] = (FIRM,), settings: Settings = Settings(),  # noqa: B008
        exemptions: Exemptions | None = None, **more: Any) -> Report:  # fmt: skip
    snapshot = read(export(*(resource(KEY, name) for name in names)))
    return judge(
        [Subject(snapshot, settings, "a test")], Choice(rules, ("test",)), exemptions, now=NOW, **more
    )  # fmt: skip


def exemption(name: str, expires: date = date(2027, 1, 1), rule_id: str = FIRM.id) -> Exemption:
    return Exemption(rule_id, f"{KEY}::{name}", "a good reason", "owner", "T-1", expires, 7)


def told(report: Report) -> list[tuple[str, str, bool]]:
    return [(each.name, each.outcome.value, each.blocks) for each in report.findings]


def test_findings_and_the_exit_code() -> None:
    report = run("fail", "unknown", "pass", "moot", "broken")
    assert told(report) == [
        ("fail", "fail", True), ("unknown", "unknown", True), ("broken", "error", True),
    ]  # fmt: skip
    assert report.exit_code is ExitCode.BLOCKED
    assert report.findings[0].urn == urn(KEY, "fail")
    assert (report.findings[0].message, report.findings[0].path) == ("it is open", "a.b")
    assert "hunter2" not in str(report)


def test_what_only_warns_does_not_block() -> None:
    lenient = Settings(on_unknown=OnUnknown.WARN)
    assert run("fail", rules=(SOFT,)).exit_code is ExitCode.CLEAN
    assert run("unknown", settings=lenient).exit_code is ExitCode.CLEAN
    assert run("pass").exit_code is ExitCode.CLEAN


def test_a_resource_counts_once_for_a_rule_with_the_worst_it_said() -> None:
    report = run("fail-1", "fail-2", "both", "unknown", "pass", "moot", "broken")
    assert report.tallies == {
        FIRM.id: {
            Outcome.FAIL: 3, Outcome.UNKNOWN: 1, Outcome.PASS: 1, Outcome.NOT_APPLICABLE: 1,
            Outcome.ERROR: 1,
        }
    }  # fmt: skip
    assert len(report.findings) == 6


def test_an_exemption_lets_a_finding_pass() -> None:
    report = run("fail", "unknown", exemptions=Exemptions([exemption("fail")]))
    assert told(report) == [("fail", "exempt", False), ("unknown", "unknown", True)]
    assert report.findings[0].exemption == exemption("fail")
    assert [(each.use, each.findings) for each in report.exemptions] == [(Use.USED, 1)]
    assert report.exemption_warnings() == ()
    assert report.tallies[FIRM.id][Outcome.EXEMPT] == 1


def test_an_exemption_covers_an_unknown_but_no_broken_rule() -> None:
    entries = Exemptions([exemption("unknown"), exemption("broken")])
    assert told(run("unknown", "broken", exemptions=entries)) == [
        ("unknown", "exempt", False), ("broken", "error", True),
    ]  # fmt: skip


def test_an_exemption_of_what_is_unknown_is_for_previews() -> None:
    entry = replace(exemption("unknown"), only_unknown=True)
    report = run("unknown", "pass", exemptions=Exemptions([entry]))
    assert told(report) == [("unknown", "exempt", False)]
    failing = replace(exemption("fail"), only_unknown=True)
    report = run("fail", exemptions=Exemptions([failing]))
    assert told(report) == [("fail", "fail", True)]
    assert [each.use for each in report.exemptions] == [Use.NOT_CONCERNED]
    seen = read(preview(resource(KEY, "fail")))
    report = judge(
        [Subject(seen, Settings(), "")], Choice((FIRM,), ("test",)), Exemptions([failing]), now=NOW
    )
    assert [each.use for each in report.exemptions] == [Use.UNUSED]


def test_an_expired_exemption_fails_and_says_which_it_was() -> None:
    report = run("fail", exemptions=Exemptions([exemption("fail", date(2026, 12, 31))]))
    assert told(report) == [("fail", "fail", True)]
    assert report.findings[0].message == (
        "it is open; its exemption (line 7, T-1, owner) expired on 2026-12-31"
    )
    assert [each.use for each in report.exemptions] == [Use.EXPIRED]
    assert "has expired" in report.exemption_warnings()[0]


def test_an_unused_exemption_is_a_warning_in_the_report() -> None:
    report = run("pass", exemptions=Exemptions([exemption("pass")]))
    assert [each.use for each in report.exemptions] == [Use.UNUSED]
    [warning] = report.exemption_warnings()
    assert f"{KEY}::pass" in warning
    assert "not used" in warning
    assert report.exit_code is ExitCode.CLEAN


def test_an_exemption_of_nothing_stops_the_gate() -> None:
    with pytest.raises(CannotJudge, match="line 7: no resource is called 'aws:kms/key:Key::fial'"):
        run("fail", exemptions=Exemptions([exemption("fial")]))


def test_exemptions_for_other_stacks_and_rules_are_left_alone() -> None:
    elsewhere = Exemption(FIRM.id, f"urn:pulumi:prod::shop::{KEY}::x", "r", "o", "t", date.max)
    other_rule = exemption("fail", rule_id=SOFT.id)
    report = run("fail", exemptions=Exemptions([elsewhere, other_rule]))
    assert [each.use for each in report.exemptions] == [Use.NOT_CONCERNED] * 2
    assert told(report) == [("fail", "fail", True)]


def test_an_empty_stack_says_nothing_of_exemptions() -> None:
    snapshot = read(export(), allow_empty=True)
    report = judge(
        [Subject(snapshot, Settings(), "a test")], Choice((FIRM,), ()), Exemptions([exemption("a")])
    )
    assert [each.use for each in report.exemptions] == [Use.NOT_CONCERNED]
    assert "nothing to judge" in report.notes[0]


def test_what_a_stack_only_reads_is_known_but_not_judged() -> None:
    document = export(
        resource(KEY, "fail", external=True), resource(KEY, "pass"),
        resource(KEY, "fail-old", delete=True),
    )  # fmt: skip
    report = judge([Subject(read(document), Settings(), "")], Choice((FIRM,), ()), now=NOW)
    assert report.findings == ()
    assert report.resources == 1
    assert [note.partition(": ")[2] for note in report.notes] == [
        "1 resources that the stack only reads were not judged",
        "1 resources that await their deletion were not judged",
    ]


def test_what_is_said_of_a_resource_that_is_only_read_is_judged_by_itself() -> None:
    """Nobody judges the bucket, so a block for it must not be left to the bucket's own verdict."""
    blocks = next(each for each in RULES if each.id == "exposure-s3-bucket-public-access-block")
    token = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
    document = export(
        resource(BUCKET, "theirs", external=True, outputs={"bucket": "theirs"}),
        resource(token, "half", {"bucket": "theirs", "blockPublicAcls": True}),
    )
    report = judge([Subject(read(document), Settings(), "")], Choice((blocks,), ()), now=NOW)
    assert {each.urn for each in report.findings} == {urn(token, "half")}


def test_several_stacks_are_judged_apart_and_told_together() -> None:
    def stack(name: str) -> Subject:
        text = PREFIX.replace("dev", name)
        states: list[Json] = [
            {**each, "urn": each["urn"].replace(PREFIX, text)}
            for each in (resource(KEY, "fail"), resource(KEY, "pass"))
        ]
        return Subject(read(preview(*states)), Settings(), "")

    report = judge([stack("dev"), stack("prod")], Choice((FIRM,), ()), now=NOW)
    assert [(each.input, each.name) for each in report.findings] == [(0, "fail"), (1, "fail")]
    assert [each.stack for each in report.inputs] == ["dev", "prod"]
    assert len({each.fingerprint for each in report.findings}) == 2


def test_residency_that_nobody_asked_for_is_said() -> None:
    snapshot = read(export(resource(BUCKET, "lake")))
    silent = judge([Subject(snapshot, Settings(), "")], choose_rules(), now=NOW)
    asked = judge([Subject(snapshot, Settings(frozenset({"EU"})), "")], choose_rules(), now=NOW)
    assert any(NO_RESIDENCY in note for note in silent.notes)
    assert asked.notes == ()


def test_packs_and_rules_are_chosen() -> None:
    assert choose_rules().rules == FOUNDATION
    assert choose_rules(["all"]).rules == RULES
    assert choose_rules(["foundation", "all"]).packs == ("foundation", "all")
    one = choose_rules([], [RULES[-1].id])
    assert (one.rules, one.packs) == ((RULES[-1],), ("all",))
    assert set(PACK_NAMES) >= {"foundation", "all"}


@pytest.mark.parametrize(
    ("packs", "rules", "said"),
    [
        (["founation"], [], "Did you mean foundation?"),
        ([], ["keys-aws-key-rotatoin"], "Did you mean keys-aws-key-rotation"),
        ([], [""], "isthmus policies"),
    ],
)
def test_names_that_do_not_exist_stop_the_gate(
    packs: list[str], rules: list[str], said: str
) -> None:
    with pytest.raises(CannotJudge) as raised:
        choose_rules(packs, rules)
    assert said in raised.value.hint


def test_a_rule_outside_of_its_pack_is_told_apart_from_one_that_is_not() -> None:
    outside = next(rule for rule in RULES if rule not in FOUNDATION)
    with pytest.raises(CannotJudge, match="is not in foundation"):
        choose_rules(["foundation"], [outside.id])

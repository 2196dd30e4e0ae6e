"""The HTML report holds what an auditor asks for, in the order in which it is asked."""

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from isthmus_policies.frameworks import requirements_of
from isthmus_policies.gate import Choice, Subject, choose_rules, judge
from isthmus_policies.packs.lists import WhyNot
from isthmus_policies.remedies.proposals import with_remedies
from isthmus_policies.reports.change import Why
from isthmus_policies.reports.coverage import Standing, coverages
from isthmus_policies.reports.formats import Format, render
from isthmus_policies.reports.html_view import (
    bars,
    by_severity,
)
from isthmus_policies.reports.model import SEVERITIES, Outcome, Report
from isthmus_policies.settings import Settings

from ..offline.states import BUCKET, export, open_group, provider, read, resource
from .samples import OPEN_GROUP, TAGGED, brief, clean, hostile, since_base, undecided

pytestmark = [pytest.mark.policy, pytest.mark.pure]

PUBLIC_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
SAMPLES = {"hostile": hostile(), "clean": clean(), "undecided": undecided()}
every_sample = pytest.mark.parametrize("report", SAMPLES.values(), ids=SAMPLES.keys())


class Tables(HTMLParser):
    """Whether every table can be read aloud."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.language: str | None = None
        self.captions = self.tables = 0
        self.headers: list[str | None] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.stack: list[str] = []
        self.unclosed: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "html":
            self.language = told.get("lang")
        self.tables += tag == "table"
        self.captions += tag == "caption"
        if tag == "th":
            self.headers.append(told.get("scope"))
        if told.get("id"):
            self.ids.append(str(told["id"]))
        for name in ("href", "aria-labelledby"):
            if told.get(name):
                self.targets.append(str(told[name]).removeprefix("#"))
        if tag not in ("meta", "br", "link"):
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.stack or self.stack.pop() != tag:
            self.unclosed.append(tag)


@every_sample
@pytest.mark.parametrize("compared", [False, True])
def test_html_can_be_read_aloud_and_is_well_formed(report: Report, compared: bool) -> None:
    page = Tables(render(report, Format.HTML, since_base(report) if compared else None))
    assert page.language == "en"
    assert page.tables == page.captions > 0
    assert set(page.headers) == {"col", "row"}
    assert (page.stack, page.unclosed) == ([], [])
    assert set(page.targets) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_html_shows_the_coverage_of_each_framework() -> None:
    text = render(SAMPLES["hostile"], Format.HTML)
    for framework in {
        e.framework for rule in SAMPLES["hostile"].rules for e in requirements_of(rule)
    }:
        assert re.search(rf"<h3 id=.framework-\d+.>{re.escape(framework)}</h3>", text)
    assert "@media print" in text


def test_html_says_first_what_was_judged_by_what_and_the_verdict() -> None:
    report = SAMPLES["hostile"]
    title = render(report, Format.HTML).partition("<nav")[0]
    [given] = report.inputs
    for said in (
        f"{len(report.blocking)} findings must be fixed", "2027-01-01 12:00 UTC",
        f"isthmus {report.version}", f"{len(report.rules)} rules of 1 pack: foundation",
        given.sha256, given.name, "dev of project shop", "EU", "owner, environment",
        f"{given.resources} judged", "3, from isthmus-exemptions.yaml", "a test",
    ):  # fmt: skip
        assert said in title
    assert "Nothing blocks." in render(SAMPLES["clean"], Format.HTML).partition("<nav")[0]


def cells(row: str) -> list[str]:
    return [re.sub("<[^>]+>", "", each).strip() for each in re.split(r"</t[hd]>", row)[:-1]]


def table(text: str, id_: str) -> dict[str, dict[str, str]]:
    """The rows of a table by their first cell, each by the heads of its columns."""
    body = text.partition(f'<caption id="{id_}">')[2].partition("</table>")[0]
    head, *rows = (cells(row) for row in body.split("<tr>")[1:])
    return {row[0]: dict(zip(head, row, strict=True)) for row in rows}


def test_html_tells_how_many_requirements_stand_how() -> None:
    """One that no rule serves must not be left out: it would look as if there were none."""
    report = SAMPLES["hostile"]
    text = render(report, Format.HTML)
    standings, reasons = table(text, "coverage-table"), table(text, "reasons-table")
    assert len(standings) == len(reasons) == len(coverages(report)) > 0
    for coverage in coverages(report):
        row = standings[coverage.framework.name]
        for standing in Standing:
            assert row[standing.words] == str(coverage.counts[standing])
        assert int(row["listed"].rstrip("*")) == sum(coverage.counts.values())
        why = reasons[coverage.framework.name]
        assert why["not showable"] == row["not showable"]
        assert sum(int(why[each]) for each in WhyNot) == int(row["not showable"])
        assert sum(each.width for each in bars(coverage)) == pytest.approx(100, abs=0.01)


def test_html_lists_every_gap_by_its_reason() -> None:
    evidence = render(SAMPLES["hostile"], Format.HTML).partition('<h2 id="evidence">')[2]
    for coverage in coverages(SAMPLES["hostile"]):
        name, counts = re.escape(coverage.framework.name), coverage.counts
        for standing, said in (
            (Standing.NOT_COVERED, "no rule of this run serves"),
            (Standing.PARTLY_SHOWABLE, "are showable in part, and that no rule serves"),
            (Standing.NOT_SHOWABLE, "no rule can show"),
        ):
            found = re.findall(rf"<summary>{name}: (\d+) that {said}</summary>", evidence)
            assert found == ([str(counts[standing])] if counts[standing] else [])
        for why, listed in coverage.not_showable.items():
            assert f"<strong>{why} ({len(listed)})</strong>: {listed[0].id}" in evidence


def test_html_tells_a_rule_that_broke_nowhere_as_passed() -> None:
    rule = next(rule for rule in choose_rules().rules if rule.id == OPEN_GROUP)

    def broken(*_: object) -> None:
        raise RuntimeError

    choice = Choice((replace(rule, check=broken),), ("foundation",))
    subject = Subject(read(export(provider(), open_group("a"))), Settings(), "a test")
    report = judge([subject], choice)
    assert [each.outcome for each in report.findings] == [Outcome.ERROR]
    for coverage in coverages(report):
        assert {each.standing for each in coverage.tested} == {Standing.FAIL}
    assert '<span class="error">error</span>' in render(report, Format.HTML)


def test_html_puts_the_worst_first_and_what_blocks_before_what_does_not() -> None:
    grouped = by_severity(brief().findings)
    assert list(grouped) == [s for s in SEVERITIES if s in grouped]
    for rules in grouped.values():
        blocks = [each.blocks for each in rules]
        assert blocks == sorted(blocks, reverse=True)
    told = [finding for rules in grouped.values() for each in rules for finding in each.findings]
    assert Counter(told) == Counter(brief().findings)
    rows = [row for rules in grouped.values() for each in rules for row in each.rows]
    assert Counter(finding for row in rows for finding in row) == Counter(told)
    assert all(len({(f.urn, f.outcome, f.blocks) for f in row}) == 1 for row in rows)


def test_html_shows_what_a_safe_fix_would_change() -> None:
    text = render(SAMPLES["hostile"], Format.HTML)
    fixable = [each for each in SAMPLES["hostile"].findings if each.remedy]
    assert {each.rule.id for each in fixable} == {TAGGED}
    assert text.count('<div class="diff">') == len(fixable)
    assert "<code>tags.owner: not set -&gt; &#34;&lt;script&gt;alert(1)&lt;/script&gt; " in text
    assert 'class="diff"' not in render(SAMPLES["clean"], Format.HTML)


def test_html_names_the_resource_at_which_the_fix_is_made() -> None:
    bucket = {"bucket": "lake-1"}
    subject = Subject(
        read(export(
            resource(BUCKET, "lake", bucket, outputs={**bucket, "id": "lake-1"}),
            resource(PUBLIC_BLOCK, "<b>::block", {**bucket, "blockPublicAcls": True}),
        )),
        Settings(),
    )  # fmt: skip
    report = judge([subject], choose_rules([], ["exposure-s3-bucket-public-access-block"]))
    text = render(with_remedies(report, [subject]), Format.HTML)
    assert "<code>block: blockPublicPolicy: not set -&gt; true</code>" in text


def test_html_lists_what_is_new_gone_and_still_there() -> None:
    report = brief()
    change = since_base(report)
    text = render(report, Format.HTML, change)
    assert '<a href="#change">Since the base</a>' in text
    section = text.partition('<section aria-labelledby="change">')[2].partition("</section>")[0]
    assert change.base.sha256 in section
    _, new, gone, still = section.split("<h3")
    for part, found in ((new, change.new), (still, change.still)):
        assert f": {len(found)}</h3>" in part
        assert part.count("<li>") == len(found)
        assert f'<a href="#found-{OPEN_GROUP}">' in part
    assert f">Gone: {len(change.gone)}</h3>" in gone
    assert gone.count('<th scope="row">') == len(change.gone)
    assert {why for why in Why if f"<td>{why}</td>" in gone} == set(Why)
    assert "not those of this run" in section


def test_html_without_a_base_says_nothing_of_one() -> None:
    text = render(brief(), Format.HTML)
    assert "ince the base" not in text
    assert 'id="change' not in text


def test_html_leads_from_a_requirement_to_its_evidence() -> None:
    text = render(SAMPLES["hostile"], Format.HTML)
    evidence = text.partition('<h2 id="evidence">')[2]
    assert f'<a href="#found-{OPEN_GROUP}">{OPEN_GROUP}</a>: ' in evidence
    assert f'<h4 id="found-{OPEN_GROUP}">' in text
    kept = render(clean(), Format.HTML).partition('<h2 id="evidence">')[2]
    assert '<a href="#rule-keys-aws-key-rotation">keys-aws-key-rotation</a>: 1 pass' in kept

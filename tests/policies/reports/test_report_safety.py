"""Names, values and reasons from outside do nothing in any report, and secrets are in none."""

import csv
import io
import json
import re
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from isthmus_policies.reports.change import Why
from isthmus_policies.reports.formats import Format, render
from isthmus_policies.reports.markdown import escape
from isthmus_policies.reports.text import visible

from .samples import HOSTILE, OPEN_GROUP, PLAIN_SECRET, SEALED, hostile, since_base

pytestmark = [pytest.mark.policy, pytest.mark.pure]

REPORT = hostile()
CHANGE = since_base(REPORT)
TEXTS = {form: render(REPORT, form, CHANGE) for form in Format}
CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
every_form = pytest.mark.parametrize("form", Format)


def test_the_sample_finds_every_hostile_name() -> None:
    named = {each.name for each in REPORT.findings if each.rule.id == OPEN_GROUP}
    assert {name.replace("\ud800", "?") for name in HOSTILE} == named
    assert {each.outcome.value for each in REPORT.findings} >= {"fail", "unknown", "exempt"}
    assert {each.use.value for each in REPORT.exemptions} == {"used", "unused", "expired"}
    assert {each.why for each in CHANGE.gone} == set(Why)
    assert CHANGE.new
    assert CHANGE.still


@every_form
def test_no_report_holds_a_secret(form: Format) -> None:
    assert PLAIN_SECRET not in TEXTS[form]
    assert SEALED not in TEXTS[form]


@every_form
def test_no_report_holds_what_a_terminal_obeys_or_hides(form: Format) -> None:
    assert CONTROLS.findall(TEXTS[form]) == []
    TEXTS[form].encode("utf-8")


@every_form
def test_every_report_tells_of_every_exemption_that_somebody_should_look_at(form: Format) -> None:
    if form in (Format.CONSOLE, Format.MARKDOWN, Format.HTML, Format.CSV, Format.JSON):
        assert "unused" in TEXTS[form]
        assert "expired" in TEXTS[form]
    else:
        assert "is not used" in TEXTS[form]
        assert "has expired" in TEXTS[form]


class Page(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def assert_harmless(tags: list[tuple[str, dict[str, str | None]]]) -> None:
    for tag, attributes in tags:
        assert tag not in ("script", "img", "iframe", "object", "embed", "form", "x", "b", "base")
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("href", "src"):
            assert (attributes.get(name) or "#").startswith("#"), attributes


def test_html_runs_and_fetches_nothing() -> None:
    page = Page(TEXTS[Format.HTML])
    assert_harmless([(tag, attrs) for tag, attrs in page.tags if tag != "link"])
    assert all(tag != "link" for tag, _ in page.tags)
    assert "url(" not in TEXTS[Format.HTML]
    assert "@import" not in TEXTS[Format.HTML]
    [policy] = [a["content"] for t, a in page.tags if a.get("http-equiv")]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    shown = " ".join(page.text)
    assert "<script>alert(1)</script>" in shown
    assert "{{7*7}}${7*7}{% raw %}" in shown
    assert "gnp\\u202eexe\\u200b.txt" in shown


def test_markdown_is_a_table_of_text() -> None:
    rendered = MarkdownIt("gfm-like", {"linkify": False}).render(TEXTS[Format.MARKDOWN])
    page = Page(rendered)
    assert_harmless(page.tags)
    allowed = {
        "h3",
        "p",
        "code",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "br",
        "ul",
        "li",
        "strong",
    }
    assert {tag for tag, _ in page.tags} <= allowed
    headings = [tag for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert headings == ["h3"]
    rows = rendered.count("<tr>")
    assert rendered.count("<td") == (rows - 1) * 5
    assert "@org" not in "".join(page.text)
    assert "#1" not in "".join(page.text)


@given(st.text())
def test_markdown_of_any_text_is_that_text(text: str) -> None:
    rendered = MarkdownIt("gfm-like", {"linkify": False, "html": True}).renderInline(
        f"x {escape(text)} x"
    )
    page = Page(rendered)
    assert page.tags == []
    shown = "".join(page.text).replace("\u200b", "")
    assert shown.split() == f"x {visible(text)} x".split()


@given(st.text())
def test_visible_text_is_printable_xml_on_one_line(text: str) -> None:
    shown = visible(text)
    assert CONTROLS.findall(shown) == []
    assert len(shown.splitlines()) <= 1
    element = ET.fromstring(ET.tostring(element_of(shown)))
    assert element.text == (shown or None)


def element_of(text: str) -> ET.Element:
    element = ET.Element("a")
    element.text = text
    return element


def test_junit_is_xml_that_tells_the_names() -> None:
    root = ET.fromstring(TEXTS[Format.JUNIT])
    names = " ".join(case.get("name", "") for case in root.iter("testcase"))
    assert "]]><x/>&amp;<!--" in names
    assert "nul\\x00bs\\x08ffff\\uffff" in names


def test_csv_holds_no_formula_and_one_record_a_line() -> None:
    rows = list(csv.reader(io.StringIO(TEXTS[Format.CSV])))
    assert len({len(row) for row in rows}) == 1
    assert len(rows) == len(TEXTS[Format.CSV].splitlines())
    assert [
        cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))
    ] == []
    assert any("'=T-1<b>" in cell for row in rows for cell in row)


def test_json_keeps_the_names_as_they_are() -> None:
    read: dict[str, Any] = json.loads(TEXTS[Format.JSON])
    assert {each["name"] for each in read["findings"]} >= {
        name for name in HOSTILE if "\ud800" not in name
    }
    assert TEXTS[Format.JSON].isascii()
    assert TEXTS[Format.SARIF].isascii()


def test_sarif_messages_hold_no_link_and_no_placeholder() -> None:
    read: dict[str, Any] = json.loads(TEXTS[Format.SARIF])
    for result in read["runs"][0]["results"]:
        text = result["message"]["text"]
        assert not re.search(r"(?<!\\)\[[^\]]*(?<!\\)\]\(", text)
        assert not re.search(r"(?<!\{)\{\d+\}(?!\})", text)

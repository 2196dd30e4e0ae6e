"""The HTML report as a browser shows it: to eyes, ears and keyboards, in the dark and on paper."""

import re
from collections.abc import Generator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from isthmus_policies.reports.formats import Format, render
from isthmus_policies.reports.text import visible

from .browser import Opened, chromium, opened
from .samples import HOSTILE, brief, clean, hostile, many, since_base, undecided

pytestmark = pytest.mark.policy

REPORTS = {
    "brief": brief,
    "compared": brief,
    "clean": clean,
    "hostile": hostile,
    "undecided": undecided,
    "many": lambda: many(200),
}
every_report = pytest.mark.parametrize("name", REPORTS)
CONTENTS = "nav a"


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    for name, make in REPORTS.items():
        report = make()
        change = since_base(report) if name == "compared" else None
        text = render(report, Format.HTML, change)
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in REPORTS}


def violations(page: Page, *, contrast: bool = True) -> str:
    """What axe-core has against a page, best practices included; nothing if it has nothing."""
    rules = {"color-contrast": {"enabled": contrast}}
    found = Axe().run(page, options={"resultTypes": ["violations"], "rules": rules})
    return found.generate_report() if found.violations_count else ""


# For everybody


@pytest.mark.parametrize("name", ["clean", "compared", "hostile"])
def test_axe_finds_no_barrier(browser: Browser, files: dict[str, Path], name: str) -> None:
    with opened(browser, files[name]) as shown:
        assert violations(shown.page, contrast=False) == ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("name", "shown_words"),
    [
        ("compared", ("fail", "unknown", "quiet", "urn", "fix", "diff")),
        ("clean", ("pass", "quiet")),
    ],
)
def test_every_colour_stands_out(
    browser: Browser, files: dict[str, Path], name: str, shown_words: tuple[str, ...], scheme: Any
) -> None:
    """On few pages: axe-core looks at each word for itself."""
    with opened(browser, files[name], color_scheme=scheme) as shown:
        for word in shown_words:
            assert shown.page.locator(f".{word}").count()
        assert violations(shown.page) == ""


@pytest.mark.parametrize(
    ("part", "instead", "said"),
    [
        ('<html lang="en">', "<html>", "html-has-lang"),
        ("<main>", "<div>", "landmark-one-main"),
        ("--good: #1b6e2c", "--good: #b0ffc0", "color-contrast"),
        ("<h3", "<h5", "heading-order"),
        (' tabindex="0"', "", "scrollable-region-focusable"),
    ],
)
def test_axe_would_find_one(
    browser: Browser, files: dict[str, Path], tmp_path: Path, part: str, instead: str, said: str
) -> None:
    text = files["clean"].read_text("utf-8")
    assert part in text
    (tmp_path / "worse.html").write_text(text.replace(part, instead), encoding="utf-8")
    with opened(browser, tmp_path / "worse.html", viewport={"width": 390, "height": 800}) as shown:
        assert said in violations(shown.page, contrast=said == "color-contrast")


@pytest.mark.parametrize("name", ["brief", "clean", "compared"])
def test_a_screen_reader_meets_landmarks_and_named_tables(
    browser: Browser, files: dict[str, Path], name: str
) -> None:
    with opened(browser, files[name]) as shown:
        spoken = shown.spoken()
        tables = shown.page.locator("table").count()
        headers = shown.page.locator("th").count()
    roles = [role for role, _ in spoken]
    assert [roles.count(each) for each in ("banner", "navigation", "main")] == [1, 1, 1]
    named = [told for role, told in spoken if role == "table"]
    assert len(named) == tables > 0
    assert all(named)
    assert roles.count("columnheader") + roles.count("rowheader") == headers


@every_report
def test_headings_go_down_one_step_at_a_time(
    browser: Browser, files: dict[str, Path], name: str
) -> None:
    with opened(browser, files[name]) as shown:
        tags = shown.page.locator("h1,h2,h3,h4,h5,h6").evaluate_all(
            "all => all.map(e => e.tagName)"
        )
    levels = [int(tag[1]) for tag in tags]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.outerHTML")


def test_the_keyboard_reaches_every_place_of_the_contents(
    browser: Browser, files: dict[str, Path]
) -> None:
    with opened(browser, files["hostile"]) as shown:
        links = shown.page.locator(CONTENTS).evaluate_all("all => all.map(e => e.outerHTML)")
        met = []
        for _ in links:
            shown.page.keyboard.press("Tab")
            met.append(focused(shown.page))
        assert met == links
        shown.page.keyboard.press("Enter")
        assert shown.page.url.endswith("#rules")
        assert shown.page.locator("#rules").evaluate("e => e.getBoundingClientRect().top") < 50


def scrolls_sideways(page: Page) -> bool:
    """Whether what is focused has moved, or does so within seconds. (Playwright's own way to wait in
    the page is stopped by the report's content security policy.)"""
    for _ in range(100):
        if page.evaluate("document.activeElement.scrollLeft") > 0:
            return True
        page.wait_for_timeout(50)
    return False


def test_the_keyboard_opens_and_scrolls_what_is_folded_or_wide(
    browser: Browser, files: dict[str, Path]
) -> None:
    with opened(browser, files["hostile"], viewport={"width": 390, "height": 800}) as shown:
        folded = shown.page.locator("details").first
        folded.locator("summary").focus()
        shown.page.keyboard.press("Enter")
        assert folded.get_attribute("open") is not None
        tables = shown.page.locator("#coverage ~ .scroll").all()
        assert len(tables) == 2
        for wide in tables:
            wide.focus()
            shown.page.keyboard.press("ArrowRight")
            assert scrolls_sideways(shown.page)


# For every screen, and paper


@every_report
@pytest.mark.parametrize("width", [320, 1280])
def test_nobody_scrolls_sideways_to_read(
    browser: Browser, files: dict[str, Path], name: str, width: int
) -> None:
    with opened(browser, files[name], viewport={"width": width, "height": 800}) as shown:
        assert not shown.is_wider_than_the_screen


def paper(shown: Opened) -> str:
    return shown.page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_it_is_dark_where_the_reader_wants_it_dark(
    browser: Browser, files: dict[str, Path]
) -> None:
    with opened(browser, files["clean"], color_scheme="light") as shown:
        assert paper(shown) == "rgb(255, 255, 255)"
    with opened(browser, files["clean"], color_scheme="dark") as shown:
        assert max(map(int, re.findall(r"\d+", paper(shown)))) < 64


def test_print_is_black_on_white_and_leaves_nothing_folded(
    browser: Browser, files: dict[str, Path]
) -> None:
    with opened(browser, files["hostile"], color_scheme="dark") as shown:
        hidden = shown.page.locator("details p").first
        assert not hidden.evaluate("e => e.checkVisibility({contentVisibilityAuto: true})")
        shown.page.emulate_media(media="print")
        assert paper(shown) == "rgb(255, 255, 255)"
        assert hidden.evaluate("e => e.checkVisibility({contentVisibilityAuto: true})")
        ink = shown.page.locator(".fail").evaluate_all(
            "all => all.map(e => getComputedStyle(e).color)"
        )
        assert set(ink) == {"rgb(0, 0, 0)"}
        printed = shown.page.pdf(format="A4")
    assert printed.startswith(b"%PDF")


# For nobody else


@every_report
def test_it_asks_nothing_of_a_network_and_raises_no_error(
    browser: Browser, files: dict[str, Path], name: str
) -> None:
    with opened(browser, files[name]) as shown:
        shown.page.wait_for_load_state("networkidle")
        assert shown.requests == [files[name].as_uri()]
        assert shown.complaints == []


def test_a_page_that_asks_would_be_found_out(browser: Browser, tmp_path: Path) -> None:
    page = (
        "<img src='http://127.0.0.1:9/p.png'><script>console.error('a'); alert('b'); c()</script>"
    )
    (tmp_path / "page.html").write_text(page)
    with opened(browser, tmp_path / "page.html") as shown:
        shown.page.wait_for_load_state("networkidle")
        assert "http://127.0.0.1:9/p.png" in shown.requests
        assert {"a", "b", "c is not defined"} <= set(shown.complaints)


def test_it_runs_no_script_even_if_one_got_in(
    browser: Browser, files: dict[str, Path], tmp_path: Path
) -> None:
    """The policy at its head is the second lock on the door."""
    text = files["clean"].read_text("utf-8")
    worse = text.replace("</main>", "<script>document.title = 'mine'</script></main>")
    (tmp_path / "worse.html").write_text(worse, encoding="utf-8")
    with opened(browser, tmp_path / "worse.html") as shown:
        assert shown.page.title() != "mine"
        assert "Content Security Policy" in " ".join(shown.complaints)


@pytest.mark.parametrize("name", ["hostile", "compared"])
def test_hostile_names_are_shown_as_text(
    browser: Browser, files: dict[str, Path], name: str
) -> None:
    with opened(browser, files[name]) as shown:
        text = shown.page.locator("main").text_content() or ""
        grown = shown.page.locator("script, img, iframe, object, x, b, form").count()
        links = shown.page.locator("a").evaluate_all("all => all.map(e => e.getAttribute('href'))")
    assert grown == 0
    assert [link for link in links if not link.startswith("#")] == []
    for each in HOSTILE:
        assert visible(each.replace("\ud800", "?")) in text

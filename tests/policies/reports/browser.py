"""Opens a report in the machine's own Chromium, and keeps what it asked for and complained of."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Dialog,
    Error,
    Page,
    Request,
    sync_playwright,
)

from isthmus_toolchain.browser import NAMES, find_browser
from isthmus_toolchain.problems import browser_missing

ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium() -> Generator[Browser]:
    """A browser in a profile of its own, without a sandbox, which containers do not allow."""
    found = find_browser(os.environ)
    if found is None:
        pytest.fail(str(browser_missing(NAMES, "ISTHMUS_BROWSER")))
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Opened:
    """A page, and what happened on it since it was opened. (Playwright adds to it: no slots.)"""

    page: Page
    requests: list[str] = field(default_factory=list[str])
    complaints: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.page.on("request", self._ask)
        self.page.on("console", self._log)
        self.page.on("pageerror", self._fail)
        self.page.on("dialog", self._pop_up)

    def _ask(self, request: Request) -> None:
        self.requests.append(request.url)

    def _log(self, message: ConsoleMessage) -> None:
        self.complaints.append(message.text)

    def _fail(self, error: Error) -> None:
        self.complaints.append(error.message)

    def _pop_up(self, dialog: Dialog) -> None:
        self.complaints.append(dialog.message)
        dialog.dismiss()

    @property
    def is_wider_than_the_screen(self) -> bool:
        return self.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )

    def spoken(self) -> list[tuple[str, str]]:
        """Role and name of everything that the browser tells a screen reader of."""
        session = self.page.context.new_cdp_session(self.page)
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        session.detach()
        return [(_value(n, "role"), _value(n, "name")) for n in nodes if not n["ignored"]]


def _value(node: dict[str, Any], key: str) -> str:
    return node.get(key, {}).get("value", "")


@contextmanager
def opened(browser: Browser, file: Path, **options: Any) -> Generator[Opened]:
    """The file in a window of its own; `options` are those of Playwright's `new_page`."""
    page = browser.new_page(**options)
    shown = Opened(page)
    page.goto(file.as_uri())
    yield shown
    page.close()

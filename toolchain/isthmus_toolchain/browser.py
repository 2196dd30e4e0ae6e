"""The browser in which the tests open the HTML report: this machine's own, else Debian's."""

import os
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path

from isthmus_toolchain.commands import Environment, ask, run_logged, say, tail_of
from isthmus_toolchain.disk import require_free
from isthmus_toolchain.places import Places
from isthmus_toolchain.problems import (
    browser_choice_unusable,
    browser_missing,
    browser_not_installed,
)

CHOICE = "ISTHMUS_BROWSER"
NAMES = (
    "chromium",
    "google-chrome",
    "google-chrome-stable",
    "chromium-browser",
    "chrome",
    "chromium-headless-shell",
)
PACKAGE = "chromium"

# Measured: 0.4 GiB installed, 0.12 GiB of it downloaded.
NEEDED_GIB = 0.7
APT = ("-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300")


@dataclass(frozen=True, slots=True)
class Host:
    """What decides whether a package may be installed here."""

    distribution: str
    """As /etc/os-release names it; empty where nothing does."""
    is_root: bool


def this_host() -> Host:
    """Return what this machine is."""
    try:
        distribution = platform.freedesktop_os_release().get("ID", "")
    except OSError:
        distribution = ""
    return Host(distribution, os.geteuid() == 0)


def find_browser(environment: Environment) -> Path | None:
    """Return the browser that ISTHMUS_BROWSER names, else the first of PATH that starts.

    It has to tell its version: Ubuntu's `chromium-browser` may be a script that only says how to
    install one.
    """
    choice = environment.get(CHOICE)
    search = environment.get("PATH", "")
    for name in (choice,) if choice else NAMES:
        found = shutil.which(name, path=search)
        if found and ask([found, "--version"], 60, environment):
            return Path(found)
    return None


def install_browser(places: Places, environment: Environment, host: Host) -> Path:
    """Install Debian's Chromium, where that is possible.

    Raises:
        SetupError: it is not, or it failed.
    """
    if environment.get(CHOICE):
        raise browser_choice_unusable(CHOICE, environment[CHOICE])
    if host.distribution != "debian" or not host.is_root:
        raise browser_missing(NAMES, CHOICE)
    apt = shutil.which("apt-get", path=environment.get("PATH", ""))
    if apt is None:
        raise browser_missing(NAMES, CHOICE)
    require_free({Path("/usr"): NEEDED_GIB}, "the browser")
    return _install_by_apt(apt, places, environment)


def _install_by_apt(apt: str, places: Places, environment: Environment) -> Path:
    say(f"  installing Debian's package {PACKAGE}, in which the tests open the HTML report")
    quiet = {**environment, "DEBIAN_FRONTEND": "noninteractive"}
    # A fresh container has no package lists. Where they cannot be had, older ones may still do.
    run_logged([apt, "update"], places.log, quiet, sign_of_life=_elapsed)
    done = run_logged([apt, "install", *APT, PACKAGE], places.log, quiet, sign_of_life=_elapsed)
    browser = find_browser(environment) if done else None
    if browser is None:
        raise browser_not_installed(tail_of(places.log), places.log, CHOICE)
    return browser


def _elapsed(seconds: float) -> str:
    return f"  still installing the browser, {seconds:.0f} s"

"""How the tests get a browser: the machine's own, or Debian's, or a clear word of what to install."""

import json
import shutil
from typing import NamedTuple

import pytest

from isthmus_toolchain import setup
from isthmus_toolchain.browser import Host, find_browser, install_browser
from isthmus_toolchain.engine import engine_key
from isthmus_toolchain.problems import SetupError

from .conftest import Machine

pytestmark = pytest.mark.toolchain

DEBIAN = Host("debian", is_root=True)
CHROMIUM = "echo Chromium 156.0"


def add_apt(machine: Machine, on_install: str) -> None:
    """An apt-get that keeps a record, and does on `install` what the test wants."""
    machine.add(
        "apt-get",
        f'echo "$DEBIAN_FRONTEND $*" >> "{machine.home}/asked"\n'
        f'case "$1" in install) {on_install} ;; update) exit 1 ;; esac',
    )


def putting(machine: Machine, name: str, script: str) -> str:
    """Shell that puts a command on the machine's PATH."""
    file = machine.home / "bin" / name
    return f'printf "#!/bin/sh\\n{script}\\n" > "{file}"; chmod +x "{file}"'


def asked(machine: Machine) -> list[str]:
    record = machine.home / "asked"
    return record.read_text().splitlines() if record.exists() else []


def problem_of(machine: Machine, host: Host = DEBIAN, **environment: str) -> str:
    with pytest.raises(SetupError) as caught:
        install_browser(machine.places, {**machine.environment, **environment}, host)
    return str(caught.value)


@pytest.mark.parametrize("name", ["chromium", "google-chrome", "chromium-browser"])
def test_a_browser_on_path_is_taken(machine: Machine, name: str) -> None:
    browser = machine.add(name, CHROMIUM)
    assert find_browser(machine.environment) == browser


def test_a_command_that_is_no_browser_is_passed_over(machine: Machine) -> None:
    machine.add("chromium-browser", "echo 'install the snap' >&2; exit 1")
    assert find_browser(machine.environment) is None
    browser = machine.add("chrome", CHROMIUM)
    assert find_browser(machine.environment) == browser


def test_a_browser_elsewhere_can_be_named(machine: Machine) -> None:
    machine.add("chromium", CHROMIUM)
    browser = machine.add("Chrome for tests", CHROMIUM, "elsewhere")
    assert find_browser({**machine.environment, "ISTHMUS_BROWSER": str(browser)}) == browser


def test_a_browser_that_was_named_is_not_replaced_by_another(machine: Machine) -> None:
    machine.add("chromium", CHROMIUM)
    named = {"ISTHMUS_BROWSER": "/nowhere/chrome"}
    assert find_browser({**machine.environment, **named}) is None
    add_apt(machine, ":")
    problem = problem_of(machine, **named)
    assert "'/nowhere/chrome'" in problem
    assert asked(machine) == []


def test_debian_installs_its_own(machine: Machine) -> None:
    add_apt(machine, putting(machine, "chromium", CHROMIUM))
    browser = install_browser(machine.places, machine.environment, DEBIAN)
    assert browser == find_browser(machine.environment) == machine.home / "bin" / "chromium"
    update, install = asked(machine)
    assert update == "noninteractive update"
    assert install.startswith("noninteractive install -y")
    assert install.endswith(" chromium")


@pytest.mark.parametrize(
    "host", [Host("debian", is_root=False), Host("ubuntu", is_root=True), Host("", is_root=True)]
)
def test_elsewhere_it_says_what_to_install(machine: Machine, host: Host) -> None:
    add_apt(machine, putting(machine, "chromium", CHROMIUM))
    problem = problem_of(machine, host)
    assert "apt install chromium" in problem
    assert "ISTHMUS_BROWSER=/path/to/chrome make test" in problem
    assert asked(machine) == []


def test_debian_without_apt(machine: Machine) -> None:
    assert "apt install chromium" in problem_of(machine)


def test_a_failed_installation_shows_the_end_of_its_log(machine: Machine) -> None:
    add_apt(machine, "echo 'E: Unable to locate package' >&2; exit 100")
    problem = problem_of(machine)
    assert "E: Unable to locate package" in problem
    assert str(machine.places.log) in problem


def test_an_installed_browser_that_does_not_start_is_no_browser(machine: Machine) -> None:
    add_apt(machine, putting(machine, "chromium", "exit 1"))
    assert "could not be installed" in problem_of(machine)


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_no_room_for_a_browser(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    add_apt(machine, ":")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**10, 10**10, 0))
    assert "not enough disk space for the browser" in problem_of(machine)
    assert asked(machine) == []


@pytest.fixture
def furnished(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine with packages and engine, and no browser that could be had."""
    machine.add_pulumi("3.272.0", "repo/.toolchain/bin")
    machine.places.engine_stamp.write_text(json.dumps({"key": engine_key(machine.places)}))
    monkeypatch.setenv("PATH", str(machine.home / "bin"))
    monkeypatch.delenv("ISTHMUS_BROWSER", raising=False)
    monkeypatch.setattr(setup, "REPO", machine.places.repo)
    return machine


def test_only_the_tests_need_a_browser(
    furnished: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert setup.main() == 0
    assert capsys.readouterr().err == ""
    assert setup.main(["--with-browser"]) == 1
    assert "There is no Chromium or Chrome" in capsys.readouterr().err


def test_a_machine_with_a_browser_is_left_alone(
    furnished: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    furnished.add("chromium", CHROMIUM)
    assert setup.main(["--with-browser"]) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "")

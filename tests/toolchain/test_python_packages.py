"""The locked Python packages, and when the virtual environment counts as finished."""

import re
import tomllib

import pytest

from isthmus_toolchain import python_packages
from isthmus_toolchain.problems import SetupError
from isthmus_toolchain.python_packages import (
    install_packages,
    locked_package,
    packages_ready,
    uv_environment,
)

from .conftest import REPO, Machine

pytestmark = pytest.mark.toolchain

REQUIREMENTS = (REPO / "requirements.txt").read_text()


def test_every_locked_package_has_hashes() -> None:
    packages = re.findall(r"^(\S+)==", REQUIREMENTS, re.MULTILINE)
    assert len(packages) > 30
    assert all("--hash=sha256:" in locked_package(name, REQUIREMENTS) for name in packages)


def test_the_lock_names_no_host() -> None:
    assert "://" not in REQUIREMENTS
    assert "index" not in REQUIREMENTS


def test_everything_the_project_asks_for_is_locked() -> None:
    project = tomllib.loads((REPO / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    asked = [*project["dependencies"], *(line for extra in extras for line in extra)]
    names = {re.split(r"[><=]", line)[0].replace(".", "-") for line in asked}
    assert names <= set(re.findall(r"^([\w.-]+)==", REQUIREMENTS, re.MULTILINE))


def test_an_unlocked_package_is_an_error() -> None:
    with pytest.raises(ValueError, match="make lock"):
        locked_package("left-pad", REQUIREMENTS)


def test_ready_until_the_lock_changes(machine: Machine) -> None:
    assert packages_ready(machine.places)
    machine.places.requirements.write_text("")
    assert not packages_ready(machine.places)


def test_not_ready_once_the_repository_has_moved(machine: Machine) -> None:
    moved = machine.places.repo.rename(machine.home / "moved")
    assert not packages_ready(type(machine.places)(moved))


def test_not_ready_without_an_interpreter(machine: Machine) -> None:
    machine.places.python.unlink()
    assert not packages_ready(machine.places)


def test_uv_is_told_of_the_mirror_that_pip_uses() -> None:
    settings = "global.index-url='https://mirror.example/simple'\n:env:.cert='/etc/ca.pem'"
    told = uv_environment({"PATH": "/bin"}, settings)
    assert told["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert told["SSL_CERT_FILE"] == "/etc/ca.pem"


def test_what_uv_was_told_already_wins() -> None:
    told = uv_environment({"UV_DEFAULT_INDEX": "mine"}, "global.index-url='other'")
    assert told["UV_DEFAULT_INDEX"] == "mine"


def test_a_missing_venv_module_says_which_package_has_it(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = machine.add("broken-python", "echo 'ensurepip is not available' >&2; exit 1")
    monkeypatch.setattr(python_packages.sys, "executable", str(broken))
    with pytest.raises(SetupError, match="ensurepip is not available") as caught:
        install_packages(machine.places)
    assert "apt install python3-venv" in str(caught.value)
    assert not packages_ready(machine.places)


def test_packages_that_cannot_be_had_show_the_end_of_the_log(machine: Machine) -> None:
    answers = (
        'case "$*" in *--version*) echo pip 26;; *) echo "No matching distribution"; exit 1;; esac'
    )
    machine.add("python", answers, "repo/.venv/bin")
    with pytest.raises(SetupError, match="No matching distribution"):
        install_packages(machine.places)
    assert not packages_ready(machine.places)

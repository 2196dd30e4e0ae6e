"""What building the engine says when it cannot, and what an interrupted build leaves."""

import os
import shutil
import signal
import subprocess
from typing import NamedTuple

import pytest

from isthmus_toolchain.engine import engine_ready, install_engine
from isthmus_toolchain.problems import SetupError

from .conftest import Machine, installer_command, installer_environment
from .processes import is_running, wait_for

pytestmark = pytest.mark.toolchain


def problem_of(machine: Machine) -> str:
    with pytest.raises(SetupError) as caught:
        install_engine(machine.places, {**machine.environment, "ISTHMUS_ENGINE": "build"})
    assert not engine_ready(machine.places)
    assert not list(machine.places.installed.glob("unfinished-*"))
    return str(caught.value)


def test_no_go(machine: Machine) -> None:
    problem = problem_of(machine)
    assert "no `go` command on PATH" in problem
    assert "install Go 1.25" in problem


@pytest.mark.parametrize(("version", "toolchain"), [("1.24.1", "local"), ("1.20.3", "auto")])
def test_go_too_old(machine: Machine, version: str, toolchain: str) -> None:
    machine.add_go(version, toolchain)
    problem = problem_of(machine)
    assert f"Go is {version}" in problem
    assert "1.25" in problem
    assert machine.builds == 0


def test_an_old_go_that_fetches_a_newer_one_is_enough(machine: Machine) -> None:
    machine.add_go("1.22.0", "auto")
    install_engine(machine.places, {**machine.environment, "ISTHMUS_ENGINE": "build"})
    assert engine_ready(machine.places)


def test_no_network(machine: Machine) -> None:
    said = "x.io/y@v1: dial tcp: lookup mirror.example: no such host"
    machine.add_go(on_list=f"echo '{said}' >&2; exit 1")
    problem = problem_of(machine)
    assert said in problem
    assert "go env GOPROXY" in problem
    assert machine.builds == 0


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_no_room_is_found_out_before_the_work(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.add_go()
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**12, 10**12 - 2**30, 2**30))
    problem = problem_of(machine)
    assert "not enough disk space" in problem
    assert "1.0 GiB free; 4.9 GiB are needed" in problem
    assert machine.builds == 0


def test_room_that_ran_out_on_the_way(machine: Machine) -> None:
    machine.add_go(on_build="echo 'write /x: no space left on device' >&2; exit 1")
    assert "not enough disk space" in problem_of(machine)


def test_a_failed_build_shows_the_end_of_its_log(machine: Machine) -> None:
    machine.add_go(on_build="echo 'undefined: frobnicate' >&2; exit 2")
    problem = problem_of(machine)
    assert "undefined: frobnicate" in problem
    assert str(machine.places.log) in problem


def test_an_engine_of_the_wrong_version_is_not_put_into_use(machine: Machine) -> None:
    machine.add_go(builds="3.1.0")
    assert "calls itself 'v3.1.0'" in problem_of(machine)


def start_installer(machine: Machine) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*installer_command(), str(machine.places.repo)],
        env=installer_environment(machine),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # Whoever runs the tests in the background has this signal ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_build_does_not_look_finished(
    machine: Machine, sent: signal.Signals
) -> None:
    pid_file = machine.home / "pid"
    machine.add_go(
        on_build=f'echo $$ > "{pid_file}.new"; cat "{pid_file}.new" > "{pid_file}"; sleep 60'
    )
    with start_installer(machine) as installer:
        wait_for(lambda: pid_file.exists() and bool(pid_file.read_text()))
        installer.send_signal(sent)
        installer.communicate()
    building = int(pid_file.read_text())
    if sent is signal.SIGKILL:
        os.killpg(building, signal.SIGKILL)
    wait_for(lambda: not is_running(building))
    assert not engine_ready(machine.places)
    machine.add_go()
    install_engine(machine.places, {**machine.environment, "ISTHMUS_ENGINE": "build"})
    assert engine_ready(machine.places)
    assert not list(machine.places.installed.glob("unfinished-*"))


def test_two_set_ups_at_once_build_once(machine: Machine) -> None:
    machine.add_go(on_build="sleep 0.5")
    with start_installer(machine) as first, start_installer(machine) as second:
        said = [installer.communicate(timeout=30)[0] for installer in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0)
    assert machine.builds == 1
    assert engine_ready(machine.places)
    assert any("waiting for it" in text for text in said)


def test_a_ready_machine_is_left_alone(machine: Machine) -> None:
    machine.add_go()
    with start_installer(machine) as first:
        first.communicate(timeout=30)
    machine.add("go", f"touch {machine.home}/asked")
    with start_installer(machine) as second:
        assert second.communicate(timeout=30)[0] == ""
    assert second.returncode == 0
    assert machine.builds == 1
    assert not (machine.home / "asked").exists()

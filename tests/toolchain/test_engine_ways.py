"""Which way to the engine is taken, and why the others are not."""

from pathlib import Path

import pytest

from isthmus_toolchain import engine_on_path
from isthmus_toolchain.engine import WAYS, engine_ready, install_engine, ways_to_try
from isthmus_toolchain.outcome import Declined, Engine
from isthmus_toolchain.problems import SetupError

from .conftest import Machine

pytestmark = pytest.mark.toolchain


def look(machine: Machine) -> Engine | Declined:
    staged = machine.home / "staged"
    staged.mkdir()
    return engine_on_path.take(machine.places, staged, machine.environment)


def test_ways_are_tried_from_cheap_to_dear() -> None:
    assert ways_to_try({}) == ["path", "download", "build"] == list(WAYS)


def test_a_chosen_way_is_the_only_one() -> None:
    assert ways_to_try({"ISTHMUS_ENGINE": "build"}) == ["build"]


def test_an_unknown_way_names_the_known_ones() -> None:
    with pytest.raises(SetupError, match="'brew'") as caught:
        ways_to_try({"ISTHMUS_ENGINE": "brew"})
    assert "path, download, build" in str(caught.value)


@pytest.mark.parametrize(
    ("version", "language_host", "reason"),
    [
        ("3.248.0", True, "3.249.0 or newer is needed"),
        ("3.260.0", False, "has no pulumi-language-python"),
        ("", True, "does not tell its version"),
    ],
)
def test_an_unfit_pulumi_is_declined(
    machine: Machine, version: str, language_host: bool, reason: str
) -> None:
    machine.add_pulumi(version, language_host=language_host)
    outcome = look(machine)
    assert isinstance(outcome, Declined)
    assert reason in outcome.reason


def test_no_pulumi_is_declined(machine: Machine) -> None:
    assert look(machine) == Declined("there is no pulumi on PATH")


def test_a_fit_pulumi_is_linked_with_what_lies_beside_it(machine: Machine) -> None:
    folder = "opt/pulumi"
    real = machine.add_pulumi("3.260.1", folder)
    machine.add("pulumi-language-python-exec", "", folder)
    (machine.home / "bin" / "pulumi").symlink_to(real)
    outcome = look(machine)
    assert isinstance(outcome, Engine)
    assert outcome.version == (3, 260, 1)
    linked = {file.name for file in (machine.home / "staged").iterdir()}
    assert linked == {"pulumi", "pulumi-language-python", "pulumi-language-python-exec"}


def test_our_own_engine_on_path_is_not_taken_for_the_machines(machine: Machine) -> None:
    own = machine.add_pulumi("3.259.0", "repo/.toolchain/pulumi-3.259.0")
    machine.places.engine_bin.symlink_to(own.parent)
    environment = {"PATH": f"{machine.places.engine_bin}:{machine.environment['PATH']}"}
    outcome = engine_on_path.take(machine.places, Path(machine.home), environment)
    assert outcome == Declined("there is no pulumi on PATH")


def test_this_machines_engine_is_put_into_use(machine: Machine) -> None:
    machine.add_pulumi("3.260.0")
    engine = install_engine(machine.places, machine.environment)
    assert engine.origin.startswith("this machine's own")
    assert engine_ready(machine.places)
    assert machine.builds == 0


def test_an_engine_that_went_away_is_not_ready(machine: Machine) -> None:
    pulumi = machine.add_pulumi("3.260.0")
    install_engine(machine.places, machine.environment)
    pulumi.unlink()
    assert not engine_ready(machine.places)


def test_the_engine_is_built_where_nothing_else_is_open(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.add_go()
    engine = install_engine(machine.places, machine.environment)
    assert engine.origin == "built from Go modules"
    assert engine_ready(machine.places)
    said = capsys.readouterr().out
    assert "not by way of `path`: there is no pulumi on PATH" in said
    assert "not by way of `download`" in said


def test_every_way_closed_says_what_was_tried(machine: Machine) -> None:
    with pytest.raises(SetupError, match="no Pulumi engine") as caught:
        install_engine(machine.places, {**machine.environment, "ISTHMUS_ENGINE": "path"})
    assert "there is no pulumi on PATH" in str(caught.value)


def test_a_changed_pin_makes_the_engine_unready(machine: Machine) -> None:
    machine.add_go()
    install_engine(machine.places, machine.environment)
    with (machine.places.go_module / "go.sum").open("a") as go_sum:
        go_sum.write("\n")
    assert not engine_ready(machine.places)


def test_what_python_compiles_beside_the_sources_does_not_count(machine: Machine) -> None:
    machine.add_go()
    install_engine(machine.places, machine.environment)
    (machine.places.go_module / "language-python" / "__pycache__").mkdir(parents=True)
    assert engine_ready(machine.places)

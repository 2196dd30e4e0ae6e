"""The installer's first lines, which an old Python has to understand."""

import ast
import importlib.util
import os
import shutil
from types import ModuleType

import pytest

from .conftest import REPO

pytestmark = pytest.mark.toolchain

SCRIPT = REPO / "toolchain" / "install.py"


@pytest.fixture
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("isthmus_install_script", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_old_python_can_read_the_script() -> None:
    ast.parse(SCRIPT.read_text(), feature_version=(3, 7))


def test_without_a_newer_python_it_says_what_to_install(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer") as caught:
        script.hand_over_to_newer_python()
    assert "make up PYTHON=" in str(caught.value)


def test_a_newer_python_of_the_machine_takes_over(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr(
        shutil, "which", lambda name: "/usr/bin/python3.12" if name == "python3.12" else None
    )

    def replace_process(path: str, _arguments: list[str]) -> None:
        started.append(path)
        raise SystemExit(0)

    monkeypatch.setattr(os, "execv", replace_process)
    with pytest.raises(SystemExit):
        script.hand_over_to_newer_python()
    assert started == ["/usr/bin/python3.12"]

"""Checkov, to measure against: in an environment of its own, which no other part of this project sees."""

import json
import subprocess
import sys
from pathlib import Path

from isthmus_simulator.environment import TOOLCHAIN
from tests.bench.measure import Run, run_alone

VERSION = "3.3.30"
HOME = TOOLCHAIN / f"checkov-{VERSION}"
PROGRAM = HOME / "bin" / "checkov"
ARGUMENTS = ("--framework", "terraform", "-o", "json", "--skip-download")


class NotAvailableError(RuntimeError):
    """Checkov could not be installed; the message says why."""


def install_checkov() -> None:
    """Installs it once. It stands under .toolchain, and goes with `make clean`."""
    if PROGRAM.exists():
        return
    uv = [sys.executable, "-m", "uv"]
    _do(*uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(HOME))
    python = str(HOME / "bin" / "python")
    _do(*uv, "pip", "install", "--quiet", "--python", python, f"checkov=={VERSION}")


def _do(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotAvailableError(f"{' '.join(command)}:\n{done.stderr[-1000:]}")


def run_checkov(folder: Path) -> Run:
    """All checks that it has for Terraform, over the folder's files."""
    return run_alone((str(PROGRAM), "-d", str(folder), *ARGUMENTS), folder, fine=(0, 1))


def count_resources(folder: Path) -> int:
    """How many it sees: a file that it cannot read would cost it no time."""
    command = (str(PROGRAM), "-d", str(folder), *ARGUMENTS)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return int(json.loads(done.stdout)["summary"]["resource_count"])

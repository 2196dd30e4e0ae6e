"""The Python packages: a virtual environment with exactly what requirements.txt locks."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from isthmus_toolchain.commands import ask, run_logged, say, tail_of
from isthmus_toolchain.disk import require_free
from isthmus_toolchain.places import Places
from isthmus_toolchain.problems import python_packages_failed, venv_failed
from isthmus_toolchain.stamps import fingerprint, write_whole

# Measured: 0.9 GiB, which uv's cache shares where it is on the same file system.
NEEDED_GIB = 1.0

ROOMS = ("catalog", "components", "policies", "simulator", "cli", "toolchain/isthmus_toolchain")
SDKS = r"pulumi_(aws|gcp|azure_native)/"

# uv does not read pip's settings. Where a mirror is set for pip, uv has to be told of it.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
}


def packages_key(places: Places) -> str:
    """Return what the installed packages have to match; scripts in a .venv know its path."""
    return fingerprint([places.requirements, places.pyproject], str(places.repo))


def packages_ready(places: Places) -> bool:
    """Tell whether the virtual environment is what requirements.txt and pyproject.toml ask for."""
    stamp = places.packages_stamp
    return (
        os.access(places.python, os.X_OK)
        and stamp.exists()
        and stamp.read_text("utf-8") == packages_key(places)
    )


def install_packages(places: Places) -> None:
    """Make the virtual environment and install the locked packages and this project.

    Raises:
        SetupError: no room, no working venv module, or packages that cannot be had.
    """
    require_free({places.venv: NEEDED_GIB}, "the Python packages")
    places.packages_stamp.unlink(missing_ok=True)
    _make_venv(places)
    uv = _install_uv(places)
    _install_locked(places, uv)
    _install_project(places)
    _compile(places)
    write_whole(places.packages_stamp, packages_key(places))


def _make_venv(places: Places) -> None:
    if ask([places.python, "-m", "pip", "--version"], 60, os.environ) is not None:
        return
    say("  making .venv")
    command = [sys.executable, "-m", "venv", "--clear", str(places.venv)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise venv_failed((done.stderr or done.stdout).strip())


def _install_uv(places: Places) -> Path | None:
    """Return uv, which installs several times faster than pip, or None where it cannot be had."""
    uv = places.venv / "bin" / "uv"
    locked = locked_package("uv", places.requirements.read_text("utf-8"))
    version = re.match(r"uv==(\S+)", locked)
    if version and (ask([uv, "--version"], 10, os.environ) or "").split()[1:2] == [version[1]]:
        return uv
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as only_uv:
        only_uv.write(locked)
        only_uv.flush()
        installed = _run_pip(places, "--require-hashes", "-r", only_uv.name)
    return uv if installed else None


def locked_package(name: str, requirements: str) -> str:
    """Return the lines that lock one package, hashes included."""
    block = re.search(rf"^{re.escape(name)}==.*\n(?:[ \t]+--hash.*\n)*", requirements, re.MULTILINE)
    if block is None:
        raise ValueError(f"requirements.txt does not lock {name}; run `make lock`")
    return block[0]


def _install_locked(places: Places, uv: Path | None) -> None:
    say("  installing the locked packages")
    locked = ("--require-hashes", "-r", str(places.requirements))
    if uv is not None and _run_uv(places, uv, *locked):
        return
    say("  uv could not; trying pip, which takes some minutes")
    if not _run_pip(places, *locked):
        raise python_packages_failed(tail_of(places.log), places.log)


def _install_project(places: Places) -> None:
    # Everything the build needs is locked and installed, so isolation would only need the network.
    editable = ("--no-deps", "--no-build-isolation", "-e", str(places.repo))
    if not _run_pip(places, *editable):
        raise python_packages_failed(tail_of(places.log), places.log)


def _compile(places: Places) -> None:
    """Compile the packages once, as a machine may forbid Python to keep what it compiles by the way
    (PYTHONDONTWRITEBYTECODE): `isthmus plan` then takes 0.3 s longer each time.

    The cloud SDKs are left out: most of their thousands of modules are never used, and the simulated
    environment keeps those that are.
    """
    say("  compiling the packages")
    site = next((places.venv / "lib").glob("python3*/site-packages"))
    rooms = [places.repo / room for room in ROOMS]
    command = [places.python, "-m", "compileall", "-q", "-j", "0", "-x", SDKS, site, *rooms]
    # What does not compile (templates, code for other versions) is not ours and is not used.
    run_logged(command, places.log, os.environ, sign_of_life=_elapsed)


def _run_uv(places: Places, uv: Path, *arguments: str) -> bool:
    settings = ask([places.python, "-m", "pip", "config", "list"], 30, os.environ) or ""
    command = [uv, "pip", "install", "--python", places.python, *arguments]
    return run_logged(
        command, places.log, uv_environment(os.environ, settings), sign_of_life=_elapsed
    )


def _run_pip(places: Places, *arguments: str) -> bool:
    command = [places.python, "-m", "pip", "install", "--disable-pip-version-check", *arguments]
    return run_logged(command, places.log, os.environ, sign_of_life=_elapsed)


def _elapsed(seconds: float) -> str:
    return f"  still installing Python packages, {seconds:.0f} s"


def uv_environment(environment: Mapping[str, str], pip_settings: str) -> dict[str, str]:
    """Return an environment in which uv uses the index that `pip config list` names.

    What the environment already tells uv is left as it is.
    """
    told = dict(environment)
    for name, value in re.findall(r"^\S*\.([a-z-]+)='(.*)'$", pip_settings, re.MULTILINE):
        if name in UV_NAMES:
            told.setdefault(UV_NAMES[name], value)
    return told

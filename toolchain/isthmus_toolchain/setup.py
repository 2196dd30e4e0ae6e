"""The two steps of a machine's set-up, each quick where there is nothing to do."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NoReturn

from isthmus_toolchain.commands import say
from isthmus_toolchain.engine import engine_ready, install_engine
from isthmus_toolchain.places import Places
from isthmus_toolchain.problems import SetupError
from isthmus_toolchain.python_packages import install_packages, packages_ready
from isthmus_toolchain.stamps import only_one

REPO = Path(__file__).resolve().parents[2]


def main() -> int:
    """Set this machine up; return the exit code."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        set_up(Places(REPO))
    except SetupError as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. What was downloaded or compiled is kept.", file=sys.stderr)
        return 130
    return 0


def set_up(places: Places) -> None:
    """Bring the Python packages and the engine to what the repository asks for."""
    if packages_ready(places) and engine_ready(places):
        return
    with only_one(places.lock, lambda: say("Another set-up is running here; waiting for it.")):
        places.log.unlink(missing_ok=True)
        _step("Python packages", packages_ready, _packages, places)
        _step("Pulumi engine", engine_ready, _engine, places)


def _step(
    name: str,
    is_ready: Callable[[Places], bool],
    do: Callable[[Places], str],
    places: Places,
) -> None:
    # Asked again, since another set-up may have finished while this one waited.
    if is_ready(places):
        say(f"{name}: ready")
        return
    say(f"{name}:")
    started = time.monotonic()
    what = do(places)
    say(f"{name}: {what} ({time.monotonic() - started:.0f} s)")


def _packages(places: Places) -> str:
    install_packages(places)
    return "installed in .venv"


def _engine(places: Places) -> str:
    engine = install_engine(places, os.environ)
    return f"{engine.version}, {engine.origin}"


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt

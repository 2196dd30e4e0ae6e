"""The steps of a machine's set-up, each quick where there is nothing to do."""

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import NamedTuple, NoReturn

from isthmus_toolchain.browser import find_browser, install_browser, this_host
from isthmus_toolchain.commands import say
from isthmus_toolchain.engine import engine_ready, install_engine
from isthmus_toolchain.places import Places
from isthmus_toolchain.problems import SetupError
from isthmus_toolchain.python_packages import install_packages, packages_ready
from isthmus_toolchain.stamps import only_one

REPO = Path(__file__).resolve().parents[2]
WITH_BROWSER = "--with-browser"


class Step(NamedTuple):
    """One thing that a machine needs."""

    name: str
    is_ready: Callable[[Places], bool]
    do: Callable[[Places], str]
    """Makes it so, and says in a few words what there is now."""


def main(arguments: Sequence[str] = ()) -> int:
    """Set this machine up; return the exit code."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        set_up(Places(REPO), with_browser=WITH_BROWSER in arguments)
    except SetupError as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. What was downloaded or compiled is kept.", file=sys.stderr)
        return 130
    return 0


def set_up(places: Places, *, with_browser: bool = False) -> None:
    """Bring the Python packages and the engine to what the repository asks for.

    The browser is for the tests alone: nothing else needs one.
    """
    steps = (*STEPS, BROWSER) if with_browser else STEPS
    if all(step.is_ready(places) for step in steps):
        return
    with only_one(places.lock, lambda: say("Another set-up is running here; waiting for it.")):
        places.log.unlink(missing_ok=True)
        for step in steps:
            _take(step, places)


def _take(step: Step, places: Places) -> None:
    # Asked again, since another set-up may have finished while this one waited.
    if step.is_ready(places):
        say(f"{step.name}: ready")
        return
    say(f"{step.name}:")
    started = time.monotonic()
    what = step.do(places)
    say(f"{step.name}: {what} ({time.monotonic() - started:.0f} s)")


def _packages(places: Places) -> str:
    install_packages(places)
    return "installed in .venv"


def _engine(places: Places) -> str:
    engine = install_engine(places, os.environ)
    return f"{engine.version}, {engine.origin}"


def _browser_ready(_places: Places) -> bool:
    return find_browser(os.environ) is not None


def _browser(places: Places) -> str:
    return str(install_browser(places, os.environ, this_host()))


STEPS = (
    Step("Python packages", packages_ready, _packages),
    Step("Pulumi engine", engine_ready, _engine),
)
BROWSER = Step("Browser", _browser_ready, _browser)


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt

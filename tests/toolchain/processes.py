"""Watching processes that a test started, or that those started."""

import os
import time
from collections.abc import Callable

PATIENCE_SECONDS = 30


def wait_for(condition: Callable[[], bool]) -> None:
    """Return once something has become so, and fail if it does not in good time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen within {PATIENCE_SECONDS} s"
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """Tell whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True

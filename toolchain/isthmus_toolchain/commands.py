"""Running commands: quietly for an answer, or logged with a sign of life while they take long."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

SIGN_OF_LIFE_SECONDS = 15.0
TAIL_LINES = 15

Environment = Mapping[str, str]


def say(line: str) -> None:
    """Tell the user what is going on, at once even through a pipe."""
    print(line, flush=True)


def ask(command: Sequence[str | Path], timeout_seconds: float, env: Environment) -> str | None:
    """Return what a command prints, or None where it fails, is missing or takes too long."""
    try:
        done = subprocess.run(
            command,
            env=env,
            capture_output=True,
            text=True,
            timeout=timeout_seconds,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def run_logged(
    command: Sequence[str | Path],
    log: Path,
    env: Environment,
    *,
    cwd: Path | None = None,
    sign_of_life: Callable[[float], str],
    every_seconds: float = SIGN_OF_LIFE_SECONDS,
) -> bool:
    """Run a command, its output appended to a log, and return whether it succeeded.

    Says `sign_of_life(elapsed_seconds)` now and then. An interrupted installer takes the command
    and its children with it, or a build would go on unseen.
    """
    started = time.monotonic()
    with log.open("ab") as output:
        output.write(f"\n$ {' '.join(str(part) for part in command)}\n".encode())
        output.flush()
        process = subprocess.Popen(
            command, cwd=cwd, env=env, stdout=output, stderr=output, start_new_session=True
        )
        try:
            while True:
                try:
                    return process.wait(timeout=every_seconds) == 0
                except subprocess.TimeoutExpired:
                    say(sign_of_life(time.monotonic() - started))
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise


def tail_of(log: Path, lines: int = TAIL_LINES) -> str:
    """Return the last lines of a log."""
    text = log.read_text("utf-8", errors="replace")
    return "\n".join([line for line in text.splitlines() if line.strip()][-lines:])

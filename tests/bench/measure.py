"""Times commands and the memory of the Python programs they start."""

import os
import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

PROGRAM_MARK = b"pulumi-language-python-exec"
PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


@dataclass(frozen=True, slots=True)
class Run:
    seconds: float
    peak_mib: float
    """Largest resident size of the Pulumi program's own process, or of the command's if it runs none."""


class CommandFailed(RuntimeError):
    pass


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Run:
    watch = _MemoryWatch()
    watch.start()
    started = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=dict(environment), capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - started
    watch.stop()
    if done.returncode:
        raise CommandFailed(
            f"{' '.join(command)} in {folder}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        )
    return Run(seconds, watch.peak_kib / 1024)


def run_alone(command: Sequence[str], folder: Path, *, fine: Collection[int] = (0,)) -> Run:
    """Times a command that starts no Pulumi program; `fine` are the exit codes that it may give.

    Its memory comes out as no less than this process's own: a child begins as a copy of its parent.
    """
    with tempfile.TemporaryFile("w+") as said:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=said, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in fine:
            said.seek(0)
            raise CommandFailed(f"{' '.join(command)} in {folder}:\n{said.read()[-3000:]}")
    return Run(seconds, used.ru_maxrss / 1024)


class _MemoryWatch(threading.Thread):
    """Looks at the kernel's own high-water mark, which only ever rises."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_kib = 0
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.wait(0.05):
            for process in Path("/proc").glob("[0-9]*"):
                self._look(process)

    def _look(self, process: Path) -> None:
        try:
            if PROGRAM_MARK in (process / "cmdline").read_bytes():
                found = PEAK.search((process / "status").read_text())
                self.peak_kib = max(self.peak_kib, int(found[1]) if found else 0)
        except OSError:  # the process has ended
            return

    def stop(self) -> None:
        self._done.set()
        self.join()


def margins(fewer: Sequence[float], more: Sequence[float], count: int) -> list[float]:
    """Milliseconds for each of `count` resources more, of the seconds of both, round by round."""
    return [(long - short) / count * 1000 for short, long in zip(fewer, more, strict=True)]


def spread(values: Sequence[float], unit: str, digits: int = 1) -> str:
    low, middle, high = (f"{one:.{digits}f}" for one in (min(values), median(values), max(values)))
    return f"{middle} {unit} ({low} to {high})"

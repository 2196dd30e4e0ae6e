"""Files that are made to fill the memory: the gate says what is wrong with them, within a bound."""

import gzip
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.policy

MEGABYTE = 1 << 20
PIECE = MEGABYTE
BOUND = 1024 * MEGABYTE
"""Of the whole address space."""
HEAD = '{"version": 3, "deployment": {"resources": ['


def nested(opening: str) -> Iterator[str]:
    """A hundred megabytes of nothing but openings."""
    yield HEAD
    yield from repeat(opening * (PIECE // len(opening)), 100)


def wide() -> Iterator[str]:
    """One resource of a hundred megabytes, each part of it nested as deep as is still read."""
    yield HEAD + '{"urn": "u", "inputs": {"a": ['
    part = "[" * 90 + "]" * 90 + ","
    yield from repeat(part * (PIECE // len(part)), 100)
    yield '0]}}]}, "end": 0}'


def long() -> Iterator[str]:
    """A text of a hundred megabytes."""
    yield HEAD + '{"urn": "'
    yield from repeat("x" * PIECE, 100)
    yield '"}]}}'


def check(file: Path) -> subprocess.CompletedProcess[str]:
    """The gate in a process that gets no more memory than the bound."""
    bounded = (
        "import resource, sys; from isthmus_cli.main import run;"
        f"resource.setrlimit(resource.RLIMIT_AS, ({BOUND}, {BOUND}));"
        "sys.argv = ['isthmus', 'check', '--state', sys.argv[1]]; run()"
    )
    return subprocess.run(
        [sys.executable, "-c", bounded, str(file)], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("pack", [open, gzip.open], ids=["plain", "packed"])
@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        (lambda: nested("["), "nested too deeply to be real"),
        (lambda: nested('{"a":'), "nested too deeply to be real"),
        (wide, "one value in it is longer than"),
        (long, "one value in it is longer than"),
    ],
    ids=["lists", "objects", "wide", "long"],
)
def test_a_hundred_megabytes_are_refused_within_a_bound(
    tmp_path: Path, pieces: Callable[[], Iterator[str]], said: str, pack: Any
) -> None:
    file = tmp_path / "state.json"
    with pack(file, "wt") as out:
        out.writelines(pieces())
    done = check(file)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr) < 2000
    assert "Traceback" not in done.stderr

"""How the installer knows what is finished: fingerprints of inputs, and files that appear whole."""

import fcntl
import hashlib
import os
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path


def fingerprint(files: Iterable[Path], *words: str) -> str:
    """Return a hash of the files' contents and of some words."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes() + b"\0")
    for word in words:
        digest.update(word.encode() + b"\0")
    return digest.hexdigest()


def write_whole(path: Path, text: str) -> None:
    """Write a file that is either there with all its text or not there."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.write_text(text, "utf-8")
    unfinished.replace(path)


def link_whole(link: Path, target: Path) -> None:
    """Point a link to a target in one step, so that no reader finds it missing."""
    unfinished = link.with_name(f"{link.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    unfinished.symlink_to(target)
    unfinished.replace(link)


@contextmanager
def only_one(lock: Path, when_waiting: Callable[[], None]) -> Generator[None]:
    """Let one installer in at a time. The kernel frees the lock even of a killed one."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            when_waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield

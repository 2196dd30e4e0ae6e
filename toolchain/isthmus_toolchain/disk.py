"""Room on disk, checked before long work so that it does not fail at its end."""

import shutil
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from isthmus_toolchain.problems import disk_full

GIB = 1024**3


def existing_part(place: Path) -> Path:
    """Return the path, or the nearest folder above it that exists."""
    return next(folder for folder in (place, *place.parents) if folder.exists())


def free_gib(place: Path) -> float:
    """Return the free space where a path is, or would be made."""
    return shutil.disk_usage(existing_part(place)).free / GIB


def require_free(wanted_gib: Mapping[Path, float], what_for: str) -> None:
    """Stop with a clear message where a file system has too little room.

    Args:
        wanted_gib: what each path is going to take; paths of one file system are added up.
        what_for: the work, for the message.

    Raises:
        SetupError: a file system has less free space than is wanted of it.
    """
    paths: defaultdict[int, list[Path]] = defaultdict(list)
    for path in wanted_gib:
        paths[existing_part(path).stat().st_dev].append(path)
    for together in paths.values():
        needed = sum(wanted_gib[path] for path in together)
        free = free_gib(together[0])
        if free < needed:
            raise disk_full(together[0], free, needed, what_for)

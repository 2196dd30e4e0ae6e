"""The engine that this machine has already, if it is new enough and can run Python programs."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from isthmus_toolchain.commands import Environment, ask
from isthmus_toolchain.outcome import ENGINE, LANGUAGE_HOST, Declined, Engine
from isthmus_toolchain.places import Places
from isthmus_toolchain.versions import Version, find_version

# `pulumi policy analyze --file`, which judges a saved state, works without a login since 3.249.
OLDEST_ENGINE = Version(3, 249)


def take(places: Places, staged: Path, environment: Environment) -> Engine | Declined:
    """Link `pulumi` and its Python language host from PATH into a folder."""
    search = _path_without(places.installed, environment)
    engine = shutil.which(ENGINE, path=search)
    if engine is None:
        return Declined("there is no pulumi on PATH")
    version = find_version(ask([engine, "version"], 30, environment) or "")
    if version is None:
        return Declined(f"{engine} does not tell its version")
    if version < OLDEST_ENGINE:
        return Declined(f"{engine} is {version}, and {OLDEST_ENGINE} or newer is needed")
    host = _find_language_host(Path(engine), search)
    if host is None:
        return Declined(f"{engine} {version} has no {LANGUAGE_HOST} beside it or on PATH")
    for name, file in _by_name(Path(engine), host):
        (staged / name).symlink_to(file)
    return Engine(version, f"this machine's own, {engine}")


def _path_without(ours: Path, environment: Environment) -> str:
    folders = environment.get("PATH", "").split(os.pathsep)
    return os.pathsep.join(
        folder
        for folder in folders
        if folder and not Path(folder).resolve().is_relative_to(ours.resolve())
    )


def _find_language_host(engine: Path, search: str) -> Path | None:
    beside = engine.resolve().with_name(LANGUAGE_HOST)
    if os.access(beside, os.X_OK):
        return beside
    on_path = shutil.which(LANGUAGE_HOST, path=search)
    return Path(on_path) if on_path else None


def _by_name(engine: Path, host: Path) -> Iterator[tuple[str, Path]]:
    """Yield each link's name and target: the two commands, and what lies beside them.

    A language host looks for its scripts beside the path it was called by, so those are linked too.
    """
    files = {ENGINE: engine.absolute(), LANGUAGE_HOST: host.absolute()}
    for folder in (host.resolve().parent, engine.resolve().parent):
        for file in sorted(folder.glob("pulumi-*")):
            files.setdefault(file.name, file)
    yield from files.items()

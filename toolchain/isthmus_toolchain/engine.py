"""The Pulumi engine: this machine's own, else Pulumi's release, else built from Go modules."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from isthmus_toolchain import engine_build, engine_download, engine_on_path
from isthmus_toolchain.commands import Environment, say
from isthmus_toolchain.outcome import ENGINE, LANGUAGE_HOST, Declined, Engine
from isthmus_toolchain.places import Places
from isthmus_toolchain.problems import no_way, unknown_way
from isthmus_toolchain.stamps import fingerprint, link_whole, write_whole

Way = Callable[[Places, Path, Environment], Engine | Declined]

# In the order they are tried.
WAYS: Mapping[str, Way] = {
    "path": engine_on_path.take,
    "download": engine_download.take,
    "build": engine_build.take,
}
CHOICE = "ISTHMUS_ENGINE"
UNFINISHED = "unfinished-"


def engine_key(places: Places) -> str:
    """Return what the installed engine has to match: the pinned module and the host's sources."""
    module = places.go_module
    sources = [module / "go.mod", module / "go.sum"]
    sources += sorted(module.glob("engine/*")) + sorted(module.glob("language-python/*"))
    return fingerprint([source for source in sources if source.is_file()])  # not __pycache__


def engine_ready(places: Places) -> bool:
    """Tell whether a finished engine is in use and still what the sources ask for."""
    commands = (places.engine_bin / ENGINE, places.engine_bin / LANGUAGE_HOST)
    if not all(os.access(command, os.X_OK) for command in commands):
        return False
    try:
        stamp = json.loads(places.engine_stamp.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return stamp.get("key") == engine_key(places)


def install_engine(places: Places, environment: Environment) -> Engine:
    """Put an engine into use, by the first way that is open.

    It is made in a folder that nothing points to, and taken into use in one step: a run that is
    killed leaves nothing that looks finished.

    Raises:
        SetupError: no way is open.
    """
    for left_over in places.installed.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left_over, ignore_errors=True)
    staged = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=places.installed))
    try:
        engine = _first_open_way(places, staged, environment)
        _take_into_use(places, staged, engine)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return engine


def _first_open_way(places: Places, staged: Path, environment: Environment) -> Engine:
    refusals: list[str] = []
    for name in ways_to_try(environment):
        outcome = WAYS[name](places, staged, environment)
        if isinstance(outcome, Engine):
            return outcome
        say(f"  not by way of `{name}`: {outcome.reason}")
        refusals.append(outcome.reason)
    raise no_way(refusals)


def ways_to_try(environment: Environment) -> list[str]:
    """Return the names of all ways, or of the one that ISTHMUS_ENGINE names.

    Raises:
        SetupError: it names none that there is.
    """
    choice = environment.get(CHOICE)
    if not choice:
        return list(WAYS)
    if choice not in WAYS:
        raise unknown_way(CHOICE, choice, list(WAYS))
    return [choice]


def _take_into_use(places: Places, staged: Path, engine: Engine) -> None:
    key = engine_key(places)
    final = places.installed / f"pulumi-{engine.version}-{key[:12]}"
    shutil.rmtree(final, ignore_errors=True)
    staged.chmod(0o755)
    staged.rename(final)
    link_whole(places.engine_bin, Path(final.name))
    stamp = {"key": key, "version": str(engine.version), "origin": engine.origin}
    write_whole(places.engine_stamp, json.dumps(stamp, indent=2) + "\n")

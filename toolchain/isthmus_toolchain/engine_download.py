"""The engine from Pulumi itself, where its download site can be reached."""

import shutil
from pathlib import Path

from isthmus_toolchain.commands import Environment, ask, run_logged, say, tail_of
from isthmus_toolchain.engine_build import engine_version
from isthmus_toolchain.outcome import ENGINE, LANGUAGE_HOST, Declined, Engine
from isthmus_toolchain.places import Places
from isthmus_toolchain.versions import find_version

INSTALL_SCRIPT = "https://get.pulumi.com/install.sh"
PROBE_SECONDS = 5.0

PROBE = """
import sys, urllib.request
urllib.request.urlopen(urllib.request.Request(sys.argv[1], method="HEAD"), timeout=4)
"""

INSTALL = """
import sys, semver
from pulumi.automation import PulumiCommand
PulumiCommand.install(root=sys.argv[1], version=semver.VersionInfo.parse(sys.argv[2]))
"""


def take(places: Places, staged: Path, environment: Environment) -> Engine | Declined:
    """Let Pulumi's own installer put its release into a folder.

    Whether the site answers is asked in a process of its own, since looking up a name has no
    timeout that Python could set.
    """
    probe = [places.python, "-c", PROBE, INSTALL_SCRIPT]
    if ask(probe, PROBE_SECONDS, environment) is None:
        return Declined(f"{INSTALL_SCRIPT} cannot be reached")
    version = engine_version(places)
    say(f"  downloading Pulumi {version}")
    root = staged / "root"
    installed = run_logged(
        [places.python, "-c", INSTALL, root, str(version)],
        places.log,
        environment,
        sign_of_life=lambda seconds: f"  still downloading, {seconds:.0f} s",
    )
    if not installed:
        return Declined(f"Pulumi's installer failed: {tail_of(places.log, 1)}")
    for file in (root / "bin").iterdir():
        file.rename(staged / file.name)
    shutil.rmtree(root)
    complete = (staged / LANGUAGE_HOST).exists()
    said = ask([staged / ENGINE, "version"], 30, environment) or ""
    if not complete or find_version(said) != version:
        return Declined(f"what Pulumi's installer installed is not a working {version}")
    return Engine(version, "Pulumi's release")

"""Puts the simulated providers where the engine looks for plugins, at the installed SDKs' versions."""

import os
import stat
import sys
import tempfile
from importlib import metadata
from pathlib import Path

DISTRIBUTIONS = {"aws": "pulumi-aws", "gcp": "pulumi-gcp", "azure-native": "pulumi-azure-native"}
SCRIPT = """#!/bin/sh
# Simulated {package}: started by the Pulumi engine in place of the real provider.
exec "{python}" -m isthmus_simulator.serve {package} {version} "$@"
"""


def install_plugins(home: Path) -> dict[str, str]:
    """Make sure `home` (a PULUMI_HOME) has a plugin for every installed SDK. Returns package -> version."""
    installed: dict[str, str] = {}
    for package, distribution in DISTRIBUTIONS.items():
        try:
            version = metadata.version(distribution)
        except metadata.PackageNotFoundError:
            continue
        installed[package] = version
        folder = home / "plugins" / f"resource-{package}-v{version}"
        script = SCRIPT.format(package=package, version=version, python=sys.executable)
        path = folder / f"pulumi-resource-{package}"
        if not path.exists() or path.read_text() != script:
            _write_executable(path, script)
    return installed


def _write_executable(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    written = Path(name)
    written.chmod(stat.S_IRWXU)
    written.replace(path)

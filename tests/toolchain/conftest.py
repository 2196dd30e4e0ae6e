"""A machine of its own for each test: a repository, and a PATH with nothing but fake commands."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from isthmus_toolchain.engine_build import engine_version
from isthmus_toolchain.places import Places
from isthmus_toolchain.python_packages import packages_key

REPO = Path(__file__).resolve().parents[2]

# What fake commands are written with; a machine without these has no shell either.
BASICS = ("sh", "cat", "mkdir", "sleep", "touch", "chmod", "dirname")

FAKE_GO = """
case "$1 $2" in
  "version "*) echo "go version go{version} linux/amd64" ;;
  "env GOTOOLCHAIN") echo {toolchain} ;;
  "env "*) echo "{home}/$2" ;;
  "list "*) {on_list} ;;
  "-C "*) echo "{home}/sdk" ;;
  "build "*)
    echo built >> "{home}/builds"
    {on_build}
    while [ "$1" != -o ]; do shift; done
    printf '#!/bin/sh\\necho v{builds}\\n' > "$2/pulumi"
    cat "$2/pulumi" > "$2/language-python"
    chmod +x "$2/pulumi" "$2/language-python" ;;
esac
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine that tests can furnish."""

    home: Path
    places: Places

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": str(self.home / "bin"), "HOME": str(self.home), "TMPDIR": str(self.home)}

    def add(self, name: str, script: str, folder: str = "bin") -> Path:
        """Put a command on the machine, by default on its PATH."""
        command = self.home / folder / name
        command.parent.mkdir(parents=True, exist_ok=True)
        command.write_text(f"#!/bin/sh\n{script}\n")
        command.chmod(0o755)
        return command

    def add_pulumi(self, version: str, folder: str = "bin", *, language_host: bool = True) -> Path:
        if language_host:
            self.add("pulumi-language-python", "exit 0", folder)
        return self.add("pulumi", f"echo v{version}", folder)

    def add_go(
        self,
        version: str = "1.26.8",
        toolchain: str = "local",
        on_list: str = ":",
        on_build: str = ":",
        builds: str = "",
    ) -> None:
        """Put a Go on PATH that builds at once, or does and says what the test wants."""
        script = FAKE_GO.format(
            version=version,
            toolchain=toolchain,
            home=self.home,
            on_list=on_list,
            on_build=on_build,
            builds=builds or engine_version(self.places),
        )
        self.add("go", script)
        for name in ("cmd/pulumi-language-python-exec", "dist/pulumi-resource-pulumi-python"):
            script_of_sdk = self.home / "sdk" / "python" / name
            script_of_sdk.parent.mkdir(parents=True, exist_ok=True)
            script_of_sdk.write_text("#!/bin/sh\n")

    @property
    def builds(self) -> int:
        """How often the fake Go was asked to build."""
        log = self.home / "builds"
        return len(log.read_text().splitlines()) if log.exists() else 0


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with this repository's pinned versions, ready Python packages and no engine."""
    places = Places(tmp_path / "repo")
    shutil.copytree(
        REPO / "toolchain", places.go_module, ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in ("requirements.txt", "pyproject.toml"):
        shutil.copy(REPO / name, places.repo)
    places.installed.mkdir()
    places.log.touch()
    made = Machine(tmp_path, places)
    (tmp_path / "bin").mkdir()
    for name in BASICS:
        (tmp_path / "bin" / name).symlink_to(shutil.which(name) or pytest.fail(f"no {name}"))
    # A Python that reaches no network: the probe of Pulumi's site fails at once.
    made.add("python", "exit 1", "repo/.venv/bin")
    places.packages_stamp.write_text(packages_key(places))
    return made


def installer_command() -> list[str]:
    """The installer as `make` runs it, apart from the repository's place."""
    code = (
        "import signal, sys; from pathlib import Path;"
        "from isthmus_toolchain import setup; setup.REPO = Path(sys.argv[1]); sys.exit(setup.main())"
    )
    return [sys.executable, "-c", code]


def installer_environment(machine: Machine) -> dict[str, str]:
    return {
        **machine.environment,
        "ISTHMUS_ENGINE": "build",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }

"""Where things lie in the repository and where the installed ones go."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """Every path the installer reads or writes, from the repository's root."""

    repo: Path

    @property
    def requirements(self) -> Path:
        """The locked Python packages, each with its hashes."""
        return self.repo / "requirements.txt"

    @property
    def pyproject(self) -> Path:
        return self.repo / "pyproject.toml"

    @property
    def venv(self) -> Path:
        return self.repo / ".venv"

    @property
    def python(self) -> Path:
        """The virtual environment's interpreter."""
        return self.venv / "bin" / "python"

    @property
    def packages_stamp(self) -> Path:
        """Lies in the virtual environment, so that removing that removes the claim as well."""
        return self.venv / ".isthmus-installed"

    @property
    def go_module(self) -> Path:
        """The Go module that pins the engine and holds the Python language host."""
        return self.repo / "toolchain"

    @property
    def installed(self) -> Path:
        """Everything the installer makes outside of the virtual environment."""
        return self.repo / ".toolchain"

    @property
    def engine_bin(self) -> Path:
        """The stable entry: a link to the engine in use."""
        return self.installed / "bin"

    @property
    def engine_stamp(self) -> Path:
        return self.installed / "engine.json"

    @property
    def lock(self) -> Path:
        return self.installed / "lock"

    @property
    def log(self) -> Path:
        return self.installed / "install.log"

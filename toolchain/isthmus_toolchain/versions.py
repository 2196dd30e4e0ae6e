"""Versions as numbers that can be compared, read from what commands and go.mod say."""

import re
from typing import NamedTuple


class Version(NamedTuple):
    """Major, minor, patch; a pre-release counts as its release."""

    major: int
    minor: int
    patch: int = 0

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


def find_version(text: str) -> Version | None:
    """Return the first version in a text such as `go version go1.26.8 linux/amd64`."""
    match = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    return Version(*(int(part or 0) for part in match.groups())) if match else None


def go_directive(go_mod: str) -> Version:
    """Return the oldest Go that go.mod allows.

    Raises:
        ValueError: go.mod has no `go` line.
    """
    return _only(re.findall(r"^go (\S+)", go_mod, re.MULTILINE), "a `go` line")


def module_version(go_mod: str, module: str) -> Version:
    """Return the version of a module that go.mod requires.

    Raises:
        ValueError: go.mod does not require the module.
    """
    pattern = rf"^(?:require)?\s*{re.escape(module)} v(\S+)"
    return _only(re.findall(pattern, go_mod, re.MULTILINE), module)


def _only(found: list[str], what: str) -> Version:
    version = find_version(found[0]) if found else None
    if version is None:
        raise ValueError(f"toolchain/go.mod does not say {what}")
    return version

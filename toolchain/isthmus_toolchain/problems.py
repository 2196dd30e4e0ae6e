"""What can keep a machine from being set up, each with its reason and its remedy."""

from collections.abc import Sequence
from pathlib import Path

from isthmus_toolchain.versions import Version

ENGINE_BY_HAND = (
    "install Pulumi with its Python language host (pulumi and pulumi-language-python) yourself, "
    "put both on PATH, and run again"
)


class SetupError(Exception):
    """Something a person has to change before the set-up can go on."""

    def __init__(self, what: str, why: str, remedies: tuple[str, ...]) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.remedies = remedies

    def __str__(self) -> str:
        remedies = "\n".join(f"  - {remedy}" for remedy in self.remedies)
        return f"{self.what}\n{self.why}\nWhat helps:\n{remedies}"


def go_missing(needed: Version) -> SetupError:
    """No `go` command, where the engine can only be built."""
    return SetupError(
        "The Pulumi engine cannot be built: there is no `go` command on PATH.",
        f"Where Pulumi cannot be downloaded it is built from its Go modules, with Go {needed} "
        "or newer.",
        (f"install Go {needed} or newer and run again", ENGINE_BY_HAND),
    )


def go_too_old(found: Version, needed: Version) -> SetupError:
    """A `go` command that cannot build the engine and may not fetch a newer one."""
    return SetupError(
        f"The Pulumi engine cannot be built: Go is {found}, and {needed} or newer is needed.",
        "This Go may not fetch a newer one by itself (it is older than 1.21, or GOTOOLCHAIN is "
        "`local`).",
        (
            f"install Go {needed} or newer and run again",
            "let Go fetch it, if it is 1.21 or newer: GOTOOLCHAIN=auto make up",
            ENGINE_BY_HAND,
        ),
    )


def go_modules_unreachable(said: str, log: Path) -> SetupError:
    """Go could not download the modules."""
    return SetupError(
        "The Pulumi engine cannot be built: Go could not download its modules.",
        f"Go said: {said}\n(the whole log: {log})",
        (
            "check the network, and that GOPROXY names a module proxy that this machine reaches: "
            "go env GOPROXY",
            "run again: what was downloaded is kept",
            ENGINE_BY_HAND,
        ),
    )


def disk_full(place: Path, free_gib: float, needed_gib: float, what_for: str) -> SetupError:
    """Not enough room, found before or while installing."""
    return SetupError(
        f"There is not enough disk space for {what_for}.",
        f"{place} has {free_gib:.1f} GiB free; {needed_gib:.1f} GiB are needed.",
        ("free some space and run again: what was downloaded or compiled is kept",),
    )


def build_failed(tail: str, log: Path) -> SetupError:
    """The compiler, or what it made, failed for a reason we do not know."""
    return SetupError(
        "The Pulumi engine could not be built.",
        f"The end of {log}:\n{tail}",
        ("read the log; run again: what was compiled is kept", ENGINE_BY_HAND),
    )


def python_packages_failed(tail: str, log: Path) -> SetupError:
    """Neither uv nor pip could install the locked packages."""
    return SetupError(
        "The Python packages could not be installed.",
        f"The end of {log}:\n{tail}",
        (
            "check the network; behind a mirror, set it for pip (pip config set "
            "global.index-url URL): uv is given the same one",
            "a hash that does not match means that the mirror changed a package: do not go on",
            "run again: what was downloaded is kept",
        ),
    )


def venv_failed(said: str) -> SetupError:
    """`python -m venv` did not work."""
    return SetupError(
        "Python cannot make a virtual environment.",
        f"Python said: {said}",
        (
            "Debian and Ubuntu keep the module in a package of its own: apt install python3-venv",
            "name another Python, 3.11 or newer: make up PYTHON=/path/to/python3",
        ),
    )


def unknown_way(variable: str, choice: str, ways: list[str]) -> SetupError:
    """The variable that chooses a way names none."""
    return SetupError(
        f"{variable} is {choice!r}, which is no way to the engine.",
        "It says that only this way is to be tried.",
        (f"write one of: {', '.join(ways)}", f"leave {variable} out, and all are tried in turn"),
    )


def no_way(reasons: list[str]) -> SetupError:
    """Every way that was to be tried is closed."""
    return SetupError(
        "There is no Pulumi engine to be had.",
        "Tried: " + "; ".join(reasons),
        ("let all ways be tried: leave ISTHMUS_ENGINE out", ENGINE_BY_HAND),
    )


def browser_missing(names: Sequence[str], variable: str) -> SetupError:
    """No browser, on a machine where none can be installed for the tests."""
    return SetupError(
        "There is no Chromium or Chrome for the tests of the HTML report.",
        f"None of these on PATH tells its version: {', '.join(names)}. On Debian and as root it "
        "would have been installed.",
        (
            "install Chromium or Chrome (Debian: apt install chromium) and run again",
            f"name one that lies elsewhere: {variable}=/path/to/chrome make test",
        ),
    )


def browser_choice_unusable(variable: str, choice: str) -> SetupError:
    """The variable that names a browser names none."""
    return SetupError(
        f"{variable} is {choice!r}, which is no browser that starts.",
        "Asked for its version (--version) it said nothing, or it is not there.",
        (
            "write the path of a Chromium or Chrome",
            f"leave {variable} out, and PATH is searched",
        ),
    )


def browser_not_installed(tail: str, log: Path, variable: str) -> SetupError:
    """apt-get failed, or what it installed does not start."""
    return SetupError(
        "Debian's Chromium could not be installed.",
        f"The end of {log}:\n{tail}",
        (
            "check the network and the package sources: apt-get update && apt-get install chromium",
            f"name a browser that is there already: {variable}=/path/to/chrome make test",
        ),
    )

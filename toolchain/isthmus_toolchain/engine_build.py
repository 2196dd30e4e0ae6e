"""The engine built from its published Go modules: needs no network but a Go module proxy."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from isthmus_toolchain.commands import Environment, ask, run_logged, say, tail_of
from isthmus_toolchain.disk import free_gib, require_free
from isthmus_toolchain.outcome import ENGINE, LANGUAGE_HOST, Engine
from isthmus_toolchain.places import Places
from isthmus_toolchain.problems import (
    SetupError,
    build_failed,
    disk_full,
    go_missing,
    go_modules_unreachable,
    go_too_old,
)
from isthmus_toolchain.versions import Version, find_version, go_directive, module_version

ENGINE_MODULE = "github.com/pulumi/pulumi/pkg/v3"
SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3"
ENGINE_PACKAGE = f"{ENGINE_MODULE}/cmd/pulumi"
HOST_PACKAGE = "./language-python"

# Scripts of the sdk module that the two binaries start, by their path in it.
SCRIPTS = ("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python")

# Go fetches the Go that go.mod asks for since 1.21.
FIRST_GO_THAT_FETCHES = Version(1, 21)

NETWORK_SIGNS = (
    "dial tcp",
    "no such host",
    "i/o timeout",
    "connection refused",
    "network is unreachable",
    "TLS handshake",
    "proxyconnect",
    "module lookup disabled by GOPROXY=off",
    "403 Forbidden",
    "404 Not Found",
)
DISK_SIGN = "no space left on device"

# Measured from empty caches, linux/amd64, Go 1.26: the sizes of the module cache, the build cache,
# Go's temporary files at their peak, and the result.
MODULES_GIB = 1.4
COMPILED_GIB = 1.7
TEMPORARY_GIB = 1.6
INSTALLED_GIB = 0.2
PACKAGES_TO_COMPILE = 1_691
FIRST_BUILD = "about 5 minutes on 2 cores"


def engine_version(places: Places) -> Version:
    """Return the version of the engine that go.mod pins: the one that is downloaded or built."""
    return module_version((places.go_module / "go.mod").read_text("utf-8"), ENGINE_MODULE)


def take(places: Places, staged: Path, environment: Environment) -> Engine:
    """Build the engine and the Python language host into a folder.

    Raises:
        SetupError: no Go, Go too old, modules out of reach, no room, or a failed build.
    """
    go = _find_go(places, environment)
    settings = {**environment, "CGO_ENABLED": "0", "GOWORK": "off"}
    _require_room(places, go, settings)
    _download_modules(places, go, settings)
    _compile(places, go, staged, settings)
    _copy_scripts(places, go, staged, settings)
    _try_out(places, staged, settings)
    return Engine(engine_version(places), "built from Go modules")


def _find_go(places: Places, environment: Environment) -> Path:
    needed = go_directive((places.go_module / "go.mod").read_text("utf-8"))
    go = shutil.which("go", path=environment.get("PATH"))
    if go is None:
        raise go_missing(needed)
    # Asked outside of our module, where Go does not fetch a newer one to answer.
    outside = {**environment, "GOTOOLCHAIN": "local", "GOWORK": "off"}
    found = find_version(ask([go, "version"], 60, outside) or "")
    if found is None:
        raise go_missing(needed)
    if found < needed and not _may_fetch_newer(go, found, environment):
        raise go_too_old(found, needed)
    return Path(go)


def _may_fetch_newer(go: str, found: Version, environment: Environment) -> bool:
    setting = ask([go, "env", "GOTOOLCHAIN"], 60, environment) or "local"
    return found >= FIRST_GO_THAT_FETCHES and not setting.startswith("local")


def _require_room(places: Places, go: Path, environment: Environment) -> None:
    modules = Path(ask([go, "env", "GOMODCACHE"], 60, environment) or Path.home() / "go")
    compiled = Path(ask([go, "env", "GOCACHE"], 60, environment) or Path.home() / ".cache")
    wanted = {places.installed: INSTALLED_GIB}
    # With the modules there, so are most compiled packages: an interrupted or an earlier build.
    if not (modules / f"{ENGINE_MODULE}@v{engine_version(places)}").exists():
        wanted[modules] = MODULES_GIB
        wanted[compiled] = COMPILED_GIB
        wanted[Path(tempfile.gettempdir())] = TEMPORARY_GIB
    require_free(wanted, "building the Pulumi engine")


def _download_modules(places: Places, go: Path, environment: Environment) -> None:
    say("  downloading Go modules")
    # Listing what a build depends on downloads just that; an empty -f keeps the log short.
    quietly = ["-mod=readonly", "-deps", "-f", ""]
    _run_go(
        places,
        [go, "list", *quietly, ENGINE_PACKAGE, HOST_PACKAGE],
        environment,
        lambda seconds: f"  still downloading Go modules, {seconds:.0f} s",
    )


def _compile(places: Places, go: Path, staged: Path, environment: Environment) -> None:
    say(f"  compiling; the first time takes {FIRST_BUILD}, later ones seconds")
    version_flag = f"-X {SDK_MODULE}/go/common/version.Version=v{engine_version(places)}"
    output = f"{staged}{os.sep}"
    # Without the repository's state in it (-buildvcs), and without paths (-trimpath), a build of
    # the same sources is the same everywhere.
    flags = ["-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", f"-s -w {version_flag}"]
    _run_go(
        places,
        [go, "build", "-v", *flags, "-o", output, ENGINE_PACKAGE, HOST_PACKAGE],
        environment,
        lambda seconds: (
            f"  still compiling, {seconds:.0f} s: {_compiled_packages(places)} packages of at "
            f"most {PACKAGES_TO_COMPILE} done"
        ),
    )
    (staged / Path(HOST_PACKAGE).name).rename(staged / LANGUAGE_HOST)


def _compiled_packages(places: Places) -> int:
    """Count the lines of the running command: `go build -v` logs one for each finished package."""
    return places.log.read_text("utf-8", errors="replace").rpartition("\n$ ")[2].count("\n") - 1


def _copy_scripts(places: Places, go: Path, staged: Path, environment: Environment) -> None:
    command = [
        go,
        "-C",
        places.go_module,
        "list",
        "-mod=readonly",
        "-m",
        "-f",
        "{{.Dir}}",
        SDK_MODULE,
    ]
    sdk = ask(command, 60, environment)
    if not sdk:
        raise build_failed(f"{SDK_MODULE} is not in the module cache", places.log)
    for script in SCRIPTS:
        copied = staged / Path(script).name
        shutil.copyfile(Path(sdk) / script, copied)
        copied.chmod(0o755)


def _try_out(places: Places, staged: Path, environment: Environment) -> None:
    said = ask([staged / ENGINE, "version"], 60, environment)
    if find_version(said or "") != engine_version(places):
        raise build_failed(f"the built engine calls itself {said!r}", places.log)


def _run_go(
    places: Places,
    command: list[str | Path],
    environment: Environment,
    sign_of_life: Callable[[float], str],
) -> None:
    ran = run_logged(
        command, places.log, environment, cwd=places.go_module, sign_of_life=sign_of_life
    )
    if not ran:
        raise explain_failure(places)


def explain_failure(places: Places) -> SetupError:
    """Read the reason of a failed Go command from the end of the log."""
    tail = tail_of(places.log)
    if DISK_SIGN in tail:
        return disk_full(
            places.repo, free_gib(places.repo), MODULES_GIB + COMPILED_GIB, "the build"
        )
    for line in tail.splitlines():
        if any(sign in line for sign in NETWORK_SIGNS):
            return go_modules_unreachable(line.strip(), places.log)
    return build_failed(tail, places.log)

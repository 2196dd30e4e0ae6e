"""Finds what `isthmus check` is to judge: files, or stacks of a backend, with their settings."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from isthmus.spec.tree import Node, plain
from isthmus.spec.yaml_source import NotReadableError, read_yaml
from isthmus_catalog import jurisdictions
from isthmus_cli.project import Project, find_project
from isthmus_policies.exemption_file import FILE_NAME
from isthmus_policies.gate import Subject
from isthmus_policies.nearest import name_nearest
from isthmus_policies.offline.backend import find_state, list_states, stacks_folder
from isthmus_policies.offline.problem import CannotJudge
from isthmus_policies.offline.snapshot import Snapshot, read_snapshot, read_snapshot_from
from isthmus_policies.settings import (
    PLATFORM_KEY,
    POLICIES_KEY,
    RESIDENCY_KEY,
    Config,
    Settings,
    SettingsError,
    read_settings,
)

_BACKEND = "PULUMI_BACKEND_URL"
_SIMULATED = "For a stack in the simulated world: `isthmus simulate isthmus check ...`."


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller said."""

    folder: Path
    allow_empty: bool
    config: Path | None
    told: Config
    """Settings from the command line, by their names in the pack's configuration."""


class Finder:
    """Reads stacks, and finds the files that belong to them."""

    def __init__(self, wish: Wish) -> None:
        self._wish = wish
        self.project: Project | None = find_project(wish.folder)

    def files(self, paths: Iterable[Path]) -> list[Subject]:
        empty = self._wish.allow_empty
        return _collect(
            lambda path=path: self._subject(read_snapshot(path, allow_empty=empty))
            for path in paths
        )

    def stack(self, name: str) -> list[Subject]:
        """A stack of the project, by name or by its stack file."""
        project = self._demand_project("-s")
        stack = _stack_name(name)
        url = os.environ.get(_BACKEND, "")
        if url.startswith("file://"):
            file = find_state(stacks_folder(url), project.name, stack).file
            snapshot = read_snapshot(file, allow_empty=self._wish.allow_empty)
        else:
            snapshot = self._export(name if not name.endswith((".yaml", ".yml")) else stack)
        return [self._subject(snapshot, project.stack_file(name))]

    def all(self) -> list[Subject]:
        """Every stack of the file backend."""
        url = os.environ.get(_BACKEND, "")
        if not url.startswith("file://"):
            said = f"{_BACKEND} is {url}" if url else f"{_BACKEND} is not set"
            raise CannotJudge(
                "--all",
                f"only a file backend can be listed without the engine, and {said}",
                f"Judge one stack with -s, or set it to file://... {_SIMULATED}",
            )
        states = list_states(stacks_folder(url))
        if not states:
            raise CannotJudge("--all", f"the backend {url} holds no stack", _SIMULATED)
        return self.files(each.file for each in states)

    def only_stack(self) -> str:
        """The project's stack, if it has one alone."""
        names = self.project.stack_names() if self.project else []
        if len(names) == 1:
            return names[0]
        known = f" Stacks here: {', '.join(names)}." if names else ""
        raise CannotJudge(
            "isthmus check", "say what to judge", f"Give -s STACK, --state FILE or --all.{known}"
        )

    def exemptions(self, subjects: Iterable[Subject]) -> Path | None:
        """The file beside the stack files, if there is one."""
        if self._wish.config:
            beside = self._wish.config.parent
        elif self.project and any(s.snapshot.project == self.project.name for s in subjects):
            beside = self.project.stacks
        else:
            return None
        file = beside / FILE_NAME
        return file if file.exists() else None

    def _subject(self, snapshot: Snapshot, stack_file: Path | None = None) -> Subject:
        config, origin = self._config_of(snapshot, stack_file)
        try:
            settings = read_settings(config, self._wish.told)
        except SettingsError as error:
            raise CannotJudge(origin, str(error), "Correct the settings.") from None
        _check_jurisdictions(settings, origin)
        said = f"{origin} and the command line" if self._wish.told else origin
        return Subject(snapshot, settings, said)

    def _config_of(
        self, snapshot: Snapshot, stack_file: Path | None
    ) -> tuple[Mapping[str, str], str]:
        """The stack's configuration, and where it comes from: what was given, what a preview
        repeats, or the stack file of the project around."""
        if self._wish.config:
            return read_config(self._wish.config), str(self._wish.config)
        if snapshot.config:
            return snapshot.config, "the preview"
        if stack_file is None and self.project and self.project.name == snapshot.project:
            stack_file = self.project.stack_file(snapshot.stack)
        if stack_file is not None and stack_file.is_file():
            return read_config(stack_file), _near(stack_file)
        return {}, "defaults"

    def _demand_project(self, option: str) -> Project:
        if self.project is None:
            raise CannotJudge(
                option,
                f"there is no Pulumi.yaml in {self._wish.folder.resolve()} or above it",
                "Say with -C where the project is, or judge a file with --state.",
            )
        return self.project

    def _export(self, stack: str) -> Snapshot:
        """Asks the engine, which knows every backend."""
        program = shutil.which("pulumi")
        if program is None:
            raise CannotJudge(
                f"stack {stack}",
                f"{_BACKEND} names no file backend, and there is no `pulumi` to ask",
                f"Install the engine, or set it to file://... {_SIMULATED}",
            )
        command = [program, "--non-interactive", "stack", "export", f"--stack={stack}"]
        with tempfile.TemporaryFile() as out:
            done = subprocess.run(
                command, cwd=self._wish.folder, stdin=subprocess.DEVNULL, stdout=out,
                stderr=subprocess.PIPE, text=True, errors="replace", check=False,
            )  # fmt: skip
            if done.returncode:
                said = " ".join(done.stderr.split())[:400] or f"exit code {done.returncode}"
                raise CannotJudge(
                    f"stack {stack}", f"`pulumi stack export` failed: {said}", _SIMULATED
                )
            out.seek(0)
            return read_snapshot_from(out, f"stack {stack}", allow_empty=self._wish.allow_empty)


class CannotJudgeAny(CannotJudge):
    """Several at once."""

    def __init__(self, problems: list[CannotJudge]) -> None:
        super().__init__(problems[0].where, problems[0].what, problems[0].hint)
        self.problems = tuple(problems)


def read_config(file: Path) -> Mapping[str, str]:
    """What a stack file says to the policies, as the engine hands it over: full key to JSON."""
    hint = "A stack file is named Pulumi.<stack>.yaml and has a `config:`."
    try:
        root, _ = read_yaml(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CannotJudge(str(file), f"cannot be read: {error.strerror}", hint) from None
    except UnicodeDecodeError:
        raise CannotJudge(str(file), "it is not UTF-8 text", hint) from None
    except NotReadableError as error:
        line = f"line {error.span.line}: " if error.span else ""
        raise CannotJudge(str(file), f"{line}{error.what}", error.hint) from None
    section = (root.entries or {}).get("config")
    if section is None or section.node.entries is None:
        raise CannotJudge(str(file), "it has no `config:` with keys and values", hint)
    found = {
        key.replace(":config:", ":", 1): entry.node for key, entry in section.node.entries.items()
    }
    told = {
        key: _as_json(found[key], key, file)
        for key in (RESIDENCY_KEY, POLICIES_KEY)
        if key in found
    }
    # Only a remedy asks for the platform, for values of tags: no value, no tag.
    platform = found.get(PLATFORM_KEY)
    if platform is not None and not _is_secret(platform):
        told[PLATFORM_KEY] = _as_json(platform, PLATFORM_KEY, file)
    return told


def _as_json(node: Node, key: str, file: Path) -> str:
    if _is_secret(node):
        raise CannotJudge(
            str(file), f"{key} is encrypted", "Write it in plain text: it is no secret."
        )
    value = plain(node)
    return value if isinstance(value, str) else json.dumps(value)


def _is_secret(node: Node) -> bool:
    return set(node.entries or {}) == {"secure"}


def _check_jurisdictions(settings: Settings, origin: str) -> None:
    told = settings.jurisdictions.union(*settings.by_classification.values())
    unknown = sorted(told - jurisdictions()) if told else []
    if unknown:
        raise CannotJudge(
            f"jurisdictions of {origin} or the command line",
            f"'{unknown[0]}' is not in the region catalogue",
            f"{name_nearest(unknown[0], jurisdictions())}There are "
            f"{', '.join(sorted(jurisdictions()))}.",
        )


def _collect(readers: Iterable[Callable[[], Subject]]) -> list[Subject]:
    """All of them, or all the problems."""
    subjects: list[Subject] = []
    problems: list[CannotJudge] = []
    for read in readers:
        try:
            subjects.append(read())
        except CannotJudge as problem:
            problems.append(problem)
    if problems:
        raise CannotJudgeAny(problems) if len(problems) > 1 else problems[0]
    return subjects


def _stack_name(name: str) -> str:
    """Of a full name the last part counts; a stack file is named after its stack."""
    if name.endswith((".yaml", ".yml")):
        return Path(name).stem.removeprefix("Pulumi.")
    return name.rpartition("/")[2]


def _near(file: Path) -> str:
    here = Path.cwd()
    return str(file.relative_to(here) if file.is_relative_to(here) else file)

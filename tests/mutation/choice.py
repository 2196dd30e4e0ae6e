"""Which modules to mutate: those named, or those that a change touches."""

import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.contracts.house import REPOSITORY
from tests.mutation.live import PACKAGE, SHARED, UNIT_TESTS, Live
from tests.policies.loading import CASES

_UNIT_FILES = {REPOSITORY / f"{name.replace('.', '/')}.py" for name in UNIT_TESTS}
_RULE = re.compile(r"^- rule: (\S+)", re.MULTILINE)


class UnknownModuleError(Exception):
    pass


def named_modules(live: Live, names: Iterable[str]) -> list[str]:
    """Modules by any part of their name, written as a path or with dots; all of them by none."""
    wanted = [name.removesuffix(".py").replace("/", ".") for name in names]
    for name in wanted:
        if not any(name in target for target in live.targets):
            raise UnknownModuleError(f"no module of the policies is called '{name}'")
    return [t for t in live.targets if not wanted or any(name in t for name in wanted)]


def changed_modules(live: Live, revision: str) -> list[str]:
    """Modules whose code, whose rules' cases or whose tests differ from a revision, new files included."""
    return modules_of_files(live, changed_files(revision))


def modules_of_files(live: Live, files: Iterable[Path]) -> list[str]:
    touched = set(files)
    rules = {rule for file in touched for rule in _rules_with_cases_in(file)}
    tested = SHARED if touched & _UNIT_FILES else ()
    return [
        name
        for name in live.targets
        if live.sources[name].file in touched
        or rules & set(live.rules_of(name))
        or name.startswith(tested)
    ]


def changed_files(revision: str) -> Iterator[Path]:
    for command in (
        ("diff", "--name-only", revision, "--"),
        ("ls-files", "--others", "--exclude-standard"),
    ):
        done = subprocess.run(
            ("git", *command), cwd=REPOSITORY, capture_output=True, text=True, check=True
        )
        yield from (REPOSITORY / line for line in done.stdout.splitlines())


def _rules_with_cases_in(file: Path) -> list[str]:
    is_case = file.parent == CASES and file.suffix == ".yaml" and file.exists()
    return _RULE.findall(file.read_text()) if is_case else []


def short(module: str) -> str:
    return module.removeprefix(f"{PACKAGE}.")

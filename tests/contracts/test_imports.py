"""What must start fast imports no engine, and nothing but a cloud's room imports a cloud's SDK."""

import json
import subprocess
import sys

import pytest

from tests.contracts.house import PROGRAM, REPOSITORY, SETTINGS

pytestmark = pytest.mark.contract


def imported_by(code: str) -> set[str]:
    """Packages of the engine that are loaded after running `code` in a Python of its own."""
    tell = "import json, sys; print(); print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{tell}"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    modules = json.loads(done.stdout.splitlines()[-1])
    return {name.split(".")[0] for name in modules if name.startswith("pulumi")}


@pytest.mark.parametrize(
    "code",
    [
        "import isthmus",
        "import isthmus.spec.load, isthmus.plan.stack, isthmus.plan.as_json",
        "import isthmus_cli.main",
        """
from isthmus_cli.main import run
try:
    run(["plan", "-s", "demo"])
except SystemExit as left:
    assert not left.code, left.code
""",
    ],
    ids=["isthmus", "spec-and-plan", "command", "command-plan"],
)
def test_what_decides_does_not_load_the_engine(code: str) -> None:
    assert imported_by(code) == set()


@pytest.mark.parametrize(
    "code",
    [
        "import isthmus; isthmus.COMPONENTS",
        f"import runpy; runpy.run_path({str(PROGRAM)!r}, run_name='stack_program')",
    ],
    ids=["components", "stack-program"],
)
def test_components_load_no_cloud_before_one_is_built(code: str) -> None:
    assert imported_by(code) == {"pulumi"}


def test_the_import_contract_and_the_coverage_watch_every_package() -> None:
    tool = SETTINGS["tool"]
    shipped = {one.split("/")[1] for one in tool["hatch"]["build"]["targets"]["wheel"]["packages"]}
    assert set(tool["importlinter"]["root_packages"]) == shipped
    assert shipped <= set(tool["coverage"]["run"]["source_pkgs"])

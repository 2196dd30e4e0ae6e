"""The catalogue is on the path of every command: importing it must stay cheap."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import isthmus_catalog as catalog

pytestmark = pytest.mark.pure

HEAVY = {"pulumi", "pydantic", "numpy", "pandas", "rapidfuzz", "difflib", "typer", "rich", "yaml"}
OURS = {"isthmus", "isthmus_cli", "isthmus_policies", "isthmus_simulator", "isthmus_toolchain"}


def modules_after(statement: str) -> set[str]:
    code = f"import json, sys; {statement}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=Path(catalog.__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stdout))


def test_importing_and_asking_pulls_in_nothing_heavy() -> None:
    asking = "import isthmus_catalog as c; c.offer(c.Cloud.AWS, 'eu-north-1', 'p5.48xlarge')"
    roots = {name.partition(".")[0] for name in modules_after(asking)}
    assert "isthmus_catalog" in roots
    assert roots & (HEAVY | OURS) == set()


def test_importing_reads_no_table() -> None:
    code = (
        "import isthmus_catalog\nfrom isthmus_catalog.load import read_table\n"
        "assert read_table.cache_info().currsize == 0"
    )
    assert "isthmus_catalog" in modules_after(f"exec({code!r})")


def test_public_names_are_those_listed() -> None:
    public = {name for name in vars(catalog) if not name.startswith("_")}
    modules = {"load", "model", "places", "query", "spelling"}
    assert public - modules == set(catalog.__all__)

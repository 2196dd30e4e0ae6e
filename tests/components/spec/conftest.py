"""Stack files to load, made from what differs to a small one that is fine."""

from collections.abc import Callable
from pathlib import Path

import pytest

from isthmus.spec.load import Loaded, load_stack_file
from isthmus.spec.problem import Problem

GOOD = {
    "platform": "{owner: team, environment: development, dataClassification: internal}",
    "residency": "{jurisdictions: [EU]}",
    "network": "{range: 10.64.0.0/10}",
    "sites": "{north: {cloud: aws, region: eu-north-1}}",
}

Load = Callable[..., Loaded]
FindOne = Callable[..., Problem]


@pytest.fixture
def load_text(tmp_path: Path) -> Load:
    """Loads a stack file with exactly this text."""

    def load(text: str | bytes) -> Loaded:
        file = tmp_path / "Pulumi.test.yaml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_stack_file(file)

    return load


@pytest.fixture
def load(load_text: Load) -> Load:
    """Loads a good stack file with some sections written anew."""

    def make(**sections: str) -> Loaded:
        lines = [f"  isthmus:{name}: {value}" for name, value in (GOOD | sections).items() if value]
        return load_text("config:\n" + "\n".join(lines) + "\n")

    return make


@pytest.fixture
def find_one(load: Load) -> FindOne:
    """The one problem of a stack file, at the given setting."""

    def find(setting: str, **sections: str) -> Problem:
        problems = load(**sections).problems
        assert [problem.setting for problem in problems] == [f"isthmus:{setting}"], problems
        return problems[0]

    return find

"""The file backend's states are found as the engine lays them out."""

import gzip
from pathlib import Path

import pytest

from isthmus_policies.offline.backend import Stored, find_state, list_states, stacks_folder
from isthmus_policies.offline.problem import CannotJudge

pytestmark = [pytest.mark.policy, pytest.mark.pure]


@pytest.fixture
def backend(tmp_path: Path) -> Path:
    folder = tmp_path / ".pulumi" / "stacks"
    for name in ("shop/dev.json", "shop/prod.json.gz", "blog/dev.json", "old.json"):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(gzip.compress(b"{}") if name.endswith("gz") else b"{}")
    (folder / "shop/dev.json.bak").write_text("{}")
    (folder / "shop/dev.json.attrs").write_text("{}")
    return folder


def test_every_state_is_listed_and_no_copy(backend: Path) -> None:
    assert [(each.project, each.stack) for each in list_states(backend)] == [
        ("", "old"), ("blog", "dev"), ("shop", "dev"), ("shop", "prod"),
    ]  # fmt: skip


def test_a_stack_is_found_in_its_project(backend: Path) -> None:
    assert find_state(backend, "blog", "dev") == Stored("blog", "dev", backend / "blog/dev.json")
    assert find_state(backend, "shop", "prod").file.name == "prod.json.gz"
    assert find_state(backend, "shop", "old").file == backend / "old.json"


def test_a_stack_that_is_not_there_is_told_with_the_nearest(backend: Path) -> None:
    with pytest.raises(CannotJudge) as raised:
        find_state(backend, "shop", "prd")
    assert raised.value.hint.startswith("Did you mean prod? Deployed there: old, dev, prod.")


def test_where_a_backend_is(backend: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for url in (
        f"file://{tmp_path}",
        "file://~",
        "file://.",
        "file://./",
        f"file://{tmp_path}?no_tmp_dir=true",
    ):
        assert stacks_folder(url).resolve() == backend.resolve(), url


def test_a_backend_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CannotJudge, match="no stack was ever deployed there"):
        stacks_folder(f"file://{tmp_path}/nothing")

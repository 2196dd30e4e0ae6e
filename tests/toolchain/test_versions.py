"""Versions as the commands and go.mod write them."""

import pytest

from isthmus_toolchain.versions import Version, find_version, go_directive, module_version

from .conftest import REPO

pytestmark = [pytest.mark.toolchain, pytest.mark.pure]


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v3.259.0", (3, 259, 0)),
        ("go version go1.26.8 linux/amd64", (1, 26, 8)),
        ("go version go1.25rc1 linux/amd64", (1, 25, 0)),
        ("3.260.0-alpha.x1234", (3, 260, 0)),
    ],
)
def test_a_version_is_found(text: str, version: tuple[int, int, int]) -> None:
    assert find_version(text) == version


def test_no_version_is_found() -> None:
    assert find_version("command not found") is None


def test_versions_compare_as_numbers() -> None:
    assert Version(3, 249) < Version(3, 259, 0) < Version(3, 1000)


def test_go_mod_says_what_is_pinned() -> None:
    go_mod = (REPO / "toolchain" / "go.mod").read_text()
    engine = module_version(go_mod, "github.com/pulumi/pulumi/pkg/v3")
    assert engine == module_version(go_mod, "github.com/pulumi/pulumi/sdk/v3")
    assert engine >= (3, 249)
    assert go_directive(go_mod) >= (1, 25)


def test_an_unpinned_module_is_an_error() -> None:
    with pytest.raises(ValueError, match="does not say example"):
        module_version("module x\n\ngo 1.25.0\n", "example.com/none")

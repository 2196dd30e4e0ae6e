"""Files that cannot be read as they are: each gives a clear problem, and none a traceback."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isthmus.spec.load import load_stack_file
from isthmus.spec.stack_file import MAX_BYTES
from isthmus.spec.yaml_source import MAX_DEPTH, read_scalar, read_yaml

from .conftest import Load

pytestmark = pytest.mark.pure


def test_a_file_that_does_not_exist(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.demo.yaml").write_text("config: {}\n")
    [problem] = load_stack_file(tmp_path / "Pulumi.dmeo.yaml").problems
    assert "demo" in problem.hint


def test_a_folder_without_stacks(tmp_path: Path) -> None:
    [problem] = load_stack_file(tmp_path / "Pulumi.demo.yaml").problems
    assert str(tmp_path) in problem.hint


def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.demo.yaml").mkdir()
    [problem] = load_stack_file(tmp_path / "Pulumi.demo.yaml").problems
    assert "cannot be read" in problem.what


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "empty"),
        ("# only a comment\n", 1, "empty"),
        ("just words\n", 1, "text"),
        ("- a\n- b\n", 1, "list"),
        ("config:\n", 1, "nothing"),
        ("config: [a]\n", 1, "list"),
        ("encryptionsalt: v1:abc\n", 1, "no `config:`"),
        ("config: {}\n---\nconfig: {}\n", 2, "more than one"),
        ("config:\n\tisthmus:platform: {}\n", 2, "not YAML"),
        ("config:\n  isthmus:platform: {owner: a\n", 3, "not YAML"),
        ("config:\n  a: b: c\n", 2, "not YAML"),
        ("config:\n  [a, b]: c\n", 2, "key"),
        ("config:\n  isthmus:platform: *nothing\n", 2, "alias"),
    ],
)
def test_a_file_in_another_shape(load_text: Load, text: str, line: int, words: str) -> None:
    problem = load_text(text).problems[0]
    assert words in problem.what
    assert problem.position is not None
    assert problem.position.line == line
    assert problem.hint


def test_bytes_that_are_no_text(load_text: Load) -> None:
    [problem] = load_text(b"config: \xff\xfe\n").problems
    assert "UTF-8" in problem.what


def test_a_byte_order_mark_is_no_mistake(load_text: Load) -> None:
    first, *_ = load_text(b"\xef\xbb\xbfconfig: {a:b: 1}\n").problems
    assert first.setting == "isthmus:platform"


def test_a_control_character(load_text: Load) -> None:
    [problem] = load_text("config: \x00\n").problems
    assert "character" in problem.what or "YAML" in problem.what


def test_a_file_far_too_large(load_text: Load) -> None:
    [problem] = load_text("# " + "x" * MAX_BYTES).problems
    assert "larger" in problem.what


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 100_000])
def test_a_file_far_too_deep(load_text: Load, depth: int) -> None:
    [problem] = load_text("config: " + "[" * depth).problems
    assert "levels" in problem.what or "YAML" in problem.what


def test_aliases_that_multiply(load_text: Load) -> None:
    lines = ["config:", "  a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    [problem] = load_text("\n".join(lines)).problems
    assert "values" in problem.what


def test_aliases_that_nest(load_text: Load) -> None:
    lines = ["config:", "  a0: &a0 " + "[" * 30 + "]" * 30]
    lines += [f"  a{n}: &a{n} " + "[" * 30 + f"*a{n - 1}" + "]" * 30 for n in range(1, 60)]
    [problem] = load_text("\n".join(lines)).problems
    assert "levels" in problem.what


def test_a_key_that_stands_twice(load_text: Load) -> None:
    text = "config:\n  isthmus:platform:\n    owner: a\n    owner: b\n"
    problem = next(p for p in load_text(text).problems if "second time" in p.what)
    assert problem.setting == "isthmus:platform.owner"
    assert problem.position is not None
    assert problem.position.line == 4
    assert "line 3" in problem.why


def test_a_section_that_is_not_indented(load_text: Load) -> None:
    problem = next(
        p for p in load_text("config:\nisthmus:platform: {}\n").problems if "top level" in p.what
    )
    assert "indent" in problem.hint


def test_a_misspelt_key_of_pulumi(load_text: Load) -> None:
    assert any("`config`" in p.hint for p in load_text("cofnig: {}\n").problems)


def test_a_key_without_namespace(load_text: Load) -> None:
    problems = load_text("config:\n  platform: {}\n").problems
    assert any(p.hint == "write `isthmus:platform`" for p in problems)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"), ("yes", "yes"), ("on", "on"), ("true", True), ("~", None), ("", None), ("null", None),
        ("12", 12), ("+12", 12), ("1_000", 1000), ("0x1f", 31), ("010", 8), ("089", 89.0), ("1.30", 1.3),
        ("1e3", 1000.0), ("1.2.3", "1.2.3"), ("10.0.0.0/8", "10.0.0.0/8"), ("12:30", "12:30"), ("-", "-"),
        ("2024-01-01", "2024-01-01"), ("_1", "_1"), (".", "."),
    ],
)  # fmt: skip
def test_plain_scalars_as_pulumi_reads_them(text: str, value: object) -> None:
    found = read_scalar(text)
    assert found == value
    assert type(found) is type(value)


def test_places_count_from_one() -> None:
    root, _ = read_yaml("a:\n  bc: [x, yz]\n")
    assert root.entries is not None
    inner = root.entries["a"].node.entries
    assert inner is not None
    assert inner["bc"].span == (2, 3, 2, 5)
    items = inner["bc"].node.items
    assert items is not None
    assert items[1].span == (2, 11, 2, 13)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.text(alphabet="config:isthmus \n{}[]&*<>|-'\"#\t0!%,?", max_size=60))
def test_no_text_whatever_raises(load_text: Load, text: str) -> None:
    for start in ("", "config:\n  isthmus:sites: "):
        assert load_text(start + text).problems

"""Exemptions cover what they name and nothing else, and every mistake in the file is told."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus_policies.exemption_file import (
    MIN_REASON_CHARACTERS,
    ExemptionsError,
    read_exemptions,
)
from isthmus_policies.exemptions import Exemption, Exemptions, check_pattern

pytestmark = [pytest.mark.policy, pytest.mark.pure]

RULES = ("keys-aws-key-rotation", "exposure-s3-bucket-public-access-block")
BUCKET, KEY = "aws:s3/bucket:Bucket", "aws:kms/key:Key"
DAY = date(2027, 3, 31)
ENTRY = """
- rule: keys-aws-key-rotation
  urn: aws:kms/key:Key::press-*
  reason: Imported key material cannot be rotated by the service.
  owner: media-team
  ticket: SEC-2411
  expires: 2027-03-31
"""


def exemption(urn: str, expires: date = DAY, rule: str = RULES[0], line: int = 1) -> Exemption:
    return Exemption(rule, urn, "r" * MIN_REASON_CHARACTERS, "o", "t", expires, line)


def full(types: str, name: str, stack: str = "dev") -> str:
    return f"urn:pulumi:{stack}::shop::{types}::{name}"


@pytest.mark.parametrize(
    ("pattern", "urn", "covered"),
    [
        (f"{BUCKET}::press", full(BUCKET, "press"), True),
        (f"{BUCKET}::press", full(f"shop:index:Lake${BUCKET}", "press"), True),
        (f"{BUCKET}::press", full(BUCKET, "press-2"), False),
        (f"{BUCKET}::press", full(KEY, "press"), False),
        (f"{BUCKET}::press-*", full(BUCKET, "press-2"), True),
        (f"{BUCKET}::press-?", full(BUCKET, "press-22"), False),
        (f"{BUCKET}::a[b]c", full(BUCKET, "abc"), False),
        (f"{BUCKET}::a[b]c", full(BUCKET, "a[b]c"), True),
        (f"{BUCKET}::a.c", full(BUCKET, "abc"), False),
        (f"{BUCKET}::line*", full(BUCKET, "line\nbreak"), True),
        (f"shop:index:Lake${BUCKET}::press", full(f"shop:index:Lake${BUCKET}", "press"), True),
        (f"shop:index:Lake${BUCKET}::press", full(BUCKET, "press"), False),
        (full(BUCKET, "press"), full(BUCKET, "press"), True),
        (full(BUCKET, "press"), full(f"shop:index:Lake${BUCKET}", "press"), False),
        (full(f"*${BUCKET}", "press"), full(f"shop:index:Lake${BUCKET}", "press"), True),
        (full(BUCKET, "press", "prod"), full(BUCKET, "press"), False),
        (full(BUCKET, "press", "*"), full(BUCKET, "press"), True),
        # A name that looks like another type and name.
        (f"{BUCKET}::press", full(KEY, f"x::{BUCKET}::press"), False),
        (f"{BUCKET}::*press", full(KEY, f"x${BUCKET}::press"), False),
        (full(f"*${BUCKET}", "press"), full(KEY, f"x${BUCKET}::press"), False),
        (f"{BUCKET}::press", "press", False),
    ],
)
def test_what_an_exemption_covers(pattern: str, urn: str, covered: bool) -> None:
    assert check_pattern(pattern) is None
    assert exemption(pattern).covers(urn) is covered


@given(st.text(min_size=1), st.text(alphabet="*?ab:$", min_size=1))
def test_no_name_slips_under_an_exemption_of_another_type(name: str, pattern: str) -> None:
    entry = exemption(f"{BUCKET}::a{pattern}")
    assert not entry.covers(full(KEY, name))
    assert not entry.covers(full(KEY, f"{BUCKET}::a{name}"))


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("press", "neither type::name nor a whole URN"),
        ("*", "neither type::name nor a whole URN"),
        (f"{BUCKET}::", "neither"),
        ("::press", "neither"),
        ("urn:pulumi:dev::shop::press", "neither"),
        ("urn:aws:x", "neither"),
        ("*::press", "does not name the type"),
        ("aws:*::press", "does not name the type"),
        ("aws:s3/bucket:Buck?t::press", "does not name the type"),
        ("urn:pulumi:*::*::*::press", "does not name the type"),
        (full("aws:s3/bucket:Bucket$*", "press"), "does not name the type"),
        (f"{BUCKET}::*", "covers every resource of the type"),
        (f"{BUCKET}::?*-_", "covers every resource of the type"),
    ],
)
def test_patterns_that_say_too_little(pattern: str, said: str) -> None:
    assert said in (check_pattern(pattern) or "")


def test_the_last_day_still_counts() -> None:
    entry = exemption(f"{KEY}::a")
    assert not entry.has_expired(DAY)
    assert entry.has_expired(date(2027, 4, 1))


def test_one_that_holds_goes_before_one_that_has_expired() -> None:
    past, present = exemption(f"{KEY}::a*", date(2020, 1, 1)), exemption(f"{KEY}::ab")
    both = Exemptions([past, present])
    assert both.find(RULES[0], full(KEY, "ab"), DAY, is_unknown=False) is present
    assert both.find(RULES[0], full(KEY, "ac"), DAY, is_unknown=False) is past
    assert both.find(RULES[1], full(KEY, "ab"), DAY, is_unknown=False) is None


def test_one_for_what_is_unknown_covers_no_failure() -> None:
    entry = replace(exemption(f"{KEY}::a"), only_unknown=True)
    entries = Exemptions([entry])
    assert entries.find(RULES[0], full(KEY, "a"), DAY, is_unknown=True) is entry
    assert entries.find(RULES[0], full(KEY, "a"), DAY, is_unknown=False) is None


def test_entries_that_cover_nothing_of_their_stack() -> None:
    here, gone = exemption(f"{KEY}::a", line=1), exemption(f"{KEY}::b", line=5)
    elsewhere = exemption(full(KEY, "b", "prod"), line=9)
    entries = Exemptions([elsewhere, gone, here])
    assert entries.of_nothing([full(KEY, "a"), full(BUCKET, "b")], [("dev", "shop")]) == [gone]
    assert entries.of_nothing([full(KEY, "a")], []) == []


def read(tmp_path: Path, text: str) -> Exemptions:
    file = tmp_path / "isthmus-exemptions.yaml"
    file.write_text(text, encoding="utf-8")
    return read_exemptions(file, RULES)


def problems(tmp_path: Path, text: str) -> list[tuple[int, str]]:
    with pytest.raises(ExemptionsError) as raised:
        read(tmp_path, text)
    assert all(problem.hint for problem in raised.value.problems)
    assert str(raised.value).count("\n") == len(raised.value.problems) - 1
    return [(problem.line, problem.what) for problem in raised.value.problems]


def test_a_file_is_read(tmp_path: Path) -> None:
    [entry] = read(tmp_path, ENTRY).entries
    assert entry == Exemption(
        RULES[0], f"{KEY}::press-*", "Imported key material cannot be rotated by the service.",
        "media-team", "SEC-2411", DAY, 2,
    )  # fmt: skip


def test_an_entry_may_be_for_what_is_unknown_alone(tmp_path: Path) -> None:
    [entry] = read(tmp_path, f"{ENTRY}  verdict: unknown\n").entries
    assert entry.only_unknown
    assert problems(tmp_path, f"{ENTRY}  verdict: fail\n") == [
        (8, "verdict 'fail' cannot be exempted by itself")
    ]


def test_texts_may_be_quoted_and_folded(tmp_path: Path) -> None:
    text = ENTRY.replace("2027-03-31", '"2027-03-31"').replace(
        "Imported key", ">\n    Imported\n    key"
    )
    assert read(tmp_path, text).entries[0].reason.startswith("Imported key material")


def test_every_mistake_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    text = """\
- rule: keys-aws-key-rotatoin
  urn: aws:kms/key:Key::a
  reason: legacy
  owner: o
  ticket: t
  expires: next year
- rule: keys-aws-key-rotation
  urn: "*"
  reason: Imported key material cannot be rotated by the service.
  owner: ""
  ticket: [a]
  expire: 2027-03-31
- just a text
"""
    assert problems(tmp_path, text) == [
        (1, "there is no rule 'keys-aws-key-rotatoin'"),
        (3, f"the reason has 6 characters, not {MIN_REASON_CHARACTERS}"),
        (6, "expires 'next year' is no date"),
        (7, "an entry has no expires"),
        (8, "urn '*' is neither type::name nor a whole URN"),
        (10, "owner is no text, or empty"),
        (11, "ticket is no text, or empty"),
        (12, "'expire' is no key of an entry"),
        (13, "an entry is not a mapping"),
    ]


def test_the_nearest_names_are_told(tmp_path: Path) -> None:
    with pytest.raises(ExemptionsError, match="Did you mean keys-aws-key-rotation"):
        read(tmp_path, ENTRY.replace("rotation\n", "rotatoin\n"))
    with pytest.raises(ExemptionsError, match="Did you mean ticket"):
        read(tmp_path, ENTRY.replace("ticket:", "tickets:"))


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "the file is empty"),
        ("# nothing\n", 1, "the file is empty"),
        ("[]\n", 1, "the file is empty"),
        ("exemptions: []\n", 1, "the file is not a list"),
        ("- rule: [\n", 2, "it is not YAML"),
        ("- rule: a\n\t- x\n", 2, "it is not YAML"),
        ("[" * 5_000, 1, "it is not YAML"),
        ("#" * 2_000_000, 1, "it is larger than"),
        ("- a\n---\n- b\n", 2, "it is not YAML"),
        (ENTRY + "  owner: another\n", 8, "'owner' stands twice"),
        (ENTRY + ENTRY, 9, "the same rule and urn stand on line 2"),
        ("- ? [a]\n  : b\n", 1, "'?' is no key of an entry"),
        (ENTRY.replace("2027-03-31", "31.03.2027"), 7, "is no date"),
        (ENTRY.replace("2027-03-31", "2027-02-30"), 7, "is no date"),
    ],
)
def test_files_that_cannot_be_followed(tmp_path: Path, text: str, line: int, said: str) -> None:
    assert any((line, True) == (at, said in what) for at, what in problems(tmp_path, text))


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ExemptionsError, match="cannot be read: No such file"):
        read_exemptions(tmp_path / "missing.yaml", RULES)
    (tmp_path / "latin.yaml").write_bytes(b"- rule: \xe4\n")
    with pytest.raises(ExemptionsError, match="not YAML"):
        read_exemptions(tmp_path / "latin.yaml", RULES)


@given(st.text(alphabet="- :\n[]{}&*!|>'\"#%@abrule", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "x.yaml"
        file.write_text(text)
        with pytest.raises(ExemptionsError):
            read_exemptions(file, RULES)

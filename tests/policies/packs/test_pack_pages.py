"""The reference on packs says what the packs are today."""

import re
from pathlib import Path

import pytest

from isthmus_policies.packs import PACKS, pack
from isthmus_policies.packs.pages import PAGES, pages
from isthmus_policies.registry import RULES

pytestmark = [pytest.mark.policy, pytest.mark.pure]

OVERVIEW = PAGES / "README.md"
README = PAGES.parents[1] / "README.md"
WRITTEN = "<!-- Written by `python -m isthmus_policies.packs.pages`"


def test_the_pages_are_written_anew_after_every_change() -> None:
    found = {name: path for name, path in _files().items() if WRITTEN in path.read_text()}
    stale = [name for name, text in pages().items() if _text(found.get(name)) != text]
    assert stale == [], "write them anew: python -m isthmus_policies.packs.pages"
    assert set(found) == set(pages())


def _files() -> dict[str, Path]:
    return {str(path.relative_to(PAGES)): path for path in PAGES.rglob("*.md")}


def _text(path: Path | None) -> str | None:
    return path.read_text(encoding="utf-8") if path else None


def test_every_rule_is_explained_once() -> None:
    headings = [
        line.removeprefix("## ")
        for name, text in pages().items()
        if name.startswith("rules/")
        for line in text.splitlines()
        if line.startswith("## ")
    ]
    assert sorted(headings) == sorted(rule.id for rule in RULES)


def test_a_page_tells_what_its_rules_serve_and_how_that_is_known() -> None:
    text = pages()["gdpr.md"]
    [line] = [line for line in text.splitlines() if "residency-gcp-secret-replication" in line]
    assert line.endswith("| Art.44 (own-reading) |")


def test_the_overview_leads_to_every_page() -> None:
    linked = set(re.findall(r"\]\(([\w/-]+\.md)\)", OVERVIEW.read_text()))
    assert set(pages()) <= linked


def test_the_example_of_a_pack_of_ones_own_can_be_typed() -> None:
    [example] = re.findall(r"```python\n(.*?)```", OVERVIEW.read_text(), re.DOTALL)
    names: dict[str, object] = {}
    exec(example.partition("\nPolicyPack(")[0], names)  # constructing a pack never returns
    assert isinstance(names["rules"], dict)
    assert set(pack("residency").rules) <= set(names["rules"])


def test_a_page_counts_what_its_frameworks_ask_by_what_can_be_shown() -> None:
    healthcare = pages()["healthcare.md"]
    [line] = [line for line in healthcare.splitlines() if line.startswith("| HIPAA Security Rule")]
    served, *counts = line.strip("| ").split(" | ")[2:]
    assert int(served.removesuffix(" of 85")) <= int(counts[0])
    assert sum(map(int, counts)) == 85


def test_a_page_says_of_a_list_that_it_is_not_whole() -> None:
    korea = pages()["korea.md"]
    [line] = [line for line in korea.splitlines() if line.startswith("| Personal Information")]
    assert " of 48 that we list | " in line


def test_the_overview_leads_to_what_is_written_by_hand() -> None:
    text = OVERVIEW.read_text()
    by_hand = set(_files()) - set(pages()) - {OVERVIEW.name}
    assert "frameworks.md" in by_hand
    assert [name for name in by_hand if f"]({name})" not in text] == []


def test_the_readme_counts_the_rules() -> None:
    assert f"\n{len(RULES)} rules on encryption" in README.read_text()


def test_the_overview_names_every_pack() -> None:
    text = OVERVIEW.read_text()
    assert [name for name in PACKS if f"[{name}]({name}.md)" not in text] == []

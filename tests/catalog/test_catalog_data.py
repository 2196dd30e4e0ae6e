"""Every row of every table holds: keys are unique, references resolve, sources are named."""

import re
from collections import Counter
from pathlib import Path

import pytest

import isthmus_catalog as catalog
from isthmus_catalog.load import cite, load_sources, read_rows, read_table, split_words

pytestmark = pytest.mark.pure

DATA = Path(catalog.__file__).parent / "data"
NOTICE = Path(__file__).parents[2] / "NOTICE"
KEYS = {
    "accelerators": ["accelerator"],
    "jurisdictions": ["tag"],
    "machine_types": ["cloud", "machine_type"],
    "multi_regions": ["cloud", "name"],
    "offer_coverage": ["cloud", "machine_types"],
    "offerings": ["cloud", "family", "sizes"],
    "offers": ["cloud", "region", "machine_type"],
    "quotas": ["cloud", "quota_name"],
    "regions": ["cloud", "region"],
    "sources": ["id"],
}
# The column that says where the row itself was read. A region's place needs none; its figures do.
OWN_SOURCE = {name: "source" for name in KEYS if name not in ("sources", "regions")}
FIGURE_SOURCE = {
    "regions": {
        "zones": "zones_source",
        "paired_region": "paired_region_source",
        "grid_gco2e_per_kwh": "grid_source",
        "alt_grid_gco2e_per_kwh": "alt_grid_source",
        "pue": "pue_source",
    },
    "accelerators": {"peak_bf16_dense_tflops": "peak_source", "tdp_watts": "tdp_source"},
}


def referenced_sources() -> set[str]:
    columns = list(OWN_SOURCE.items())
    columns += [(name, column) for name, of in FIGURE_SOURCE.items() for column in of.values()]
    return {
        reference.partition(":")[0]
        for name, column in columns
        for row in read_rows(name)
        for reference in split_words(row[column])
    }


def test_every_table_is_checked_here() -> None:
    assert {path.stem for path in DATA.glob("*.csv")} == set(KEYS)


@pytest.mark.parametrize("name", KEYS)
def test_rows_are_as_wide_as_their_header_and_have_one_key_each(name: str) -> None:
    header, rows = read_table(name)
    assert rows
    assert header[: len(KEYS[name])] == KEYS[name] or name == "quotas"
    assert all(len(row) == len(header) for row in rows)
    keys = Counter(tuple(row[column] for column in KEYS[name]) for row in read_rows(name))
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("name", KEYS)
def test_cells_hold_no_stray_blanks(name: str) -> None:
    stray = [cell for row in read_table(name)[1] for cell in row if cell != cell.strip()]
    assert stray == []


@pytest.mark.parametrize("name", OWN_SOURCE)
def test_every_row_cites_a_source(name: str) -> None:
    assert [row for row in read_rows(name) if not cite(row[OWN_SOURCE[name]])] == []


@pytest.mark.parametrize("name", FIGURE_SOURCE)
def test_every_figure_cites_a_source(name: str) -> None:
    unsourced = [
        (row, figure)
        for row in read_rows(name)
        for figure, column in FIGURE_SOURCE[name].items()
        if row[figure] and not cite(row[column])
    ]
    assert unsourced == []


def test_every_source_is_used() -> None:
    assert referenced_sources() == set(load_sources())


def test_the_notice_names_every_project_that_figures_came_from() -> None:
    text = NOTICE.read_text(encoding="utf-8")
    ours = {"isthmus", "general", "membership", "public-code", "third-party-specs", "aws-blog"}
    titles = [source.title for source in catalog.sources() if source.id not in ours]
    projects = {name for title in titles for name in re.findall(r"^@?[^@, ]+", title)}
    assert len(projects) > 15
    assert {project for project in projects if project not in text} == set()


def test_the_tables_stay_small_in_git() -> None:
    assert sum(path.stat().st_size for path in DATA.glob("*.csv")) < 1_000_000

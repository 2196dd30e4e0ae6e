"""The data files of the plan room: complete, well formed, and each fact with its source."""

import csv
from pathlib import Path

import pytest

from isthmus.plan import traits
from isthmus_catalog import Cloud, machine_types

pytestmark = pytest.mark.pure

DATA = Path(traits.__file__).parent / "data"


def read(name: str) -> list[dict[str, str]]:
    text = (DATA / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.parametrize("file", sorted(DATA.glob("*.csv")), ids=lambda file: file.stem)
def test_rows_have_the_columns_of_their_header(file: Path) -> None:
    header, *rows = csv.reader(file.read_text(encoding="utf-8").splitlines())
    assert rows
    assert all(len(row) == len(header) for row in rows)


@pytest.mark.parametrize("cloud", list(Cloud))
def test_every_cloud_has_every_trait(cloud: Cloud) -> None:
    found = traits.cloud_traits(cloud)
    assert found.subnet_scope in ("zone", "region")
    assert found.reserved_addresses_per_subnet > 0


def test_every_trait_has_a_source_or_is_a_wording() -> None:
    rows = read("clouds")
    wordings = {"account_meaning", "account_example"}
    assert not [row for row in rows if not row["source"] and row["trait"] not in wordings]


def test_every_fabric_of_the_catalogue_is_known() -> None:
    kinds = {machine.rdma_kind for machine in machine_types() if machine.rdma_kind}
    assert kinds
    for kind in kinds:
        traits.fabric_traits(kind)


def test_every_hard_condition_of_the_catalogue_is_known() -> None:
    rows = read("requirements")
    known = {row["requirement"] for row in rows}
    assert {need for machine in machine_types() for need in machine.requires} <= known

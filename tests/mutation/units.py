"""The unit tests of what rules share, called again and again as the cases are judged.

They are plain functions, with values from `pytest.mark.parametrize` at most: one that wants a fixture
fails here, and is told. What hypothesis draws is left out, since by chance it notices a mutant or not.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import product
from types import ModuleType
from typing import Any

import pytest

from isthmus_policies.rule import Rule


@dataclass(frozen=True, slots=True)
class Unit:
    name: str
    call: Callable[[], object]

    def notices(self, rules: Mapping[str, Rule]) -> bool:
        try:
            self.call()
        except (Exception, pytest.fail.Exception):  # noqa: BLE001 however it fails
            return True
        return False

    def __str__(self) -> str:
        return self.name


def load_units(modules: Iterable[ModuleType]) -> list[Unit]:
    return [unit for module in modules for unit in units_of(module)]


def units_of(module: ModuleType) -> Iterator[Unit]:
    for name, test in vars(module).items():
        if name.startswith("test_") and not hasattr(test, "hypothesis"):
            for given in _arguments_of(test):
                yield Unit(f"{module.__name__}: {name}", partial(test, **given))


def _arguments_of(test: Any) -> Iterator[dict[str, object]]:
    marks = [each for each in getattr(test, "pytestmark", ()) if each.name == "parametrize"]
    for chosen in product(*(list(_rows_of(*each.args)) for each in marks)):
        yield {name: value for row in chosen for name, value in row.items()}


def _rows_of(names: str | Iterable[str], rows: Iterable[Any]) -> Iterator[dict[str, object]]:
    wanted = names.replace(" ", "").split(",") if isinstance(names, str) else list(names)
    for row in rows:
        yield dict(zip(wanted, row if len(wanted) > 1 else (row,), strict=True))

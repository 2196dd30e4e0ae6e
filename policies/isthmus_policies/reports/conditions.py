"""Under which settings an input was judged, in words: every report says so."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from isthmus_policies.reports.model import Input
from isthmus_policies.settings import OnUnknown


class Condition(NamedTuple):
    key: str
    """For programs."""
    label: str
    value: str


def conditions(given: Input) -> tuple[Condition, ...]:
    return tuple(_conditions(given))


def in_words(given: Input) -> str:
    """All of them on one line."""
    return "; ".join(f"{each.label.lower()}: {each.value}" for each in conditions(given))


def _conditions(given: Input) -> Iterator[Condition]:
    told = given.settings
    places = _listed(sorted(told.jurisdictions))
    yield Condition(
        "jurisdictions", "Jurisdictions", places or "none set, residency was not judged"
    )
    if told.by_classification:
        classes = sorted(told.by_classification.items())
        narrower = _listed(f"{name} ({_listed(sorted(allowed))})" for name, allowed in classes)
        yield Condition(
            "jurisdictions-by-classification", "Jurisdictions by class of data", narrower
        )
    if told.max_monthly_usd is not None:
        most = f"at most {told.max_monthly_usd:.10g} USD, at list price"
        yield Condition("max-monthly-usd", "Accelerators a month", most)
    if told.max_grid_grams_per_kwh is not None:
        most = f"at most {told.max_grid_grams_per_kwh:.10g} gCO2e per kWh"
        yield Condition("max-grid-grams-per-kwh", "Carbon of the grid", most)
    yield Condition("required-tags", "Required tags", _listed(told.required_tags) or "none")
    blocks = told.on_unknown is OnUnknown.FAIL
    yield Condition(
        "on-unknown", "Unknown values", "block" if blocks else "are told and do not block"
    )
    yield Condition("settings-from", "Settings from", given.settings_from)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)

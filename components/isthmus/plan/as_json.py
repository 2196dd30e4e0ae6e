"""A plan and its problems as plain data, for other programs and for comparing plans."""

from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction
from ipaddress import IPv4Network

from isthmus.plan.carbon import estimate_carbon
from isthmus.plan.model import Plan, SitePlan
from isthmus.plan.price import Price, price_plan, price_site
from isthmus.spec.problem import Problem
from isthmus_catalog import MachineType


def plan_as_json(plan: Plan) -> dict[str, object]:
    """Everything that was decided, with prices; machines by name, ranges as text."""
    return {
        "sites": [_site(site) for site in plan.sites],
        "decisions": _data(plan.decisions),
        "price": _price(price_plan(plan)),
    }


def problem_as_json(problem: Problem) -> dict[str, object]:
    position = problem.position
    return {
        "file": position.file if position else None,
        "line": position.line if position else None,
        "column": position.column if position else None,
        "path": problem.setting or None,
        "value": problem.value,
        "message": problem.what,
        "why": problem.why,
        "hint": problem.hint,
    }


def _site(site: SitePlan) -> dict[str, object]:
    data = _record(site)
    carbon = estimate_carbon(site)
    data["tags"] = dict(site.tags)
    data["price"] = _price(price_site(site))
    data["carbon"] = {
        "tonnes_per_month_max": round(carbon.tonnes_max, 3),
        "unknown": list(carbon.unknown),
    }
    return data


def _price(price: Price) -> dict[str, object]:
    return {
        "usd_per_month_min": round(price.usd_min, 2),
        "usd_per_month_max": round(price.usd_max, 2),
        "unpriced": list(price.unpriced),
    }


def _data(value: object) -> object:
    if isinstance(value, MachineType):
        count = value.accelerator_count
        return {"name": value.name, "accelerator": value.accelerator, "accelerators": _data(count)}
    if is_dataclass(value) and not isinstance(value, type):
        return _record(value)
    if isinstance(value, tuple | list):
        return [_data(item) for item in value]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, IPv4Network) else value


def _record(value: object) -> dict[str, object]:
    assert is_dataclass(value)
    return {field.name: _data(getattr(value, field.name)) for field in fields(value)}

"""What every component is told, and how its arguments become a plan: as a stack of one site."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

from isthmus.clouds.handles import Place
from isthmus.plan.model import SitePlan
from isthmus.plan.stack import plan_stack
from isthmus.spec.load import load_config
from isthmus.spec.model import DataClassification, Environment
from isthmus.spec.problem import Path, Problem, dotted
from isthmus_catalog import Cloud, region

# No `from __future__ import annotations` here or in a module that declares a component: the component
# host reads the annotations as types.


class PlaceArgs(TypedDict):
    """Where a component builds, and who answers for it."""

    cloud: Cloud
    """The cloud: `aws`, `gcp` or `azure`. The provider for it comes with the resource options."""
    region: str
    """The region, in the cloud's own spelling: `eu-north-1`, `europe-west4`, `swedencentral`."""
    owner: str
    """Team or person who answers for what is built: an e-mail address or a team name, lower case."""
    environment: Environment
    """`production` protects keys, stores and clusters against deletion."""
    data_classification: DataClassification
    """How the data is classified; every resource is tagged with it."""
    cost_center: NotRequired[str]
    """Cost centre for the tags. Default: none."""
    site: NotRequired[str]
    """The site this belongs to: starts the names of what is built, and is a tag of it. Two to twenty
    lower-case letters, digits and hyphens. Default: the component's name."""


PLATFORM_SETTINGS = {
    "owner": "owner",
    "environment": "environment",
    "data_classification": "dataClassification",
    "cost_center": "costCenter",
}
MACHINES = "machines-"
"""Starts the names of pools that stand for machine types, which a network is laid out for."""
ADDRESSES = "10.0.0.0/8"
"""The address plan of a component that has no network of its own; nothing is cut from it."""


def plan_one_site(name: str, args: Mapping[str, Any], **site: Any) -> SitePlan:
    """The plan of the one site that these arguments describe; `site` adds settings of the site.

    Raises pulumi.InputPropertiesError with every mistake at once.
    """
    given = {key: value for key, value in site.items() if value is not None}
    sections = _sections(args.get("site") or name, args, given)
    config = {f"isthmus:{section}": json.dumps(content) for section, content in sections.items()}
    planned = plan_stack(load_config(config, secret_keys=("isthmus:sites",)))
    if planned.plan is None:
        raise _refuse(name, _without_echo(planned.problems))
    return planned.plan.sites[0]


def _sections(name: str, args: Mapping[str, Any], site: Mapping[str, Any]) -> dict[str, Any]:
    found = region(args["cloud"], args["region"])
    # An unknown region is reported by the plan.
    allowed = sorted(found.jurisdictions) if found else ["EU"]
    platform = {
        wire: args[key] for key, wire in PLATFORM_SETTINGS.items() if args.get(key) is not None
    }
    return {
        "platform": platform,
        "residency": {"jurisdictions": allowed},
        "network": {"range": site.get("range", ADDRESSES)},
        "sites": {name: {"cloud": args["cloud"], "region": args["region"], **site}},
    }


def _without_echo(problems: Sequence[Problem]) -> list[Problem]:
    """One mistake an argument: a site's range is its stack's address plan too, and a machine type stands
    for a pool with its accelerator."""
    is_told = any(one.path[0] == "sites" and one.path[2:] == ("range",) for one in problems)
    kept = [one for one in problems if not (is_told and one.path == ("network", "range"))]
    return list({_property(one.path): one for one in kept}.values())


def _refuse(name: str, problems: Sequence[Problem]) -> pulumi.InputPropertiesError:
    """The mistakes stand in the message too: the component host hands on nothing else (pulumi 3.272,
    `ComponentInitError`)."""
    errors = [_property_error(problem) for problem in problems]
    told = "".join(f"\n  {error['property_path']}: {error['reason']}" for error in errors)
    return pulumi.InputPropertiesError(f"{name} cannot be planned:{told}", errors)


def _property_error(problem: Problem) -> pulumi.InputPropertyErrorDetails:
    reason = f"{problem.what}: {problem.why}; {problem.hint}"
    return {"property_path": _property(problem.path), "reason": reason}


def _property(path: Path) -> str:
    """The argument that a setting of the stack was made from."""
    match path:
        case ("sites", _):
            return "site"
        case ("sites", _, "stores", _):
            return "store"
        case ("sites", _, "cluster", "pools", str(pool), *_) if pool.startswith(MACHINES):
            return f"machineTypes[{pool.removeprefix(MACHINES)}]"
        case ("sites", _, "stores", _, *rest) | ("sites", _, "cluster", *rest):
            return dotted(tuple(rest))
        case _:
            return dotted(path[2:] if path[0] == "sites" else path[1:])


def place_of(plan: SitePlan) -> Place:
    return Place(name=plan.name, region=plan.region, tags=dict(plan.tags))

"""How Google Cloud names, places and refuses things; the entry of the simulated Google Cloud."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import isthmus_catalog as catalog
from isthmus_catalog import Cloud as CatalogCloud
from isthmus_simulator.check import Strictness
from isthmus_simulator.cloud import Call, CloudError, Invoke, Rules, Setting, Usage
from isthmus_simulator.clouds.gcp.ids import GRANT, id_inputs, make_id
from isthmus_simulator.clouds.gcp.invokes import INVOKES
from isthmus_simulator.clouds.gcp.labels import provider_labels
from isthmus_simulator.clouds.gcp.outputs import computed_output
from isthmus_simulator.clouds.gcp.places import (
    WORLD_TIME,
    is_region,
    project_number,
    region_of,
    region_of_place,
)
from isthmus_simulator.clouds.gcp.rules import IDS, RULES
from isthmus_simulator.facts import TypeFacts, read_facts
from isthmus_simulator.schema import TypeSchema
from isthmus_simulator.templates import Maker
from isthmus_simulator.values import UNKNOWN, Value

PROJECT_VARIABLES = (
    "GOOGLE_PROJECT",
    "GOOGLE_CLOUD_PROJECT",
    "GCLOUD_PROJECT",
    "CLOUDSDK_CORE_PROJECT",
)
REGION_VARIABLES = ("GOOGLE_REGION", "GCLOUD_REGION", "CLOUDSDK_COMPUTE_REGION")
ZONE_VARIABLES = ("GOOGLE_ZONE", "GCLOUD_ZONE", "CLOUDSDK_COMPUTE_ZONE")
"""https://registry.terraform.io/providers/hashicorp/google/latest/docs/guides/provider_reference, which names
them in this order."""
PLACES = ("project", "region", "zone", "location")
ALTERED_IN_PLACE = frozenset({"members", "policyData"})
"""All that a grant can change without being granted anew."""
GRANT_FACTS = TypeFacts(adopts=True)
"""Granting what is granted already changes nothing and is no error."""


class Facts(Mapping[str, TypeFacts]):
    """The facts of `types/*.toml`, and the same facts for the grants of every service."""

    def __init__(self, told: Mapping[str, TypeFacts]) -> None:
        self._told = told

    def __getitem__(self, token: str) -> TypeFacts:
        if token not in self._told and GRANT.search(token):
            return GRANT_FACTS
        return self._told[token]

    def __iter__(self) -> Iterator[str]:
        return iter(self._told)

    def __len__(self) -> int:
        return len(self._told)


class Gcp:
    package = "gcp"
    strictness = Strictness(coerces=True, closed_enums=False)
    rules: Mapping[str, Rules] = RULES
    invokes: Mapping[str, Invoke] = INVOKES

    def __init__(self) -> None:
        self.facts: Mapping[str, TypeFacts] = Facts(read_facts(Path(__file__).parent / "types"))

    def configure(self, config: Mapping[str, Any], environment: Mapping[str, str]) -> Setting:
        project = _first(config.get("project"), PROJECT_VARIABLES, environment)
        region = _first(config.get("region"), REGION_VARIABLES, environment)
        zone = _first(config.get("zone"), ZONE_VARIABLES, environment)
        if region and not is_region(region):
            raise CloudError(_no_such_region(region, project))
        values = {
            "project": project,
            "number": project_number(project),
            "zone": zone,
            "location": region or region_of_place(zone),
            "created": WORLD_TIME,
            "labels": provider_labels(config),
            "deletionPolicy": config.get("deletionPolicy") or "DELETE",
        }
        return Setting(account=project, region=region, zone=zone, values=values)

    def region_of(self, call: Call) -> str:
        return region_of(call)

    def name_property(self, schema: TypeSchema) -> str:
        """The bridge names whatever has a `name` that is not required."""
        has_name = schema.inputs.properties.get("name") == "str"
        return "name" if has_name and "name" not in schema.inputs.required else ""

    def autoname(self, logical_name: str, maker: Maker) -> str:
        return f"{logical_name}-{maker.hex(7)}"

    def generic_id(self, call: Call) -> str:
        return IDS.get(call.token, make_id)(call)

    def generic_output(self, call: Call, name: str, wire: Any) -> Value:
        return computed_output(call, name, wire)

    def replaces(self, schema: TypeSchema, facts: TypeFacts) -> frozenset[str]:
        """What is part of the id or says where a thing is; the rest is told type by type."""
        inputs = frozenset(schema.inputs.properties)
        if GRANT.search(schema.token):
            return inputs - ALTERED_IN_PLACE
        name = facts.name or self.name_property(schema)
        places = inputs.intersection(PLACES)
        return frozenset(
            (
                *facts.replace,
                *schema.replace,
                *places,
                *id_inputs(schema),
                *((name,) if name else ()),
            )
        )

    def missing(self, token: str, value: str) -> str:
        return f"googleapi: Error 404: The resource '{value}' was not found, notFound"

    def taken(self, call: Call, name: str) -> str:
        kind = call.token.rsplit(":", 1)[-1]
        thing = call.id or name
        refusal = f"googleapi: Error 409: The resource '{thing}' already exists, alreadyExists"
        return f"Error creating {kind}: {refusal}"

    def limit_exceeded(self, call: Call, usage: Usage, used: float, limit: float) -> str:
        found = next(
            (one for one in catalog.quotas(CatalogCloud.GCP) if one.code == usage.quota), None
        )
        name = found.name if found else usage.quota
        where = "globally" if usage.everywhere else f"in region {call.region}"
        return (
            f"Error waiting for instance to create: Quota '{name}' exceeded.  Limit: {float(limit)} {where}. "
            f"({used:g} in use, {usage.amount:g} requested)"
        )

    def default_limit(self, quota: str) -> float | None:
        return next(
            (one.default_limit for one in catalog.quotas(CatalogCloud.GCP) if one.code == quota),
            None,
        )


def _first(given: Any, variables: tuple[str, ...], environment: Mapping[str, str]) -> str:
    """An unknown value counts as given and not yet known: nothing stands in for it."""
    if given is UNKNOWN:
        return ""
    if isinstance(given, str) and given:
        return given
    return next((environment[one] for one in variables if environment.get(one)), "")


def _no_such_region(region: str, project: str) -> str:
    """Worded as pulumi-gcp does (its pull request 1554)."""
    known = [one.name for one in catalog.regions(CatalogCloud.GCP)]
    listed = " ".join(f'"{one}"' for one in known)
    near = ", ".join(catalog.nearest(region, known))
    hint = f". Did you mean {near}?" if near else ""
    return f'region "{region}" is not available for project "{project}". Available regions: [{listed}]{hint}'

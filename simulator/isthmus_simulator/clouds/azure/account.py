"""How Azure names, places and refuses things; the entry of the simulated Azure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import isthmus_catalog as catalog
from isthmus_catalog import Cloud as CatalogCloud
from isthmus_simulator.check import Strictness
from isthmus_simulator.cloud import Call, Invoke, Rules, Setting, Usage
from isthmus_simulator.clouds.azure import arm, locations, paths, refusals, versions
from isthmus_simulator.clouds.azure.general import AzureRules
from isthmus_simulator.clouds.azure.invokes import INVOKES
from isthmus_simulator.clouds.azure.quotas import quota_exceeded
from isthmus_simulator.clouds.azure.rules import NESTED
from isthmus_simulator.facts import NO_FACTS, TypeFacts, read_facts
from isthmus_simulator.schema import TypeSchema
from isthmus_simulator.templates import Maker
from isthmus_simulator.values import UNKNOWN, Value

SUBSCRIPTION = "00000000-0000-0000-0000-0000000000a1"
TENANT = "00000000-0000-0000-0000-0000000000d1"
CLIENT = "00000000-0000-0000-0000-00000000c11e"
"""Where a program works that names no subscription; the environment gives the same."""
WORLD_TIME = "2026-01-01T00:00:00.0000000Z"
"""The world's clock stands still, so that two runs can be compared."""
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
GUIDS = {
    "principalId",
    "clientId",
    "objectId",
    "uniqueId",
    "resourceGuid",
    "immutableId",
    "customerId",
    "appId",
    "instrumentationKey",
    "vmId",
}
AUTONAMES = {paths.COPY: "{name}", paths.GUID: "{uuid}"}
OPEN_ENUMS = frozenset(
    {
        # Sizes and versions: the API takes new ones before the SDK lists them.
        "VirtualMachineSizeTypes",
        "ContainerServiceVMSizeTypes",
        "ServerVersion",
        "PostgresMajorVersion",
        "MySQLServerVersion",
        "OSSKU",
        "SkuName",
        "WorkspaceSkuNameEnum",
        "FunctionsVersion",
        # Combinations: "Logging, Metrics", "SystemAssigned, UserAssigned" with or without the space.
        "Bypass",
        "ManagedServiceIdentityType",
        "ResourceIdentityType",
        "IdentityType",
        "NetworkRuleBypassOptions",
        "Permissions",
        "Services",
        "SignedResourceTypes",
    }
)


class AzureFacts(Mapping[str, TypeFacts]):
    """What types/*.toml tells, and for every type with a path in paths.toml how it is named and replaced."""

    def __init__(self, told: Mapping[str, TypeFacts]) -> None:
        self._told = told

    def __getitem__(self, token: str) -> TypeFacts:
        told = self._told.get(token, NO_FACTS)
        path = paths.told_path(token)
        if not path:
            if token in self._told:
                return told
            raise KeyError(token)
        naming = paths.naming(path)
        return replace(
            told,
            autoname=AUTONAMES.get(naming) if told.autoname is None else told.autoname,
            # The provider deletes first unless it made up the name itself (its Diff).
            delete_first=told.delete_first or naming in (paths.COPY, paths.GIVEN),
            adopts=told.adopts or naming == paths.GIVEN,
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._told)

    def __len__(self) -> int:
        return len(self._told)


class Azure:
    package = "azure-native"
    strictness = Strictness(coerces=False, closed_enums=True, open_enums=OPEN_ENUMS)
    rules: Mapping[str, Rules] = AzureRules()
    invokes: Mapping[str, Invoke] = INVOKES
    facts: Mapping[str, TypeFacts] = AzureFacts(read_facts(Path(__file__).parent / "types"))

    def configure(self, config: Mapping[str, Any], environment: Mapping[str, str]) -> Setting:
        """The subscription and the location of a provider; both are refused when Azure knows no such one."""

        def known(key: str, variable: str, fallback: str) -> str:
            given = config.get(key)
            return (
                given if isinstance(given, str) and given else environment.get(variable) or fallback
            )

        subscription = known("subscriptionId", "ARM_SUBSCRIPTION_ID", SUBSCRIPTION)
        if not GUID.fullmatch(subscription):
            raise refusals.refusal(
                404,
                "InvalidSubscriptionId",
                (f"The provided subscription identifier '{subscription}' is malformed or invalid."),
            )
        configured = config.get("location")
        location = "" if configured is UNKNOWN or configured is None else str(configured)
        locations.refuse_unknown("Microsoft.Resources/resourceGroups", location)
        region = locations.normal(location or environment.get("ARM_LOCATION") or "")
        values = {
            "tenant": known("tenantId", "ARM_TENANT_ID", TENANT),
            "created": WORLD_TIME,
            "client": known("clientId", "ARM_CLIENT_ID", CLIENT),
            "location": configured,
        }
        return Setting(account=subscription, region=region, values=values)

    def region_of(self, call: Call) -> str:
        return locations.location_of(call)

    def name_property(self, schema: TypeSchema) -> str:
        return paths.name_hole(paths.path_of(schema))

    def autoname(self, logical_name: str, maker: Maker) -> str:
        return f"{logical_name}{maker.hex(8)}"

    def generic_id(self, call: Call) -> str:
        return paths.fill_path(
            paths.path_of(call.schema), call.inputs, call.setting.account, call.name
        )

    def generic_output(self, call: Call, name: str, wire: Any) -> Value:
        simple: dict[str, Value] = {
            "name": arm.last_part(call.id),
            "type": arm.type_of(call.id),
            "location": call.region,
            "provisioningState": "Succeeded",
            "azureApiVersion": versions.api_version(call.token),
            "tenantId": call.setting.values["tenant"],
            "subscriptionId": call.setting.account,
            "createdAt": WORLD_TIME,
            "creationTime": WORLD_TIME,
            "createdTime": WORLD_TIME,
            "timeCreated": WORLD_TIME,
            "createdOn": WORLD_TIME,
            "creationDate": WORLD_TIME,
            "updatedAt": WORLD_TIME,
            "lastModifiedTime": WORLD_TIME,
            "updatedOn": WORLD_TIME,
        }
        if name in simple:
            return simple[name]
        if name == "etag":
            return f'W/"{call.maker.child("etag").uuid()}"'
        made = NESTED.get((call.token, name))
        if made:
            return made(call)
        return call.maker.child(name).uuid() if name in GUIDS else None

    def replaces(self, schema: TypeSchema, facts: TypeFacts) -> frozenset[str]:
        """Everything that is part of the id, the location, and what the facts name (the provider's own rule:
        path parameters and forceNew)."""
        moving = ("location",) if "location" in schema.inputs.properties else ()
        path = paths.holes(paths.path_of(schema))
        return frozenset((*path, *moving, *facts.replace))

    def missing(self, token: str, value: str) -> str:
        if value.startswith("/"):
            return str(refusals.resource_not_found(value))
        _, module, kind = token.split(":")
        path = arm.type_of(paths.told_path(token)) or f"{paths.namespace(module)}/{kind}"
        text = f"The Resource '{path}' with {value} was not found."
        return str(refusals.refusal(404, "ResourceNotFound", text))

    def taken(self, call: Call, name: str) -> str:
        return refusals.already_exists(call.id)

    def limit_exceeded(self, call: Call, usage: Usage, used: float, limit: float) -> str:
        return str(quota_exceeded(call, usage, used, limit))

    def default_limit(self, quota: str) -> float | None:
        found = (
            one.default_limit for one in catalog.quotas(CatalogCloud.AZURE) if one.code == quota
        )
        return cast(float | None, next(found, None))

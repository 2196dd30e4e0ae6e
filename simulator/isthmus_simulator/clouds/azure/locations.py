"""Where an Azure resource lives: its own location, the provider's, its resource group's, in that order."""

import isthmus_catalog as catalog
from isthmus_catalog import Cloud as CatalogCloud
from isthmus_simulator.check import Failure
from isthmus_simulator.cloud import Call, Setting
from isthmus_simulator.clouds.azure import arm, refusals
from isthmus_simulator.values import UNKNOWN, Properties, Value
from isthmus_simulator.world import Session

ANYWHERE = ("global",)
"""Places that are no region: services without one take it (DNS, CDN, Front Door, action groups)."""
NOT_FILLED = (
    "azure-native:resources:Deployment",
    "azure-native:network:LoadBalancerBackendAddressPool",
    "azure-native:cosmosdb:CassandraResource",
    "azure-native:cosmosdb:GremlinResource",
    "azure-native:cosmosdb:MongoDBResource",
    "azure-native:cosmosdb:SqlResource",
    "azure-native:cosmosdb:TableResource",
)
"""Beginnings of types that get no location of their own (AutoLocationDisabled in pulumi-azure-native's
provider/pkg/resources)."""


def normal(location: str) -> str:
    """`West Europe` and `westeurope` are one place."""
    return location.lower().replace(" ", "")


def is_known(location: str) -> bool:
    return normal(location) in ANYWHERE or catalog.region(CatalogCloud.AZURE, location) is not None


def refuse_unknown(kind: str, location: str) -> None:
    """Azure's answer to a location that is none; it lists the regions."""
    if location and not is_known(location):
        names = [one.name for one in catalog.regions(CatalogCloud.AZURE)]
        near = catalog.nearest(normal(location), names)
        others = [name for name in names if name not in near]
        raise refusals.location_not_available(kind, location, [*near, *others])


def location_of(call: Call) -> str:
    given = call.inputs.get("location")
    if isinstance(given, str) and given:
        return normal(given)
    return normal(_group_location(call.session, call.setting, call.inputs) or call.setting.region)


def fill_location(call: Call, olds: Properties) -> dict[str, Value]:
    """The location that the provider writes into the inputs of what has one and was given none.

    One place in another spelling is no change (normalizedLocation in the provider's diff.go).
    """
    given, old = call.inputs.get("location"), olds.get("location")
    if isinstance(given, str) and isinstance(old, str) and normal(given) == normal(old):
        return {"location": old}
    takes_one = call.schema.inputs.properties.get("location") == "str"
    if not takes_one or given is not None or call.token.startswith(NOT_FILLED):
        return {}
    found = _default_location(call, olds)
    return {"location": found} if found else {}


def _default_location(call: Call, olds: Properties) -> Value:
    configured = call.setting.values.get("location")
    if olds.get("location") or configured:
        return olds.get("location") or configured
    group = call.inputs.get("resourceGroupName")
    if call.token == "azure-native:resources:ResourceGroup" or group is None:
        return call.setting.region or None
    if group is UNKNOWN:
        return UNKNOWN
    return _group_location(call.session, call.setting, call.inputs)


def _group_location(session: Session | None, setting: Setting, inputs: Properties) -> str:
    group = inputs.get("resourceGroupName")
    if session is None or not isinstance(group, str):
        return ""
    wanted = arm.group_id(setting.account, group).lower()
    found = session.find("azure-native", wanted, [arm.IDENTITY])
    return found[-1].region if found else ""


def missing_location() -> Failure:
    return Failure(
        "location",
        (
            "missing required property 'location'. Either set it explicitly or configure it with "
            "'pulumi config set azure-native:location <value>'."
        ),
    )

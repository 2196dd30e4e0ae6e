"""Looks up one resource by the names in its path."""

from collections.abc import Mapping

from isthmus_simulator.cloud import Invoke, Query
from isthmus_simulator.clouds.azure import arm, paths, refusals
from isthmus_simulator.clouds.azure.inputs import tables, text
from isthmus_simulator.clouds.azure.rules.endpoints import public_address
from isthmus_simulator.values import Properties, Value
from isthmus_simulator.world import Resource

PACKAGE = "azure-native"


def resource_of(query: Query, token: str) -> Resource:
    """The resource of this type that the arguments name; refused as ARM does when there is none."""
    resource_id = paths.fill_path(paths.told_path(token), query.args, query.setting.account, "")
    found = query.session.find(PACKAGE, resource_id.lower(), [arm.IDENTITY])
    if found:
        return found[-1]
    group = arm.group_of(resource_id)
    if group and not query.session.find(PACKAGE, group.lower(), [arm.IDENTITY]):
        raise refusals.group_not_found(arm.last_part(group))
    raise refusals.resource_not_found(resource_id)


def get_resource(query: Query) -> Mapping[str, Value]:
    package, module, name = query.token.split(":")
    found = resource_of(query, f"{package}:{module}:{name[3:]}")
    return {**found.outputs, "id": found.id}


def get_public_address(query: Query) -> Mapping[str, Value]:
    """A dynamic address appears as soon as something uses it."""
    found = resource_of(query, f"{PACKAGE}:network:PublicIPAddress")
    users = query.session.linked_from(found.key)
    given = text(found.outputs.get("ipAddress")) or (public_address(found.id) if users else "")
    return {**found.outputs, "id": found.id, **({"ipAddress": given} if given else {})}


def get_subnet(query: Query) -> Mapping[str, Value]:
    """A subnet, whether it is a resource of its own or a part of its network."""
    network = resource_of(query, f"{PACKAGE}:network:VirtualNetwork")
    name = text(query.args.get("subnetName"))
    for part in tables(network.outputs.get("subnets")):
        if text(part.get("name")).lower() == name.lower():
            return _as_subnet(part, f"{network.id}/subnets/{name}")
    return get_resource(query)


def _as_subnet(part: Properties, subnet_id: str) -> Properties:
    return {
        "provisioningState": "Succeeded",
        "type": arm.type_of(subnet_id),
        **part,
        "id": subnet_id,
    }


LOOKUPS: Mapping[str, Invoke] = {
    f"{PACKAGE}:network:getPublicIPAddress": get_public_address,
    f"{PACKAGE}:network:getSubnet": get_subnet,
}

"""What Azure itself puts into a subscription, so that programs can refer to what they never made."""

import re

from isthmus_simulator.cloud import Call
from isthmus_simulator.clouds.azure import arm
from isthmus_simulator.values import Properties
from isthmus_simulator.world import Resource, Session

PACKAGE = "azure-native"
WATCHER_GROUP = "NetworkWatcherRG"
WATCHER = re.compile(
    r"(/subscriptions/[^/]+/resourcegroups/networkwatcherrg)"
    r"(/providers/microsoft\.network/networkwatchers/networkwatcher_(\w+))?",
    re.IGNORECASE,
)


def lend_watcher(call: Call, resource_id: str) -> Resource | None:
    """The group of network watchers, and the watcher of each region that has a virtual network: Azure makes
    one with the region's first (learn.microsoft.com/azure/network-watcher/network-watcher-create)."""
    found = WATCHER.fullmatch(resource_id)
    if not found:
        return None
    region = (found[3] or "").lower()
    networks = call.world.resources(PACKAGE, "azure-native:network:VirtualNetwork")
    if found[3] and not any(one.region == region for one in networks):
        return None
    group = lend(
        call.world,
        call,
        "azure-native:resources:ResourceGroup",
        arm.group_id(call.setting.account, WATCHER_GROUP),
        region or call.region,
    )
    if not found[3]:
        return group
    watcher_id = f"{group.id}/providers/Microsoft.Network/networkWatchers/NetworkWatcher_{region}"
    return lend(call.world, call, "azure-native:network:NetworkWatcher", watcher_id, region)


def lend(session: Session, call: Call, token: str, resource_id: str, region: str) -> Resource:
    """Puts a thing of Azure's own into the world once."""
    there = session.get(PACKAGE, token, resource_id)
    if there is not None:
        return there
    outputs: Properties = {
        "name": arm.last_part(resource_id),
        "location": region,
        "type": arm.type_of(resource_id),
        "provisioningState": "Succeeded",
    }
    row = Resource(
        0,
        PACKAGE,
        token,
        resource_id,
        arm.last_part(resource_id),
        region,
        call.setting.account,
        "",
        {"location": region},
        outputs,
        builtin=True,
    )
    key = session.insert(row)
    session.add_identities(
        PACKAGE, key, [(arm.IDENTITY, resource_id.lower()), (token, resource_id)]
    )
    made = session.by_key(key)
    assert made is not None
    return made

"""Address arithmetic of virtual networks.

The texts of NetcfgSubnetRangeOutsideVnet and NetcfgSubnetRangesOverlap as pull request 123869 of
MicrosoftDocs/azure-docs quotes them; the others are unverified in their wording.
"""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network

from isthmus_simulator.cloud import Call, Rules
from isthmus_simulator.clouds.azure import arm
from isthmus_simulator.clouds.azure.inputs import inner, table, tables, text, texts
from isthmus_simulator.clouds.azure.refusals import refusal
from isthmus_simulator.values import Properties, Value
from isthmus_simulator.world import Resource

Range = IPv4Network | IPv6Network
NETWORK = "azure-native:network:VirtualNetwork"
SUBNET = "azure-native:network:Subnet"


def read_range(value: str, resource_id: str) -> Range:
    try:
        return ip_network(value)
    except ValueError:
        pass
    try:
        meant = ip_network(value, strict=False)
    except ValueError:
        raise refusal(
            400,
            "InvalidAddressPrefixFormat",
            (
                f"Address prefix {value} of resource {resource_id} has invalid format. The address "
                "prefix should be in CIDR notation."
            ),
        ) from None
    raise refusal(
        400,
        "InvalidCIDRNotation",
        (
            f"The address prefix {value} in resource {resource_id} has an invalid CIDR notation. For the "
            f"given prefix length, the address prefix should be {meant}."
        ),
    )


def subnet_ranges(subnet: Properties, resource_id: str) -> list[Range]:
    given = texts(subnet.get("addressPrefixes") or []) or texts(subnet.get("addressPrefix") or [])
    return [read_range(one, resource_id) for one in given]


def network_ranges(inputs: Properties, resource_id: str) -> list[Range]:
    given: Value = inner(inputs, "addressSpace").get("addressPrefixes") or []
    return [read_range(one, resource_id) for one in texts(given)]


def overlap(one: Range, other: Range) -> bool:
    return one.version == other.version and one.overlaps(other)


def contains(outer: Range, part: Range) -> bool:
    if isinstance(outer, IPv4Network) and isinstance(part, IPv4Network):
        return part.subnet_of(outer)
    if isinstance(outer, IPv6Network) and isinstance(part, IPv6Network):
        return part.subnet_of(outer)
    return False


def refuse_misplaced(
    name: str, network: str, ranges: list[Range], space: list[Range], neighbours: list[Range]
) -> None:
    """Refuses a subnet that leaves its network or covers a neighbour."""
    for one in ranges:
        if space and not any(contains(outer, one) for outer in space):
            raise refusal(
                400,
                "NetcfgSubnetRangeOutsideVnet",
                (
                    f"Subnet '{name}' is not valid because its IP address range is outside the IP "
                    f"address range of virtual network '{network}'."
                ),
            )
        if any(overlap(one, other) for other in neighbours):
            raise refusal(
                400,
                "NetcfgSubnetRangesOverlap",
                (
                    f"Subnet '{name}' is not valid because its IP address range overlaps with that of an "
                    f"existing subnet in virtual network '{network}'."
                ),
            )


def judge_network(call: Call) -> None:
    space = network_ranges(call.inputs, call.id)
    taken: list[Range] = []
    for subnet in tables(call.inputs.get("subnets")):
        ranges = subnet_ranges(subnet, call.id)
        refuse_misplaced(text(subnet.get("name")), call.name, ranges, space, taken)
        taken += ranges
    if call.old is None:
        return
    for name, ranges in separate_subnets(call, call.id):
        outside = [
            one for one in ranges if space and not any(contains(outer, one) for outer in space)
        ]
        if outside:
            raise refusal(
                400,
                "NetcfgSubnetRangeOutsideVnet",
                (
                    f"Subnet '{name}' is not valid because its IP address range is outside the IP "
                    f"address range of virtual network '{call.name}'."
                ),
            )


def judge_subnet(call: Call) -> None:
    network_id = arm.parent_of(call.id)
    network = network_of(call, network_id)
    if network is None:
        return
    space = network_ranges(network.inputs, network.id)
    inline = [
        item
        for item in tables(network.inputs.get("subnets"))
        if text(item.get("name")).lower() != call.name.lower()
    ]
    neighbours = [one for item in inline for one in subnet_ranges(item, network.id)]
    neighbours += [
        one
        for name, ranges in separate_subnets(call, network_id)
        if name.lower() != call.name.lower()
        for one in ranges
    ]
    refuse_misplaced(
        call.name, network.name, subnet_ranges(call.inputs, call.id), space, neighbours
    )


def network_of(call: Call, network_id: str) -> Resource | None:
    found = call.world.find("azure-native", network_id.lower(), [arm.IDENTITY])
    return found[-1] if found else None


def separate_subnets(call: Call, network_id: str) -> Iterator[tuple[str, list[Range]]]:
    """The subnets of a network that are resources of their own."""
    for other in call.world.inside("azure-native", f"{network_id}/subnets/"):
        if other.type == SUBNET:
            yield other.name, subnet_ranges(other.inputs, other.id)


def judge_peering(call: Call) -> None:
    """Peered networks may not share addresses (learn.microsoft.com/azure/virtual-network/
    virtual-network-peering-overview)."""
    here = network_of(call, arm.parent_of(call.id))
    far = call.target("remoteVirtualNetwork.id")
    if here is None or far is None or far.type != NETWORK:
        return
    shared = [
        (one, other)
        for one in network_ranges(here.inputs, here.id)
        for other in network_ranges(far.inputs, far.id)
        if overlap(one, other)
    ]
    if shared:
        listed = ", ".join(f"{one}, {other}" for one, other in shared)
        raise refusal(
            400,
            "VnetAddressSpacesOverlap",
            (
                f"Cannot create or update peering {call.id}. Virtual networks {here.id} and {far.id} "
                "cannot be peered because their address spaces overlap. Overlapping address prefixes: "
                f"{listed}"
            ),
        )


def judge_routes(call: Call) -> None:
    routes = (
        tables(call.inputs.get("routes"))
        if "routes" in call.schema.inputs.properties
        else [call.inputs]
    )
    for route in routes:
        prefix = text(route.get("addressPrefix"))
        if prefix[:1].isdigit():
            read_range(prefix, call.id)
        hop, address = route.get("nextHopType"), route.get("nextHopIpAddress")
        if hop == "VirtualAppliance" and not address:
            raise refusal(
                400,
                "MissingNextHopIpAddress",
                (
                    f"Route {route.get('name') or call.name} has next hop type VirtualAppliance and no "
                    "next hop IP address."
                ),
            )


def peering_outputs(call: Call) -> Mapping[str, str]:
    return {"peeringState": "Initiated", "peeringSyncLevel": "RemoteNotInSync"}


def judge_address_label(call: Call) -> None:
    label = text(table(call.inputs.get("dnsSettings")).get("domainNameLabel"))
    for other in call.world.resources("azure-native", call.token) if label else []:
        same = text(inner(other.inputs, "dnsSettings").get("domainNameLabel")) == label
        if same and other.region == call.region and other.id != call.id:
            raise refusal(
                400,
                "DnsRecordInUse",
                (
                    f"DNS record {label}.{call.region}.cloudapp.azure.com is already used by another "
                    "public IP."
                ),
            )


RULES: Mapping[str, Rules] = {
    NETWORK: Rules(create=judge_network),
    SUBNET: Rules(create=judge_subnet),
    "azure-native:network:VirtualNetworkPeering": Rules(
        create=judge_peering, outputs=peering_outputs
    ),
    "azure-native:network:RouteTable": Rules(create=judge_routes),
    "azure-native:network:Route": Rules(create=judge_routes),
}

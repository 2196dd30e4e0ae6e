"""Networks and their subnets: ranges that must not meet, and the network that every project starts with."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, ip_network
from typing import cast

import isthmus_catalog as catalog
from isthmus_catalog import Cloud as CatalogCloud
from isthmus_simulator.check import Failure
from isthmus_simulator.cloud import Call, Rules
from isthmus_simulator.clouds.gcp.outputs import private_address, public_address
from isthmus_simulator.clouds.gcp.places import last_part, objects, project_of, text_of
from isthmus_simulator.clouds.gcp.refusals import bad_request, invalid_value
from isthmus_simulator.values import UNKNOWN, Properties, Value
from isthmus_simulator.world import Resource, Session

NETWORK = "gcp:compute/network:Network"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
AUTO_RANGE = IPv4Network("10.128.0.0/9")
"""Where the subnets of networks in auto mode lie (https://cloud.google.com/vpc/docs/subnets#ip-ranges)."""
LONGEST_PREFIX = 29
"""https://cloud.google.com/vpc/docs/subnets: a primary range has at least eight addresses."""


def lend_default(call: Call, text: str) -> None:
    """Put the project's network `default` into the world when something names it."""
    if last_part(text) == "default" and call.session is not None:
        default_network(call.world, project_of(call))


def default_network(session: Session, project: str) -> None:
    """The network in auto mode that every project starts with (https://cloud.google.com/vpc/docs/vpc#default-network)."""
    identity = f"projects/{project}/global/networks/default"
    if session.get("gcp", NETWORK, identity) is not None:
        return
    link = f"https://www.googleapis.com/compute/v1/{identity}"
    inputs: Properties = {"name": "default", "autoCreateSubnetworks": True, "project": project}
    outputs: Properties = {
        **inputs,
        "selfLink": link,
        "mtu": 1460,
        "routingMode": "REGIONAL",
        "description": "Default network for the project",
        "gatewayIpv4": "",
    }
    key = session.insert(
        Resource(0, "gcp", NETWORK, identity, "default", "", project, "", inputs, outputs, True)
    )
    texts = ("default", identity, "global/networks/default", link)
    session.add_identities("gcp", key, [(NETWORK, text) for text in texts])
    session.add_identities("gcp", key, _auto_subnets("default", project))


def _auto_subnets(network: str, project: str) -> Iterator[tuple[str, str]]:
    """Subnets that a network in auto mode has in every region; they answer to the network's name."""
    yield (SUBNETWORK, network)
    for region in catalog.regions(CatalogCloud.GCP):
        path = f"regions/{region.name}/subnetworks/{network}"
        yield from (
            (SUBNETWORK, text)
            for text in (
                path,
                f"projects/{project}/{path}",
                f"https://www.googleapis.com/compute/v1/projects/{project}/{path}",
            )
        )


def network_identities(call: Call, _: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    if call.inputs.get("autoCreateSubnetworks") in (True, "true"):
        yield from _auto_subnets(call.name, project_of(call))


def check_subnetwork(call: Call) -> Iterator[Failure]:
    """The provider itself looks at the form of the ranges."""
    for place, text in _ranges_of(call.inputs):
        if _network(text) is None:
            yield Failure(place, f"expected {place} to contain a valid CIDR, got: {text}")


def create_subnetwork(call: Call) -> None:
    own = [
        network for _, text in _ranges_of(call.inputs) if (network := _network(text)) is not None
    ]
    if own and own[0].prefixlen > LONGEST_PREFIX:
        raise invalid_value(
            "resource.ipCidrRange", own[0], "Invalid IPCidrRange: the prefix length is too long"
        )
    network = call.target("network")
    if network is not None and network.inputs.get("autoCreateSubnetworks") in (True, "true", None):
        _keep_off_auto_range(own)
    for taken, other in _taken_ranges(call, network):
        for range_ in own:
            if range_.overlaps(taken):
                raise bad_request(
                    f"Invalid IPCidrRange: {range_} conflicts with existing subnetwork "
                    f"'{other.name}' in region '{other.region}'."
                )
    _keep_apart(own, call)


def _keep_off_auto_range(own: list[IPv4Network]) -> None:
    for range_ in own[:1]:
        if range_.overlaps(AUTO_RANGE):
            raise invalid_value(
                "resource.ipCidrRange",
                range_,
                "Extended subnetworks in auto subnet mode networks "
                f"cannot overlap with {AUTO_RANGE}.",
            )


def _keep_apart(own: list[IPv4Network], call: Call) -> None:
    for number, one in enumerate(own):
        if any(one.overlaps(other) for other in own[:number]):
            raise bad_request(
                f"Invalid IPCidrRange: {one} conflicts with another range of subnetwork '{call.name}' "
                f"in region '{call.region}'."
            )


def _taken_ranges(call: Call, network: Resource | None) -> Iterator[tuple[IPv4Network, Resource]]:
    """The ranges of the network's other subnets."""
    if network is None:
        return
    for path, other in call.world.linked_from(network.key):
        if other.type == SUBNETWORK and path == "network" and other.id != call.id:
            for _, text in _ranges_of(other.inputs):
                found = _network(text)
                if found is not None:
                    yield found, other


def _ranges_of(inputs: Properties) -> Iterator[tuple[str, str]]:
    """The primary range, then the secondary ones, with their paths."""
    if text_of(inputs, "ipCidrRange"):
        yield "ipCidrRange", text_of(inputs, "ipCidrRange")
    for number, one in enumerate(objects(inputs, "secondaryIpRanges")):
        if text_of(one, "ipCidrRange"):
            yield f"secondaryIpRanges[{number}].ipCidrRange", text_of(one, "ipCidrRange")


def _network(text: str) -> IPv4Network | None:
    try:
        found = ip_network(text)
    except ValueError:
        return None
    return found if isinstance(found, IPv4Network) else None


def subnetwork_outputs(call: Call) -> dict[str, Value]:
    found = _network(text_of(call.inputs, "ipCidrRange"))
    return {"gatewayAddress": str(found.network_address + 1)} if found else {}


def subnetwork_replaced(old: Properties, new: Properties) -> Iterator[str]:
    """A range can grow in place; any other change makes a new subnet."""
    before, after = _network(text_of(old, "ipCidrRange")), _network(text_of(new, "ipCidrRange"))
    if before and after and not before.subnet_of(after):
        yield "ipCidrRange"


SOURCES = ("sourceRanges", "sourceTags", "sourceServiceAccounts")


def check_firewall(call: Call) -> Iterator[Failure]:
    """What the provider refuses before it asks the API (resource_compute_firewall's CustomizeDiff)."""
    inputs = call.inputs
    if bool(inputs.get("allows")) == bool(inputs.get("denies")):
        yield Failure("allows", "exactly one of `allow,deny` must be specified")
    incoming = inputs.get("direction") in (None, "INGRESS")
    if incoming and not any(inputs.get(key) is not None for key in SOURCES):
        yield Failure(
            "sourceRanges",
            "one of source_tags, source_ranges, or source_service_accounts must be defined",
        )


def create_firewall(call: Call) -> None:
    for key in ("sourceRanges", "destinationRanges"):
        ranges = call.inputs.get(key)
        for text in cast(list[object], ranges) if isinstance(ranges, list) else []:
            if isinstance(text, str) and not _is_range(text):
                raise invalid_value(
                    f"resource.{key}[0]", text, "Must be a valid IP address or CIDR range"
                )
    priority = call.inputs.get("priority")
    if isinstance(priority, int) and not 0 <= priority <= 65535:
        raise invalid_value("resource.priority", priority, "Must be less than or equal to 65535")


def _is_range(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


HOPS = ("nextHopGateway", "nextHopIp", "nextHopInstance", "nextHopVpnTunnel", "nextHopIlb")


def check_route(call: Call) -> Iterator[Failure]:
    given = [key for key in HOPS if call.inputs.get(key) is not None]
    if len(given) != 1:
        names = ",".join(
            sorted(
                (
                    "next_hop_gateway",
                    "next_hop_ilb",
                    "next_hop_instance",
                    "next_hop_ip",
                    "next_hop_vpn_tunnel",
                )
            )
        )
        yield Failure(
            given[1] if given else "nextHopGateway",
            f"only one of `{names}` can be specified"
            if given
            else f"one of `{names}` must be specified",
        )


def create_route(call: Call) -> None:
    text = text_of(call.inputs, "destRange")
    if text and not _is_range(text):
        raise invalid_value("resource.destRange", text, "Must be a valid CIDR range")


def address_outputs(call: Call) -> dict[str, Value]:
    """An address given stays; an internal one comes from its subnet."""
    if text_of(call.inputs, "address"):
        return {}
    if text_of(call.inputs, "addressType") != "INTERNAL":
        return {"address": public_address(call, "address")}
    subnet = call.target("subnetwork")
    found = _network(text_of(subnet.inputs, "ipCidrRange")) if subnet else None
    if found is None:
        return {"address": private_address(call, "address")}
    spare = max(found.num_addresses - 4, 1)
    number = int(call.maker.child("address").hex(6), 16) % spare
    return {"address": str(found.network_address + 2 + number)}


def check_record(call: Call) -> Iterator[Failure]:
    name = call.inputs.get("name")
    if isinstance(name, str) and name is not UNKNOWN and not name.endswith("."):
        yield Failure(
            "name",
            f'"name" ("{name}") doesn\'t end with ".", name field must end with trailing dot, '
            "for example test.example.com. (note the trailing dot)",
        )


def create_record(call: Call) -> None:
    zone = call.target("managedZone")
    domain = text_of(zone.inputs, "dnsName") if zone else ""
    name, kind = text_of(call.inputs, "name"), text_of(call.inputs, "type")
    if domain and name != domain and not name.endswith(f".{domain}"):
        raise bad_request(
            f"Invalid value for 'entity.change.additions[{name}][{kind}].name': '{name}'", "invalid"
        )


def create_zone(call: Call) -> None:
    domain = text_of(call.inputs, "dnsName")
    if not domain.endswith("."):
        raise bad_request(f"Invalid value for 'entity.managedZone.dnsName': '{domain}'", "invalid")


def delete_zone(call: Call, dependents: list[tuple[str, Resource]]) -> None:
    records = [one for path, one in dependents if path == "managedZone"]
    if records and call.inputs.get("forceDestroy") not in (True, "true"):
        raise bad_request(
            f"The resource named '{call.name}' cannot be deleted because it contains one or more "
            "'resource records'.",
            "containerNotEmpty",
        )


def create_connection(call: Call) -> None:
    """A private service connection needs a range set aside for it."""
    for one in call.targets.get("reservedPeeringRanges", []):
        if one.inputs.get("purpose") != "VPC_PEERING":
            raise bad_request(
                f"Invalid allocated range '{one.name}': its purpose must be VPC_PEERING"
            )


RULES: Mapping[str, Rules] = {
    NETWORK: Rules(identities=network_identities, lend=lend_default),
    SUBNETWORK: Rules(
        check=check_subnetwork,
        create=create_subnetwork,
        outputs=subnetwork_outputs,
        lend=lend_default,
        replaces=subnetwork_replaced,
    ),
    "gcp:compute/firewall:Firewall": Rules(check=check_firewall, create=create_firewall),
    "gcp:compute/route:Route": Rules(check=check_route, create=create_route),
    "gcp:compute/address:Address": Rules(outputs=address_outputs),
    "gcp:compute/globalAddress:GlobalAddress": Rules(outputs=address_outputs),
    "gcp:dns/recordSet:RecordSet": Rules(check=check_record, create=create_record),
    "gcp:dns/managedZone:ManagedZone": Rules(create=create_zone, delete=delete_zone),
    "gcp:servicenetworking/connection:Connection": Rules(create=create_connection),
}

"""VPCs, subnets, routes and gateways: address arithmetic and what may be attached to what."""

import ipaddress
from collections.abc import Iterable, Iterator, Mapping

from isthmus_simulator.check import Failure
from isthmus_simulator.cloud import Call, CloudError, Rules
from isthmus_simulator.clouds.aws.defaults import (
    NETWORK_ACL,
    ROUTE_TABLE,
    SECURITY_GROUP,
    SUBNET,
    VPC,
    lend_default_network,
    zone_id,
    zones,
)
from isthmus_simulator.clouds.aws.quotas import uses
from isthmus_simulator.clouds.aws.reading import tables
from isthmus_simulator.clouds.aws.rules.inputs import judge_cidr
from isthmus_simulator.values import UNKNOWN, Value
from isthmus_simulator.world import Resource

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
GATEWAY = "aws:ec2/internetGateway:InternetGateway"
ATTACHMENT = "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment"
SECONDARY = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
ROUTE = "aws:ec2/route:Route"
TABLE_ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
DESTINATIONS = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")


def referring(call: Call, target: Resource | None, token: str) -> list[Resource]:
    """What of one type refers to the target, without the resource of the call itself."""
    found = call.world.linked_from(target.key) if target else []
    return [other for _, other in found if other.type == token and other.id != call.id]


def check_block(call: Call) -> Iterator[Failure]:
    """A VPC's range (EC2 API, CreateVpc; moto 5.2.5, moto/ec2/exceptions.py, quotes the words)."""
    text = call.inputs.get("cidrBlock")
    if not isinstance(text, str):
        return
    reason = judge_cidr("cidrBlock", text, version=4)
    if reason:
        yield Failure("cidrBlock", reason)
    elif not 16 <= (bits := ipaddress.ip_network(text).prefixlen) <= 28:
        yield Failure(
            "cidrBlock",
            f"InvalidVpc.Range: The CIDR '{text}' is invalid. (A VPC is a /16 to a /28, this is a /{bits}.)",
        )


def vpc_identities(call: Call, outputs: Mapping[str, Value]) -> Iterable[tuple[str, str]]:
    """What comes with a VPC and can be referred to."""
    kinds = {
        "defaultSecurityGroupId": SECURITY_GROUP,
        "mainRouteTableId": ROUTE_TABLE,
        "defaultNetworkAclId": NETWORK_ACL,
    }
    return [(kind, str(outputs[key])) for key, kind in kinds.items() if outputs.get(key)]


def place_subnet(call: Call) -> None:
    """A subnet lies inside its VPC, overlaps no other and stands in a zone of the region.

    Words of the EC2 API, as moto 5.2.5 (moto/ec2/exceptions.py) quotes them.
    """
    _check_zone(call)
    text = call.inputs.get("cidrBlock")
    vpc = call.target("vpcId")
    if not isinstance(text, str) or vpc is None:
        return
    block = ipaddress.ip_network(text)
    inside = any(_contains(space, block) for space in _spaces(call, vpc))
    if not inside or not 16 <= block.prefixlen <= 28:
        raise CloudError(f"InvalidSubnet.Range: The CIDR '{text}' is invalid.")
    for other in referring(call, vpc, SUBNET):
        taken = other.inputs.get("cidrBlock")
        if isinstance(taken, str) and block.overlaps(ipaddress.ip_network(taken)):
            raise CloudError(
                f"InvalidSubnet.Conflict: The CIDR '{text}' conflicts with another subnet"
            )


def _spaces(call: Call, vpc: Resource) -> Iterator[Network]:
    blocks = [vpc.outputs, *(one.outputs for one in referring(call, vpc, SECONDARY))]
    for outputs in blocks:
        text = outputs.get("cidrBlock")
        if isinstance(text, str) and text:
            yield ipaddress.ip_network(text)


def _contains(space: Network, block: Network) -> bool:
    if isinstance(space, ipaddress.IPv4Network) and isinstance(block, ipaddress.IPv4Network):
        return block.subnet_of(space)
    return False


def _check_zone(call: Call) -> None:
    zone = call.inputs.get("availabilityZone")
    valid = zones(call.region)
    # Local and wavelength zones (`us-east-1-bos-1a`) have to be opted into; they are let through.
    if isinstance(zone, str) and zone not in valid and zone[:-1].endswith(call.region[-2:]):
        raise CloudError(
            f"InvalidParameterValue: Value ({zone}) for parameter availabilityZone is invalid. "
            f"Subnets can currently "
            f"only be created in the following availability zones: {', '.join(valid)}."
        )
    if isinstance(zone, str) and not zone.startswith(call.region):
        raise CloudError(
            f"InvalidParameterValue: Value ({zone}) for parameter availabilityZone is invalid. "
            f"Subnets can currently "
            f"only be created in the following availability zones: {', '.join(valid)}."
        )


def subnet_outputs(call: Call) -> Mapping[str, Value]:
    zone = call.inputs.get("availabilityZone") or zones(call.region)[0]
    known = isinstance(zone, str) and zone in zones(call.region)
    return {"availabilityZone": zone, **({"availabilityZoneId": zone_id(zone)} if known else {})}


def attach_gateway(call: Call) -> None:
    vpc = call.target("vpcId")
    if vpc is None:
        return
    direct = [one.id for one in referring(call, vpc, GATEWAY)]
    linked = [one.inputs.get("internetGatewayId") for one in referring(call, vpc, ATTACHMENT)]
    if [
        one
        for one in (*direct, *linked)
        if one not in (call.id, call.inputs.get("internetGatewayId"))
    ]:
        raise CloudError(
            f"InvalidParameterValue: Network {vpc.id} already has an internet gateway attached"
        )


def add_route(call: Call) -> None:
    table = call.target("routeTableId")
    destination = next((call.inputs[key] for key in DESTINATIONS if call.inputs.get(key)), None)
    for other in referring(call, table, ROUTE):
        if destination in [other.inputs.get(key) for key in DESTINATIONS]:
            raise CloudError(
                f"RouteAlreadyExists: The route identified by {destination} already exists."
            )
    if table is not None:
        _check_gateway(call, table, call.inputs.get("gatewayId"))


def check_table(call: Call) -> None:
    vpc = call.target("vpcId")
    for route in tables(call.inputs, "routes"):
        if vpc is not None:
            _check_gateway_of(call, vpc.id, call.id, route.get("gatewayId"))


def _check_gateway(call: Call, table: Resource, gateway: Value) -> None:
    vpc = table.outputs.get("vpcId") or (table.id if table.type == VPC else "")
    _check_gateway_of(call, str(vpc), table.id, gateway)


def _check_gateway_of(call: Call, vpc: str, table: str, gateway: Value) -> None:
    if not isinstance(gateway, str) or not gateway.startswith("igw-"):
        return
    found = call.world.find("aws", gateway, (GATEWAY,))
    if not found:
        raise CloudError(
            f"InvalidInternetGatewayID.NotFound: The internetGateway ID '{gateway}' does not exist"
        )
    attached = [
        one.inputs.get("vpcId") for one in (found[-1], *referring(call, found[-1], ATTACHMENT))
    ]
    if vpc not in attached:
        raise CloudError(
            f"InvalidParameterValue: route table {table} and network gateway {gateway} belong to "
            f"different networks"
        )


def associate_table(call: Call) -> None:
    table = call.inputs.get("routeTableId")
    for other in referring(call, call.target("subnetId"), TABLE_ASSOCIATION):
        raise CloudError(
            f"Resource.AlreadyAssociated: the specified association for route table {table} "
            f"conflicts with an "
            f"existing association ({other.id})"
        )


def check_routes(call: Call) -> Iterator[Failure]:
    for key in ("destinationCidrBlock", "destinationIpv6CidrBlock"):
        text = call.inputs.get(key)
        reason = judge_cidr(key, text) if isinstance(text, str) and text is not UNKNOWN else ""
        if reason:
            yield Failure(key, reason)


RULES: Mapping[str, Rules] = {
    VPC: Rules(
        check=check_block, identities=vpc_identities, lend=lend_default_network, usage=uses("vpcs")
    ),
    SUBNET: Rules(create=place_subnet, outputs=subnet_outputs, lend=lend_default_network),
    GATEWAY: Rules(create=attach_gateway, usage=uses("internet-gateways")),
    ATTACHMENT: Rules(create=attach_gateway),
    ROUTE: Rules(check=check_routes, create=add_route),
    ROUTE_TABLE: Rules(create=check_table),
    TABLE_ASSOCIATION: Rules(create=associate_table),
}

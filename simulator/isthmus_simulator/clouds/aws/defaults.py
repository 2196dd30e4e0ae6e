"""The default VPC of every region: part of an account from its first day, put into the world on first use."""

import ipaddress
from collections.abc import Iterable

import isthmus_catalog as catalog
from isthmus_simulator.cloud import Call, Setting
from isthmus_simulator.templates import Maker
from isthmus_simulator.values import Properties
from isthmus_simulator.world import Resource, Session

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
ROUTE_TABLE = "aws:ec2/routeTable:RouteTable"
NETWORK_ACL = "aws:ec2/networkAcl:NetworkAcl"
RANGE = ipaddress.ip_network("172.31.0.0/16")
"""Address range of every default VPC, a /20 for each zone (VPC User Guide, "Default VPC components")."""
USUAL_ZONES = "abc"
"""Suffixes of a region's zones where the catalogue has no list: every region has at least three."""


def zones(region: str) -> tuple[str, ...]:
    found = catalog.region(catalog.Cloud.AWS, region)
    listed = found.zones if found else ()
    return tuple(listed) or tuple(f"{region}{suffix}" for suffix in USUAL_ZONES)


def zone_id(zone: str) -> str:
    """`us-east-1a` -> `use1-az1`, in the order of names; a real account's order is its own."""
    area, *middle, direction, last = zone.split("-")
    words = ("north", "south", "central", "east", "west")
    short = "".join(word[0] for word in words if word in direction)
    return f"{area}{'g' if 'gov' in middle else ''}{short}{last[:-1]}-az{ord(last[-1]) - 96}"


def maker(account: str, region: str) -> Maker:
    return Maker(f"default-vpc/{account}/{region}")


def vpc_id(account: str, region: str) -> str:
    return f"vpc-{maker(account, region).child('vpc').hex(17)}"


def ensure_default_network(session: Session, setting: Setting, region: str) -> Resource:
    """The region's default VPC, with its subnets and its security group."""
    found = session.get("aws", VPC, vpc_id(setting.account, region))
    if found is not None:
        return found
    key = 0
    for one in _resources(setting, region):
        row = session.insert(one)
        key = key or row
        texts = [one.id, one.outputs["arn"]]
        session.add_identities("aws", row, [(one.type, str(text)) for text in texts])
        if one.type == VPC:
            session.add_identities(
                "aws",
                row,
                [
                    (ROUTE_TABLE, one.outputs["mainRouteTableId"]),
                    (NETWORK_ACL, one.outputs["defaultNetworkAclId"]),
                ],
            )
    made = session.by_key(key)
    assert made is not None, "the VPC was inserted just now"
    return made


def lend_default_network(call: Call, value: str) -> None:
    """For references: the text may be an id of the default network, which nobody asked for yet."""
    if value.startswith(("vpc-", "subnet-", "sg-", "rtb-", "acl-")):
        ensure_default_network(call.world, call.setting, call.region)


def _resources(setting: Setting, region: str) -> Iterable[Resource]:
    vpc = _vpc(setting, region)
    yield _resource(setting, region, VPC, "default", vpc)
    for number, zone in enumerate(zones(region)):
        yield _resource(
            setting, region, SUBNET, zone, _subnet(setting, region, vpc["id"], zone, number)
        )
    group: Properties = {
        "id": vpc["defaultSecurityGroupId"],
        "vpcId": vpc["id"],
        "name": "default",
        "description": "default VPC security group",
        "ownerId": setting.account,
        "tags": {},
        "region": region,
        "arn": _arn(setting, region, "security-group", vpc["defaultSecurityGroupId"]),
    }
    yield _resource(setting, region, SECURITY_GROUP, "default", group)


def _vpc(setting: Setting, region: str) -> Properties:
    ids = maker(setting.account, region)
    name = vpc_id(setting.account, region)
    return {
        "id": name,
        "cidrBlock": str(RANGE),
        "default": True,
        "enableDnsSupport": True,
        "enableDnsHostnames": True,
        "instanceTenancy": "default",
        "ownerId": setting.account,
        "tags": {},
        "region": region,
        "arn": _arn(setting, region, "vpc", name),
        "mainRouteTableId": f"rtb-{ids.child('rtb').hex(17)}",
        "defaultNetworkAclId": f"acl-{ids.child('acl').hex(17)}",
        "defaultSecurityGroupId": f"sg-{ids.child('sg').hex(17)}",
        "dhcpOptionsId": f"dopt-{ids.child('dopt').hex(17)}",
    }


def _subnet(setting: Setting, region: str, vpc: str, zone: str, number: int) -> Properties:
    name = f"subnet-{maker(setting.account, region).child(zone).hex(17)}"
    return {
        "id": name,
        "vpcId": vpc,
        "cidrBlock": str(list(RANGE.subnets(new_prefix=20))[number]),
        "availabilityZone": zone,
        "availabilityZoneId": zone_id(zone),
        "defaultForAz": True,
        "mapPublicIpOnLaunch": True,
        "availableIpAddressCount": 4091,
        "state": "available",
        "ownerId": setting.account,
        "tags": {},
        "region": region,
        "arn": _arn(setting, region, "subnet", name),
    }


def _arn(setting: Setting, region: str, kind: str, name: str) -> str:
    return f"arn:{setting.values['partition']}:ec2:{region}:{setting.account}:{kind}/{name}"


def _resource(
    setting: Setting, region: str, token: str, name: str, outputs: Properties
) -> Resource:
    return Resource(
        0,
        "aws",
        token,
        outputs["id"],
        name,
        region,
        setting.account,
        "",
        outputs,
        outputs,
        builtin=True,
    )

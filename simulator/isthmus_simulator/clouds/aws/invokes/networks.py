"""Look-ups of EC2 networks by id, tags and filters; the default VPC is there without anybody making it."""

from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from isthmus_simulator.cloud import CloudError, Invoke, Query
from isthmus_simulator.clouds.aws import defaults
from isthmus_simulator.clouds.aws.invokes.accounts import region_of
from isthmus_simulator.clouds.aws.reading import items, table
from isthmus_simulator.templates import Maker
from isthmus_simulator.values import Properties, Value
from isthmus_simulator.world import Resource

FILTERS: Mapping[str, str] = {
    # Filter names of the EC2 API's Describe actions -> outputs of the SDK.
    "vpc-id": "vpcId",
    "subnet-id": "id",
    "group-id": "id",
    "group-name": "name",
    "availability-zone": "availabilityZone",
    "availability-zone-id": "availabilityZoneId",
    "availabilityZone": "availabilityZone",
    "cidr": "cidrBlock",
    "cidr-block": "cidrBlock",
    "cidrBlock": "cidrBlock",
    "isDefault": "default",
    "is-default": "default",
    "default-for-az": "defaultForAz",
    "defaultForAz": "defaultForAz",
    "state": "state",
    "owner-id": "ownerId",
    "description": "description",
    "route-table-id": "id",
    "internet-gateway-id": "id",
    "attachment.vpc-id": "vpcId",
    "map-public-ip-on-launch": "mapPublicIpOnLaunch",
    "instance-id": "id",
    "instance-state-name": "instanceState",
    "instance-type": "instanceType",
    "nat-gateway-id": "id",
    "image-id": "ami",
}
KINDS: Mapping[str, tuple[str, ...]] = {
    "Vpc": (defaults.VPC,),
    "Subnet": (defaults.SUBNET,),
    "SecurityGroup": (defaults.SECURITY_GROUP,),
    "RouteTable": (defaults.ROUTE_TABLE,),
    "InternetGateway": ("aws:ec2/internetGateway:InternetGateway",),
    "NatGateway": ("aws:ec2/natGateway:NatGateway",),
    "Instance": ("aws:ec2/instance:Instance",),
}
DIRECT = (
    "id",
    "vpcId",
    "cidrBlock",
    "name",
    "availabilityZone",
    "default",
    "defaultForAz",
    "state",
    "subnetId",
)
"""Arguments that are compared with the output of the same name."""


def search(query: Query, kind: str) -> list[Resource]:
    """What exists of the kind in the region and fits the arguments, the default network last."""
    here = region_of(query)
    defaults.ensure_default_network(query.session, query.setting, here)
    found = [
        one for token in KINDS[kind] for one in query.session.resources("aws", token, builtin=True)
    ]
    return [one for one in found if one.region == here and _fits(one, query.args)]


def _fits(one: Resource, args: Properties) -> bool:
    known = {
        "default": False,
        "defaultForAz": False,
        "state": "available",
        **one.outputs,
        "id": one.id,
    }
    plain = all(_same(known.get(key), args[key]) for key in DIRECT if args.get(key) is not None)
    tags = table(known, "tags")
    tagged = all(tags.get(key) == value for key, value in table(args, "tags").items())
    return (
        plain and tagged and all(_passes(known, condition) for condition in items(args, "filters"))
    )


def _same(known: Value, wanted: Value) -> bool:
    return known == wanted or str(known).lower() == str(wanted).lower()


def _passes(known: Properties, condition: Mapping[str, Any]) -> bool:
    name, values = (
        str(condition.get("name")),
        [str(value) for value in items(condition, "values")],
    )
    tags: dict[str, Any] = table(known, "tags")
    if name.startswith("tag:"):
        return (
            any(fnmatchcase(str(tags.get(name[4:])), value) for value in values)
            and name[4:] in tags
        )
    if name == "tag-key":
        return any(value in tags for value in values)
    key = FILTERS.get(name)
    if key is None:
        raise CloudError(f"InvalidParameterValue: The filter '{name}' is invalid")
    found = known.get("id") if name == "vpc-id" and "vpcId" not in known else known.get(key)
    text = str(found).lower() if isinstance(found, bool) else str(found)
    return any(fnmatchcase(text, value) for value in values)


def one_of(kind: str, words: str) -> Invoke:
    def look_up(query: Query) -> Mapping[str, Value]:
        found = search(query, kind)
        if not found:
            raise CloudError(f"no matching EC2 {words} found")
        if len(found) > 1:
            raise CloudError(
                f"multiple EC2 {words}s matched; use additional constraints to reduce matches to a single "
                f"EC2 {words} ({', '.join(one.id for one in found[:5])})"
            )
        return {**_empty(kind), **found[0].outputs, "id": found[0].id, **_extra(kind, found[0])}

    return look_up


def _empty(kind: str) -> Properties:
    """What the data source always answers, and the resource does not have."""
    if kind == "Vpc":
        return {
            "default": False,
            "state": "available",
            "ipv6AssociationId": "",
            "ipv6CidrBlock": "",
            "ipv6CidrBlockAssociations": [],
            "tags": {},
        }
    if kind == "Subnet":
        return {
            "defaultForAz": False,
            "state": "available",
            "availableIpAddressCount": 251,
            "tags": {},
        }
    return {"state": "available", "tags": {}}


def _extra(kind: str, found: Resource) -> Properties:
    if kind == "Vpc":
        block = {
            "associationId": f"vpc-cidr-assoc-{Maker(found.id).hex(17)}",
            "cidrBlock": found.outputs.get("cidrBlock"),
            "state": "associated",
        }
        return {"cidrBlockAssociations": [block]}
    return {"routeTableId": found.id} if kind == "RouteTable" else {}


def all_of(kind: str, also: Callable[[Iterable[Resource]], Properties] | None = None) -> Invoke:
    def list_all(query: Query) -> Mapping[str, Value]:
        found = search(query, kind)
        if not found and kind == "Instance":
            raise CloudError("no matching EC2 Instances found")
        ids = [one.id for one in found]
        more = also(found) if also else {}
        return {
            **query.args,
            "id": region_of(query),
            "region": region_of(query),
            "ids": ids,
            **more,
        }

    return list_all


def _group_details(found: Iterable[Resource]) -> Properties:
    groups = list(found)
    return {
        "arns": [one.outputs.get("arn") for one in groups],
        "vpcIds": [one.outputs.get("vpcId") for one in groups],
    }


def _instance_details(found: Iterable[Resource]) -> Properties:
    machines = list(found)
    return {
        "privateIps": [one.outputs.get("privateIp") for one in machines],
        "ipv6Addresses": [],
        "publicIps": [one.outputs["publicIp"] for one in machines if one.outputs.get("publicIp")],
    }


def prefix_list(query: Query) -> Mapping[str, Value]:
    """AWS's own lists, by name (VPC User Guide, "AWS-managed prefix lists"); their ranges are
    not reproduced."""
    conditions = items(query.args, "filters")
    named = next(
        (one["values"][0] for one in conditions if one.get("name") == "prefix-list-name"), None
    )
    name = str(
        query.args.get("name") or named or query.args.get("prefixListId") or query.args.get("id")
    )
    here = region_of(query)
    if not name.startswith(("com.amazonaws.", "pl-")):
        raise CloudError(f"no matching EC2 Prefix List found: {name}")
    ident = name if name.startswith("pl-") else f"pl-{Maker(f'{here}/{name}').hex(8)}"
    common = {"id": ident, "name": name, "region": here}
    if query.token.endswith("getPrefixList"):
        return {**common, "prefixListId": ident, "cidrBlocks": ["198.51.100.0/24"]}
    arn = f"arn:{query.setting.values['partition']}:ec2:{here}:aws:prefix-list/{ident}"
    return {
        **common,
        "arn": arn,
        "addressFamily": "IPv4",
        "entries": [{"cidr": "198.51.100.0/24", "description": ""}],
        "maxEntries": 0,
        "ownerId": "AWS",
        "tags": {},
        "version": 0,
    }


def endpoint_service(query: Query) -> Mapping[str, Value]:
    here = region_of(query)
    name = str(query.args.get("serviceName") or f"com.amazonaws.{here}.{query.args.get('service')}")
    short = name.rsplit(".", 1)[-1]
    gateway = query.args.get("serviceType") == "Gateway" or (
        short in ("s3", "dynamodb") and not query.args.get("serviceType")
    )
    ident = f"vpce-svc-{Maker(name).hex(17)}"
    base = f"arn:{query.setting.values['partition']}:ec2:{here}:{query.setting.account}"
    return {
        **query.args,
        "id": ident,
        "serviceId": ident,
        "serviceName": name,
        "region": here,
        "serviceRegion": here,
        "arn": f"{base}:vpc-endpoint-service/{ident}",
        "acceptanceRequired": False,
        "availabilityZones": list(defaults.zones(here)),
        "managesVpcEndpoints": False,
        "baseEndpointDnsNames": [f"{short}.{here}.vpce.amazonaws.com"],
        "owner": "amazon",
        "privateDnsName": "" if gateway else f"{short}.{here}.amazonaws.com",
        "privateDnsNames": [],
        "serviceType": "Gateway" if gateway else "Interface",
        "supportedIpAddressTypes": ["ipv4"],
        "tags": {},
        "vpcEndpointPolicySupported": True,
    }


INVOKES: Mapping[str, Invoke] = {
    **{
        f"aws:ec2/get{kind}:get{kind}": one_of(kind, words)
        for kind, words in (
            ("Vpc", "VPC"),
            ("Subnet", "Subnet"),
            ("SecurityGroup", "Security Group"),
            ("RouteTable", "Route Table"),
            ("InternetGateway", "Internet Gateway"),
            ("NatGateway", "NAT Gateway"),
            ("Instance", "Instance"),
        )
    },
    "aws:ec2/getVpcs:getVpcs": all_of("Vpc"),
    "aws:ec2/getSubnets:getSubnets": all_of("Subnet"),
    "aws:ec2/getSecurityGroups:getSecurityGroups": all_of("SecurityGroup", _group_details),
    "aws:ec2/getRouteTables:getRouteTables": all_of("RouteTable"),
    "aws:ec2/getNatGateways:getNatGateways": all_of("NatGateway"),
    "aws:ec2/getInstances:getInstances": all_of("Instance", _instance_details),
    "aws:ec2/getPrefixList:getPrefixList": prefix_list,
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": prefix_list,
    "aws:ec2/getVpcEndpointService:getVpcEndpointService": endpoint_service,
}

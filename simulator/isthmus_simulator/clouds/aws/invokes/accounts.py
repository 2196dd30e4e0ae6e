"""Who calls, where, and what AWS itself is called there."""

from collections.abc import Mapping

import isthmus_catalog as catalog
from isthmus_simulator.cloud import CloudError, Invoke, Query
from isthmus_simulator.clouds.aws import defaults
from isthmus_simulator.clouds.aws.reading import items
from isthmus_simulator.clouds.aws.regional import regional_id
from isthmus_simulator.templates import Maker
from isthmus_simulator.values import Value

AWS = catalog.Cloud.AWS


def region_of(query: Query) -> str:
    given = query.args.get("region")
    return given if isinstance(given, str) and given else query.setting.region


def caller_identity(query: Query) -> Mapping[str, Value]:
    account = query.setting.account
    arn = f"arn:{query.setting.values['partition']}:iam::{account}:user/simulated"
    return {"accountId": account, "arn": arn, "id": account, "userId": "AIDASIMULATED0000000"}


def region(query: Query) -> Mapping[str, Value]:
    asked = query.args.get("region") or query.args.get("name") or query.args.get("endpoint")
    name = str(asked or query.setting.region).removeprefix("ec2.").removesuffix(".amazonaws.com")
    found = catalog.region(AWS, name)
    if found is None:
        raise CloudError(f"invalid AWS Region: {name}")
    return {
        "id": name,
        "name": name,
        "region": name,
        "endpoint": f"ec2.{name}.{query.setting.values['dnsSuffix']}",
        "description": found.display_name,
    }


def regions(query: Query) -> Mapping[str, Value]:
    here = query.setting.values["partition"]
    names = sorted(one.name for one in catalog.regions(AWS) if one.partition == here)
    return {**query.args, "id": here, "names": names}


def partition(query: Query) -> Mapping[str, Value]:
    name, suffix = query.setting.values["partition"], query.setting.values["dnsSuffix"]
    return {
        "id": name,
        "partition": name,
        "dnsSuffix": suffix,
        "reverseDnsPrefix": ".".join(reversed(suffix.split("."))),
    }


def zone_names(query: Query) -> list[str]:
    excluded = {*items(query.args, "excludeNames")}
    return [
        zone
        for zone in defaults.zones(region_of(query))
        if zone not in excluded
        and defaults.zone_id(zone) not in items(query.args, "excludeZoneIds")
    ]


def availability_zones(query: Query) -> Mapping[str, Value]:
    here = region_of(query)
    names = zone_names(query) if query.args.get("state", "available") == "available" else []
    return {
        **query.args,
        "id": here,
        "region": here,
        "names": names,
        "groupNames": [here],
        "zoneIds": [defaults.zone_id(zone) for zone in names],
    }


def availability_zone(query: Query) -> Mapping[str, Value]:
    here = region_of(query)
    wanted = query.args.get("name"), query.args.get("zoneId")
    for zone in defaults.zones(here):
        if zone == wanted[0] or defaults.zone_id(zone) == wanted[1]:
            return {
                "id": zone,
                "name": zone,
                "zoneId": defaults.zone_id(zone),
                "nameSuffix": zone[len(here) :],
                "region": here,
                "groupName": here,
                "networkBorderGroup": here,
                "optInStatus": "opt-in-not-required",
                "state": "available",
                "zoneType": "availability-zone",
                "parentZoneId": "",
                "parentZoneName": "",
            }
    raise CloudError(
        f"no matching EC2 Availability Zone found: {wanted[0] or wanted[1]}; {here} has "
        f"{', '.join(defaults.zones(here))}"
    )


def arn(query: Query) -> Mapping[str, Value]:
    text = str(query.args["arn"])
    parts = text.split(":", 5)
    if parts[0] != "arn" or len(parts) < 6:
        raise CloudError(f"arn: invalid prefix: {text}")
    return {
        "id": text,
        "arn": text,
        "partition": parts[1],
        "service": parts[2],
        "region": parts[3],
        "account": parts[4],
        "resource": parts[5],
    }


def service(query: Query) -> Mapping[str, Value]:
    here, suffix = region_of(query), query.setting.values["dnsSuffix"]
    name = str(query.args.get("serviceId") or "").lower()
    prefix = ".".join(reversed(suffix.split(".")))
    host = f"{name}.{here}.{suffix}"
    return {
        "id": f"{prefix}.{here}.{name}",
        "dnsName": host,
        "partition": query.setting.values["partition"],
        "region": here,
        "reverseDnsName": f"{prefix}.{here}.{name}",
        "reverseDnsPrefix": prefix,
        "serviceId": name,
        "supported": True,
    }


def default_tags(query: Query) -> Mapping[str, Value]:
    return {
        "id": query.setting.values["partition"],
        "tags": query.setting.values.get("defaultTags", {}),
    }


def billing_account(query: Query) -> Mapping[str, Value]:
    """One account for the whole partition (Cost and Usage Reports User Guide)."""
    account = "386209384616"
    return {"id": account, "arn": f"arn:{query.setting.values['partition']}:iam::{account}:root"}


def balancer_account(query: Query) -> Mapping[str, Value]:
    account = _regional(query, "elb_account", "ELB Service Account")
    return {
        "id": account,
        "arn": f"arn:{query.setting.values['partition']}:iam::{account}:root",
        "region": region_of(query),
    }


def balancer_zone(query: Query) -> Mapping[str, Value]:
    kind = "nlb_zone" if query.args.get("loadBalancerType") == "network" else "elb_zone"
    return {**query.args, "id": _regional(query, kind, "ELB"), "region": region_of(query)}


def _regional(query: Query, column: str, what: str) -> str:
    here = region_of(query)
    found = regional_id(here, column)
    if not found:
        raise CloudError(f"unsupported {what} Region ({here})")
    return found


def canonical_user(query: Query) -> Mapping[str, Value]:
    maker = Maker(f"canonical/{query.setting.account}")
    return {"id": maker.hex(64), "displayName": "simulated"}


def organization(query: Query) -> Mapping[str, Value]:
    maker, account = Maker(f"organization/{query.setting.account}"), query.setting.account
    name = f"o-{maker.letters(10)}"
    base = f"arn:{query.setting.values['partition']}:organizations::{account}"
    owner = {
        "id": account,
        "arn": f"{base}:account/{name}/{account}",
        "email": "owner@example.com",
        "name": "simulated",
        "status": "ACTIVE",
    }
    root: dict[str, Value] = {
        "id": f"r-{maker.letters(4)}",
        "arn": f"{base}:root/{name}",
        "name": "Root",
        "policyTypes": [],
    }
    return {
        "id": name,
        "arn": f"{base}:organization/{name}",
        "masterAccountId": account,
        "masterAccountArn": owner["arn"],
        "masterAccountEmail": owner["email"],
        "masterAccountName": "simulated",
        "featureSet": "ALL",
        "accounts": [owner],
        "nonMasterAccounts": [],
        "roots": [root],
        "awsServiceAccessPrincipals": [],
        "enabledPolicyTypes": [],
    }


def identity_center(query: Query) -> Mapping[str, Value]:
    """The account's one instance of IAM Identity Center."""
    maker = Maker(f"identity-center/{query.setting.account}")
    arn = f"arn:{query.setting.values['partition']}:sso:::instance/ssoins-{maker.hex(16)}"
    return {
        "id": region_of(query),
        "region": region_of(query),
        "arns": [arn],
        "identityStoreIds": [f"d-{maker.hex(10)}"],
    }


INVOKES: Mapping[str, Invoke] = {
    "aws:index/getCallerIdentity:getCallerIdentity": caller_identity,
    "aws:index/getRegion:getRegion": region,
    "aws:index/getRegions:getRegions": regions,
    "aws:index/getPartition:getPartition": partition,
    "aws:index/getAvailabilityZones:getAvailabilityZones": availability_zones,
    "aws:index/getAvailabilityZone:getAvailabilityZone": availability_zone,
    "aws:index/getArn:getArn": arn,
    "aws:index/getService:getService": service,
    "aws:index/getDefaultTags:getDefaultTags": default_tags,
    "aws:index/getBillingServiceAccount:getBillingServiceAccount": billing_account,
    "aws:elb/getServiceAccount:getServiceAccount": balancer_account,
    "aws:elb/getHostedZoneId:getHostedZoneId": balancer_zone,
    "aws:lb/getHostedZoneId:getHostedZoneId": balancer_zone,
    "aws:s3/getCanonicalUserId:getCanonicalUserId": canonical_user,
    "aws:ssoadmin/getInstances:getInstances": identity_center,
    "aws:organizations/getOrganization:getOrganization": organization,
}

"""What faces the web: load balancers, DNS, certificates, CDN."""

from collections.abc import Iterable, Mapping
from typing import Any

from isthmus_simulator.cloud import Call, CloudError, Rules
from isthmus_simulator.clouds.aws.reading import items, table, tables
from isthmus_simulator.clouds.aws.regional import regional_id
from isthmus_simulator.values import Value
from isthmus_simulator.world import Resource

ZONE = "aws:route53/zone:Zone"
RECORD = "aws:route53/record:Record"
CERTIFICATE = "aws:acm/certificate:Certificate"
BALANCERS = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
TARGET_GROUPS = ("aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup")


def zone_outputs(call: Call) -> Mapping[str, Value]:
    """Four name servers in four domains (Route 53 Developer Guide, "Getting the name servers")."""
    numbers = [
        int(call.maker.child(part).hex(4), 16) % 512 for part in ("com", "net", "org", "co.uk")
    ]
    servers = [
        f"ns-{numbers[0]}.awsdns-{numbers[0] % 64:02}.com",
        f"ns-{numbers[1] + 512}.awsdns-{numbers[1] % 64:02}.net",
        f"ns-{numbers[2] + 1024}.awsdns-{numbers[2] % 64:02}.org",
        f"ns-{numbers[3] + 1536}.awsdns-{numbers[3] % 64:02}.co.uk",
    ]
    return {
        "zoneId": call.id,
        "nameServers": sorted(servers),
        "primaryNameServer": servers[0],
        "name": str(call.inputs.get("name")).rstrip("."),
    }


def keep_full_zone(call: Call, dependents: list[tuple[str, Resource]]) -> None:
    if not call.inputs.get("forceDestroy") and any(other.type == RECORD for _, other in dependents):
        raise CloudError(
            "HostedZoneNotEmpty: The specified hosted zone contains non-required resource record sets and "
            "so cannot be deleted."
        )


def full_name(call: Call) -> str:
    zone = call.target("zoneId")
    domain = str(zone.outputs.get("name") or "").rstrip(".") if zone else ""
    name = str(call.inputs.get("name") or "").rstrip(".")
    if not domain or name == domain or name.endswith(f".{domain}"):
        return name
    return f"{name}.{domain}" if name else domain


def judge_record(call: Call) -> None:
    """One record set of a name and type, unless they are told apart (Route 53 API,
    ChangeResourceRecordSets)."""
    name, kind = full_name(call), call.inputs.get("type")
    zone = call.target("zoneId")
    for path, other in call.world.linked_from(zone.key) if zone else ():
        same = (
            other.type == RECORD
            and path == "zoneId"
            and other.id != call.id
            and other.outputs.get("fqdn") == name
            and other.inputs.get("type") == kind
            and other.inputs.get("setIdentifier") == call.inputs.get("setIdentifier")
        )
        if same and not call.inputs.get("allowOverwrite"):
            raise CloudError(
                f"InvalidChangeBatch: [Tried to create resource record set [name='{name}.', type='{kind}'] "
                "but it already exists]"
            )
    if not call.inputs.get("aliases") and not call.inputs.get("records") and call.inputs.get("ttl"):
        raise CloudError(
            "InvalidInput: Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and "
            "ResourceRecords], or TrafficPolicyInstanceId], but found none in Change with "
            f"[Action=CREATE, Name={name}., Type={kind}]"
        )


def record_outputs(call: Call) -> Mapping[str, Value]:
    return {"fqdn": full_name(call)}


def certificate_outputs(call: Call) -> Mapping[str, Value]:
    """What DNS validation asks for (ACM User Guide, "DNS validation"); an imported one is there at once."""
    imported = bool(call.inputs.get("privateKey"))
    domain = str(call.inputs.get("domainName") or "imported.example.com")
    others = [str(one) for one in items(call.inputs, "subjectAlternativeNames")]
    names = list(dict.fromkeys([domain, *others]))
    asked = (
        []
        if imported or call.inputs.get("validationMethod") == "EMAIL"
        else [_proof(call, name) for name in names]
    )
    return {
        "domainName": domain,
        "subjectAlternativeNames": names,
        "domainValidationOptions": asked,
        "status": "ISSUED" if imported else "PENDING_VALIDATION",
        "type": "IMPORTED" if imported else "AMAZON_ISSUED",
        "validationMethod": call.inputs.get("validationMethod") or ("NONE" if imported else "DNS"),
        "renewalEligibility": "INELIGIBLE",
        "keyAlgorithm": call.inputs.get("keyAlgorithm") or "RSA_2048",
    }


def _proof(call: Call, name: str) -> dict[str, Any]:
    base = name.removeprefix("*.")
    token = call.maker.child(base)
    return {
        "domainName": name,
        "resourceRecordName": f"_{token.hex(32)}.{base}.",
        "resourceRecordType": "CNAME",
        "resourceRecordValue": f"_{token.hex(32)}.acm-validations.aws.",
    }


def balancer_outputs(call: Call) -> Mapping[str, Value]:
    name = call.name or call.logical_name
    inner = "internal-" if call.inputs.get("internal") else ""
    number = call.maker.child("dns").digits(10)
    kind = call.inputs.get("loadBalancerType") or "application"
    zone = f"elb.{call.region}" if kind == "network" else f"{call.region}.elb"
    subnets = call.targets.get("subnets", []) or call.targets.get("subnetMappings.*.subnetId", [])
    return {
        "dnsName": f"{inner}{name}-{number}.{zone}.amazonaws.com",
        "zoneId": regional_id(call.region, "nlb_zone" if kind == "network" else "elb_zone"),
        "arnSuffix": call.id.split(":loadbalancer/", 1)[-1],
        "loadBalancerType": kind,
        "vpcId": subnets[0].outputs.get("vpcId") if subnets else "",
        "ipAddressType": call.inputs.get("ipAddressType") or "ipv4",
        "securityGroups": items(call.inputs, "securityGroups"),
    }


def judge_balancer(call: Call) -> None:
    """An application load balancer stands in two zones (Elastic Load Balancing API, CreateLoadBalancer)."""
    subnets = call.targets.get("subnets", []) or call.targets.get("subnetMappings.*.subnetId", [])
    zones = [one.outputs.get("availabilityZone") for one in subnets]
    if (call.inputs.get("loadBalancerType") or "application") == "application" and len(
        set(zones)
    ) < 2:
        raise CloudError(
            "ValidationError: At least two subnets in two different Availability Zones must be specified"
        )
    if len(set(zones)) != len(zones):
        raise CloudError(
            "InvalidConfigurationRequest: A load balancer cannot be attached to multiple subnets in the same "
            "Availability Zone"
        )


def judge_target_group(call: Call) -> None:
    if call.inputs.get("targetType") != "lambda":
        for key in ("port", "protocol", "vpcId"):
            if call.inputs.get(key) is None:
                raise CloudError(
                    f"ValidationError: {key} must be specified unless the target type is lambda"
                )


def target_outputs(call: Call) -> Mapping[str, Value]:
    return {"arnSuffix": call.id.rsplit(":", 1)[-1]}


def judge_listener(call: Call) -> None:
    if call.inputs.get("protocol") in ("HTTPS", "TLS") and not call.inputs.get("certificateArn"):
        raise CloudError("ValidationError: A certificate must be specified for HTTPS listeners")
    balancer = call.target("loadBalancerArn")
    for path, other in call.world.linked_from(balancer.key) if balancer else ():
        same = other.type == call.token and path == "loadBalancerArn" and other.id != call.id
        if same and _port(other.inputs) == _port(call.inputs):
            raise CloudError(
                "DuplicateListener: A listener already exists on this port for this load balancer "
                f"'{balancer.id if balancer else ''}'"
            )


def _port(inputs: Mapping[str, Value]) -> float:
    return float(inputs.get("port") or 0)


def keep_used_group(call: Call, dependents: list[tuple[str, Resource]]) -> None:
    if any("istener" in one.type for _, one in dependents):
        raise CloudError(
            f"ResourceInUse: Target group '{call.id}' is currently in use by a listener or a rule"
        )


def judge_distribution(call: Call) -> None:
    """A certificate for CloudFront stands in us-east-1 (CloudFront Developer Guide, "Requirements for using
    SSL/TLS certificates")."""
    arn = table(call.inputs, "viewerCertificate").get("acmCertificateArn")
    if isinstance(arn, str) and arn and arn.split(":")[3] != "us-east-1":
        raise CloudError(
            "InvalidViewerCertificate: The specified SSL certificate doesn't exist, isn't in us-east-1 "
            "region, isn't valid, or doesn't include a valid certificate chain."
        )
    known = {
        one.get("originId")
        for key in ("origins", "originGroups")
        for one in tables(call.inputs, key)
    }
    asked = table(call.inputs, "defaultCacheBehavior").get("targetOriginId")
    if asked and asked not in known:
        raise CloudError("NoSuchOrigin: One or more of your origins or origin groups do not exist.")


def distribution_outputs(call: Call) -> Mapping[str, Value]:
    return {
        "domainName": f"d{call.id.lower()[:13]}.cloudfront.net",
        "hostedZoneId": "Z2FDTNDATAQYW2",
    }


def record_identities(call: Call, outputs: Mapping[str, Value]) -> Iterable[tuple[str, str]]:
    return [(RECORD, str(outputs.get("fqdn")))]


RULES: Mapping[str, Rules] = {
    ZONE: Rules(outputs=zone_outputs, delete=keep_full_zone),
    RECORD: Rules(create=judge_record, outputs=record_outputs, identities=record_identities),
    CERTIFICATE: Rules(outputs=certificate_outputs),
    **{one: Rules(create=judge_balancer, outputs=balancer_outputs) for one in BALANCERS},
    **{
        one: Rules(create=judge_target_group, outputs=target_outputs, delete=keep_used_group)
        for one in TARGET_GROUPS
    },
    "aws:lb/listener:Listener": Rules(create=judge_listener),
    "aws:alb/listener:Listener": Rules(create=judge_listener),
    "aws:cloudfront/distribution:Distribution": Rules(
        create=judge_distribution, outputs=distribution_outputs
    ),
}

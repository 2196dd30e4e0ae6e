"""Security groups and their rules."""

from collections.abc import Iterator, Mapping
from typing import Any

from isthmus_simulator.check import Failure
from isthmus_simulator.cloud import Call, CloudError, Rules
from isthmus_simulator.clouds.aws.defaults import SECURITY_GROUP, lend_default_network
from isthmus_simulator.clouds.aws.reading import items, listed, tables
from isthmus_simulator.clouds.aws.rules.inputs import judge_cidr
from isthmus_simulator.clouds.aws.rules.network import referring
from isthmus_simulator.values import UNKNOWN, Value
from isthmus_simulator.world import Resource

CLASSIC = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
PEERS = (
    "cidrBlocks",
    "ipv6CidrBlocks",
    "prefixListIds",
    "sourceSecurityGroupId",
    "self",
    "cidrIpv4",
    "cidrIpv6",
    "prefixListId",
    "referencedSecurityGroupId",
)
ONE_PEER = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
NUMBERS: Mapping[str, str] = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6", "all": "-1"}
"""IANA protocol numbers that EC2 turns into names."""


def check_group(call: Call) -> Iterator[Failure]:
    name = call.inputs.get("name")
    if isinstance(name, str) and name.lower().startswith("sg-"):
        yield Failure("name", f"the name of a security group cannot begin with sg-: {name}")
    for side in ("ingress", "egress"):
        for number, rule in enumerate(tables(call.inputs, side)):
            for key in ("cidrBlocks", "ipv6CidrBlocks"):
                yield from _check_blocks(f"{side}[{number}].{key}", items(rule, key))


def check_rule(call: Call) -> Iterator[Failure]:
    for key in ("cidrBlocks", "ipv6CidrBlocks"):
        yield from _check_blocks(key, items(call.inputs, key))
    if call.token != CLASSIC and sum(call.inputs.get(key) is not None for key in ONE_PEER) != 1:
        yield Failure("cidrIpv4", f"a rule has one peer: give exactly one of {', '.join(ONE_PEER)}")


def _check_blocks(path: str, blocks: list[Any]) -> Iterator[Failure]:
    for text in blocks:
        reason = judge_cidr(path, text) if isinstance(text, str) else ""
        if reason:
            yield Failure(path, reason)


def add_rule(call: Call) -> None:
    """No rule twice; ports in order. Words of the EC2 API (AuthorizeSecurityGroupIngress)."""
    low, high = _port(call.inputs.get("fromPort")), _port(call.inputs.get("toPort"))
    protocol = _protocol(call.inputs)
    if protocol in ("tcp", "udp") and (low is None or high is None):
        raise CloudError(
            "InvalidParameterValue: Invalid value 'Must specify both from and to ports with TCP/UDP.' "
            "for portRange."
        )
    if protocol in ("tcp", "udp") and not 0 <= (low or 0) <= (high or 0) <= 65535:
        raise CloudError(f"InvalidParameterValue: Invalid TCP/UDP port range ({low}:{high})")
    group = call.target("securityGroupId")
    for other in referring(call, group, call.token):
        if call.id != other.id and _same_rule(call.inputs, other):
            raise CloudError(_duplicate(call.inputs, protocol, low, high))


def _same_rule(inputs: Mapping[str, Value], other: Resource) -> bool:
    keys = ("securityGroupId", "type", *PEERS)
    ports = ("fromPort", "toPort") if _protocol(inputs) != "-1" else ()
    same = all(_plain(inputs.get(key)) == _plain(other.inputs.get(key)) for key in keys)
    return (
        same
        and _protocol(inputs) == _protocol(other.inputs)
        and all(_port(inputs.get(key)) == _port(other.inputs.get(key)) for key in ports)
    )


def _plain(value: Value) -> Value:
    return sorted(map(str, listed(value))) if isinstance(value, list) else value or None


def _duplicate(
    inputs: Mapping[str, Value], protocol: str, low: int | None, high: int | None
) -> str:
    peer = next((value for key in PEERS if (value := inputs.get(key))), "")
    peer = ", ".join(map(str, listed(peer)))
    return (
        f'InvalidPermission.Duplicate: the specified rule "peer: {peer}, {protocol.upper()}, '
        f"from port: {low}, "
        f'to port: {high}, ALLOW" already exists'
    )


def _protocol(inputs: Mapping[str, Value]) -> str:
    text = str(inputs.get("protocol") or inputs.get("ipProtocol") or "-1").lower()
    return NUMBERS.get(text, text)


def _port(value: Value) -> int | None:
    return None if value is None or value is UNKNOWN else int(float(value))


def keep_together(call: Call, subnets: str, groups: str) -> None:
    """Groups and subnets of one interface belong to one VPC (EC2 API, RunInstances)."""
    for subnet in call.targets.get(subnets, []):
        for group in call.targets.get(groups, []):
            there, here = subnet.outputs.get("vpcId"), _network_of(group)
            if there and here and there != here:
                raise CloudError(
                    f"InvalidParameter: Security group {group.id} and subnet {subnet.id} belong to "
                    "different networks."
                )


def _network_of(group: Resource) -> Value:
    return group.outputs.get("vpcId") or (group.id if group.id.startswith("vpc-") else None)


RULES: Mapping[str, Rules] = {
    SECURITY_GROUP: Rules(check=check_group, lend=lend_default_network),
    CLASSIC: Rules(check=check_rule, create=add_rule),
    INGRESS: Rules(check=check_rule, create=add_rule),
    EGRESS: Rules(check=check_rule, create=add_rule),
}

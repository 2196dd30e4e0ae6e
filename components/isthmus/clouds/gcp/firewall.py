"""Closes a network in both directions and opens what its nodes cannot live without."""

from dataclasses import dataclass
from ipaddress import IPv4Network, collapse_addresses

import pulumi
from pulumi_gcp import compute

from isthmus.clouds.handles import Place
from isthmus.plan.model import NetworkPlan

RESTRICTED_VIP = IPv4Network("199.36.153.4/30")
"""Google's APIs for closed networks: only those that VPC Service Controls cover
(https://cloud.google.com/vpc-service-controls/docs/set-up-private-connectivity)."""

EVERYWHERE = IPv4Network("0.0.0.0/0")

OPENED = 1000
CLOSED = 65534
"""Just before the rules every network implies, of priority 65535; those cannot be logged."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A firewall rule. `tcp_ports` of None means every protocol."""

    name: str
    direction: str
    allowed: bool
    ranges: tuple[IPv4Network, ...]
    tcp_ports: tuple[int, ...] | None = None


def rules_for(plan: NetworkPlan) -> tuple[Rule, ...]:
    """Everything closed; out to Google's APIs and within the site opened.

    GKE opens by itself the way in that nodes, pods and their control plane need between themselves
    (https://cloud.google.com/kubernetes-engine/docs/concepts/firewall-rules), so none is
    opened here. Other sites and data centres stay closed.
    """
    return (
        Rule("deny-ingress", "INGRESS", False, (EVERYWHERE,)),
        Rule("deny-egress", "EGRESS", False, (EVERYWHERE,)),
        Rule("to-google", "EGRESS", True, (RESTRICTED_VIP,), (443,)),
        Rule("to-site", "EGRESS", True, own_ranges(plan)),
    )


def own_ranges(plan: NetworkPlan) -> tuple[IPv4Network, ...]:
    """The site's addresses, pods' included, in as few ranges as can be."""
    return tuple(collapse_addresses([plan.range, plan.pods]))


def build_firewall(
    parent: pulumi.ComponentResource, place: Place, network: compute.Network, rule: Rule
) -> compute.Firewall:
    """Build one rule. Refused traffic is logged."""
    ranges = [str(each) for each in rule.ranges]
    log_config = compute.FirewallLogConfigArgs(metadata="INCLUDE_ALL_METADATA")
    return compute.Firewall(
        f"{place.name}-{rule.name}",
        network=network.id,
        direction=rule.direction,
        priority=OPENED if rule.allowed else CLOSED,
        source_ranges=ranges if rule.direction == "INGRESS" else None,
        destination_ranges=ranges if rule.direction == "EGRESS" else None,
        allows=[_traffic_allowed(rule)] if rule.allowed else None,
        denies=None if rule.allowed else [compute.FirewallDenyArgs(protocol="all")],
        log_config=None if rule.allowed else log_config,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def _traffic_allowed(rule: Rule) -> compute.FirewallAllowArgs:
    if rule.tcp_ports is None:
        return compute.FirewallAllowArgs(protocol="all")
    return compute.FirewallAllowArgs(protocol="tcp", ports=[str(port) for port in rule.tcp_ports])

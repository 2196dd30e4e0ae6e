"""Security groups of a site: closed, except for what nodes need of each other and of endpoints."""

from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import ec2, vpc

from isthmus.clouds.aws.naming import tags_of
from isthmus.clouds.handles import Place
from isthmus.plan.model import NetworkPlan


@dataclass(frozen=True, slots=True)
class Groups:
    """Security groups of nodes and of the private endpoints."""

    nodes: ec2.SecurityGroup
    endpoints: ec2.SecurityGroup


def build_groups(
    parent: pulumi.Resource, place: Place, plan: NetworkPlan, vpc_id: Output[str]
) -> Groups:
    """The default group emptied, a group for nodes and one for endpoints.

    Nodes may exchange all traffic among themselves, in both directions: EFA carries no TCP or UDP
    ports and needs exactly that ("EFA-enabled security group", EC2 User Guide), and so does
    pod-to-pod traffic.
    """
    _empty_default_group(parent, place, vpc_id)
    nodes = build_group(parent, place, "nodes", vpc_id, "Cluster nodes and their pods")
    endpoints = build_group(parent, place, "endpoints", vpc_id, "Private endpoints of AWS services")
    allow_all_within(parent, place, "nodes-self", nodes.id)
    vpc.SecurityGroupIngressRule(
        f"{place.name}-endpoints-https",
        security_group_id=endpoints.id,
        description="HTTPS from this network only",
        cidr_ipv4=str(plan.range),
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        tags=tags_of(place, f"{place.name}-endpoints-https"),
        opts=ResourceOptions(parent=parent),
    )
    vpc.SecurityGroupEgressRule(
        f"{place.name}-nodes-to-endpoints",
        security_group_id=nodes.id,
        description="HTTPS to private endpoints",
        referenced_security_group_id=endpoints.id,
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        tags=tags_of(place, f"{place.name}-nodes-to-endpoints"),
        opts=ResourceOptions(parent=parent),
    )
    return Groups(nodes=nodes, endpoints=endpoints)


def build_group(
    parent: pulumi.Resource, place: Place, child: str, vpc_id: Input[str], description: str
) -> ec2.SecurityGroup:
    """A security group without any rule: the provider also removes AWS's default allow-all
    egress."""
    name = f"{place.name}-{child}"
    return ec2.SecurityGroup(
        name,
        vpc_id=vpc_id,
        description=description,
        revoke_rules_on_delete=True,
        tags=tags_of(place, name),
        opts=ResourceOptions(parent=parent),
    )


def allow_between(
    parent: pulumi.Resource,
    place: Place,
    child: str,
    source: Input[str],
    target: Input[str],
    ports: tuple[int, int],
    protocol: str = "tcp",
) -> None:
    """Let `source` open connections to `ports` of `target`: egress of one, ingress of the other."""
    vpc.SecurityGroupEgressRule(
        f"{place.name}-{child}-out",
        security_group_id=source,
        referenced_security_group_id=target,
        description=child,
        ip_protocol=protocol,
        from_port=ports[0],
        to_port=ports[1],
        tags=tags_of(place, f"{place.name}-{child}-out"),
        opts=ResourceOptions(parent=parent),
    )
    vpc.SecurityGroupIngressRule(
        f"{place.name}-{child}-in",
        security_group_id=target,
        referenced_security_group_id=source,
        description=child,
        ip_protocol=protocol,
        from_port=ports[0],
        to_port=ports[1],
        tags=tags_of(place, f"{place.name}-{child}-in"),
        opts=ResourceOptions(parent=parent),
    )


def allow_all_within(
    parent: pulumi.Resource, place: Place, child: str, group_id: Input[str]
) -> None:
    """All protocols between members of one group, both ways."""
    vpc.SecurityGroupIngressRule(
        f"{place.name}-{child}-in",
        security_group_id=group_id,
        referenced_security_group_id=group_id,
        description="All traffic between members",
        ip_protocol="-1",
        tags=tags_of(place, f"{place.name}-{child}-in"),
        opts=ResourceOptions(parent=parent),
    )
    vpc.SecurityGroupEgressRule(
        f"{place.name}-{child}-out",
        security_group_id=group_id,
        referenced_security_group_id=group_id,
        description="All traffic between members",
        ip_protocol="-1",
        tags=tags_of(place, f"{place.name}-{child}-out"),
        opts=ResourceOptions(parent=parent),
    )


def allow_s3(
    parent: pulumi.Resource, place: Place, nodes_id: Input[str], prefix_list_id: Input[str]
) -> None:
    """HTTPS from nodes to S3's addresses, which a gateway endpoint leaves public but routes
    privately."""
    name = f"{place.name}-nodes-to-s3"
    vpc.SecurityGroupEgressRule(
        name,
        security_group_id=nodes_id,
        prefix_list_id=prefix_list_id,
        description="HTTPS to S3 through the gateway endpoint",
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        tags=tags_of(place, name),
        opts=ResourceOptions(parent=parent),
    )


def _empty_default_group(parent: pulumi.Resource, place: Place, vpc_id: Output[str]) -> None:
    name = f"{place.name}-default-group"
    ec2.DefaultSecurityGroup(
        name,
        vpc_id=vpc_id,
        ingress=[],
        egress=[],
        tags=tags_of(place, name),
        opts=ResourceOptions(parent=parent),
    )

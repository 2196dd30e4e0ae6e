"""EKS clusters are private, logged, protected from deletion and of a supported version."""

import re
from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import expect_reference, expect_true, expect_words
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import MISSING, UNKNOWN, Located, is_true
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdict, Verdicts

_CLUSTERS = ("aws:eks/cluster:Cluster",)
_NODE_GROUPS = ("aws:eks/nodeGroup:NodeGroup",)
_GROUPS = ("aws:ec2/securityGroup:SecurityGroup",)
_DEFAULT_SUBNET = "aws:ec2/defaultSubnet:DefaultSubnet"
_SUBNETS = ("aws:ec2/subnet:Subnet", _DEFAULT_SUBNET)
_ASSOCIATIONS = ("aws:ec2/routeTableAssociation:RouteTableAssociation",)
_TABLES = (
    "aws:ec2/routeTable:RouteTable",
    "aws:ec2/defaultRouteTable:DefaultRouteTable",
)
_ROUTES = ("aws:ec2/route:Route",)
_GATEWAYS = ("aws:ec2/internetGateway:InternetGateway",)

_LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
_OLDEST_VERSION = (1, 32)
"""The oldest with support, extended support included, beyond November 2026: 1.31 ends on the 26th,
1.32 on 23 March 2027 (EKS User Guide, "Understand the Kubernetes version lifecycle on EKS")."""


@rule(
    "kubernetes-eks-private-endpoint",
    title="The EKS API server answers inside the VPC",
    why="Without it, the cluster's own machines have to go out to the internet to reach it.",
    fix="aws.eks.Cluster(name, vpc_config={'endpoint_private_access': True, ...})",
    severity=Severity.MEDIUM,
    types=_CLUSTERS,
    controls=("AWS-EKS-01",),
)
def eks_private_endpoint(cluster: Resource, context: Context) -> Verdicts:
    path = "vpcConfig.endpointPrivateAccess"
    return expect_true(cluster, path, "the API server has no private endpoint")


@rule(
    "kubernetes-eks-control-plane-logs",
    title="EKS writes all logs of the control plane",
    why="Who did what in the cluster stands in the audit and authenticator logs, and nowhere else.",
    fix=f"aws.eks.Cluster(name, enabled_cluster_log_types={list(_LOG_TYPES)})",
    severity=Severity.MEDIUM,
    types=_CLUSTERS,
    controls=("AWS-EKS-03",),
)
def eks_control_plane_logs(cluster: Resource, context: Context) -> Verdicts:
    return expect_words(cluster, "enabledClusterLogTypes", _LOG_TYPES, "no logs are written of")


@rule(
    "kubernetes-eks-nodes-ssh",
    title="EKS nodes are open for SSH to named groups only",
    why="A key without source groups opens port 22 of every node to the internet.",
    fix="aws.eks.NodeGroup(name) without remote_access, or with remote_access="
    "{'ec2_ssh_key': key, 'source_security_group_ids': [bastion_group.id]}",
    severity=Severity.HIGH,
    types=_NODE_GROUPS,
    controls=("AWS-EKS-04",),
)
def eks_nodes_ssh(nodes: Resource, context: Context, graph: Graph) -> Verdicts:
    if not nodes.has("remoteAccess.ec2SshKey"):
        return Pass()
    path = "remoteAccess.sourceSecurityGroupIds"
    return expect_reference(nodes, path, graph, _GROUPS, "SSH is open to the internet")


@rule(
    "kubernetes-eks-nodes-private",
    title="EKS nodes are in private subnets",
    why="A node with a way to and from the internet is one firewall rule away from being attacked.",
    fix="aws.eks.NodeGroup(name, subnet_ids=[subnet.id for subnet in private_subnets])",
    severity=Severity.HIGH,
    types=_NODE_GROUPS,
    controls=("AWS-EKS-04",),
)
def eks_nodes_private(nodes: Resource, context: Context, graph: Graph) -> Iterator[Verdict]:
    subnets = graph.references(nodes, "subnetIds.*", _SUBNETS)
    for subnet in subnets:
        yield from _judge_subnet(subnet, graph)
    if subnets:
        return
    if any(found.value is UNKNOWN for found in nodes.find("subnetIds.*")):
        yield Unknown("the subnets are not known yet, and not of this stack", "subnetIds")
    else:
        yield NotApplicable("its subnets are not of this stack")


def _judge_subnet(subnet: Resource, graph: Graph) -> Iterator[Verdict]:
    maps = subnet.get("mapPublicIpOnLaunch")
    if subnet.type == _DEFAULT_SUBNET or is_true(maps):
        yield Fail(f"subnet '{subnet.name}' gives out public addresses", "subnetIds")
    elif maps is UNKNOWN:
        yield Unknown(f"whether subnet '{subnet.name}' is public is not known yet", "subnetIds")
    for association in graph.referenced_by(subnet, "subnetId", _ASSOCIATIONS):
        for table in graph.references(association, "routeTableId", _TABLES):
            leads_out = _leads_out(table, graph)
            if leads_out is None:
                yield Unknown(f"where routes of '{table.name}' go is not known yet", "subnetIds")
            elif leads_out:
                yield Fail(f"subnet '{subnet.name}' has a route to the internet", "subnetIds")


def _leads_out(table: Resource, graph: Graph) -> bool | None:
    """Whether a route of the table, its own or a separate one, goes to an internet gateway."""
    separate = graph.referenced_by(table, "routeTableId", _ROUTES)
    answers = [
        _is_gateway(holder, found, graph)
        for holder, path in ((table, "routes.*.gatewayId"), *((r, "gatewayId") for r in separate))
        for found in holder.find(path)
    ]
    return True if True in answers else (None if None in answers else False)


def _is_gateway(holder: Resource, found: Located, graph: Graph) -> bool | None:
    if graph.references(holder, found.path, _GATEWAYS):
        return True
    if found.value is UNKNOWN:
        return False if graph.references(holder, found.path) else None
    return str(found.value).startswith("igw-")


@rule(
    "kubernetes-eks-deletion-protection",
    title="EKS clusters are protected from deletion",
    why="A cluster deleted by mistake takes down everything that runs in it at once.",
    fix="aws.eks.Cluster(name, deletion_protection=True)",
    severity=Severity.MEDIUM,
    types=_CLUSTERS,
    controls=("AWS-EKS-05",),
)
def eks_deletion_protection(cluster: Resource, context: Context) -> Verdicts:
    return expect_true(cluster, "deletionProtection", "the cluster can be deleted at once")


@rule(
    "kubernetes-eks-supported-version",
    title="EKS clusters run a supported version of Kubernetes",
    why="Versions without support get no fixes, and AWS upgrades them on a day of its own choice.",
    fix=f"aws.eks.Cluster(name, version='{'.'.join(map(str, _OLDEST_VERSION))}') or later",
    severity=Severity.MEDIUM,
    types=(*_CLUSTERS, *_NODE_GROUPS),
    controls=("AWS-EKS-05",),
)
def eks_supported_version(resource: Resource, context: Context) -> Verdicts:
    version = resource.get("version")
    if version is MISSING:
        return Pass()  # a new cluster then gets the latest, a node group what its cluster runs
    if version is UNKNOWN:
        return Unknown("the version is not known yet", "version")
    number = re.match(r"(\d+)\.(\d+)", str(version))
    if number and (int(number[1]), int(number[2])) >= _OLDEST_VERSION:
        return Pass()
    return Fail(f"version {version} is not supported", "version")


RULES = (
    eks_private_endpoint,
    eks_control_plane_logs,
    eks_nodes_ssh,
    eks_nodes_private,
    eks_deletion_protection,
    eks_supported_version,
)

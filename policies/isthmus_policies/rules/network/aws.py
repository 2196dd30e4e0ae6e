"""VPCs record their traffic, offer no open default group, and reach AWS by private endpoints."""

from collections.abc import Collection, Iterator, Mapping

from isthmus_policies.graph import Graph
from isthmus_policies.questions.companions import judge_companions, judge_setting
from isthmus_policies.questions.expect import expect_no_statement, expect_one_of
from isthmus_policies.questions.policy_document import CALLER_KEYS, Statement
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Basis, Context, Enforcement, Requirement, Severity, rule
from isthmus_policies.rules.encryption.aws import BUCKETS
from isthmus_policies.values import UNKNOWN
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdict, Verdicts

_DEFAULT_VPC = "aws:ec2/defaultVpc:DefaultVpc"
_VPCS = ("aws:ec2/vpc:Vpc", _DEFAULT_VPC)
_SUBNETS = ("aws:ec2/subnet:Subnet", "aws:ec2/defaultSubnet:DefaultSubnet")
_FLOW_LOGS = ("aws:ec2/flowLog:FlowLog",)
_DEFAULT_GROUPS = ("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",)
_GROUPS = ("aws:ec2/securityGroup:SecurityGroup",)
_GROUP_RULES = (
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
)
_ENDPOINTS = ("aws:ec2/vpcEndpoint:VpcEndpoint",)
_ENDPOINT_POLICIES = ("aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy",)
_WITHOUT_POLICY = ("GatewayLoadBalancer", "Resource", "ServiceNetwork")
_RESOURCE_KEYS = frozenset(("aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"))
"""With these an endpoint leads to the resources of the named only, whoever asks."""
_IMAGES = (
    "aws:eks/cluster:Cluster",
    "aws:ecs/cluster:Cluster",
    "aws:ecr/repository:Repository",
)
_MODELS = (
    "aws:sagemaker/domain:Domain",
    "aws:sagemaker/endpoint:Endpoint",
    "aws:sagemaker/model:Model",
    "aws:sagemaker/notebookInstance:NotebookInstance",
)
_USES: Mapping[str, tuple[str, ...]] = {
    "s3": BUCKETS,
    "dynamodb": ("aws:dynamodb/table:Table",),
    "kms": ("aws:kms/key:Key",),
    "ecr.api": _IMAGES,
    "ecr.dkr": _IMAGES,
    "sagemaker.api": _MODELS,
    "sagemaker.runtime": _MODELS,
}
"""The services that carry data, and the resources of a stack that show that it uses them."""


@rule(
    "network-vpc-flow-log",
    title="VPCs record all their traffic",
    why="Refused traffic alone shows who tried; only accepted traffic shows who got through.",
    fix="aws.ec2.FlowLog(name, vpc_id=vpc.id, traffic_type='ALL', log_destination=group.arn, "
    "iam_role_arn=role.arn)",
    severity=Severity.MEDIUM,
    types=(*_VPCS, *_FLOW_LOGS),
    controls=("AWS-NET-02",),
)
def vpc_flow_log(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    if resource.type in _FLOW_LOGS and not resource.has("vpcId"):
        return NotApplicable("it is not the log of a whole VPC")
    logs = graph.referenced_by(resource, "vpcId", _FLOW_LOGS)
    if any(isinstance(verdict, Pass) for log in logs for verdict in _judge_flow_log(log)):
        return Pass()
    return judge_setting(resource, _VPCS, "vpcId", _FLOW_LOGS, graph, _judge_flow_log)


def _judge_flow_log(log: Resource) -> tuple[Verdict]:
    return (expect_one_of(log, "trafficType", ("ALL",), "only some traffic is recorded"),)


@rule(
    "network-vpc-default-group-empty",
    title="The default security group of a VPC admits nothing",
    why="Whatever is started without a group lands in the default one, which is open within itself "
    "and to the outside until it is emptied.",
    fix="aws.ec2.DefaultSecurityGroup(name, vpc_id=vpc.id, ingress=[], egress=[])",
    severity=Severity.MEDIUM,
    types=(*_VPCS, *_DEFAULT_GROUPS),
    controls=("AWS-NET-03",),
)
def vpc_default_group_empty(
    resource: Resource, context: Context, graph: Graph
) -> Iterator[Verdict]:
    for added in graph.referenced_by(resource, "securityGroupId", _GROUP_RULES):
        if not graph.references(added, "securityGroupId", _GROUPS):
            yield Fail(f"'{added.name}' adds a rule to the default group")
    if resource.type in _DEFAULT_GROUPS:
        yield from _judge_rules(resource)
    elif not _adopts_default_vpc(resource, graph):
        yield from judge_companions(resource, "vpcId", _DEFAULT_GROUPS, graph, lambda _: ())


def _judge_rules(group: Resource) -> Iterator[Verdict]:
    for direction in ("ingress", "egress"):
        if group.get(direction) is UNKNOWN:
            yield Unknown("whether the group has rules is not known yet", direction)
        elif any(group.find(f"{direction}.*")):
            yield Fail(f"the default group has rules for {direction}", direction)


def _adopts_default_vpc(vpc: Resource, graph: Graph) -> bool:
    """A default group that names no VPC is that of the default VPC."""
    return vpc.type == _DEFAULT_VPC and graph.once(_has_group_without_vpc)


def _has_group_without_vpc(graph: Graph) -> bool:
    return any(not group.has("vpcId") for group in graph.of_type(*_DEFAULT_GROUPS))


@rule(
    "network-vpc-endpoint-policy",
    title="Private endpoints lead only where they should",
    why="An endpoint open to all carries data out to any account as well as any way past the "
    "firewall would; that is its policy unless one is set.",
    fix="aws.ec2.VpcEndpoint(name, policy=...) with {'Effect': 'Allow', 'Principal': '*', "
    "'Action': '*', 'Resource': '*', 'Condition': {'StringEquals': "
    "{'aws:PrincipalAccount': account_id}}}",
    severity=Severity.MEDIUM,
    types=(*_ENDPOINTS, *_ENDPOINT_POLICIES),
    controls=("AWS-NET-04",),
)
def vpc_endpoint_policy(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    if _takes_no_policy(resource):
        return NotApplicable("such endpoints take no policy")
    if resource.type in _ENDPOINTS and resource.has("policy"):
        return _judge_endpoint_policy(resource)
    return judge_setting(
        resource, _ENDPOINTS, "vpcEndpointId", _ENDPOINT_POLICIES, graph, _judge_endpoint_policy
    )


def _takes_no_policy(endpoint: Resource) -> bool:
    """Endpoints of others' services, whose names are like com.amazonaws.vpce.REGION.vpce-svc-ID."""
    service = endpoint.get("serviceName")
    others = isinstance(service, str) and ".vpce-svc-" in service
    return others or endpoint.get("vpcEndpointType") in _WITHOUT_POLICY


def _judge_endpoint_policy(holder: Resource) -> tuple[Verdict]:
    if not holder.has("policy"):
        return (Fail("without a policy the endpoint is open to all", "policy"),)
    return (expect_no_statement(holder, "policy", _leads_anywhere, "it leads anyone anywhere"),)


def _leads_anywhere(statement: Statement) -> bool:
    open_to_all = statement.allows and statement.principal_is_anyone
    anywhere = "*" in statement.values("Resource") or "NotResource" in statement.tree
    return open_to_all and anywhere and not statement.is_limited(CALLER_KEYS | _RESOURCE_KEYS)


@rule(
    "network-vpc-service-endpoints",
    title="VPCs reach the services that carry data by private endpoints",
    why="Without an endpoint, data goes to the service's public address, through a NAT or not at "
    "all; a VPC may also borrow the endpoints of another, which this stack cannot see.",
    fix="aws.ec2.VpcEndpoint(name, vpc_id=vpc.id, vpc_endpoint_type='Interface', "
    "service_name='com.amazonaws.eu-north-1.kms', subnet_ids=subnet_ids)",
    severity=Severity.MEDIUM,
    types=_VPCS,
    controls=("AWS-NET-04",),
    requirements=(
        Requirement("CIS AWS 7.0", "6.8", Basis.OWN_READING, "endpoints for access to services"),
    ),
    enforcement=Enforcement.ADVISORY,
)
def vpc_service_endpoints(vpc: Resource, context: Context, graph: Graph) -> Verdicts:
    if not graph.referenced_by(vpc, "vpcId", _SUBNETS):
        return NotApplicable("it has no subnets, so nothing runs in it")
    endpoints = graph.referenced_by(vpc, "vpcId", _ENDPOINTS)
    names = [endpoint.get("serviceName") for endpoint in endpoints]
    absent = [
        service
        for service in graph.once(_services_in_use)
        if not any(_is_of(service, name) for name in names)
    ]
    if not absent:
        return Pass()
    if UNKNOWN in names or graph.unresolved("vpcId", _ENDPOINTS):
        return Unknown(f"whether it has an endpoint for {', '.join(absent)} is not known yet")
    return Fail(f"there is no endpoint for {', '.join(absent)}")


def _services_in_use(graph: Graph) -> Collection[str]:
    return [service for service, types in _USES.items() if graph.of_type(*types)]


def _is_of(service: str, name: object) -> bool:
    """Whether an endpoint's name, com.amazonaws.REGION.SERVICE, is of the service, FIPS or not."""
    return isinstance(name, str) and name.endswith((f".{service}", f".{service}-fips"))


RULES = (vpc_flow_log, vpc_default_group_empty, vpc_endpoint_policy, vpc_service_endpoints)

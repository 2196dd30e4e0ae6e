"""AWS resources are not reachable from the internet."""

from collections.abc import Iterator, Set

from isthmus_policies.graph import Graph
from isthmus_policies.questions.companions import judge_setting
from isthmus_policies.questions.expect import (
    expect,
    expect_no_internet,
    expect_no_statement,
    expect_true,
)
from isthmus_policies.questions.policy_document import Statement
from isthmus_policies.resource import Provider, Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.rules.encryption.aws import BUCKETS
from isthmus_policies.values import UNKNOWN, is_false, is_true
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdict, Verdicts

_ACCESS_BLOCKS = ("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",)
_ACCOUNT_BLOCK = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
_ACLS = ("aws:s3/bucketAcl:BucketAcl", "aws:s3/bucketAclV2:BucketAclV2")
_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_PUBLIC_ACLS = ("public-read", "public-read-write", "authenticated-read")
_PUBLIC_GROUPS = ("/AllUsers", "/AuthenticatedUsers")
_DEFAULT_SUBNET = "aws:ec2/defaultSubnet:DefaultSubnet"
_MACHINES = ("aws:ec2/instance:Instance", "aws:ec2/spotInstanceRequest:SpotInstanceRequest")
_GROUPS = (
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
)
_OLD_GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
_GROUP_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
_SOURCES = {
    **dict.fromkeys(_GROUPS, ("ingress.*.cidrBlocks.*", "ingress.*.ipv6CidrBlocks.*")),
    _OLD_GROUP_RULE: ("cidrBlocks.*", "ipv6CidrBlocks.*"),
    _GROUP_RULE: ("cidrIpv4", "cidrIpv6"),
}
_PUBLIC_IP_SWITCHES = {
    **dict.fromkeys(("aws:ec2/subnet:Subnet", _DEFAULT_SUBNET), "mapPublicIpOnLaunch"),
    "aws:ec2/launchTemplate:LaunchTemplate": "networkInterfaces.*.associatePublicIpAddress",
    "aws:ec2/launchConfiguration:LaunchConfiguration": "associatePublicIpAddress",
    **dict.fromkeys(_MACHINES, "associatePublicIpAddress"),
}


@rule(
    "exposure-s3-bucket-public-access-block",
    title="S3 buckets block public access in all four ways",
    why="One careless policy or ACL would otherwise publish the bucket.",
    fix="aws.s3.BucketPublicAccessBlock(name, bucket=bucket.id, block_public_acls=True, "
    "block_public_policy=True, ignore_public_acls=True, restrict_public_buckets=True)",
    severity=Severity.CRITICAL,
    types=(*BUCKETS, *_ACCESS_BLOCKS, _ACCOUNT_BLOCK),
    controls=("AWS-S3-02",),
)
def s3_bucket_public_access_block(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    if resource.type == _ACCOUNT_BLOCK:
        return _judge_block(resource)
    if resource.provider in graph.once(_blocked_accounts):
        return Pass()
    return judge_setting(resource, BUCKETS, "bucket", _ACCESS_BLOCKS, graph, _judge_block)


def _blocked_accounts(graph: Graph) -> Set[Provider | None]:
    return {
        account.provider
        for account in graph.of_type(_ACCOUNT_BLOCK)
        if all(isinstance(each, Pass) for each in _judge_block(account))
    }


def _judge_block(block: Resource) -> list[Verdict]:
    return [expect_true(block, flag, f"{flag} is not on") for flag in _BLOCKS]


@rule(
    "exposure-s3-bucket-no-public-grant",
    title="No bucket policy or ACL grants access to everyone",
    why="A grant to everyone is one switch away from publishing the bucket.",
    fix="name the principal, {'Principal': {'AWS': role_arn}}, or limit it, "
    "{'Condition': {'StringEquals': {'aws:PrincipalOrgID': organization_id}}}",
    severity=Severity.CRITICAL,
    types=(*BUCKETS, "aws:s3/bucketPolicy:BucketPolicy", *_ACLS),
    controls=("AWS-S3-04",),
)
def s3_bucket_no_public_grant(
    resource: Resource, context: Context, graph: Graph
) -> Iterator[Verdict]:
    acl = resource.get("acl")
    if acl is UNKNOWN:
        yield Unknown("the ACL is not known yet", "acl")
    elif acl in _PUBLIC_ACLS:
        yield Fail(f"the ACL is '{acl}'", "acl")
    for path in ("accessControlPolicy.grants.*.grantee.uri", "grants.*.uri"):
        for grant in resource.find(path):
            if grant.value is UNKNOWN:
                yield Unknown("whom the ACL admits is not known yet", grant.path)
            elif str(grant.value).endswith(_PUBLIC_GROUPS):
                yield Fail("the ACL admits everyone", grant.path)
    yield _judge_grants(resource, graph)


def _judge_grants(resource: Resource, graph: Graph) -> Verdict:
    verdict = expect_no_statement(
        resource, "policy", _admits_everyone, "a statement admits everyone"
    )
    if isinstance(verdict, Unknown) and _refuses_public_policies(resource, graph):
        return Pass()
    return verdict


def _admits_everyone(statement: Statement) -> bool:
    return statement.allows and statement.principal_is_anyone and not statement.is_limited()


def _refuses_public_policies(resource: Resource, graph: Graph) -> bool:
    """Whether the bucket's public access block makes S3 refuse any policy that admits everyone."""
    buckets = graph.references(resource, "bucket", BUCKETS) or [resource]
    blocks = [
        b for bucket in buckets for b in graph.referenced_by(bucket, "bucket", _ACCESS_BLOCKS)
    ]
    return any(is_true(block.get("blockPublicPolicy")) for block in blocks)


@rule(
    "exposure-security-group-no-internet-ingress",
    title="Security groups admit nothing from the internet",
    why="Whatever listens behind the group is scanned and attacked within minutes.",
    fix="aws.vpc.SecurityGroupIngressRule(name, security_group_id=group.id, ip_protocol='tcp', "
    "from_port=443, to_port=443, cidr_ipv4=vpc.cidr_block)",
    severity=Severity.CRITICAL,
    types=(*_GROUPS, _OLD_GROUP_RULE, _GROUP_RULE),
    controls=("AWS-NET-01",),
)
def security_group_no_internet_ingress(resource: Resource, context: Context) -> Verdicts:
    kind = resource.get("type")
    if resource.type == _OLD_GROUP_RULE and kind not in ("ingress", UNKNOWN):
        return NotApplicable("the rule is about traffic that leaves")
    sources = [found for path in _SOURCES[resource.type] for found in resource.find(path)]
    return [expect_no_internet(found) for found in sources]


@rule(
    "exposure-eks-api-private",
    title="The EKS API server is not open to the internet",
    why="The API server is the cluster's front door; EKS opens it to all unless told otherwise.",
    fix="aws.eks.Cluster(name, vpc_config={'endpoint_private_access': True, "
    "'endpoint_public_access': False, 'subnet_ids': subnet_ids})",
    severity=Severity.HIGH,
    types=("aws:eks/cluster:Cluster",),
    controls=("AWS-EKS-01",),
)
def eks_api_private(cluster: Resource, context: Context) -> Verdicts:
    path = "vpcConfig.endpointPublicAccess"
    public = cluster.get(path)
    if public is UNKNOWN:
        return Unknown("whether the API server is public is not known yet", path)
    if is_false(public):
        return Pass()
    ranges = tuple(cluster.find("vpcConfig.publicAccessCidrs.*"))
    if not ranges:
        return Fail("the API server is open to the internet", path)
    return [expect_no_internet(found) for found in ranges]


@rule(
    "exposure-aws-machine-no-public-ip",
    title="Machines and subnets give out no public addresses",
    why="A machine without a public address cannot be reached from the internet by mistake.",
    fix="aws.ec2.Subnet(name, map_public_ip_on_launch=False) and "
    "aws.ec2.Instance(name, subnet_id=subnet.id, associate_public_ip_address=False)",
    severity=Severity.HIGH,
    types=tuple(_PUBLIC_IP_SWITCHES),
    controls=("AWS-EC2-04",),
)
def aws_machine_no_public_ip(resource: Resource, context: Context) -> Verdicts:
    switch = _PUBLIC_IP_SWITCHES[resource.type]
    found = tuple(resource.find(switch))
    if resource.type == _DEFAULT_SUBNET and not found:
        return Fail("a default subnet maps public addresses unless told not to", switch)
    if resource.type in _MACHINES and not found and _is_in_default_subnet(resource):
        return Fail("the machine is in the default subnet, which gives it a public address", switch)
    message = "it gets a public address"
    return [expect(resource, each.path, is_false(each.value), message) for each in found]


def _is_in_default_subnet(instance: Resource) -> bool:
    """A default subnet maps public addresses. Source: Amazon VPC user guide, "Default VPCs"."""
    elsewhere = ("subnetId", "launchTemplate", "networkInterfaces", "primaryNetworkInterface")
    return not any(instance.has(path) for path in elsewhere)


RULES = (
    s3_bucket_public_access_block,
    s3_bucket_no_public_grant,
    security_group_no_internet_ingress,
    eks_api_private,
    aws_machine_no_public_ip,
)

import json

import pytest

from isthmus_simulator.cloud import CloudError
from isthmus_simulator.clouds.aws.defaults import zone_id
from isthmus_simulator.sdk import load_function
from tests.simulator.clouds.aws.aws_scenes import ALIAS, KEY, NET, SUBNET, A, B
from tests.simulator.clouds.aws.conftest import Account
from tests.simulator.clouds.aws.test_aws_refusals import prepare

pytestmark = pytest.mark.pure

DOCUMENT = "aws:iam/getPolicyDocument:getPolicyDocument"
AMI = "aws:ec2/getAmi:getAmi"


@pytest.mark.parametrize(
    ("function", "args"),
    [
        ("aws:index/getCallerIdentity:getCallerIdentity", {}),
        ("aws:index/getRegion:getRegion", {}),
        ("aws:index/getAvailabilityZones:getAvailabilityZones", {"state": "available"}),
        ("aws:index/getAvailabilityZone:getAvailabilityZone", {"name": "us-east-1a"}),
        ("aws:index/getPartition:getPartition", {}),
        ("aws:index/getArn:getArn", {"arn": "arn:aws:s3:::b"}),
        ("aws:elb/getServiceAccount:getServiceAccount", {}),
        ("aws:lb/getHostedZoneId:getHostedZoneId", {}),
        ("aws:s3/getCanonicalUserId:getCanonicalUserId", {}),
        ("aws:organizations/getOrganization:getOrganization", {}),
        ("aws:ec2/getVpcs:getVpcs", {}),
        ("aws:ec2/getSubnets:getSubnets", {}),
        ("aws:ec2/getSecurityGroups:getSecurityGroups", {}),
        ("aws:ec2/getInstanceType:getInstanceType", {"instanceType": "p5.48xlarge"}),
        ("aws:ec2/getInstanceTypes:getInstanceTypes", {}),
        (
            "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings",
            {"filters": [{"name": "instance-type", "values": ["t3.*"]}]},
        ),
        ("aws:ec2/getVpcEndpointService:getVpcEndpointService", {"service": "s3"}),
        ("aws:ec2/getPrefixList:getPrefixList", {"name": "com.amazonaws.us-east-1.s3"}),
        (
            "aws:ssm/getParameter:getParameter",
            {"name": "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"},
        ),
        ("aws:kms/getAlias:getAlias", {"name": "alias/aws/s3"}),
        ("aws:kms/getKey:getKey", {"keyId": "alias/aws/s3"}),
        ("aws:iam/getPolicy:getPolicy", {"name": "AdministratorAccess"}),
        ("aws:iam/getRole:getRole", {"name": "AWSServiceRoleForAutoScaling"}),
        ("aws:ecr/getAuthorizationToken:getAuthorizationToken", {}),
        ("aws:ecr/getCredentials:getCredentials", {"registryId": "123456789012"}),
        (AMI, {"owners": ["amazon"], "mostRecent": True}),
        (DOCUMENT, {"statements": [{"actions": ["s3:*"], "resources": ["*"]}]}),
    ],
)
def test_answers_have_the_fields_of_the_sdk(function: str, args: dict, account: Account) -> None:
    answered = account.ask(function, args)
    described = load_function(function)
    assert described is not None
    assert set(answered) - set(args) <= set(described.outputs)
    assert answered["id"]


def test_every_region_has_a_default_network_that_can_be_built_on(account: Account) -> None:
    net = account.ask("aws:ec2/getVpc:getVpc", {"default": True})
    only = {"filters": [{"name": "vpc-id", "values": [net["id"]]}]}
    subnets = account.ask("aws:ec2/getSubnets:getSubnets", only)["ids"]
    zones = account.ask("aws:index/getAvailabilityZones:getAvailabilityZones")["names"]
    assert net["cidrBlock"] == "172.31.0.0/16"
    assert len(subnets) == len(zones) == 6
    account.create(
        "aws:lb/loadBalancer:LoadBalancer", {"name": "front", "subnets": subnets[:2]}, "front"
    )
    assert account.count() == 1  # the default network is nobody's resource
    west = account.ask("aws:ec2/getVpc:getVpc", {"default": True, "region": "us-west-2"})
    assert west["id"] != net["id"]


def test_networks_are_found_by_tags_and_filters(account: Account) -> None:
    prepare(account, NET, A, B)
    account.create(
        SUBNET,
        {"vpcId": "$net", "cidrBlock": "10.0.9.0/24", "tags": {"tier": "db"}},
        "tagged",
    )
    of_net = {"name": "vpc-id", "values": ["$net"]}
    find = "aws:ec2/getSubnets:getSubnets"
    assert len(account.ask(find, {"filters": [of_net]})["ids"]) == 3
    tagged = account.ask(find, {"filters": [of_net, {"name": "tag:tier", "values": ["d*"]}]})
    assert tagged["ids"] == [account.known["tagged"]["id"]]
    with pytest.raises(CloudError, match="multiple EC2 Subnets matched"):
        account.ask("aws:ec2/getSubnet:getSubnet", {"filters": [of_net]})
    with pytest.raises(CloudError, match="filter 'vpcid' is invalid"):
        account.ask(find, {"filters": [{"name": "vpcid", "values": ["x"]}]})


@pytest.mark.parametrize(
    ("owner", "pattern", "name"),
    [
        ("amazon", "amzn2-ami-hvm-*-x86_64-gp2", "amzn2-ami-hvm-2.0.20260930.0-x86_64-gp2"),
        (
            "137112412989",
            "al2023-ami-2023*-arm64",
            "al2023-ami-2023.12.20260930.0-kernel-6.12-arm64",
        ),
        ("099720109477", "ubuntu/images/hvm-ssd*/ubuntu-noble-24.04-amd64-server-*", None),
    ],
)
def test_images_are_found_as_programs_ask_for_them(
    owner: str, pattern: str, name: str | None, account: Account
) -> None:
    asked = {"owners": [owner], "filters": [{"name": "name", "values": [pattern]}]}
    found = account.ask(AMI, {**asked, "mostRecent": True})
    assert found["id"].startswith("ami-")
    assert name in (None, found["name"])
    assert found["id"] == account.ask(AMI, {**asked, "mostRecent": True})["id"]


def test_no_image_and_too_many_are_refused(account: Account) -> None:
    with pytest.raises(CloudError, match="returned no results"):
        account.ask(AMI, {"owners": ["self"], "mostRecent": True})
    with pytest.raises(CloudError, match="more than one result"):
        account.ask(AMI, {"owners": ["amazon"]})


def test_a_policy_document_is_rendered_as_the_provider_renders_it(account: Account) -> None:
    statement = {
        "sid": "Read",
        "actions": ["s3:GetObject", "s3:ListBucket"],
        "resources": ["arn:aws:s3:::b/&{aws:username}/*"],
        "principals": [{"type": "AWS", "identifiers": ["2", "1"]}],
        "conditions": [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]}],
    }
    found = account.ask(DOCUMENT, {"statements": [statement]})
    # Key order, downward lists and single texts: policy_model.go of the provider.
    assert found["minifiedJson"] == (
        '{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow",'
        '"Action":["s3:ListBucket","s3:GetObject"],"Resource":"arn:aws:s3:::b/${aws:username}/*",'
        '"Principal":{"AWS":["2","1"]},"Condition":{"Bool":{"aws:SecureTransport":"true"}}}]}'
    )
    assert json.loads(found["json"]) == json.loads(found["minifiedJson"])


def test_documents_are_merged_by_sid(account: Account) -> None:
    first = json.dumps(
        {"Statement": [{"Sid": "A", "Effect": "Allow", "Action": "a", "Resource": "*"}]}
    )
    own = {"sid": "A", "effect": "Deny", "actions": ["b"], "resources": ["*"]}
    found = account.ask(DOCUMENT, {"sourcePolicyDocuments": [first], "statements": [own]})
    assert [one["Effect"] for one in json.loads(found["json"])["Statement"]] == ["Deny"]
    with pytest.raises(CloudError, match=r"two statements .* have the Sid"):
        account.ask(DOCUMENT, {"statements": [own, own]})


def test_keys_are_found_by_alias(account: Account) -> None:
    key = account.create(KEY, {}, "key")
    account.create(ALIAS, {"name": "alias/mine", "targetKeyId": "$key"}, "alias")
    assert (
        account.ask("aws:kms/getAlias:getAlias", {"name": "alias/mine"})["targetKeyId"] == key["id"]
    )
    assert account.ask("aws:kms/getKey:getKey", {"keyId": "alias/mine"})["arn"] == key["arn"]
    with pytest.raises(CloudError, match="NotFoundException"):
        account.ask("aws:kms/getAlias:getAlias", {"name": "alias/yours"})


def test_secrets_are_not_answered_in_plain(account: Account) -> None:
    from isthmus_simulator.values import Secret

    account.create("aws:secretsmanager/secret:Secret", {"name": "token"}, "token")
    version = "aws:secretsmanager/secretVersion:SecretVersion"
    given = {"secretId": account.known["token"]["id"], "secretString": Secret("hunter2")}
    with account.world.transaction() as session:
        account.life.create(session, version, f"urn:pulumi:dev::shop::{version}::v", given)
    found = account.ask(
        "aws:secretsmanager/getSecretVersion:getSecretVersion", {"secretId": "token"}
    )
    assert found["secretString"].startswith("simulated-secret-")


@pytest.mark.parametrize(
    ("zone", "short"),
    [("us-east-1a", "use1-az1"), ("ap-southeast-2c", "apse2-az3"), ("us-gov-west-1b", "usgw1-az2")],
)
def test_zone_ids_have_the_form_of_aws(zone: str, short: str) -> None:
    assert zone_id(zone) == short


def test_functions_nobody_answers_say_so(account: Account) -> None:
    with pytest.raises(CloudError, match="does not answer the function"):
        account.ask("aws:ec2/getLocalGateway:getLocalGateway", {})

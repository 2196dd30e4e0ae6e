import json
import re

import pytest

from isthmus_simulator.cloud import CloudError
from isthmus_simulator.clouds.aws import CLOUD
from isthmus_simulator.diff import compare, must_replace
from tests.simulator.clouds.aws.aws_scenes import (
    ACL,
    BLOCK,
    BUCKET,
    CLUSTER,
    DATA,
    DYNAMO,
    EC2_ROLE,
    EKS,
    EKS_ROLE,
    FUNCTION,
    INGRESS,
    INSTANCE,
    KEY,
    LAMBDA_ROLE,
    NET,
    NODES,
    RECORD,
    ROLE,
    SUBNET,
    TASK,
    TEMPLATE,
    VPC,
    A,
    B,
    trust,
)
from tests.simulator.clouds.aws.conftest import Account
from tests.simulator.clouds.aws.test_aws_refusals import prepare

pytestmark = pytest.mark.pure

CODE = {"s3Bucket": "b", "s3Key": "k", "handler": "a.b", "runtime": "python3.12"}


def test_tags_of_the_provider_lie_under_the_resources_own(account: Account) -> None:
    tags = account.create(VPC, {"cidrBlock": "10.0.0.0/16", "tags": {"a": "b", "owner": "you"}})
    assert tags["tagsAll"] == {"a": "b", "owner": "you"}
    assert account.create(BUCKET, {}, "Data")["tagsAll"] == {"owner": "me"}


def test_arns_say_region_and_account_where_aws_does(account: Account) -> None:
    prepare(account, NET, LAMBDA_ROLE, DATA)
    role, bucket, net = (account.known[name] for name in ("lambda", "data", "net"))
    assert role["arn"] == f"arn:aws:iam::123456789012:role/{role['name']}"
    assert bucket["arn"] == "arn:aws:s3:::isthmus-data"
    assert net["arn"] == f"arn:aws:ec2:us-east-1:123456789012:vpc/{net['id']}"
    function = account.create(FUNCTION, {**CODE, "role": "$lambda.arn"}, "hello")
    assert function["arn"] == f"arn:aws:lambda:us-east-1:123456789012:function:{function['name']}"
    assert function["invokeArn"].endswith(f"functions/{function['arn']}/invocations")


def test_a_resource_may_stand_in_a_region_of_its_own(account: Account) -> None:
    net = account.create(VPC, {"cidrBlock": "10.0.0.0/16", "region": "eu-west-1"})
    assert net["arn"].startswith("arn:aws:ec2:eu-west-1:")


def test_names_follow_the_bridge_and_buckets_are_lower_case(account: Account) -> None:
    assert re.fullmatch(r"data-[0-9a-f]{7}", account.create(BUCKET, {}, "Data")["bucket"])
    role = account.create(ROLE, {"assumeRolePolicy": trust("ec2.amazonaws.com")}, "AppRole")
    assert re.fullmatch(r"AppRole-[0-9a-f]{7}", role["name"])


def test_what_comes_with_a_network_can_be_used(account: Account) -> None:
    prepare(account, NET, A)
    account.create(
        INSTANCE,
        {
            "ami": "ami-0123456789abcdef0",
            "instanceType": "t3.micro",
            "subnetId": "$a",
            "vpcSecurityGroupIds": ["$net.defaultSecurityGroupId"],
        },
    )
    account.create(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        {"subnetId": "$a", "routeTableId": "$net.mainRouteTableId"},
    )


def test_a_cluster_says_where_it_is_and_brings_its_own_group(account: Account) -> None:
    prepare(account, NET, A, B, EKS_ROLE, EKS)
    cluster = account.known["eks-cluster"]
    host = re.fullmatch(
        r"https://([0-9A-F]{32})\.gr7\.us-east-1\.eks\.amazonaws\.com", cluster["endpoint"]
    )
    assert host
    issuer = cluster["identities"][0]["oidcs"][0]["issuer"]
    assert issuer == f"https://oidc.eks.us-east-1.amazonaws.com/id/{host[1]}"
    assert cluster["vpcConfig"]["vpcId"] == account.known["net"]["id"]
    rule = {"securityGroupId": cluster["vpcConfig"]["clusterSecurityGroupId"], "ipProtocol": "-1"}
    account.create(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        {**rule, "cidrIpv4": "10.0.0.0/8"},
    )


def test_nodes_have_an_auto_scaling_group_that_can_be_tagged(account: Account) -> None:
    prepare(account, NET, A, B, EKS_ROLE, EC2_ROLE, EKS)
    size = {"minSize": 0, "desiredSize": 0, "maxSize": 1}
    nodes = account.create(
        NODES,
        {
            "clusterName": "main",
            "nodeRoleArn": "$ec2.arn",
            "subnetIds": ["$a"],
            "scalingConfig": size,
        },
    )
    group = nodes["resources"][0]["autoscalingGroups"][0]["name"]
    tag = {"key": "k", "value": "v", "propagateAtLaunch": False}
    account.create("aws:autoscaling/tag:Tag", {"autoscalingGroupName": group, "tag": tag})


def test_each_change_of_a_launch_template_is_a_version(account: Account) -> None:
    first = account.create(TEMPLATE, {"name": "lt", "instanceType": "t3.micro"})
    second = account.update(TEMPLATE, {"name": "lt", "instanceType": "t3.small"})
    assert (first["latestVersion"], second["latestVersion"], second["defaultVersion"]) == (1, 2, 1)


def test_each_task_definition_of_a_family_is_a_revision(account: Account) -> None:
    inputs = {"family": "app", "containerDefinitions": "[]"}
    arns = [account.create(TASK, inputs, name)["arn"] for name in ("one", "two")]
    assert [arn.rsplit("/", 1)[-1] for arn in arns] == ["app:1", "app:2"]


def test_what_the_sdk_declares_secret_is_secret(account: Account) -> None:
    assert "password" in CLOUD.facts["aws:rds/instance:Instance"].secret
    assert "secret" in CLOUD.facts["aws:iam/accessKey:AccessKey"].secret


@pytest.mark.parametrize(
    ("token", "old", "new", "replaced"),
    [
        (VPC, {"cidrBlock": "10.0.0.0/16"}, {"cidrBlock": "10.1.0.0/16"}, True),
        (VPC, {"enableDnsHostnames": True}, {"enableDnsHostnames": False}, False),
        (VPC, {"region": "us-east-1"}, {"region": "us-west-2"}, True),
        (SUBNET, {"mapPublicIpOnLaunch": True}, {"mapPublicIpOnLaunch": False}, False),
        (INSTANCE, {"instanceType": "a"}, {"instanceType": "b"}, False),
        (INSTANCE, {"ami": "a"}, {"ami": "b"}, True),
        (
            INSTANCE,
            {"ebsBlockDevices": [{"volumeSize": 1}]},
            {"ebsBlockDevices": [{"volumeSize": 2}]},
            True,
        ),
        (CLUSTER, {"version": "1.33"}, {"version": "1.34"}, False),
        (CLUSTER, {"roleArn": "a"}, {"roleArn": "b"}, True),
        (
            CLUSTER,
            {"kubernetesNetworkConfig": {"ipFamily": "ipv4"}},
            {"kubernetesNetworkConfig": {"ipFamily": "ipv6"}},
            True,
        ),
        (NODES, {"instanceTypes": ["a"]}, {"instanceTypes": ["b"]}, True),
        (NODES, {"scalingConfig": {"minSize": 1}}, {"scalingConfig": {"minSize": 2}}, False),
        (NODES, {"launchTemplate": {"version": "1"}}, {"launchTemplate": {"version": "2"}}, False),
        (FUNCTION, {"handler": "a"}, {"handler": "b"}, False),
        (FUNCTION, {"name": "a"}, {"name": "b"}, True),
        ("aws:apigateway/restApi:RestApi", {"name": "a"}, {"name": "b"}, False),
        ("aws:rds/instance:Instance", {"engine": "a"}, {"engine": "b"}, True),
        ("aws:rds/instance:Instance", {"instanceClass": "a"}, {"instanceClass": "b"}, False),
        (NODES, {"launchTemplate": {"id": "a"}}, {"launchTemplate": {"id": "b"}}, True),
        (CLUSTER, {}, {"encryptionConfig": {"provider": {"keyArn": "a"}}}, False),
        (
            CLUSTER,
            {"encryptionConfig": {"provider": {"keyArn": "a"}}},
            {"encryptionConfig": {"provider": {"keyArn": "b"}}},
            True,
        ),
        (INGRESS, {"cidrIpv4": "10.0.0.0/8"}, {"cidrIpv4": "10.0.0.0/16"}, False),
        (INGRESS, {"securityGroupId": "a"}, {"securityGroupId": "b"}, True),
        (KEY, {"customerMasterKeySpec": "a"}, {"customerMasterKeySpec": "b"}, True),
        (KEY, {"deletionWindowInDays": 7}, {"deletionWindowInDays": 8}, False),
        (DYNAMO, {"hashKey": "a"}, {"hashKey": "b"}, True),
        (ROLE, {"namePrefix": "a"}, {"namePrefix": "b"}, True),
        (ROLE, {"tags": {"a": "b"}}, {"tags": {"a": "c"}}, False),
        (ACL, {"acl": "private"}, {"acl": "public-read"}, False),
        (BLOCK, {"bucket": "a"}, {"bucket": "b"}, True),
        (RECORD, {"name": "a"}, {"name": "b"}, True),
        (RECORD, {"type": "A"}, {"type": "AAAA"}, False),
        ("aws:eks/addon:Addon", {"addonName": "a"}, {"addonName": "b"}, True),
        ("aws:eks/addon:Addon", {"addonVersion": "a"}, {"addonVersion": "b"}, False),
        ("aws:iam/groupMembership:GroupMembership", {"users": ["a"]}, {"users": ["b"]}, False),
    ],
)
def test_a_change_replaces_where_aws_cannot_make_it_in_place(
    token: str, old: dict, new: dict, replaced: bool, account: Account
) -> None:
    replacing = CLOUD.replaces(account.life.schema(token), CLOUD.facts[token])
    assert any(must_replace(change, replacing) for change in compare(old, new)) == replaced


def test_new_user_data_is_a_new_machine_only_where_the_program_says_so() -> None:
    replaces = CLOUD.rules[INSTANCE].replaces
    assert replaces is not None
    asked = {"userData": "b", "userDataReplaceOnChange": True}
    assert list(replaces({"userData": "a"}, asked)) == ["userData"]
    assert list(replaces({"userData": "b"}, asked)) == []
    assert list(replaces({"userData": "a"}, {"userData": "b"})) == []


def test_a_region_that_does_not_exist_is_refused_with_the_nearest(account: Account) -> None:
    with pytest.raises(CloudError, match=r"invalid AWS Region: eu-centrl-1.*eu-central-1"):
        CLOUD.configure({"region": "eu-centrl-1"}, {})


def test_a_key_has_the_default_policy_of_its_account(account: Account) -> None:
    policy = json.loads(account.create("aws:kms/key:Key", {})["policy"])
    assert policy["Statement"][0]["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}

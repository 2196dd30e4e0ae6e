"""The network of an AWS site: closed, except for its endpoints."""

import pytest
from aws_recording import ACCOUNT
from tests.components.clouds.recording import Recording

from isthmus.clouds.aws.account import Account
from isthmus.clouds.aws.endpoints import INTERFACE_SERVICES, interface_policy
from isthmus.clouds.aws.flow_logs import delivery_policy

pytestmark = pytest.mark.cloud

WAYS_OUT = {"InternetGateway", "NatGateway", "EgressOnlyInternetGateway", "Eip", "Route"}


def test_there_is_no_way_to_the_internet(sent_network: Recording) -> None:
    assert not WAYS_OUT & {sent.type.split(":")[-1] for sent in sent_network.sent}
    [table] = sent_network.of("RouteTable")
    assert "routes" not in table.inputs
    assert "0.0.0.0/0" not in str([sent.inputs for sent in sent_network.sent])


def test_subnets_are_as_planned_and_private(sent_network: Recording) -> None:
    subnets = {subnet.name: subnet.inputs for subnet in sent_network.of("Subnet")}
    assert len(subnets) == 7
    assert subnets["frankfurt-nodes-b"]["cidrBlock"] == "10.64.32.0/19"
    assert subnets["frankfurt-nodes-b"]["availabilityZone"] == "eu-north-1b"
    assert subnets["frankfurt-control-plane"]["availabilityZone"] == "eu-north-1a"
    assert not any(inputs["mapPublicIpOnLaunch"] for inputs in subnets.values())
    associated = {one.inputs["subnetId"] for one in sent_network.of("RouteTableAssociation")}
    assert associated == {f"{name}-id" for name in subnets}


def test_the_vpc_declares_the_planned_blocks_before_their_subnets(
    sent_network: Recording,
) -> None:
    [vpc] = sent_network.of("Vpc")
    [block] = sent_network.of("VpcIpv4CidrBlockAssociation")
    assert vpc.inputs["cidrBlock"] == "10.64.0.0/17"
    assert block.inputs["cidrBlock"] == "10.64.224.0/19"
    assert block.name == "frankfurt-10-64-224-0"
    for subnet in sent_network.of("Subnet"):
        assert block.name in subnet.dependencies


def test_default_group_is_emptied(sent_network: Recording) -> None:
    [group] = sent_network.of("DefaultSecurityGroup")
    assert group.inputs["ingress"] == []
    assert group.inputs["egress"] == []


def test_rules_open_exactly_what_is_meant(sent_network: Recording) -> None:
    def rules(kind: str) -> set[tuple[str, str, str, int | None]]:
        return {
            (
                rule.inputs["securityGroupId"],
                rule.inputs.get("referencedSecurityGroupId")
                or rule.inputs.get("cidrIpv4")
                or rule.inputs["prefixListId"],
                rule.inputs["ipProtocol"],
                rule.inputs.get("fromPort"),
            )
            for rule in sent_network.of(kind)
        }

    nodes, endpoints = "frankfurt-nodes-id", "frankfurt-endpoints-id"
    assert rules("SecurityGroupIngressRule") == {
        (nodes, nodes, "-1", None),
        (endpoints, "10.64.0.0/16", "tcp", 443),
    }
    assert rules("SecurityGroupEgressRule") == {
        (nodes, nodes, "-1", None),
        (nodes, endpoints, "tcp", 443),
        (nodes, "pl-frankfurt-s3", "tcp", 443),
    }
    for group in sent_network.of("SecurityGroup"):
        assert {"ingress", "egress"}.isdisjoint(group.inputs)


def test_every_service_has_a_private_endpoint(sent_network: Recording) -> None:
    endpoints = {one.inputs["serviceName"]: one for one in sent_network.of("VpcEndpoint")}
    assert set(endpoints) == {
        f"com.amazonaws.eu-north-1.{service}" for service in (*INTERFACE_SERVICES, "s3")
    }
    for service in INTERFACE_SERVICES:
        inputs = endpoints[f"com.amazonaws.eu-north-1.{service}"].inputs
        assert inputs["vpcEndpointType"] == "Interface"
        assert inputs["privateDnsEnabled"] is True
        assert len(inputs["subnetIds"]) == 3
        assert inputs["securityGroupIds"] == ["frankfurt-endpoints-id"]


def test_endpoints_serve_this_account_only(sent_network: Recording) -> None:
    for endpoint in sent_network.of("VpcEndpoint"):
        own, *others = endpoint.policy()["Statement"]
        assert own["Condition"]["StringEquals"]["aws:PrincipalAccount"] == ACCOUNT
        assert len(others) == (endpoint.name in ("frankfurt-s3", "frankfurt-sts"))


def test_s3_endpoint_reaches_own_buckets_and_image_layers(sent_network: Recording) -> None:
    own, layers = sent_network.named("frankfurt-s3").policy()["Statement"]
    assert own["Condition"]["StringEquals"]["aws:ResourceAccount"] == ACCOUNT
    assert layers["Action"] == "s3:GetObject"
    assert layers["Resource"] == "arn:aws:s3:::prod-eu-north-1-starport-layer-bucket/*"


def test_web_identity_reaches_roles_of_this_account_only() -> None:
    assert f"arn:aws:iam::{ACCOUNT}:role/*" in interface_policy("sts", Account(ACCOUNT, "aws"))
    assert "WebIdentity" not in interface_policy("kms", Account(ACCOUNT, "aws"))


def test_flow_logs_record_all_traffic_under_the_logs_key(sent_network: Recording) -> None:
    [flow_log] = sent_network.of("FlowLog")
    assert flow_log.inputs["trafficType"] == "ALL"
    assert flow_log.inputs["vpcId"] == "frankfurt-vpc-id"
    group = sent_network.named("frankfurt-flow-logs")
    assert flow_log.inputs["logDestination"] == "arn:aws:LogGroup:frankfurt-flow-logs"
    assert group.inputs["kmsKeyId"] == "arn:aws:Key:frankfurt-logs-key"
    assert group.inputs["retentionInDays"] == 120


def test_flow_log_role_serves_flow_logs_of_this_account_only(sent_network: Recording) -> None:
    role = sent_network.named("frankfurt-flow-logs-role")
    [statement] = role.policy("assumeRolePolicy")["Statement"]
    assert statement["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT}
    assert '"Resource": ["arn:group", "arn:group:*"]' in delivery_policy("arn:group")


def test_handle_lists_subnets_in_the_plans_order(sent_network: Recording) -> None:
    handle = sent_network.handle
    assert handle["node_subnet_ids"] == [f"frankfurt-nodes-{zone}-id" for zone in "abc"]
    assert handle["endpoint_subnet_ids"] == [f"frankfurt-endpoints-{zone}-id" for zone in "abc"]
    assert handle["control_plane_subnet_id"] == "frankfurt-control-plane-id"
    assert handle["node_firewall_id"] == "frankfurt-nodes-id"
    assert handle["fabric_subnet_ids"] == []

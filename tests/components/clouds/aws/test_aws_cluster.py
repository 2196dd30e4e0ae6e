"""A cluster on AWS: private, audited, encrypted, with pools as planned."""

import base64
import json

import pytest
from aws_recording import ACCOUNT
from tests.components.clouds.recording import Recording

from isthmus.clouds.aws.addons import AFTER_NODES, BEFORE_NODES
from isthmus.clouds.aws.cluster import LOG_TYPES

pytestmark = pytest.mark.cloud


def test_api_answers_inside_the_network_only(sent_cluster: Recording) -> None:
    [cluster] = sent_cluster.of("Cluster")
    vpc = cluster.inputs["vpcConfig"]
    assert vpc["endpointPrivateAccess"] is True
    assert vpc["endpointPublicAccess"] is False
    assert vpc["subnetIds"] == ["control", "endpoint-a", "endpoint-b", "endpoint-c"]
    assert vpc["securityGroupIds"] == ["frankfurt-control-plane-id"]


def test_cluster_is_encrypted_logged_and_free_of_legacy_access(sent_cluster: Recording) -> None:
    [cluster] = sent_cluster.of("Cluster")
    assert cluster.inputs["encryptionConfig"] == {
        "provider": {"keyArn": "arn:aws:Key:frankfurt-cluster-key"},
        "resources": ["secrets"],
    }
    assert set(cluster.inputs["enabledClusterLogTypes"]) == set(LOG_TYPES)
    assert cluster.inputs["accessConfig"]["authenticationMode"] == "API"
    assert cluster.inputs["bootstrapSelfManagedAddons"] is False
    assert cluster.inputs["kubernetesNetworkConfig"] == {
        "ipFamily": "ipv4",
        "serviceIpv4Cidr": "10.64.192.0/20",
    }


def test_audit_logs_exist_before_the_cluster_under_the_logs_key(sent_cluster: Recording) -> None:
    [cluster] = sent_cluster.of("Cluster")
    logs = sent_cluster.named("frankfurt-audit-logs")
    assert logs.inputs["name"] == f"/aws/eks/{cluster.inputs['name']}/cluster"
    assert logs.inputs["kmsKeyId"] == "arn:aws:Key:frankfurt-logs-key"
    assert logs.inputs["retentionInDays"] == 365
    assert "frankfurt-audit-logs" in cluster.dependencies
    assert cluster.delete_before_replace
    assert logs.delete_before_replace


def test_cluster_role_serves_this_cluster_only(sent_cluster: Recording) -> None:
    [cluster] = sent_cluster.of("Cluster")
    role = sent_cluster.named("frankfurt-cluster-role")
    [trust] = role.policy("assumeRolePolicy")["Statement"]
    assert trust["Principal"] == {"Service": "eks.amazonaws.com"}
    assert trust["Condition"]["ArnLike"] == {
        "aws:SourceArn": f"arn:aws:eks:eu-north-1:{ACCOUNT}:cluster/{cluster.inputs['name']}",
    }
    [use] = sent_cluster.named("frankfurt-cluster-encryption").policy()["Statement"]
    assert use["Resource"] == "arn:aws:Key:frankfurt-cluster-key"
    assert {"frankfurt-cluster-role-eks", "frankfurt-cluster-encryption"} <= cluster.dependencies


def test_node_role_may_join_and_pull_and_nothing_else(sent_cluster: Recording) -> None:
    attached = {
        one.inputs["policyArn"].rsplit("/", maxsplit=1)[1]
        for one in sent_cluster.of("RolePolicyAttachment")
        if one.name.startswith("frankfurt-node-role")
    }
    assert attached == {
        "AmazonEKSWorkerNodePolicy",
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonEKS_CNI_Policy",
    }


def test_control_plane_and_nodes_reach_each_other(sent_cluster: Recording) -> None:
    def flows(kind: str, own: str, other: str) -> set[tuple[str, str, int, int]]:
        return {
            (
                rule.inputs[own],
                rule.inputs[other],
                int(rule.inputs["fromPort"]),
                int(rule.inputs["toPort"]),
            )
            for rule in sent_cluster.of(kind)
        }

    api, nodes = "frankfurt-control-plane-id", "sg-nodes"
    expected = {(nodes, api, 443, 443), (api, nodes, 443, 443), (api, nodes, 1025, 65535)}
    group, peer = "securityGroupId", "referencedSecurityGroupId"
    assert flows("SecurityGroupEgressRule", group, peer) == expected
    assert flows("SecurityGroupIngressRule", peer, group) == expected


def test_addons_come_around_the_nodes(sent_cluster: Recording) -> None:
    addons = {addon.inputs["addonName"]: addon for addon in sent_cluster.of("Addon")}
    assert set(addons) == {*BEFORE_NODES, *AFTER_NODES}
    system = sent_cluster.named("frankfurt-system")
    for addon in BEFORE_NODES:
        assert addons[addon].name in system.dependencies
    for addon in AFTER_NODES:
        assert "frankfurt-system" in addons[addon].dependencies
    settings = json.loads(addons["vpc-cni"].inputs["configurationValues"])
    assert settings == {"enableNetworkPolicy": "true"}


def test_training_pool_is_as_planned(sent_cluster: Recording) -> None:
    pool = sent_cluster.named("frankfurt-training")
    assert pool.inputs["amiType"] == "AL2023_x86_64_NVIDIA"
    assert pool.inputs["instanceTypes"] == ["p5.48xlarge"]
    assert pool.inputs["capacityType"] == "ON_DEMAND"
    assert pool.inputs["subnetIds"] == ["subnet-b"]
    assert pool.inputs["scalingConfig"] == {"minSize": 0, "maxSize": 4, "desiredSize": 0}
    assert pool.inputs["taints"] == [
        {"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"},
    ]
    assert pool.inputs["labels"] == {
        "isthmus/pool": "training",
        "isthmus/accelerator": "nvidia-h100-80gb",
    }
    assert pool.inputs["updateConfig"] == {"maxUnavailable": 1, "updateStrategy": "MINIMAL"}
    assert pool.ignore_changes == {"scalingConfig.desiredSize"}


def test_system_pool_has_no_taint_and_spans_the_zones(sent_cluster: Recording) -> None:
    pool = sent_cluster.named("frankfurt-system")
    assert pool.inputs["amiType"] == "AL2023_x86_64_STANDARD"
    assert pool.inputs["subnetIds"] == ["subnet-a", "subnet-b", "subnet-c"]
    assert pool.inputs["taints"] == []
    assert pool.inputs["scalingConfig"] == {"minSize": 3, "maxSize": 5, "desiredSize": 3}
    template = sent_cluster.named("frankfurt-system-template")
    assert template.inputs["vpcSecurityGroupIds"] == ["sg-nodes"]
    assert {"networkInterfaces", "placement", "userData"}.isdisjoint(template.inputs)


@pytest.mark.parametrize("pool", ["system", "training"])
def test_machines_have_encrypted_disks_and_closed_metadata(
    sent_cluster: Recording, pool: str
) -> None:
    template = sent_cluster.named(f"frankfurt-{pool}-template").inputs
    [disk] = template["blockDeviceMappings"]
    assert disk["ebs"]["encrypted"] == "true"
    assert disk["ebs"]["kmsKeyId"] == "arn:aws:Key:frankfurt-cluster-key"
    assert disk["ebs"]["volumeSize"] == {"system": 100, "training": 200}[pool]
    assert template["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
    }
    tagged = {one["resourceType"] for one in template["tagSpecifications"]}
    assert tagged == {"instance", "volume", "network-interface"}
    assert all(one["tags"]["owner"] for one in template["tagSpecifications"])
    group = sent_cluster.named(f"frankfurt-{pool}")
    assert group.inputs["launchTemplate"] == {
        "id": f"frankfurt-{pool}-template-id",
        "version": "7",
    }


def test_training_machines_carry_efa_on_every_card(sent_cluster: Recording) -> None:
    template = sent_cluster.named("frankfurt-training-template").inputs
    assert "vpcSecurityGroupIds" not in template
    layout = [
        (int(one["networkCardIndex"]), int(one["deviceIndex"]), one["interfaceType"])
        for one in template["networkInterfaces"]
    ]
    assert layout[:3] == [(0, 0, "interface"), (0, 1, "efa-only"), (1, 0, "efa-only")]
    assert len(layout) == 33
    for one in template["networkInterfaces"]:
        assert one["securityGroups"] == ["sg-nodes"]
        assert {"subnetId", "associatePublicIpAddress"}.isdisjoint(one)
    assert template["placement"] == {"groupName": "frankfurt-training-placement"}
    [group] = sent_cluster.of("PlacementGroup")
    assert group.inputs["strategy"] == "cluster"


def test_training_machines_stripe_their_own_disks(sent_cluster: Recording) -> None:
    template = sent_cluster.named("frankfurt-training-template").inputs
    config = base64.b64decode(template["userData"]).decode()
    assert "Content-Type: application/node.eks.aws" in config
    assert "strategy: RAID0" in config


def test_autoscaler_knows_what_an_empty_pool_offers(sent_cluster: Recording) -> None:
    tags = {one.inputs["tag"]["key"]: one.inputs for one in sent_cluster.of("Tag")}
    prefix = "k8s.io/cluster-autoscaler/node-template/resources"
    assert {key: inputs["tag"]["value"] for key, inputs in tags.items()} == {
        f"{prefix}/nvidia.com/gpu": "8",
        f"{prefix}/vpc.amazonaws.com/efa": "32",
    }
    names = {inputs["autoscalingGroupName"] for inputs in tags.values()}
    assert names == {"eks-frankfurt-training"}


def test_protection_reaches_cluster_and_audit_logs(
    sent_cluster: Recording, sent_protected_cluster: Recording
) -> None:
    for sent, protect in ((sent_cluster, False), (sent_protected_cluster, True)):
        [cluster] = sent.of("Cluster")
        logs = sent.named("frankfurt-audit-logs")
        assert (cluster.protect, cluster.inputs["deletionProtection"]) == (protect, protect)
        assert (logs.protect, logs.inputs["deletionProtectionEnabled"]) == (protect, protect)


def test_handle_has_what_the_next_room_needs(sent_cluster: Recording) -> None:
    assert sent_cluster.handle == {
        "cluster_id": "arn:aws:Cluster:frankfurt-cluster",
        "endpoint": "https://10.64.0.5",
        "ca_certificate": "Q0E=",
        "workload_issuer": "https://oidc.example/id",
        "pool_ids": {
            "training": "arn:aws:NodeGroup:frankfurt-training",
            "system": "arn:aws:NodeGroup:frankfurt-system",
        },
    }

"""Ids, links, labels and addresses in the shape that Google gives them."""

import json
import re
from typing import Any

import pytest

from isthmus_simulator.cloud import CloudError
from isthmus_simulator.clouds.gcp import CLOUD
from tests.simulator.clouds.gcp.conftest import SETTINGS, Project
from tests.simulator.clouds.gcp.gcp_cases import (
    CLUSTER,
    CUSTOM,
    INSTANCE,
    SUB,
    SUBNET,
    cluster,
    machine,
)

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("token", "inputs", "expected"),
    [
        ("gcp:compute/disk:Disk", {"name": "d"}, "projects/shop/zones/europe-west4-a/disks/d"),
        (
            "gcp:compute/address:Address",
            {"name": "a"},
            "projects/shop/regions/europe-west4/addresses/a",
        ),
        (
            "gcp:compute/address:Address",
            {"name": "a", "region": "us-east1"},
            "projects/shop/regions/us-east1/addresses/a",
        ),
        (CLUSTER, cluster(location=None), "projects/shop/locations/europe-west4-a/clusters/c"),
        (CLUSTER, cluster(), "projects/shop/locations/europe-west4/clusters/c"),
        (
            "gcp:projects/service:Service",
            {"service": "run.googleapis.com"},
            "shop/run.googleapis.com",
        ),
        (
            "gcp:pubsub/topic:Topic",
            {"name": "top", "project": "other"},
            "projects/other/topics/top",
        ),
        (
            "gcp:pubsub/topicIAMMember:TopicIAMMember",
            {"topic": "top", "role": "roles/pubsub.editor", "member": "allUsers"},
            "projects/shop/topics/top/roles/pubsub.editor/allUsers",
        ),
        (
            "gcp:storage/bucketIAMBinding:BucketIAMBinding",
            {"bucket": "b", "role": "roles/x", "members": ["allUsers"]},
            "b/b/roles/x",
        ),
        (
            "gcp:projects/iAMMember:IAMMember",
            {"project": "shop", "role": "roles/x", "member": "user:a@b.c"},
            "shop/roles/x/user:a@b.c",
        ),
        ("gcp:bigquery/dataset:Dataset", {"datasetId": "ds"}, "projects/shop/datasets/ds"),
        (
            "gcp:secretmanager/secret:Secret",
            {"secretId": "s", "replication": {"auto": {}}},
            "projects/shop/secrets/s",
        ),
        (
            "gcp:artifactregistry/repository:Repository",
            {"repositoryId": "r", "format": "DOCKER", "location": "us"},
            "projects/shop/locations/us/repositories/r",
        ),
    ],
)
def test_ids_are_googles(
    token: str, inputs: dict[str, Any], expected: str, project: Project
) -> None:
    given = {key: value for key, value in inputs.items() if value is not None}
    assert project.create(token, given)["id"] == expected


def test_a_machine_knows_its_addresses_and_its_link(project: Project) -> None:
    project.create(*CUSTOM)
    project.create(*SUB)
    made = project.create(
        INSTANCE, machine(networkInterfaces=[{"subnetwork": "sub", "accessConfigs": [{}]}])
    )
    (interface,) = made["networkInterfaces"]
    assert interface["name"] == "nic0"
    assert re.fullmatch(r"10\.128\.\d+\.\d+", interface["networkIp"])
    assert re.fullmatch(r"198\.1[89]\.\d+\.\d+", interface["accessConfigs"][0]["natIp"])
    assert made["selfLink"] == (
        "https://www.googleapis.com/compute/v1/projects/shop/zones/europe-west4-a/instances/vm"
    )


def test_a_cluster_takes_its_ranges_from_its_subnet(project: Project) -> None:
    project.create(*CUSTOM)
    project.create(*SUB)
    made = project.create(
        CLUSTER,
        cluster(
            network="net",
            subnetwork="sub",
            minMasterVersion="1.31",
            ipAllocationPolicy={"clusterSecondaryRangeName": "pods"},
            privateClusterConfig={
                "enablePrivateNodes": True,
                "enablePrivateEndpoint": True,
                "privateEndpointSubnetwork": "sub",
            },
        ),
    )
    assert made["clusterIpv4Cidr"] == "10.4.0.0/14"
    assert made["endpoint"] == made["privateClusterConfig"]["privateEndpoint"] == "10.0.0.2"
    assert made["masterVersion"].startswith("1.31.")
    assert made["masterAuth"]["clusterCaCertificate"]
    assert len(made["nodeLocations"]) == 3


def test_labels_are_the_providers_and_the_programs(schemas: Any, project: Project) -> None:
    config = {**SETTINGS, "defaultLabels": {"team": "ml", "env": "dev"}}
    other = Project(project.world, schemas, config)
    made = other.create(INSTANCE, machine(labels={"env": "prod"}))
    assert made["pulumiLabels"] == {
        "goog-pulumi-provisioned": "true",
        "team": "ml",
        "env": "prod",
    }
    silent = Project(project.world, schemas, {**SETTINGS, "addPulumiAttributionLabel": False})
    assert silent.create(INSTANCE, machine(name="vm2"))["effectiveLabels"] == {}


def test_a_subnet_of_an_automatic_network_answers_to_its_name(project: Project) -> None:
    made = project.create(INSTANCE, machine(networkInterfaces=[{"subnetwork": "default"}]))
    assert made["networkInterfaces"][0]["subnetwork"] == "default"
    assert [one.type for one in project.all(builtin=True) if one.builtin] == [
        "gcp:compute/network:Network"
    ]


def test_generated_keys_say_that_they_are_made_up(project: Project) -> None:
    account = project.create("gcp:serviceaccount/account:Account", {"accountId": "app-one"})
    made = project.create("gcp:serviceaccount/key:Key", {"serviceAccountId": account["name"]})
    assert made["privateKey"].startswith("simulated-")
    assert made["id"].startswith(f"{account['id']}/keys/")


def test_versions_of_a_secret_count_up(project: Project) -> None:
    project.create(
        "gcp:secretmanager/secret:Secret", {"secretId": "s", "replication": {"auto": {}}}
    )
    version = "gcp:secretmanager/secretVersion:SecretVersion"
    given = {"secret": "projects/shop/secrets/s", "secretData": "x"}
    assert [project.create(version, given, name)["version"] for name in ("one", "two")] == [
        "1",
        "2",
    ]


@pytest.mark.parametrize(
    ("function", "args", "key", "expected"),
    [
        ("gcp:organizations/getClientConfig:getClientConfig", {}, "region", "europe-west4"),
        ("gcp:organizations/getProject:getProject", {}, "projectId", "shop"),
        (
            "gcp:compute/getZones:getZones",
            {"region": "europe-west1"},
            "names",
            ["europe-west1-b", "europe-west1-c", "europe-west1-d"],
        ),
        (
            "gcp:compute/getNetwork:getNetwork",
            {"name": "default"},
            "id",
            "projects/shop/global/networks/default",
        ),
        (
            "gcp:compute/getImage:getImage",
            {"family": "debian-12", "project": "debian-cloud"},
            "selfLink",
            "https://www.googleapis.com/compute/v1/projects/debian-cloud/global/images/debian-12-v20260101",
        ),
        (
            "gcp:container/getRegistryRepository:getRegistryRepository",
            {},
            "repositoryUrl",
            "gcr.io/shop",
        ),
    ],
)
def test_functions_answer(
    function: str, args: dict[str, Any], key: str, expected: object, project: Project
) -> None:
    assert project.ask(function, args)[key] == expected


def test_a_policy_is_rendered_as_json(project: Project) -> None:
    given = {"bindings": [{"role": "roles/viewer", "members": ["user:b@c.d", "user:a@c.d"]}]}
    text = project.ask("gcp:organizations/getIAMPolicy:getIAMPolicy", given)["policyData"]
    assert json.loads(text) == {
        "bindings": [{"role": "roles/viewer", "members": ["user:a@c.d", "user:b@c.d"]}]
    }


def test_a_cluster_is_found_with_its_parts_in_lists(project: Project) -> None:
    project.create(CLUSTER, cluster())
    found = project.ask(
        "gcp:container/getCluster:getCluster", {"name": "c", "location": "europe-west4"}
    )
    assert found["masterAuths"][0]["clusterCaCertificate"]
    with pytest.raises(CloudError, match="Error 404"):
        project.ask(
            "gcp:container/getCluster:getCluster", {"name": "d", "location": "europe-west4"}
        )


def test_a_region_that_is_none_is_refused_with_the_nearest() -> None:
    with pytest.raises(
        CloudError,
        match=r'region "europe-west44" is not available for project "shop".*europe-west4',
    ):
        CLOUD.configure({"project": "shop", "region": "europe-west44"}, {})


def test_nothing_without_a_project(schemas: Any, project: Project) -> None:
    nowhere = Project(project.world, schemas, {"region": "europe-west4"})
    with pytest.raises(CloudError, match="project: required field is not set"):
        nowhere.create("gcp:compute/network:Network", {"name": "n"})


def test_a_subnet_tells_its_gateway(project: Project) -> None:
    project.create(*CUSTOM)
    assert project.create(SUBNET, SUB[1])["gatewayAddress"] == "10.0.0.1"

"""The cluster is private, under the site's keys, logged in its region, without old logins."""

from dataclasses import replace

import pytest
from conftest import CLUSTER_PLAN, KEYS, ZONES, record_cluster
from gcp_recording import PROJECT_ID
from hypothesis import given
from hypothesis import strategies as st
from tests.components.clouds.recording import Recording, Sent

from isthmus.clouds.gcp.cluster import cluster_filter
from isthmus.clouds.gcp.nodes import ACCOUNT_ID_LENGTH, account_id

pytestmark = pytest.mark.cloud


@pytest.fixture(scope="session")
def gke(cluster: Recording) -> Sent:
    (found,) = cluster.of("Cluster")
    return found


def test_nodes_and_api_have_private_addresses_only(gke: Sent) -> None:
    assert gke.inputs["privateClusterConfig"] == {
        "enablePrivateNodes": True,
        "enablePrivateEndpoint": True,
        "privateEndpointSubnetwork": "projects/p/regions/r/subnetworks/cp",
        "masterGlobalAccessConfig": {"enabled": False},
    }
    dns_endpoint = gke.inputs["controlPlaneEndpointsConfig"]["dnsEndpointConfig"]
    assert dns_endpoint == {"allowExternalTraffic": False}


def test_only_the_site_may_ask_the_api(gke: Sent) -> None:
    authorized = gke.inputs["masterAuthorizedNetworksConfig"]
    assert [block["cidrBlock"] for block in authorized["cidrBlocks"]] == ["10.64.0.0/16"]
    assert authorized["gcpPublicCidrsAccessEnabled"] is False
    assert authorized["privateEndpointEnforcementEnabled"] is True


def test_secrets_are_encrypted_with_the_clusters_key(gke: Sent) -> None:
    assert gke.inputs["databaseEncryption"] == {"state": "ENCRYPTED", "keyName": KEYS["cluster"]}


def test_no_old_way_to_log_in_is_left(gke: Sent) -> None:
    assert gke.inputs["enableLegacyAbac"] is False
    certificate = gke.inputs["masterAuth"]["clientCertificateConfig"]
    assert certificate == {"issueClientCertificate": False}
    assert gke.inputs["anonymousAuthenticationConfig"] == {"mode": "LIMITED"}
    assert set(gke.inputs["rbacBindingConfig"].values()) == {False}


def test_pods_have_identities_of_the_project(gke: Sent, cluster: Recording) -> None:
    pool = f"{PROJECT_ID}.svc.id.goog"
    assert gke.inputs["workloadIdentityConfig"] == {"workloadPool": pool}
    assert cluster.handle["issuer"] == pool


def test_the_cluster_is_regional_on_the_planned_network(gke: Sent) -> None:
    assert gke.inputs["location"] == "europe-west4"
    assert gke.inputs["nodeLocations"] == list(ZONES)
    assert gke.inputs["network"] == "projects/p/global/networks/vpc"
    assert gke.inputs["subnetwork"] == "projects/p/regions/r/subnetworks/nodes"
    assert gke.inputs["ipAllocationPolicy"] == {
        "clusterSecondaryRangeName": "pods",
        "servicesSecondaryRangeName": "services",
    }


def test_fabric_pools_can_be_added_at_any_time(gke: Sent) -> None:
    assert gke.inputs["datapathProvider"] == "ADVANCED_DATAPATH"
    assert gke.inputs["enableMultiNetworking"] is True


def test_machines_and_images_are_verified(gke: Sent) -> None:
    assert gke.inputs["enableShieldedNodes"] is True
    evaluation = gke.inputs["binaryAuthorization"]["evaluationMode"]
    assert evaluation == "PROJECT_SINGLETON_POLICY_ENFORCE"


def test_the_version_is_the_plans_in_a_release_channel(gke: Sent) -> None:
    assert gke.inputs["minMasterVersion"] == "1.34"
    assert gke.inputs["releaseChannel"] == {"channel": "REGULAR"}


def test_control_plane_and_workloads_are_logged(gke: Sent) -> None:
    assert set(gke.inputs["loggingConfig"]["enableComponents"]) == {
        "SYSTEM_COMPONENTS",
        "WORKLOADS",
        "APISERVER",
        "SCHEDULER",
        "CONTROLLER_MANAGER",
    }


def test_logs_stay_in_the_region_under_the_sites_key(cluster: Recording) -> None:
    (bucket,) = cluster.of("ProjectBucketConfig")
    assert bucket.inputs["location"] == "europe-west4"
    assert bucket.inputs["retentionDays"] == 365
    assert bucket.inputs["cmekSettings"] == {"kmsKeyName": KEYS["logs"]}
    (sink,) = cluster.of("ProjectSink")
    (exclusion,) = cluster.of("ProjectExclusion")
    assert sink.inputs["filter"] == cluster_filter(["eu-cluster-1a2b3c4", "europe-west4"])
    assert exclusion.inputs["filter"] == sink.inputs["filter"]


def test_cluster_filter_names_one_cluster_of_one_region() -> None:
    assert cluster_filter(["c", "europe-west4"]) == (
        'resource.labels.cluster_name="c" AND resource.labels.location="europe-west4"'
    )


def test_the_first_nodes_are_removed_and_were_safe(gke: Sent) -> None:
    assert gke.inputs["removeDefaultNodePool"] is True
    first = gke.inputs["nodeConfig"]
    assert first["bootDiskKmsKey"] == KEYS["cluster"]
    assert first["serviceAccount"] == "eu-nodes@isthmus-test.example"
    assert first["shieldedInstanceConfig"]["enableSecureBoot"] is True
    assert gke.ignore_changes == {"initialNodeCount", "nodeConfig", "nodePools"}


def test_nodes_run_as_an_account_that_can_do_little(cluster: Recording, gke: Sent) -> None:
    grants = cluster.of("IAMMember")
    assert {grant.inputs["role"] for grant in grants} == {
        "roles/container.defaultNodeServiceAccount",
        "roles/artifactregistry.reader",
    }
    members = {grant.inputs["member"] for grant in grants}
    assert members == {"serviceAccount:eu-nodes@isthmus-test.example"}
    assert {grant.name for grant in grants} <= gke.dependencies


def test_protection_is_the_plans(gke: Sent) -> None:
    assert gke.protect
    assert gke.inputs["deletionProtection"] is True
    (other,) = record_cluster(replace(CLUSTER_PLAN, protect=False)).of("Cluster")
    assert not other.protect
    assert other.inputs["deletionProtection"] is False


def test_the_handle_tells_how_to_reach_the_cluster(cluster: Recording) -> None:
    assert cluster.handle["endpoint"] == "10.64.240.2"
    assert cluster.handle["ca"] == "Y2E="
    assert set(cluster.handle["pools"]) == {"system", "training"}


@given(st.from_regex(r"[a-z][a-z0-9-]{4,60}[a-z0-9]", fullmatch=True))
def test_account_ids_are_what_google_takes(name: str) -> None:
    made = account_id(name)
    assert 6 <= len(made) <= ACCOUNT_ID_LENGTH
    assert made[0].isalpha()
    assert made[-1].isalnum()


def test_long_names_that_begin_alike_get_accounts_of_their_own() -> None:
    assert account_id("a" * 40 + "-one") != account_id("a" * 40 + "-two")

"""What outlives a destroy, what a destroy is refused for, and what a change replaces."""

from typing import Any

import pytest

from isthmus_simulator.cloud import CloudError, facts_of
from isthmus_simulator.clouds.gcp import CLOUD
from isthmus_simulator.clouds.gcp.rules.machines import disk_replaced
from isthmus_simulator.clouds.gcp.rules.network import subnetwork_replaced
from tests.simulator.clouds.gcp.conftest import Project
from tests.simulator.clouds.gcp.gcp_cases import (
    BUCKET,
    CLUSTER,
    CUSTOM,
    DATASET,
    GRANT,
    INSTANCE,
    KEY,
    KEY_ID,
    KEY_MADE,
    MEMBER,
    NETWORK,
    RING,
    RING_MADE,
    SQL,
    STORAGE_AGENT,
    SUB,
    SUBNET,
    SUBNET_ID,
    ZONE,
    cluster,
    machine,
)

pytestmark = pytest.mark.pure

OBJECT = "gcp:storage/bucketObject:BucketObject"
TABLE = "gcp:bigquery/table:Table"
RECORD = "gcp:dns/recordSet:RecordSet"
QUOTA = "compute.googleapis.com/nvidia_l4_gpus"


@pytest.mark.parametrize(
    ("token", "inputs", "free", "says"),
    [
        (
            CLUSTER,
            cluster(),
            {"deletionProtection": False},
            "Cannot destroy cluster because deletion_protection",
        ),
        (
            SQL,
            {"name": "db", "databaseVersion": "POSTGRES_15", "settings": {"tier": "t"}},
            {"deletionProtection": False},
            "failed to delete instance because deletion_protection",
        ),
        (
            INSTANCE,
            machine(deletionProtection=True),
            {"deletionProtection": False},
            "protected against deletion",
        ),
        (
            NETWORK,
            {"name": "net", "deletionPolicy": "PREVENT"},
            {"deletionPolicy": "DELETE"},
            'cannot destroy ComputeNetwork without setting deletion_policy="DELETE"',
        ),
        (
            "gcp:cloudrunv2/job:Job",
            {"name": "job", "location": "us-east1", "template": {"template": {}}},
            {"deletionProtection": False},
            "cannot destroy job without setting deletion_protection=false",
        ),
    ],
)
def test_a_protected_thing_goes_only_once_it_is_set_free(
    token: str, inputs: dict[str, Any], free: dict[str, Any], says: str, project: Project
) -> None:
    made = project.create(token, inputs)
    with pytest.raises(CloudError, match=says):
        project.delete(token, made["id"])
    project.update(token, made["id"], {**inputs, **free})
    project.delete(token, made["id"])
    assert not [one for one in project.all() if one.id == made["id"]]


@pytest.mark.parametrize(
    ("outer", "inner", "says", "force"),
    [
        ((NETWORK, CUSTOM[1]), (SUBNET, SUB[1]), f"already being used by '{SUBNET_ID}'", None),
        (
            (BUCKET, {"name": "data-1", "location": "EU"}),
            (OBJECT, {"bucket": "data-1", "name": "o", "content": "x"}),
            "containing objects without `force_destroy` set to true",
            "forceDestroy",
        ),
        (
            (DATASET, {"datasetId": "ds"}),
            (TABLE, {"datasetId": "ds", "tableId": "t", "deletionProtection": False}),
            "Dataset shop:ds is still in use, resourceInUse",
            "deleteContentsOnDestroy",
        ),
        (
            (ZONE, {"name": "z", "dnsName": "e.com."}),
            (RECORD, {"managedZone": "z", "name": "e.com.", "type": "A", "rrdatas": ["1.2.3.4"]}),
            "contains one or more 'resource records'., containerNotEmpty",
            "forceDestroy",
        ),
    ],
)
def test_what_is_not_empty_stays(
    outer: Any, inner: Any, says: str, force: str | None, project: Project
) -> None:
    whole, part = project.create(*outer), project.create(*inner)
    with pytest.raises(CloudError, match=says):
        project.delete(outer[0], whole["id"])
    if force:
        project.update(outer[0], whole["id"], {**outer[1], force: True})
    else:
        project.delete(inner[0], part["id"])
    project.delete(outer[0], whole["id"])


def test_keys_and_rings_are_only_forgotten_and_their_names_stay_taken(project: Project) -> None:
    project.create(*RING_MADE)
    project.create(*KEY_MADE)
    project.delete(KEY, KEY_ID)
    project.delete(RING, KEY_ID.rsplit("/cryptoKeys", 1)[0])
    assert project.all() == []
    with pytest.raises(CloudError, match=r"Error 409: KeyRing projects/shop/.* already exists"):
        project.create(*RING_MADE)


def test_an_abandoned_bucket_stays_in_the_project(project: Project) -> None:
    inputs = {"name": "data-1", "location": "EU", "deletionPolicy": "ABANDON"}
    project.create(BUCKET, inputs)
    project.delete(BUCKET, "data-1")
    assert [one.id for one in project.all()] == ["data-1"]


def test_a_bucket_is_encrypted_once_storage_may_use_the_key(project: Project) -> None:
    project.create(*RING_MADE)
    project.create(*KEY_MADE)
    number = project.ask("gcp:organizations/getProject:getProject", {})["number"]
    member = STORAGE_AGENT.format(number=number)
    bucket = {
        "name": "data-1",
        "location": "EUROPE-WEST4",
        "encryption": {"defaultKmsKeyName": KEY_ID},
    }
    with pytest.raises(CloudError, match="Permission denied on Cloud KMS key"):
        project.create(BUCKET, bucket)
    role = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
    project.create(GRANT, {"cryptoKeyId": KEY_ID, "role": role, "member": member})
    assert project.create(BUCKET, bucket)["location"] == "EUROPE-WEST4"


def test_granting_what_is_granted_is_no_error(project: Project) -> None:
    grant = {"project": "shop", "role": "roles/viewer", "member": "user:me@example.com"}
    first = project.create(MEMBER, grant, "one")
    assert project.create(MEMBER, grant, "two")["id"] == first["id"]
    assert len(project.all()) == 1


def test_gpus_count_against_the_regions_quota_until_they_are_given_back(project: Project) -> None:
    with project.world.transaction() as session:
        session.set_quota_limit("gcp", QUOTA, "europe-west4", 2)
    terminated = {"onHostMaintenance": "TERMINATE"}
    two = machine(name="two", machineType="g2-standard-24", scheduling=terminated)
    one = machine(name="one", machineType="g2-standard-4", scheduling=terminated)
    made = project.create(INSTANCE, two)
    with pytest.raises(
        CloudError, match=r"Quota 'NVIDIA_L4_GPUS' exceeded\.  Limit: 2\.0 in region europe-west4"
    ):
        project.create(INSTANCE, one)
    project.delete(INSTANCE, made["id"])
    project.create(INSTANCE, one)


def test_a_pool_takes_gpus_for_every_node_it_keeps_at_least(project: Project) -> None:
    project.create(CLUSTER, cluster())
    with project.world.transaction() as session:
        session.set_quota_limit("gcp", QUOTA, "europe-west4", 5)
    pool = {
        "name": "p",
        "cluster": "c",
        "location": "europe-west4",
        "initialNodeCount": 2,
        "nodeConfig": {"machineType": "g2-standard-4"},
        "nodeLocations": ["europe-west4-a", "europe-west4-b", "europe-west4-c"],
    }
    with pytest.raises(CloudError, match="NVIDIA_L4_GPUS"):
        project.create("gcp:container/nodePool:NodePool", pool)
    project.create("gcp:container/nodePool:NodePool", {**pool, "initialNodeCount": 1})


def test_a_running_machine_changes_its_type_only_when_it_may_be_stopped(project: Project) -> None:
    made = project.create(INSTANCE, machine())
    bigger = machine(machineType="e2-standard-4")
    with pytest.raises(CloudError, match="please set allow_stopping_for_update = true"):
        project.update(INSTANCE, made["id"], bigger)
    project.update(INSTANCE, made["id"], {**bigger, "allowStoppingForUpdate": True})


@pytest.mark.parametrize(
    ("token", "yes", "no"),
    [
        (SUBNET, {"name", "network", "region", "project"}, {"ipCidrRange", "secondaryIpRanges"}),
        (
            INSTANCE,
            {"name", "zone", "metadataStartupScript", "bootDisk.initializeParams.image"},
            {"machineType", "tags", "labels", "description"},
        ),
        (BUCKET, {"name", "location"}, {"labels", "versioning", "storageClass"}),
        (MEMBER, {"role", "member", "project", "condition"}, set[str]()),
        ("gcp:storage/bucketIAMBinding:BucketIAMBinding", {"bucket", "role"}, {"members"}),
        (KEY, {"keyRing", "name", "purpose"}, {"rotationPeriod", "labels"}),
        ("gcp:pubsub/topic:Topic", {"name", "project"}, {"labels"}),
        ("gcp:monitoring/alertPolicy:AlertPolicy", {"project"}, {"displayName", "conditions"}),
    ],
)
def test_only_what_google_cannot_change_makes_a_new_one(
    token: str, yes: set[str], no: set[str], project: Project
) -> None:
    replacing = CLOUD.replaces(project.life.schema(token), facts_of(CLOUD, token))
    assert yes <= replacing
    assert not no & replacing


def test_ranges_and_disks_grow_in_place() -> None:
    small, large = {"ipCidrRange": "10.0.0.0/24"}, {"ipCidrRange": "10.0.0.0/20"}
    assert list(subnetwork_replaced(small, large)) == []
    assert list(subnetwork_replaced(large, small)) == ["ipCidrRange"]
    assert list(disk_replaced({"size": 10}, {"size": 20})) == []
    assert list(disk_replaced({"size": 20}, {"size": 10})) == ["size"]

"""Keys rotate, belong to one purpose and open for the services of that purpose alone."""

import re

import pytest
from conftest import PLACE
from gcp_recording import LOGGING_ACCOUNT, PROJECT_ID, SECRETS_ACCOUNT, STORAGE_ACCOUNT
from tests.components.clouds.recording import Recording

from isthmus.clouds.gcp.audit import audit_filter
from isthmus.clouds.gcp.keys import seconds
from isthmus.clouds.gcp.secrets import build_secrets

pytestmark = pytest.mark.cloud


def test_the_ring_is_in_the_region(keys: Recording) -> None:
    (ring,) = keys.of("KeyRing")
    assert ring.inputs["location"] == "europe-west4"


def test_there_is_a_protected_rotating_key_for_each_purpose(keys: Recording) -> None:
    assert set(keys.handle["keys"]) == {"data", "cluster", "logs"}
    for key in keys.of("CryptoKey"):
        assert key.protect
        assert key.inputs["purpose"] == "ENCRYPT_DECRYPT"
        assert key.inputs["rotationPeriod"] == "7776000s"
        assert key.inputs["destroyScheduledDuration"] == "2592000s"


def test_each_key_opens_for_the_services_of_its_purpose(keys: Recording) -> None:
    grants = [
        (grant.inputs["cryptoKeyId"].rsplit("/", 1)[-1], grant.inputs["member"])
        for grant in keys.of("CryptoKeyIAMMember")
    ]
    agent = "serviceAccount:service-123456789"
    assert sorted(grants) == [
        ("eu-cluster-key-1a2b3c4", f"{agent}@compute-system.iam.gserviceaccount.com"),
        ("eu-cluster-key-1a2b3c4", f"{agent}@container-engine-robot.iam.gserviceaccount.com"),
        ("eu-data-key-1a2b3c4", f"serviceAccount:{SECRETS_ACCOUNT}"),
        ("eu-data-key-1a2b3c4", f"serviceAccount:{STORAGE_ACCOUNT}"),
        ("eu-logs-key-1a2b3c4", f"serviceAccount:{LOGGING_ACCOUNT}"),
    ]
    roles = {grant.inputs["role"] for grant in keys.of("CryptoKeyIAMMember")}
    assert roles == {"roles/cloudkms.cryptoKeyEncrypterDecrypter"}


def test_who_takes_a_key_waits_for_its_grants(keys: Recording) -> None:
    (bucket,) = keys.of("ProjectBucketConfig")
    assert "eu-logs-key-logging" in bucket.dependencies


def test_secrets_have_one_copy_in_the_region_under_the_data_key(keys: Recording) -> None:
    (secret,) = keys.of("Secret")
    (replica,) = secret.inputs["replication"]["userManaged"]["replicas"]
    assert replica["location"] == "europe-west4"
    assert replica["customerManagedEncryption"]["kmsKeyName"] == keys.handle["keys"]["data"]
    assert secret.inputs["deletionProtection"] is True
    assert secret.protect
    assert "eu-data-key-secrets" in secret.dependencies


def test_values_of_secrets_stay_secret(keys: Recording) -> None:
    (version,) = keys.of("SecretVersion")
    assert version.inputs["secretData"] == "s3cret"
    assert version.secrets == {"secretData"}


def test_data_access_is_audited_even_after_the_site_is_gone(keys: Recording) -> None:
    audits = keys.of("IAMAuditConfig")
    assert {audit.inputs["service"] for audit in audits} == {
        "storage.googleapis.com",
        "cloudkms.googleapis.com",
        "secretmanager.googleapis.com",
        "container.googleapis.com",
    }
    for audit in audits:
        assert audit.retain_on_delete
        assert audit.inputs["project"] == PROJECT_ID
        assert [each["logType"] for each in audit.inputs["auditLogConfigs"]] == [
            "ADMIN_READ",
            "DATA_READ",
            "DATA_WRITE",
        ]
        assert not any("exemptedMembers" in each for each in audit.inputs["auditLogConfigs"])


def test_audit_logs_stay_in_the_region_and_out_of_the_default_bucket(keys: Recording) -> None:
    (bucket,) = keys.of("ProjectBucketConfig")
    assert bucket.inputs["location"] == "europe-west4"
    assert bucket.inputs["cmekSettings"]["kmsKeyName"] == keys.handle["keys"]["logs"]
    assert bucket.inputs["bucketId"] == "eu-keys-1a2b3c4-audit"
    (sink,) = keys.of("ProjectSink")
    (exclusion,) = keys.of("ProjectExclusion")
    assert sink.inputs["filter"] == exclusion.inputs["filter"]
    assert sink.name in exclusion.dependencies
    assert '"/secrets/eu-token-1a2b3c4"' in sink.inputs["filter"]


def test_audit_filter_leaves_clusters_to_their_own_logs() -> None:
    assert audit_filter(["europe-west4", "token"]) == (
        'log_id("cloudaudit.googleapis.com/data_access")'
        ' AND (resource.labels.location="europe-west4"'
        ' OR protoPayload.resourceName:"/locations/europe-west4/"'
        ' OR protoPayload.resourceName:"/secrets/token")'
        " AND NOT resource.labels.cluster_name:*"
    )


def test_durations_are_said_in_seconds() -> None:
    assert seconds(1) == "86400s"


def test_secrets_without_a_key_are_refused() -> None:
    with pytest.raises(ValueError, match=re.escape("site eu: secrets need a key")):
        build_secrets(None, PLACE, {"token": "x"}, None, False)  # type: ignore[arg-type]

"""The cluster: private, isolated, encrypted under the cluster key, audited."""

from dataclasses import replace

import pulumi
import pytest
from azure_recording import keys_handle, record
from tests.components.clouds.recording import Recording

from isthmus.clouds.azure import credentials
from isthmus.clouds.azure.profiles import pinned_key

pytestmark = pytest.mark.cloud


def test_api_server_is_private_and_in_its_subnet(sent_cluster: Recording) -> None:
    access = sent_cluster.one("ManagedCluster").inputs["apiServerAccessProfile"]
    assert access["subnetId"].endswith("/subnets/control-plane")
    assert access["enablePrivateCluster"] is True
    assert access["enableVnetIntegration"] is True
    assert access["enablePrivateClusterPublicFQDN"] is False
    assert access["disableRunCommand"] is True


def test_people_come_in_by_entra_only(sent_cluster: Recording) -> None:
    cluster = sent_cluster.one("ManagedCluster").inputs
    assert cluster["disableLocalAccounts"] is True
    assert cluster["enableRBAC"] is True
    assert cluster["aadProfile"] == {"enableAzureRBAC": True, "managed": True}
    assert "linuxProfile" not in cluster


def test_nothing_goes_out_and_nodes_boot_from_the_registry(sent_cluster: Recording) -> None:
    cluster = sent_cluster.one("ManagedCluster")
    network = cluster.inputs["networkProfile"]
    assert network["outboundType"] == "none"
    assert (network["networkPlugin"], network["networkPluginMode"]) == ("azure", "overlay")
    assert (network["networkPolicy"], network["networkDataplane"]) == ("cilium", "cilium")
    assert (network["podCidr"], network["serviceCidr"]) == ("10.128.0.0/16", "172.20.0.0/16")
    assert network["dnsServiceIP"] == "172.20.0.10"
    assert cluster.inputs["bootstrapProfile"]["artifactSource"] == "Cache"
    assert "/Registry/" in cluster.inputs["bootstrapProfile"]["containerRegistryId"]
    assert {"gavle-cache", "gavle-registry-dns"} <= cluster.dependencies


def test_registry_is_closed_and_caches_microsofts_images(sent_cluster: Recording) -> None:
    registry = sent_cluster.one("Registry").inputs
    assert registry["sku"]["name"] == "Premium"
    assert registry["publicNetworkAccess"] == "Disabled"
    assert registry["adminUserEnabled"] is False
    assert registry["anonymousPullEnabled"] is False
    assert registry["policies"]["exportPolicy"]["status"] == "disabled"
    assert sent_cluster.one("CacheRule").inputs["cacheRuleName"] == "aks-managed-mcr"
    rule = sent_cluster.one("CacheRule").inputs
    assert rule["sourceRepository"] == "mcr.microsoft.com/*"
    assert rule["targetRepository"] == "aks-managed-repository/*"


def test_etcd_and_disks_are_under_the_cluster_key(sent_cluster: Recording) -> None:
    kms = sent_cluster.one("ManagedCluster").inputs["securityProfile"]["azureKeyVaultKms"]
    assert kms["enabled"] is True
    assert kms["keyId"] == "https://vault.vault.azure.net/keys/cluster/0123"
    assert kms["keyVaultNetworkAccess"] == "Private"
    disks = sent_cluster.one("DiskEncryptionSet").inputs
    assert disks["activeKey"]["keyUrl"] == kms["keyId"]
    assert disks["rotationToLatestKeyVersionEnabled"] is True
    assert "/DiskEncryptionSet/" in sent_cluster.one("ManagedCluster").inputs["diskEncryptionSetID"]


def test_workloads_have_identities_of_their_own(sent_cluster: Recording) -> None:
    cluster = sent_cluster.one("ManagedCluster").inputs
    assert cluster["oidcIssuerProfile"] == {"enabled": True}
    assert cluster["securityProfile"]["workloadIdentity"] == {"enabled": True}
    assert cluster["addonProfiles"]["azurepolicy"]["enabled"] is True


def test_identities_have_the_smallest_roles(sent_cluster: Recording) -> None:
    granted = {
        one.name: (one.inputs["roleDefinitionId"].split("/")[-1][:8], one.inputs["scope"])
        for one in sent_cluster.of("RoleAssignment")
    }
    assert granted["gavle-control-key"][0] == "12338af0"
    assert granted["gavle-control-key"][1].endswith("/vaults/vault/keys/cluster")
    assert granted["gavle-control-nodes"][1].endswith("/subnets/nodes")
    assert granted["gavle-control-api"][1].endswith("/subnets/control-plane")
    assert granted["gavle-kubelet-images"][0] == "7f951dda"
    assert set(granted) <= sent_cluster.one("ManagedCluster").dependencies
    roles = {role for role, _ in granted.values()}
    owner, contributor, access_administrator = "8e3af657", "b24988ac", "18d7d88d"
    assert not roles & {owner, contributor, access_administrator}


def test_audit_is_kept_under_the_log_key(sent_cluster: Recording) -> None:
    setting = sent_cluster.named("gavle-cluster-audit", "DiagnosticSetting").inputs
    assert {"kube-audit-admin", "guard", "kube-apiserver"} <= {
        log["category"] for log in setting["logs"]
    }
    assert "/Workspace/" in setting["workspaceId"]
    assert "/StorageAccount/" in setting["storageAccountId"]
    archive = sent_cluster.one("StorageAccount").inputs
    assert archive["encryption"]["keyVaultProperties"]["keyName"] == "logs"
    assert archive["isHnsEnabled"] is False
    [rule] = sent_cluster.one("ManagementPolicy").inputs["policy"]["rules"]
    days = rule["definition"]["actions"]["baseBlob"]["delete"]["daysAfterModificationGreaterThan"]
    assert days == 1000
    assert sent_cluster.one("Workspace").inputs["retentionInDays"] == 730


def test_upgrades_are_those_an_isolated_cluster_takes(sent_cluster: Recording) -> None:
    profile = sent_cluster.one("ManagedCluster").inputs["autoUpgradeProfile"]
    assert profile == {"nodeOSUpgradeChannel": "NodeImage", "upgradeChannel": "patch"}


def test_autoscaler_may_move_the_counts(sent_cluster: Recording) -> None:
    cluster = sent_cluster.one("ManagedCluster")
    assert cluster.ignore_changes == {"agentPoolProfiles[0].count"}
    assert sent_cluster.one("AgentPool").ignore_changes == {"count"}


def test_handle_says_how_to_reach_the_cluster(sent_cluster: Recording) -> None:
    handle = sent_cluster.handle
    assert handle["endpoint"] == "https://aks.privatelink.swedencentral.azmk8s.io:443"
    assert handle["ca_certificate"] == "Q0E="
    assert handle["workload_issuer"] == "https://oidc.example/id/"
    assert set(handle["pool_ids"]) == {"system", "training"}
    assert handle["pool_ids"]["system"].endswith("/agentPools/system")


def test_a_handle_without_key_versions_is_refused() -> None:
    def build(_: pulumi.ComponentResource) -> None:
        with pytest.raises(ValueError, match="build_keys"):
            pinned_key(replace(keys_handle(), key_version_ids=None))

    assert not record(build).sent


def test_a_cluster_without_issuer_or_private_name_is_an_error() -> None:
    with pytest.raises(ValueError, match="OIDC issuer"):
        credentials.issuer_url(None)
    with pytest.raises(ValueError, match="not a private cluster"):
        credentials.api_address(None)

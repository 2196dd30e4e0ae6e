"""GKE clusters and their nodes."""

from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import (
    expect,
    expect_not_false,
    expect_not_true,
    expect_one_of,
    expect_present,
    is_word,
)
from isthmus_policies.questions.gke import (
    AUTOPILOT,
    CLUSTER,
    NODE_POOL,
    NODES_ELSEWHERE,
    PROVISIONED,
    is_autopilot,
    node_configs,
)
from isthmus_policies.questions.service_accounts import expect_own_account
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import UNKNOWN, is_true
from isthmus_policies.verdict import Fail, Pass, Unknown, Verdict, Verdicts


@rule(
    "kubernetes-gke-workload-identity",
    title="Pods have identities of their own",
    why="Without workload identity every pod acts as its node, or carries a key that can leak.",
    fix="gcp.container.Cluster(name, workload_identity_config={'workload_pool': "
    "f'{project}.svc.id.goog'})",
    severity=Severity.HIGH,
    types=(CLUSTER,),
    controls=("GCP-GKE-03",),
)
def gke_workload_identity(cluster: Resource, context: Context) -> Verdicts:
    if is_autopilot(cluster):
        return AUTOPILOT
    message = "pods have no identity but their node's"
    return expect_present(cluster, "workloadIdentityConfig.workloadPool", message)


@rule(
    "kubernetes-gke-node-metadata-server",
    title="Pods see GKE's metadata server, not their node's",
    why="A node's own metadata holds its credentials, for every pod to take.",
    fix="gcp.container.NodePool(name, node_config={'workload_metadata_config': "
    "{'mode': 'GKE_METADATA'}})",
    severity=Severity.HIGH,
    types=(CLUSTER, NODE_POOL),
    controls=("GCP-GKE-03",),
)
def gke_node_metadata_server(resource: Resource, context: Context) -> Verdicts:
    # GKE gives it to the pools that it makes itself, where nothing can be said about it.
    paths = [path for path in node_configs(resource) if path != PROVISIONED]
    if not paths:
        return AUTOPILOT if is_autopilot(resource) else NODES_ELSEWHERE
    message = "pods can read their node's credentials"
    return [
        expect_one_of(resource, f"{path}.workloadMetadataConfig.mode", ("GKE_METADATA",), message)
        for path in paths
    ]


@rule(
    "kubernetes-gke-node-own-account",
    title="Nodes run as a service account of their own",
    why="The project's default account is shared by all that name none, and often an editor.",
    fix="gcp.container.NodePool(name, node_config={'service_account': account.email})",
    severity=Severity.HIGH,
    types=(CLUSTER, NODE_POOL),
    controls=("GCP-GKE-03",),
)
def gke_node_own_account(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    paths = node_configs(resource)
    if not paths:
        return NODES_ELSEWHERE
    return [expect_own_account(resource, f"{path}.serviceAccount", graph) for path in paths]


@rule(
    "kubernetes-gke-shielded-nodes",
    title="Nodes prove that they are nodes of the cluster",
    why="Otherwise whoever steals a bootstrap credential can pose as a node, and read its secrets.",
    fix="gcp.container.Cluster(name, enable_shielded_nodes=True)",
    severity=Severity.HIGH,
    types=(CLUSTER,),
    controls=("GCP-GKE-04",),
)
def gke_shielded_nodes(cluster: Resource, context: Context) -> Verdicts:
    # On by default (SDK documentation of the property).
    return expect_not_false(cluster, "enableShieldedNodes", "nodes need not prove who they are")


@rule(
    "kubernetes-gke-binary-authorization",
    title="Clusters run images only that a policy admits",
    why="Otherwise whoever may make a pod can run any code from anywhere.",
    fix="gcp.container.Cluster(name, binary_authorization={'evaluation_mode': "
    "'PROJECT_SINGLETON_POLICY_ENFORCE'})",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    controls=("GCP-GKE-04",),
)
def gke_binary_authorization(cluster: Resource, context: Context) -> Verdicts:
    mode, older = "binaryAuthorization.evaluationMode", "binaryAuthorization.enabled"
    message = "images are not checked against a policy"
    if cluster.has(older) and not cluster.has(mode):
        return expect(cluster, older, is_true(cluster.get(older)), message)
    return expect_one_of(cluster, mode, ("PROJECT_SINGLETON_POLICY_ENFORCE",), message)


@rule(
    "kubernetes-gke-network-policy",
    title="Clusters enforce network policies",
    why="Without them every pod can reach every other, whatever its policies say.",
    fix="gcp.container.Cluster(name, datapath_provider='ADVANCED_DATAPATH')",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    controls=("GCP-GKE-04",),
)
def gke_network_policy(cluster: Resource, context: Context) -> Verdicts:
    if is_autopilot(cluster):
        return AUTOPILOT
    path, calico = "datapathProvider", cluster.get("networkPolicy.enabled")
    addon_off = cluster.get("addonsConfig.networkPolicyConfig.disabled")
    possible = (is_true(calico) or calico is UNKNOWN) and not is_true(addon_off)
    certain = possible and UNKNOWN not in (calico, addon_off)
    if certain or is_word(cluster.get(path), "ADVANCED_DATAPATH"):
        return Pass()
    if possible or cluster.get(path) is UNKNOWN:
        return Unknown("whether network policies are enforced is not known yet", path)
    return Fail("network policies are not enforced", path)


@rule(
    "kubernetes-gke-logging",
    title="Clusters are logged and monitored",
    why="Without logs nobody can tell what ran in the cluster, and who asked it to.",
    fix="gcp.container.Cluster(name, logging_config={'enable_components': ['SYSTEM_COMPONENTS', "
    "'WORKLOADS', 'APISERVER']}, monitoring_config={'enable_components': ['SYSTEM_COMPONENTS']})",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    controls=("GCP-GKE-05",),
)
def gke_logging(cluster: Resource, context: Context) -> Iterator[Verdict]:
    telemetry, older = "clusterTelemetry.type", ("loggingService", "monitoringService")
    is_on = not is_word(cluster.get(telemetry), "DISABLED")
    yield expect(cluster, telemetry, is_on, "logging and monitoring are off")
    for path in older:
        yield expect(cluster, path, not is_word(cluster.get(path), "none"), "it is off")
    for config in ("loggingConfig", "monitoringConfig"):
        path = f"{config}.enableComponents"
        if cluster.has(path):  # without it GKE's defaults hold, which are its own components
            yield expect_present(cluster, path, "it is off, as no component is named")


@rule(
    "kubernetes-gke-no-legacy-auth",
    title="Clusters admit by IAM and RBAC only",
    why="A client certificate cannot be revoked, and ABAC grants more than RBAC takes away.",
    fix="gcp.container.Cluster(name, enable_legacy_abac=False, master_auth="
    "{'client_certificate_config': {'issue_client_certificate': False}})",
    severity=Severity.HIGH,
    types=(CLUSTER,),
    controls=("GCP-GKE-05",),
)
def gke_no_legacy_auth(cluster: Resource, context: Context) -> Verdicts:
    # Passwords (masterAuth.username) are gone from GKE and from this SDK.
    certificate = "masterAuth.clientCertificateConfig.issueClientCertificate"
    return [
        expect_not_true(cluster, certificate, "it issues a client certificate"),
        expect_not_true(cluster, "enableLegacyAbac", "ABAC grants rights past RBAC"),
    ]


@rule(
    "kubernetes-gke-release-channel",
    title="Clusters follow a release channel",
    why="Kubernetes versions are patched for about a year; a channel keeps a cluster among them.",
    fix="gcp.container.Cluster(name, release_channel={'channel': 'REGULAR'})",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    controls=("GCP-GKE-06",),
)
def gke_release_channel(cluster: Resource, context: Context) -> Verdicts:
    if is_autopilot(cluster):
        return AUTOPILOT
    channels = ("RAPID", "REGULAR", "STABLE", "EXTENDED")
    return expect_one_of(cluster, "releaseChannel.channel", channels, "nobody upgrades it")


@rule(
    "kubernetes-gke-deletion-protection",
    title="Clusters are protected against deletion",
    why="One mistaken command would take the cluster and everything that runs in it.",
    fix="gcp.container.Cluster(name, deletion_protection=True)",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    controls=("GCP-GKE-06",),
)
def gke_deletion_protection(cluster: Resource, context: Context) -> Verdicts:
    # On by default: deletion needs the property to be false (SDK documentation).
    return expect_not_false(cluster, "deletionProtection", "it can be deleted at once")


RULES = (
    gke_workload_identity,
    gke_node_metadata_server,
    gke_node_own_account,
    gke_shielded_nodes,
    gke_binary_authorization,
    gke_network_policy,
    gke_logging,
    gke_no_legacy_auth,
    gke_release_channel,
    gke_deletion_protection,
)

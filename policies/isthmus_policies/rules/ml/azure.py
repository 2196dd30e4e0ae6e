"""Azure Machine Learning workspaces and the computers they make."""

from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import (
    AZURE_KEYS,
    expect_customer_key,
    expect_false,
    expect_one_of,
    expect_reference,
    expect_true,
    is_word,
)
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import UNKNOWN
from isthmus_policies.verdict import NotApplicable, Verdict, Verdicts

_WORKSPACE = ("azure-native:machinelearningservices:Workspace",)
_COMPUTE = ("azure-native:machinelearningservices:Compute",)
_SUBNETS = ("azure-native:network:Subnet", "azure-native:network:VirtualNetwork")
_OWN_COMPUTERS = ("AmlCompute", "ComputeInstance")
"""What Machine Learning makes itself, and Azure Policy judges; other kinds are merely attached."""
# Unverified: read in the product's description of hubs, not tried.
_PROJECT = NotApplicable("a project goes by the settings of its hub")
_ATTACHED = NotApplicable("its computers are not made by Machine Learning")


@rule(
    "ml-azure-workspace-customer-key",
    title="Machine Learning workspaces are encrypted with a customer-managed key",
    why="With Microsoft's own key nobody can revoke access to the data by disabling a key.",
    fix="azure_native.machinelearningservices.Workspace(name, encryption={'status': 'Enabled', "
    "'key_vault_properties': {'key_identifier': key.key_uri_with_version, "
    "'key_vault_arm_id': vault.id}}); it can only be set at creation",
    severity=Severity.HIGH,
    types=_WORKSPACE,
    controls=("AZ-ML-01",),
)
def azure_workspace_customer_key(
    workspace: Resource, context: Context, graph: Graph
) -> Iterator[Verdict]:
    if _is_project(workspace):
        yield _PROJECT
        return
    message = "its metadata is encrypted with a key that Microsoft manages"
    yield expect_one_of(workspace, "encryption.status", ("Enabled",), message)
    key = "encryption.keyVaultProperties.keyIdentifier"
    yield expect_customer_key(workspace, key, graph, AZURE_KEYS)


@rule(
    "ml-azure-workspace-private-network",
    title="Machine Learning workspaces are closed to public networks",
    why="A leaked token could otherwise run code next to the training data from anywhere.",
    fix="azure_native.machinelearningservices.Workspace(name, public_network_access='Disabled')",
    severity=Severity.HIGH,
    types=_WORKSPACE,
    controls=("AZ-ML-01",),
)
def azure_workspace_private_network(workspace: Resource, context: Context) -> Verdicts:
    if _is_project(workspace):
        return _PROJECT
    message = "every network is admitted"
    return expect_one_of(workspace, "publicNetworkAccess", ("Disabled",), message)


@rule(
    "ml-azure-workspace-approved-outbound",
    title="Machine Learning computers reach approved destinations only",
    why="A training job or a package it installs could otherwise send the data anywhere.",
    fix="azure_native.machinelearningservices.Workspace(name, "
    "managed_network={'isolation_mode': 'AllowOnlyApprovedOutbound'})",
    severity=Severity.HIGH,
    types=_WORKSPACE,
    controls=("AZ-ML-01",),
)
def azure_workspace_approved_outbound(workspace: Resource, context: Context) -> Verdicts:
    if _is_project(workspace):
        return _PROJECT
    path, approved = "managedNetwork.isolationMode", ("AllowOnlyApprovedOutbound",)
    return expect_one_of(workspace, path, approved, "its computers may send data anywhere")


@rule(
    "ml-azure-workspace-high-impact",
    title="Machine Learning workspaces are marked as holding high-impact data",
    why="It is what keeps Microsoft's diagnostics from collecting parts of the data.",
    fix="azure_native.machinelearningservices.Workspace(name, hbi_workspace=True); it can only be "
    "set at creation",
    severity=Severity.LOW,
    types=_WORKSPACE,
    controls=("AZ-ML-01",),
)
def azure_workspace_high_impact(workspace: Resource, context: Context) -> Verdicts:
    if _is_project(workspace):
        return _PROJECT
    return expect_true(workspace, "hbiWorkspace", "Microsoft collects diagnostic data of it")


def _is_project(workspace: Resource) -> bool:
    return workspace.has("hubResourceId")


@rule(
    "ml-azure-compute-private-network",
    title="Machine Learning computers are in a private network, without public addresses",
    why="A computer without a public address cannot be reached from the internet by mistake.",
    fix="azure_native.machinelearningservices.Compute(name, properties={'compute_type': "
    "'AmlCompute', 'properties': {'enable_node_public_ip': False, 'subnet': {'id': subnet.id}}})",
    severity=Severity.HIGH,
    types=_COMPUTE,
    controls=("AZ-ML-02",),
)
def azure_compute_private_network(
    compute: Resource, context: Context, graph: Graph
) -> Iterator[Verdict]:
    if _is_attached(compute):
        yield _ATTACHED
        return
    settings = "properties.properties"
    public, message = f"{settings}.enableNodePublicIp", "its computers get public addresses"
    yield expect_false(compute, public, message)
    # A managed network takes its computers in, and leaves no subnet to name. Source:
    # github.com/hashicorp/terraform-provider-azurerm/issues/25901.
    workspaces = graph.references(compute, "workspaceName", _WORKSPACE)
    if not any(_manages_network(workspace) for workspace in workspaces):
        subnet, message = f"{settings}.subnet.id", "its computers are in no network of yours"
        yield expect_reference(compute, subnet, graph, _SUBNETS, message)


def _manages_network(workspace: Resource) -> bool:
    mode = workspace.get("managedNetwork.isolationMode")
    return is_word(mode, "AllowInternetOutbound", "AllowOnlyApprovedOutbound")


@rule(
    "ml-azure-compute-entra-only",
    title="Machine Learning computers admit by Entra identity only",
    why="An SSH key on a training machine is a way to its data that nobody audits.",
    fix="azure_native.machinelearningservices.Compute(name, "
    "properties={'compute_type': 'AmlCompute', 'disable_local_auth': True, ...})",
    severity=Severity.MEDIUM,
    types=_COMPUTE,
    controls=("AZ-ML-02",),
)
def azure_compute_entra_only(compute: Resource, context: Context) -> Verdicts:
    if _is_attached(compute):
        return _ATTACHED
    return expect_true(compute, "properties.disableLocalAuth", "it has local accounts")


def _is_attached(compute: Resource) -> bool:
    kind = compute.get("properties.computeType")
    return kind is not UNKNOWN and not is_word(kind, *_OWN_COMPUTERS)


RULES = (
    azure_workspace_customer_key,
    azure_workspace_private_network,
    azure_workspace_approved_outbound,
    azure_workspace_high_impact,
    azure_compute_private_network,
    azure_compute_entra_only,
)

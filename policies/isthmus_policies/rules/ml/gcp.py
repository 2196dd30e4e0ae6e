"""Cloud TPUs, Workbench notebooks and Vertex AI."""

from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import (
    GCP_KEYS,
    expect_customer_key,
    expect_false,
    expect_not_true,
    expect_one_of,
    expect_reference,
    expect_true,
)
from isthmus_policies.questions.service_accounts import expect_own_account
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import UNKNOWN, Located, below, is_true
from isthmus_policies.verdict import NotApplicable, Unknown, Verdict, Verdicts

_TPU = "gcp:tpu/v2Vm:V2Vm"
_QUEUED_TPU = "gcp:tpu/v2QueuedResource:V2QueuedResource"
_QUEUED_CANNOT_SAY = NotApplicable("pulumi-gcp 10.2 lets a queued resource say nothing about it")
_WORKBENCH = "gcp:workbench/instance:Instance"
_ENDPOINT = "gcp:vertex/aiEndpoint:AiEndpoint"
_INDEX_ENDPOINT = "gcp:vertex/aiIndexEndpoint:AiIndexEndpoint"
_NETWORKS = ("gcp:compute/network:Network",)


@rule(
    "ml-tpu-no-public-ip",
    title="TPU machines have no public addresses",
    why="A machine without a public address cannot be reached from the internet by mistake.",
    fix="gcp.tpu.V2Vm(name, network_config={'subnetwork': subnet.id, 'enable_external_ips': "
    "False})",
    severity=Severity.HIGH,
    types=(_TPU, _QUEUED_TPU),
    controls=("GCP-TPU-01",),
)
def tpu_no_public_ip(tpu: Resource, context: Context) -> Verdicts:
    if tpu.type == _QUEUED_TPU:
        found = tuple(tpu.find("tpu.nodeSpecs.*"))
        paths = [below(each, "node.networkConfig.enableExternalIps") for each in found]
    else:
        # The list is for machines with several interfaces.
        found = tuple(tpu.find("networkConfigs.*")) or (Located("networkConfig", {}),)
        paths = [below(each, "enableExternalIps") for each in found]
    message = "it gets a public address, or does not say that it does not"
    return [expect_false(tpu, path, message) for path in paths]


@rule(
    "ml-tpu-secure-boot",
    title="TPU machines start signed code only",
    why="A changed boot loader or kernel would stay hidden from everything that runs above it.",
    fix="gcp.tpu.V2Vm(name, shielded_instance_config={'enable_secure_boot': True})",
    severity=Severity.MEDIUM,
    types=(_TPU, _QUEUED_TPU),
    controls=("GCP-TPU-01",),
)
def tpu_secure_boot(tpu: Resource, context: Context) -> Verdicts:
    if tpu.type == _QUEUED_TPU:
        return _QUEUED_CANNOT_SAY
    return expect_true(tpu, "shieldedInstanceConfig.enableSecureBoot", "it starts unsigned code")


@rule(
    "ml-tpu-own-service-account",
    title="TPU machines run as a service account of their own",
    why="The project's default account is shared by all that name none, and often an editor.",
    fix="gcp.tpu.V2Vm(name, service_account={'email': account.email, 'scopes': "
    "['https://www.googleapis.com/auth/cloud-platform']})",
    severity=Severity.HIGH,
    types=(_TPU, _QUEUED_TPU),
    controls=("GCP-TPU-01",),
)
def tpu_own_service_account(tpu: Resource, context: Context, graph: Graph) -> Verdicts:
    if tpu.type == _QUEUED_TPU:
        return _QUEUED_CANNOT_SAY
    return expect_own_account(tpu, "serviceAccount.email", graph)


@rule(
    "ml-workbench-disk-customer-key",
    title="Workbench disks are encrypted with a customer-managed key",
    why="Notebooks' disks hold code, samples of the data and credentials.",
    fix="gcp.workbench.Instance(name, gce_setup={'boot_disk': {'disk_encryption': 'CMEK', "
    "'kms_key': key.id}, 'data_disks': {'disk_encryption': 'CMEK', 'kms_key': key.id}})",
    severity=Severity.HIGH,
    types=(_WORKBENCH,),
    controls=("GCP-VTX-01",),
)
def workbench_disk_customer_key(
    workbench: Resource, context: Context, graph: Graph
) -> Iterator[Verdict]:
    # Every instance has both disks, whether they are described or not.
    for disk in ("gceSetup.bootDisk", "gceSetup.dataDisks"):
        message = "the disk is encrypted with Google's key"
        yield expect_one_of(workbench, f"{disk}.diskEncryption", ("CMEK",), message)
        yield expect_customer_key(workbench, f"{disk}.kmsKey", graph, GCP_KEYS)


@rule(
    "ml-workbench-no-public-ip",
    title="Workbench instances have no public addresses",
    why="A notebook runs whatever its user, or whoever steals the session, types.",
    fix="gcp.workbench.Instance(name, gce_setup={'disable_public_ip': True})",
    severity=Severity.HIGH,
    types=(_WORKBENCH,),
    controls=("GCP-VTX-01",),
)
def workbench_no_public_ip(workbench: Resource, context: Context) -> Verdicts:
    return expect_true(workbench, "gceSetup.disablePublicIp", "it gets a public address")


@rule(
    "ml-vertex-customer-key",
    title="Vertex AI resources are encrypted with a customer-managed key",
    why="Models and features carry what they were made from.",
    fix="gcp.vertex.AiEndpoint(name, encryption_spec={'kms_key_name': key.id})",
    severity=Severity.HIGH,
    types=(
        _ENDPOINT,
        _INDEX_ENDPOINT,
        "gcp:vertex/aiDataset:AiDataset",
        "gcp:vertex/aiFeatureOnlineStore:AiFeatureOnlineStore",
        "gcp:vertex/aiFeatureStore:AiFeatureStore",
        "gcp:vertex/aiIndex:AiIndex",
        "gcp:vertex/aiMetadataStore:AiMetadataStore",
        "gcp:vertex/aiPersistentResource:AiPersistentResource",
        "gcp:vertex/aiRagCorpus:AiRagCorpus",
        "gcp:vertex/aiReasoningEngine:AiReasoningEngine",
        "gcp:vertex/aiTensorboard:AiTensorboard",
    ),
    controls=("GCP-VTX-01",),
)
def vertex_customer_key(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    return expect_customer_key(resource, "encryptionSpec.kmsKeyName", graph, GCP_KEYS)


@rule(
    "ml-vertex-endpoint-private",
    title="Vertex AI endpoints answer in a private network only",
    why="A public endpoint answers the whole internet, with nothing but a token between.",
    fix="gcp.vertex.AiEndpoint(name, private_service_connect_config="
    "{'enable_private_service_connect': True, 'project_allowlists': [project]})",
    severity=Severity.HIGH,
    types=(_ENDPOINT, _INDEX_ENDPOINT),
    controls=("GCP-VTX-01",),
)
def vertex_endpoint_private(
    endpoint: Resource, context: Context, graph: Graph
) -> Iterator[Verdict]:
    message = "it is reachable over the internet"
    yield expect_not_true(endpoint, "publicEndpointEnabled", message)
    connect = "privateServiceConnectConfig.enablePrivateServiceConnect"
    if is_true(endpoint.get(connect)):
        return
    if endpoint.get(connect) is UNKNOWN:
        yield Unknown("whether it is reachable over the internet is not known yet", connect)
        return
    yield expect_reference(endpoint, "network", graph, _NETWORKS, message)


RULES = (
    tpu_no_public_ip,
    tpu_secure_boot,
    tpu_own_service_account,
    workbench_disk_customer_key,
    workbench_no_public_ip,
    vertex_customer_key,
    vertex_endpoint_private,
)

"""Compute Engine machines, their templates and their disks."""

from collections.abc import Mapping, Sequence

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import (
    GCP_KEYS,
    expect,
    expect_customer_key,
    expect_not_false,
    expect_not_true,
    expect_true,
    is_word,
)
from isthmus_policies.questions.service_accounts import expect_own_account
from isthmus_policies.questions.tagged import PRODUCTION, REGULATED, why_not_tagged
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import MISSING, UNKNOWN, Value, is_true
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdicts

_INSTANCE = "gcp:compute/instance:Instance"
_DERIVED = (
    "gcp:compute/instanceFromTemplate:InstanceFromTemplate",
    "gcp:compute/instanceFromMachineImage:InstanceFromMachineImage",
)
_TEMPLATES = (
    "gcp:compute/instanceTemplate:InstanceTemplate",
    "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate",
)
_MACHINES = (_INSTANCE, *_DERIVED, *_TEMPLATES)
_DISK_KEYS: Mapping[str, str] = {
    "gcp:compute/disk:Disk": "diskEncryptionKey.kmsKeySelfLink",
    "gcp:compute/regionDisk:RegionDisk": "diskEncryptionKey.kmsKeyName",
}
_PROJECT_METADATA = "gcp:compute/projectMetadata:ProjectMetadata"
_PROJECT_METADATA_ITEM = "gcp:compute/projectMetadataItem:ProjectMetadataItem"
_OS_LOGIN, _SERIAL_PORT = "enable-oslogin", "serial-port-enable"
_AS_TEMPLATE = NotApplicable("it is as its template or machine image says")
_YES = ("true", "y", "yes", "1")
"""Source: docs.cloud.google.com/compute/docs/metadata/overview, on Boolean values."""


def _inherits(machine: Resource, path: str) -> bool:
    return machine.type in _DERIVED and not machine.has(path)


@rule(
    "machines-gcp-disk-customer-key",
    title="Compute Engine disks are encrypted with a customer-managed key",
    why="With Google's own key nobody can revoke access to the data by disabling a key.",
    fix="gcp.compute.Disk(name, disk_encryption_key={'kms_key_self_link': key.id}); on a machine: "
    "boot_disk={'kms_key_self_link': key.id}",
    severity=Severity.HIGH,
    types=(*_DISK_KEYS, *_MACHINES),
    controls=("GCP-GCE-01",),
)
def gcp_disk_customer_key(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    # Keys that the customer supplies (raw or RSA) do not count: they are in the state, and no IAM
    # permission guards them.
    own = _DISK_KEYS.get(resource.type)
    paths = [own] if own else _inline_disk_keys(resource)
    if not paths:
        return NotApplicable("it describes no disk: those it attaches are judged themselves")
    return [expect_customer_key(resource, path, graph, GCP_KEYS) for path in paths]


def _inline_disk_keys(machine: Resource) -> list[str]:
    if machine.type in _TEMPLATES:
        disks = [found.path for found in machine.find("disks.*")]
        return [
            f"{disk}.diskEncryptionKey.kmsKeySelfLink"
            for disk in disks
            if not _exists_already(machine, disk) and not _is_local(machine, disk)
        ]
    if _exists_already(machine, "bootDisk") or _inherits(machine, "bootDisk"):
        return []
    return ["bootDisk.kmsKeySelfLink"]


def _exists_already(machine: Resource, disk: str) -> bool:
    return machine.get(disk) is not UNKNOWN and machine.has(f"{disk}.source")


def _is_local(machine: Resource, disk: str) -> bool:
    """Local SSDs take no keys (docs.cloud.google.com/compute/docs/disks/local-ssd#encryption)."""
    return is_word(machine.get(f"{disk}.type"), "SCRATCH")


@rule(
    "machines-gcp-shielded",
    title="Machines are shielded: secure boot, virtual TPM, integrity monitoring",
    why="A changed boot loader or kernel would stay hidden from everything that runs above it.",
    fix="gcp.compute.Instance(name, shielded_instance_config={'enable_secure_boot': True, "
    "'enable_vtpm': True, 'enable_integrity_monitoring': True})",
    severity=Severity.MEDIUM,
    types=_MACHINES,
    controls=("GCP-GCE-03",),
)
def gcp_shielded(machine: Resource, context: Context) -> Verdicts:
    at = "shieldedInstanceConfig"
    if _inherits(machine, at):
        return _AS_TEMPLATE
    # The two others are on by default (SDK documentation of the properties).
    return [
        expect_true(machine, f"{at}.enableSecureBoot", "it starts unsigned code"),
        expect_not_false(machine, f"{at}.enableVtpm", "nothing measures what it starts"),
        expect_not_false(
            machine, f"{at}.enableIntegrityMonitoring", "a changed start goes unnoticed"
        ),
    ]


@rule(
    "machines-gcp-own-service-account",
    title="Machines run as a service account of their own",
    why="The project's default account is shared by all that name none, and often an editor.",
    fix="gcp.compute.Instance(name, service_account={'email': account.email, "
    "'scopes': ['cloud-platform']})",
    severity=Severity.HIGH,
    types=_MACHINES,
    controls=("GCP-GCE-04",),
)
def gcp_own_service_account(machine: Resource, context: Context, graph: Graph) -> Verdicts:
    # All scopes are fine on an account of its own, whose roles are what limits it.
    if not machine.has("serviceAccount"):
        return NotApplicable("it runs without a service account, or with its template's")
    return expect_own_account(machine, "serviceAccount.email", graph)


@rule(
    "machines-gcp-os-login",
    title="Machines admit by OS Login",
    why="With OS Login, IAM says who may log in, and taking a role away closes the door at once.",
    fix="gcp.compute.Instance(name, metadata={'enable-oslogin': 'TRUE'}), or once for the project "
    "with gcp.compute.ProjectMetadataItem(name, key='enable-oslogin', value='TRUE')",
    severity=Severity.MEDIUM,
    types=_MACHINES,
    controls=("GCP-GCE-05",),
)
def gcp_os_login(machine: Resource, context: Context, graph: Graph) -> Verdicts:
    if _inherits(machine, "metadata"):
        return _AS_TEMPLATE
    said = _metadata(machine, _OS_LOGIN, graph)
    if any(_is_yes(value) for value in said):
        return Pass()
    path = f"metadata.{_OS_LOGIN}"
    if UNKNOWN in said:
        return Unknown("whether it admits by OS Login is not known yet", path)
    return Fail("keys in its metadata open it, whatever IAM says", path)


@rule(
    "machines-gcp-no-project-keys",
    title="Machines refuse the project's SSH keys",
    why="A key in the project's metadata opens every machine of the project.",
    fix="gcp.compute.Instance(name, metadata={'block-project-ssh-keys': 'TRUE'})",
    severity=Severity.MEDIUM,
    types=_MACHINES,
    controls=("GCP-GCE-05",),
)
def gcp_no_project_keys(machine: Resource, context: Context, graph: Graph) -> Verdicts:
    if _inherits(machine, "metadata"):
        return _AS_TEMPLATE
    path = "metadata.block-project-ssh-keys"
    blocked, login = machine.get(path), _metadata(machine, _OS_LOGIN, graph)
    if _is_yes(blocked):
        return Pass()
    if any(_is_yes(value) for value in login):
        return NotApplicable("OS Login ignores keys in metadata")
    if UNKNOWN in (blocked, *login):
        return Unknown("whether the project's keys open it is not known yet", path)
    return Fail("the project's keys open it", path)


@rule(
    "machines-gcp-no-serial-port",
    title="Machines have no interactive serial port",
    why="The serial port is reachable from any address, past every firewall.",
    fix="gcp.compute.Instance(name, metadata={'serial-port-enable': 'FALSE'})",
    severity=Severity.MEDIUM,
    types=_MACHINES,
    controls=("GCP-GCE-05",),
)
def gcp_no_serial_port(machine: Resource, context: Context, graph: Graph) -> Verdicts:
    said = _metadata(machine, _SERIAL_PORT, graph)
    path = f"metadata.{_SERIAL_PORT}"
    if any(_is_yes(value) for value in said):
        return Fail("its serial port takes connections", path)
    if UNKNOWN in said:
        return Unknown("whether its serial port takes connections is not known yet", path)
    return Pass()


@rule(
    "machines-gcp-no-forwarding",
    title="Machines forward no packets of others",
    why="A machine that may speak for other addresses can carry traffic around the firewall.",
    fix="gcp.compute.Instance(name, can_ip_forward=False)",
    severity=Severity.MEDIUM,
    types=_MACHINES,
    controls=("GCP-GCE-05",),
)
def gcp_no_forwarding(machine: Resource, context: Context) -> Verdicts:
    return expect_not_true(machine, "canIpForward", "it forwards packets of others")


@rule(
    "machines-gcp-confidential",
    title="Machines with regulated data are confidential ones",
    why="Without confidential computing the memory is plain to whoever controls the host.",
    fix="gcp.compute.Instance(name, confidential_instance_config={'confidential_instance_type': "
    "'SEV_SNP'})",
    severity=Severity.MEDIUM,
    types=_MACHINES,
    controls=("GCP-GCE-06",),
)
def gcp_confidential(machine: Resource, context: Context) -> Verdicts:
    at = "confidentialInstanceConfig"
    if _inherits(machine, at):
        return _AS_TEMPLATE
    switch, kind = f"{at}.enableConfidentialCompute", f"{at}.confidentialInstanceType"
    encrypts = is_true(machine.get(switch)) or is_word(machine.get(kind), "SEV", "SEV_SNP", "TDX")
    path = kind if machine.has(kind) else switch
    verdict = expect(machine, path, encrypts, "its memory is not encrypted")
    return why_not_tagged(machine, REGULATED) or verdict


@rule(
    "machines-gcp-deletion-protection",
    title="Production machines are protected against deletion",
    why="One mistaken command would take the machine and its boot disk.",
    fix="gcp.compute.Instance(name, deletion_protection=True)",
    severity=Severity.MEDIUM,
    types=(_INSTANCE, *_DERIVED),
    controls=("GCP-GCE-07",),
)
def gcp_deletion_protection(machine: Resource, context: Context) -> Verdicts:
    verdict = expect_true(machine, "deletionProtection", "it can be deleted at once")
    return why_not_tagged(machine, PRODUCTION) or verdict


def _metadata(machine: Resource, key: str, graph: Graph) -> Sequence[Value]:
    """What a machine's metadata says, or its project's where the machine says nothing."""
    path = f"metadata.{key}"
    if machine.has(path):
        return [machine.get(path)]
    return graph.once(_project_metadata)[key]


def _project_metadata(graph: Graph) -> Mapping[str, Sequence[Value]]:
    return {key: _said_by_project(key, graph) for key in (_OS_LOGIN, _SERIAL_PORT)}


def _said_by_project(key: str, graph: Graph) -> Sequence[Value]:
    """The different values of a key, set with all others or alone."""
    whole = [each.get(f"metadata.{key}") for each in graph.of_type(_PROJECT_METADATA)]
    items = [
        each.get("value")
        for each in graph.of_type(_PROJECT_METADATA_ITEM)
        if each.get("key") == key
    ]
    said = {str(value): value for value in (*whole, *items) if value is not MISSING}
    return list(said.values())


def _is_yes(value: Value) -> bool:
    return is_true(value) or is_word(value, *_YES)


RULES = (
    gcp_disk_customer_key,
    gcp_shielded,
    gcp_own_service_account,
    gcp_os_login,
    gcp_no_project_keys,
    gcp_no_serial_port,
    gcp_no_forwarding,
    gcp_confidential,
    gcp_deletion_protection,
)

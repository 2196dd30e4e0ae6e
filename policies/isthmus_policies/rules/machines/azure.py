"""Azure virtual machines, scale sets and disks."""

from collections.abc import Iterator, Mapping

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import (
    AZURE_DISK_KEYS,
    AZURE_KEYS,
    expect_customer_key,
    expect_one_of,
    expect_true,
    is_word,
)
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import UNKNOWN, Located
from isthmus_policies.verdict import NotApplicable, Unknown, Verdict, Verdicts

_MACHINE = "azure-native:compute:VirtualMachine"
_SCALE_SET = "azure-native:compute:VirtualMachineScaleSet"
_DISK = "azure-native:compute:Disk"
_SNAPSHOT = "azure-native:compute:Snapshot"
_KEY_HOLDER = "azure-native:compute:DiskEncryptionSet"
_MACHINES = (_MACHINE, _SCALE_SET)
_DISKS = (_DISK, _SNAPSHOT)
_DISK_KEYS = ("encryption.diskEncryptionSetId", "securityProfile.secureVMDiskEncryptionSetId")
_INLINE_DISK_KEYS = (
    "managedDisk.diskEncryptionSet.id",
    "managedDisk.securityProfile.diskEncryptionSet.id",
)
"""The second of each is a confidential machine's."""
_WINDOWS_PUBLISHERS = ("MicrosoftWindowsServer", "MicrosoftWindowsDesktop")
_NO_MACHINES = NotApplicable("the scale set describes no machines: they are made elsewhere")


def _start(machine: Resource) -> str:
    """What the paths of a machine's settings start with: a scale set describes its machines."""
    return "virtualMachineProfile." if machine.type == _SCALE_SET else ""


def _describes_none(machine: Resource) -> bool:
    return machine.type == _SCALE_SET and not machine.has("virtualMachineProfile")


@rule(
    "machines-azure-no-password",
    title="Linux machines admit by SSH key only",
    why="Passwords are guessed, reused and phished.",
    fix="azure_native.compute.VirtualMachine(name, os_profile={'linux_configuration': "
    "{'disable_password_authentication': True, 'ssh': {'public_keys': [...]}}})",
    severity=Severity.HIGH,
    types=_MACHINES,
    controls=("AZ-VM-01",),
)
def azure_no_password(machine: Resource, context: Context) -> Verdicts:
    system = f"{_start(machine)}osProfile"
    if not machine.has(system):
        return NotApplicable("its accounts come with its disk")
    if _runs_windows(machine):
        return NotApplicable("Windows machines have passwords")
    path = f"{system}.linuxConfiguration.disablePasswordAuthentication"
    return expect_true(machine, path, "it admits by password")


def _runs_windows(machine: Resource) -> bool:
    start = _start(machine)
    publisher = machine.get(f"{start}storageProfile.imageReference.publisher")
    return (
        isinstance(machine.get(f"{start}osProfile.windowsConfiguration"), Mapping)
        or is_word(machine.get(f"{start}storageProfile.osDisk.osType"), "Windows")
        or is_word(publisher, *_WINDOWS_PUBLISHERS)
    )


@rule(
    "machines-azure-host-encryption",
    title="Machines are encrypted at their host",
    why="Temporary disks and disk caches of the host hold data too, in plain without it.",
    fix="azure_native.compute.VirtualMachine(name, security_profile={'encryption_at_host': True})",
    severity=Severity.MEDIUM,
    types=_MACHINES,
    controls=("AZ-VM-02",),
)
def azure_host_encryption(machine: Resource, context: Context) -> Verdicts:
    if _describes_none(machine):
        return _NO_MACHINES
    path = f"{_start(machine)}securityProfile.encryptionAtHost"
    return expect_true(machine, path, "temporary disks and caches are not encrypted")


@rule(
    "machines-azure-disk-customer-key",
    title="Disks are encrypted with a customer-managed key",
    why="With Microsoft's own key nobody can revoke access to the data by disabling a key.",
    fix="azure_native.compute.Disk(name, "
    "encryption={'disk_encryption_set_id': disk_encryption_set.id}); on a machine: "
    "storage_profile={'os_disk': {'managed_disk': {'disk_encryption_set': "
    "{'id': disk_encryption_set.id}}}}",
    severity=Severity.HIGH,
    types=(*_DISKS, *_MACHINES, _KEY_HOLDER),
    controls=("AZ-VM-03",),
)
def azure_disk_customer_key(
    resource: Resource, context: Context, graph: Graph
) -> Iterator[Verdict]:
    if resource.type == _KEY_HOLDER:
        yield expect_customer_key(resource, "activeKey.keyUrl", graph, AZURE_KEYS)
    elif resource.type in _DISKS:
        yield _judge_key(resource, _DISK_KEYS, graph)
    elif _describes_none(resource):
        yield _NO_MACHINES
    else:
        for disk in _described_disks(resource):
            if disk.value is UNKNOWN:
                yield Unknown("which disks it has is not known yet", disk.path)
            else:
                paths = tuple(f"{disk.path}.{key}" for key in _INLINE_DISK_KEYS)
                yield _judge_key(resource, paths, graph)


def _described_disks(machine: Resource) -> Iterator[Located]:
    """The disks that a machine describes; what it merely attaches is a resource with its own key."""
    storage = f"{_start(machine)}storageProfile"
    disks = [*machine.find(f"{storage}.osDisk"), *machine.find(f"{storage}.dataDisks.*")]
    for disk in disks:
        if not is_word(machine.get(f"{disk.path}.createOption"), "Attach"):
            yield disk


def _judge_key(resource: Resource, paths: tuple[str, ...], graph: Graph) -> Verdict:
    path = next((path for path in paths if resource.has(path)), paths[0])
    return expect_customer_key(resource, path, graph, AZURE_DISK_KEYS)


@rule(
    "machines-azure-trusted-launch",
    title="Machines start by trusted launch or as confidential machines",
    why="A changed boot loader or kernel would stay hidden from everything that runs above it.",
    fix="azure_native.compute.VirtualMachine(name, security_profile={'security_type': "
    "'TrustedLaunch', 'uefi_settings': {'secure_boot_enabled': True, 'v_tpm_enabled': True}})",
    severity=Severity.MEDIUM,
    types=_MACHINES,
    controls=("AZ-VM-05",),
)
def azure_trusted_launch(machine: Resource, context: Context) -> Iterator[Verdict]:
    if _describes_none(machine):
        yield _NO_MACHINES
        return
    security = f"{_start(machine)}securityProfile"
    kinds = ("TrustedLaunch", "ConfidentialVM")
    yield expect_one_of(machine, f"{security}.securityType", kinds, "nothing guards its start")
    firmware = f"{security}.uefiSettings"
    yield expect_true(machine, f"{firmware}.secureBootEnabled", "it starts unsigned code")
    yield expect_true(machine, f"{firmware}.vTpmEnabled", "nothing measures what it starts")


@rule(
    "machines-azure-disk-no-public-export",
    title="Disks and snapshots cannot be exported over public networks",
    why="One leaked export link would hand over the whole disk.",
    fix="azure_native.compute.Disk(name, network_access_policy='DenyAll', "
    "public_network_access='Disabled')",
    severity=Severity.HIGH,
    types=_DISKS,
    controls=("AZ-VM-06",),
)
def azure_disk_no_public_export(disk: Resource, context: Context) -> Iterator[Verdict]:
    policies = ("AllowPrivate", "DenyAll")
    message = "it can be exported from any network"
    yield expect_one_of(disk, "networkAccessPolicy", policies, message)
    message = "an export link works from the internet"
    yield expect_one_of(disk, "publicNetworkAccess", ("Disabled",), message)


RULES = (
    azure_no_password,
    azure_host_encryption,
    azure_disk_customer_key,
    azure_trusted_launch,
    azure_disk_no_public_export,
)

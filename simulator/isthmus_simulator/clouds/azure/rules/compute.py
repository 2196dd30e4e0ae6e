"""Virtual machines and scale sets: sizes, sign-in, what is attached.

Texts: https://learn.microsoft.com/azure/virtual-machines/error-messages and the messages of the compute API
that its users quote; where a code is not documented, the wording is unverified.
"""

import re
from collections.abc import Iterable, Mapping

from isthmus_simulator.cloud import Call, Rules, Usage
from isthmus_simulator.clouds.azure.inputs import inner, table, tables, text, whole
from isthmus_simulator.clouds.azure.quotas import is_missing_in, knows_size, near_sizes, vcpu_usage
from isthmus_simulator.clouds.azure.refusals import refusal
from isthmus_simulator.values import Properties, Value

DISALLOWED_NAMES = frozenset({
    "administrator", "admin", "user", "user1", "test", "user2", "test1", "user3", "admin1", "1", "123", "a",
    "actuser", "adm", "admin2", "aspnet", "backup", "console", "david", "guest", "john", "owner", "root",
    "server", "sql", "support", "support_388945a0", "sys", "test2", "test3", "user4", "user5"
})  # fmt: skip
"""https://learn.microsoft.com/azure/virtual-machines/linux/faq#what-are-the-username-requirements-when-creating-a-vm"""
WINDOWS_NAME_LENGTH = 15


def judge_size(call: Call, size: str) -> None:
    if size and not knows_size(size, call.schema):
        raise refusal(
            400,
            "InvalidParameter",
            (
                f"The value {size} provided for the VM size is not valid. The valid sizes in the current "
                f"region are: {near_sizes(call.region, size)}. Find out more on the valid VM sizes in "
                "each region at https://aka.ms/azure-regions."
            ),
        )
    if is_missing_in(call.region, size):
        raise refusal(
            409,
            "SkuNotAvailable",
            (
                "The requested VM size for resource 'Following SKUs have failed for Capacity "
                f"Restrictions: {size}' is currently not available in location '{call.region}'. Please "
                "try another size or deploy to a different location or different zone. See "
                "https://aka.ms/azureskunotavailable for details."
            ),
        )


def judge_sign_in(profile: Properties, machine: str) -> None:
    user = text(profile.get("adminUsername"))
    if user.lower() in DISALLOWED_NAMES:
        raise refusal(
            400,
            "InvalidParameter",
            (
                "The Admin Username specified is not allowed. For more information about disallowed "
                "usernames, see https://aka.ms/vmosprofile"
            ),
        )
    is_windows = bool(table(profile.get("windowsConfiguration")))
    password = profile.get("adminPassword")
    if isinstance(password, str):
        judge_password(password, least=8 if is_windows else 6, most=123 if is_windows else 72)
    computer = text(profile.get("computerName")) or machine
    if is_windows and len(computer) > WINDOWS_NAME_LENGTH:
        raise refusal(
            400,
            "InvalidParameter",
            (
                "Windows computer name cannot be more than 15 characters long, be entirely numeric, or "
                "contain "
                "the "
                "following characters: ` ~ ! @ # $ % ^ & * ( ) = + _ [ ] { } \\ | ; : . ' \" , < > / ?."
            ),
        )


def judge_password(password: str, least: int, most: int) -> None:
    kinds = sum(
        bool(re.search(kind, password)) for kind in ("[A-Z]", "[a-z]", "[0-9]", r"[^A-Za-z0-9]")
    )
    if not least <= len(password) <= most or kinds < 3:
        raise refusal(
            400,
            "InvalidParameter",
            (
                f"The supplied password must be between {least}-{most} characters long and must satisfy "
                "at least 3 of password complexity requirements from the following: 1) Contains an "
                "uppercase character 2) Contains a lowercase character 3) Contains a numeric digit 4) "
                "Contains a special character 5) Control characters are not allowed"
            ),
        )


def judge_machine(call: Call) -> None:
    judge_size(call, machine_size(call.inputs))
    judge_sign_in(inner(call.inputs, "osProfile"), call.name)
    for other_interface in call.targets.get("networkProfile.networkInterfaces.*.id", []):
        users = [
            user
            for path, user in call.world.linked_from(other_interface.key)
            if path == "networkProfile.networkInterfaces.*.id"
            and user.id.lower() != call.id.lower()
        ]
        if users:
            raise refusal(
                400,
                "NicInUse",
                (
                    f"Network Interface {other_interface.id} is used by existing resource {users[0].id}. "
                    "In order to delete the network interface, it must be dissociated from the resource."
                ),
            )


def machine_size(inputs: Properties) -> str:
    return text(inner(inputs, "hardwareProfile").get("vmSize"))


def machine_usage(call: Call) -> Iterable[Usage]:
    return vcpu_usage(machine_size(call.inputs), 1, call.inputs.get("priority") == "Spot")


def machine_outputs(call: Call) -> Mapping[str, Value]:
    """The disk that a machine starts from is given a name when it has none."""
    storage = inner(call.inputs, "storageProfile")
    disk = table(storage.get("osDisk"))
    if not disk or disk.get("name"):
        return {}
    name = f"{call.name}_OsDisk_1_{call.maker.child('osDisk').hex(32)}"
    return {"storageProfile": {**storage, "osDisk": {**disk, "name": name}}}


def judge_scale_set(call: Call) -> None:
    judge_size(call, text(inner(call.inputs, "sku").get("name")))
    judge_sign_in(inner(call.inputs, "virtualMachineProfile", "osProfile"), "")


def scale_set_usage(call: Call) -> Iterable[Usage]:
    sku = inner(call.inputs, "sku")
    spot = inner(call.inputs, "virtualMachineProfile").get("priority") == "Spot"
    return vcpu_usage(text(sku.get("name")), whole(sku.get("capacity")), spot)


def judge_disk(call: Call) -> None:
    size, old = whole(call.inputs.get("diskSizeGB")), call.old
    if old is not None and size and size < whole(old.inputs.get("diskSizeGB")):
        raise refusal(
            409,
            "OperationNotAllowed",
            (
                f"Disk resize failed. Disk {call.name} can only be resized to a larger size, not from "
                f"{whole(old.inputs.get('diskSizeGB'))} to {size}."
            ),
        )


def judge_containers(call: Call) -> None:
    for container in tables(call.inputs.get("containers")):
        requests = inner(container, "resources", "requests")
        if not requests:
            raise refusal(
                400,
                "ResourceRequestsNotSpecified",
                (
                    f"The resource requests of container '{text(container.get('name'))}' in container "
                    f"group '{call.name}' are not specified."
                ),
            )


RULES: Mapping[str, Rules] = {
    "azure-native:compute:VirtualMachine": Rules(
        create=judge_machine, usage=machine_usage, outputs=machine_outputs
    ),
    "azure-native:compute:VirtualMachineScaleSet": Rules(
        create=judge_scale_set, usage=scale_set_usage
    ),
    "azure-native:compute:Disk": Rules(create=judge_disk),
    "azure-native:containerinstance:ContainerGroup": Rules(create=judge_containers),
}

"""Addresses that Azure gives out: of interfaces, private endpoints and public addresses."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network

from isthmus_simulator.cloud import Call, Rules
from isthmus_simulator.clouds.azure import arm
from isthmus_simulator.clouds.azure.inputs import inner, table, tables, text, texts
from isthmus_simulator.clouds.azure.refusals import refusal
from isthmus_simulator.clouds.azure.rules.network import judge_address_label, subnet_ranges
from isthmus_simulator.values import Properties, Value
from isthmus_simulator.world import Resource

RESERVED_ADDRESSES = 4
"""The first addresses of each subnet are Azure's (learn.microsoft.com/azure/virtual-network/
virtual-networks-faq: "Azure reserves the first four addresses and the last address")."""


def interface_outputs(call: Call) -> Mapping[str, Value]:
    configurations = [
        _with_address(call, item, place)
        for place, item in enumerate(tables(call.inputs.get("ipConfigurations")))
    ]
    return {"ipConfigurations": configurations} if configurations else {}


def _with_address(call: Call, item: Properties, place: int) -> Properties:
    given = text(item.get("privateIPAddress"))
    if given:
        return item
    kept = tables(call.old.outputs.get("ipConfigurations")) if call.old else []
    address = text(kept[place].get("privateIPAddress")) if place < len(kept) else ""
    found = address or free_address(call, text(inner(item, "subnet").get("id")))
    return {**item, "privateIPAddress": found} if found else item


def free_address(call: Call, subnet_id: str) -> str:
    """The first address of the subnet that nothing in the world holds."""
    prefix = subnet_prefix(call, subnet_id)
    if not prefix:
        return ""
    taken = set(_taken_addresses(call))
    hosts = ip_network(prefix)
    candidates = (
        str(hosts[number])
        for number in range(RESERVED_ADDRESSES, min(hosts.num_addresses - 1, 4096))
    )
    return next((one for one in candidates if one not in taken), "")


def _taken_addresses(call: Call) -> Iterator[str]:
    for kind in ("NetworkInterface", "AzureFirewall"):
        for other in call.world.resources("azure-native", f"azure-native:network:{kind}"):
            for item in tables(other.outputs.get("ipConfigurations")):
                yield text(item.get("privateIPAddress"))
    for other in call.world.resources("azure-native", "azure-native:network:PrivateEndpoint"):
        for item in tables(other.outputs.get("customDnsConfigs")):
            yield from texts(item.get("ipAddresses") or [])


def subnet_prefix(call: Call, subnet_id: str) -> str:
    """The first range of a subnet, whether it is a resource of its own or a part of its network."""
    exact = call.world.find("azure-native", subnet_id.lower(), [arm.IDENTITY])
    if exact:
        ranges = subnet_ranges(exact[-1].inputs, subnet_id)
        return str(ranges[0]) if ranges else ""
    networks = call.world.find("azure-native", arm.parent_of(subnet_id).lower(), [arm.IDENTITY])
    parts = [
        item
        for network in networks
        for item in tables(network.inputs.get("subnets"))
        if text(item.get("name")).lower() == arm.last_part(subnet_id).lower()
    ]
    ranges = subnet_ranges(parts[0], subnet_id) if parts else []
    return str(ranges[0]) if ranges else ""


def judge_interface(call: Call) -> None:
    for item in tables(call.inputs.get("ipConfigurations")):
        address = text(item.get("privateIPAddress"))
        prefix = subnet_prefix(call, text(inner(item, "subnet").get("id")))
        if address and prefix and ip_address(address) not in ip_network(prefix):
            raise refusal(
                400,
                "PrivateIPAddressNotInSubnet",
                (
                    f"Private static IP address {address} does not belong to the range of subnet prefix "
                    f"{prefix}."
                ),
            )


def endpoint_outputs(call: Call) -> Mapping[str, Value]:
    kept = call.old.outputs.get("customDnsConfigs") if call.old else None
    if kept:
        return {"customDnsConfigs": kept}
    address = free_address(call, text(inner(call.inputs, "subnet").get("id")))
    targets = call.targets.get("privateLinkServiceConnections.*.privateLinkServiceId", [])
    return {
        "customDnsConfigs": [
            {"fqdn": host_of(one), "ipAddresses": [address]} for one in targets if host_of(one)
        ]
    }


def host_of(target: Resource) -> str:
    """The public name that a private endpoint takes over."""
    suffixes = {
        "StorageAccount": "blob.core.windows.net",
        "Vault": "vault.azure.net",
        "Registry": "azurecr.io",
        "DatabaseAccount": "documents.azure.com",
        "WebApp": "azurewebsites.net",
    }
    suffix = suffixes.get(target.type.rsplit(":", 1)[-1])
    return f"{target.name.lower()}.{suffix}" if suffix else ""


def address_outputs(call: Call) -> Mapping[str, Value]:
    """A static address is there at once, a dynamic one comes with a running machine."""
    found: dict[str, Value] = {}
    static = call.inputs.get("publicIPAllocationMethod") == "Static"
    if static and not call.inputs.get("ipAddress"):
        found["ipAddress"] = public_address(call.id)
    settings = table(call.inputs.get("dnsSettings"))
    label = text(settings.get("domainNameLabel"))
    if label:
        found["dnsSettings"] = {**settings, "fqdn": f"{label}.{call.region}.cloudapp.azure.com"}
    return found


def public_address(seed: str) -> str:
    """Always the same for one id, from the range that RFC 5737 keeps for documentation."""
    number = sum(ord(letter) * (place + 1) for place, letter in enumerate(seed))
    return f"203.0.113.{1 + number % 254}"


def judge_address(call: Call) -> None:
    """Standard addresses are static (learn.microsoft.com/azure/virtual-network/ip-services/
    public-ip-addresses#sku; the code and wording are unverified)."""
    judge_address_label(call)
    sku = text(inner(call.inputs, "sku").get("name"))
    method = text(call.inputs.get("publicIPAllocationMethod"))
    is_fourth = call.inputs.get("publicIPAddressVersion", "IPv4") == "IPv4"
    if sku.lower() == "standard" and method.lower() == "dynamic" and is_fourth:
        raise refusal(
            400,
            "StandardSkuPublicIPAddressMustBeStatic",
            (f"Standard sku publicIp {call.id} must have AllocationMethod set to Static."),
        )


RULES: Mapping[str, Rules] = {
    "azure-native:network:AzureFirewall": Rules(outputs=interface_outputs),
    "azure-native:network:NetworkInterface": Rules(
        create=judge_interface, outputs=interface_outputs
    ),
    "azure-native:network:PrivateEndpoint": Rules(outputs=endpoint_outputs),
    "azure-native:network:PublicIPAddress": Rules(create=judge_address, outputs=address_outputs),
}

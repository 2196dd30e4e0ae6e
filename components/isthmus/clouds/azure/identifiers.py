"""What can be read from the identifiers of Azure resources: pure functions, and how to wait for
one."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import pulumi


def group_scope(resource_id: str) -> str:
    """`/subscriptions/.../resourceGroups/...` of any resource id."""
    return "/" + "/".join(resource_id.strip("/").split("/")[:4])


def dns_zone_id(network_id: str, zone: str) -> str:
    """The id of a private DNS zone: zones live in the resource group of their network."""
    return f"{group_scope(network_id)}/providers/Microsoft.Network/privateDnsZones/{zone}"


def key_name(key_uri: str) -> str:
    """`https://vault.vault.azure.net/keys/NAME[/VERSION]` -> NAME."""
    return urlsplit(key_uri).path.strip("/").split("/")[1]


def vault_uri(key_uri: str) -> str:
    """`https://vault.vault.azure.net/keys/...` -> `https://vault.vault.azure.net/`."""
    parts = urlsplit(key_uri)
    return f"{parts.scheme}://{parts.netloc}/"


def key_scope(vault_and_key: Sequence[str]) -> str:
    """The resource id of a key, from its vault's resource id and its URI."""
    vault_id, key_uri = vault_and_key
    return f"{vault_id}/keys/{key_name(key_uri)}"


def first(values: Sequence[str]) -> str:
    return values[0]


def available_after(
    value: pulumi.Output[str], *conditions: pulumi.Output[str]
) -> pulumi.Output[str]:
    """The same value, but known only once the conditions exist too.

    An identity is of no use before its roles are assigned, nor a network before its DNS zones:
    those who take the value wait for both.
    """
    return pulumi.Output.all(value, *conditions).apply(first)

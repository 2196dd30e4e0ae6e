"""What Azure would compute, as far as the room reads it; runs a piece of the room against it."""

import base64
from functools import partial
from typing import Any

import pulumi
from pulumi.runtime import mocks
from tests.components.clouds.recording import record_with

from isthmus.clouds.handles import KeysHandle, NetworkHandle

SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
TENANT = "22222222-2222-2222-2222-222222222222"
KUBECONFIG = """
apiVersion: v1
kind: Config
clusters:
- name: aks
  cluster:
    server: https://private.example:443
    certificate-authority-data: Q0E=
"""


def resource_id(kind: str, name: str) -> str:
    return f"{SUBSCRIPTION}/resourceGroups/group/providers/Microsoft.Test/{kind}/{name}"


def keys_handle() -> KeysHandle:
    """The keys another room would have built; to be called inside `record`, whose loop it joins."""
    uri = "https://vault.vault.azure.net/keys"
    purposes = ("data", "cluster", "logs")
    return KeysHandle(
        key_ids=pulumi.Output.from_input({name: f"{uri}/{name}" for name in purposes}),
        vault_id=pulumi.Output.from_input(resource_id("vaults", "vault")),
        identity_id=pulumi.Output.from_input(resource_id("identities", "key-user")),
        secret_ids=pulumi.Output.from_input({}),
        key_version_ids=pulumi.Output.from_input({name: f"{uri}/{name}/0123" for name in purposes}),
    )


def network_handle() -> NetworkHandle:
    """The network another room would have built; to be called inside `record`."""
    known = pulumi.Output.from_input
    network_id = (
        f"{SUBSCRIPTION}/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/vnet"
    )
    return NetworkHandle(
        network_id=known(network_id),
        node_subnet_ids=known([f"{network_id}/subnets/nodes"]),
        endpoint_subnet_ids=known([f"{network_id}/subnets/endpoints"]),
        control_plane_subnet_id=known(f"{network_id}/subnets/control-plane"),
        fabric_network_ids=known([]),
        fabric_subnet_ids=known([]),
        node_firewall_id=known(resource_id("networkSecurityGroups", "nodes")),
    )


class Answers(mocks.Mocks):
    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        if args.token == "azure-native:authorization:getClientConfig":
            return {
                "clientId": "client",
                "objectId": "object",
                "subscriptionId": SUBSCRIPTION.split("/")[-1],
                "tenantId": TENANT,
            }
        assert args.token == "azure-native:containerservice:listManagedClusterUserCredentials"
        value = base64.b64encode(KUBECONFIG.encode()).decode()
        return {"kubeconfigs": [{"name": "clusterUser", "value": value}]}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        kind = args.typ.split(":")[-1]
        name = f"{args.name}0a1b2c3d"
        computed: dict[str, Any] = {"name": name}
        if kind == "Key":
            uri = f"https://vault.vault.azure.net/keys/{name}"
            computed |= {"keyUri": uri, "keyUriWithVersion": f"{uri}/0123"}
        if kind == "UserAssignedIdentity":
            computed |= {"principalId": f"{args.name}-principal", "clientId": f"{args.name}-client"}
        if kind == "ManagedCluster":
            computed |= {
                "privateFQDN": "aks.privatelink.swedencentral.azmk8s.io",
                "oidcIssuerProfile": {"enabled": True, "issuerURL": "https://oidc.example/id/"},
            }
        identity = args.inputs.get("identity", {})
        if "userAssignedIdentities" in identity:
            # Azure takes a list of ids and answers a mapping by id.
            ids = identity["userAssignedIdentities"]
            computed["identity"] = identity | {"userAssignedIdentities": {one: {} for one in ids}}
        return resource_id(kind, name), computed


record = partial(record_with, Answers())

"""Runs a piece of the Azure room against mocks and keeps what would have been sent."""

import base64
import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import pulumi
from google.protobuf.json_format import MessageToDict
from pulumi.runtime import mocks

from isthmus.clouds.handles import KeysHandle, NetworkHandle

SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
TENANT = "22222222-2222-2222-2222-222222222222"
SECRET_SIGNATURE = "4dabf18193072939515e22adb298388d"

KUBECONFIG = """
apiVersion: v1
kind: Config
clusters:
- name: aks
  cluster:
    server: https://private.example:443
    certificate-authority-data: Q0E=
"""


@dataclass(frozen=True)
class Sent:
    """One resource as registered: its inputs by wire name and the options that matter."""

    type: str
    name: str
    inputs: Mapping[str, Any]
    protect: bool
    ignore_changes: tuple[str, ...]
    dependencies: frozenset[str]
    secrets: frozenset[str]


@dataclass
class Recording:
    """All resources sent, and the values of the handle that was returned."""

    sent: list[Sent] = field(default_factory=list)
    handle: dict[str, Any] = field(default_factory=dict)

    def of(self, kind: str) -> list[Sent]:
        """Resources whose type ends in `kind`, for example `Subnet`."""
        return [one for one in self.sent if one.type.split(":")[-1] == kind]

    def one(self, kind: str) -> Sent:
        [found] = self.of(kind)
        return found

    def named(self, name: str, kind: str) -> Sent:
        [found] = [one for one in self.of(kind) if one.name == name]
        return found


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


class _Answers(mocks.Mocks):
    """What Azure would compute, as far as the room reads it."""

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


class _Monitor(mocks.MockMonitor):
    """Also keeps resource options, which mocks do not see."""

    def __init__(self, answers: mocks.Mocks, recording: Recording) -> None:
        super().__init__(answers)
        self.recording = recording

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 (the engine's)
        if request.custom:
            self.recording.sent.append(_sent(request))
        return super().RegisterResource(request)


def record(build: Callable[[pulumi.ComponentResource], object]) -> Recording:
    """Run `build` under a parent component; returns once every resource has been registered."""
    recording = Recording()
    answers = _Answers()
    mocks.set_mocks(
        answers,
        project="isthmus",
        stack="test",
        preview=False,
        monitor=_Monitor(answers, recording),
    )

    @pulumi.runtime.test
    def run() -> object:
        parent = pulumi.ComponentResource("test:index:Site", "site")
        return _values(build(parent)).apply(recording.handle.update)

    run()
    return recording


def accepts_tags(type_token: str) -> bool:
    """Whether the SDK's class for a resource type takes tags."""
    _, module, kind = type_token.split(":")
    sdk = importlib.import_module(f"pulumi_azure_native.{module}")
    return "tags" in inspect.signature(getattr(sdk, kind)._internal_init).parameters


def _values(handle: object) -> pulumi.Output[dict[str, Any]]:
    if handle is None:
        return pulumi.Output.from_input({})
    return pulumi.Output.all(**{f.name: getattr(handle, f.name) for f in fields(handle)})


def _sent(request: Any) -> Sent:
    raw = MessageToDict(request.object)
    return Sent(
        type=request.type,
        name=request.name,
        inputs=_plain(raw),
        protect=request.protect,
        ignore_changes=tuple(request.ignoreChanges),
        dependencies=frozenset(urn.rsplit("::", maxsplit=1)[1] for urn in request.dependencies),
        secrets=frozenset(_secret_paths(raw)),
    )


def _secret_paths(value: object, path: str = "") -> list[str]:
    if isinstance(value, dict):
        if SECRET_SIGNATURE in value:
            return [path]
        return [
            found for key, inner in value.items() for found in _secret_paths(inner, f"{path}.{key}")
        ]
    return []


def _plain(value: Any) -> Any:
    """The value without the engine's wrappers of secrets and outputs."""
    if isinstance(value, dict):
        if SECRET_SIGNATURE in value:
            return _plain(value["value"])
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value

"""How one component is handed to another: flat inputs, since a program in any language can pass those on."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

from isthmus.clouds.handles import KeysHandle, NetworkHandle


class KeysReference(TypedDict):
    """Outputs of a Keys component, as inputs of one that encrypts with them."""

    key_ids: pulumi.Input[Mapping[str, str]]
    """`key_ids` of Keys."""
    vault_id: NotRequired[pulumi.Input[str]]
    """`vault_id` of Keys. Needed on Azure and Google Cloud."""
    identity_id: NotRequired[pulumi.Input[str]]
    """`identity_id` of Keys. Needed on Azure."""
    key_version_ids: NotRequired[pulumi.Input[Mapping[str, str]]]
    """`key_version_ids` of Keys. Needed for clusters on Azure."""


class NetworkReference(TypedDict):
    """Outputs of a Network component, as inputs of one that stands in it."""

    network_id: pulumi.Input[str]
    """`network_id` of Network."""
    node_subnet_ids: pulumi.Input[Sequence[str]]
    """`node_subnet_ids` of Network."""
    endpoint_subnet_ids: pulumi.Input[Sequence[str]]
    """`endpoint_subnet_ids` of Network."""
    control_plane_subnet_id: pulumi.Input[str]
    """`control_plane_subnet_id` of Network."""
    node_firewall_id: pulumi.Input[str]
    """`node_firewall_id` of Network."""
    fabric_network_ids: NotRequired[pulumi.Input[Sequence[str]]]
    """`fabric_network_ids` of Network. Needed for GPUDirect pools on Google Cloud."""
    fabric_subnet_ids: NotRequired[pulumi.Input[Sequence[str]]]
    """`fabric_subnet_ids` of Network. Needed for GPUDirect pools on Google Cloud."""


class EndpointReference(TypedDict):
    """Outputs of a Network component, as inputs of one that is reached through it."""

    network_id: NotRequired[pulumi.Input[str]]
    """`network_id` of Network. On Azure a store is reached only by its own private endpoints, made when
    this and `endpoint_subnet_ids` are given; on AWS and Google Cloud the network has one for all."""
    endpoint_subnet_ids: NotRequired[pulumi.Input[Sequence[str]]]
    """`endpoint_subnet_ids` of Network."""


def keys_handle(args: Mapping[str, Any]) -> KeysHandle:
    return KeysHandle(
        key_ids=pulumi.Output.from_input(args["key_ids"]),
        vault_id=pulumi.Output.from_input(args.get("vault_id") or ""),
        identity_id=pulumi.Output.from_input(args.get("identity_id") or ""),
        secret_ids=pulumi.Output.from_input({}),
        key_version_ids=pulumi.Output.from_input(args.get("key_version_ids") or {}),
    )


def network_handle(args: Mapping[str, Any]) -> NetworkHandle:
    lists = ("node_subnet_ids", "endpoint_subnet_ids", "fabric_network_ids", "fabric_subnet_ids")
    texts = ("network_id", "control_plane_subnet_id", "node_firewall_id")
    return NetworkHandle(
        **{key: pulumi.Output.from_input(args.get(key) or []) for key in lists},
        **{key: pulumi.Output.from_input(args.get(key) or "") for key in texts},
    )


def endpoint_handle(args: Mapping[str, Any]) -> NetworkHandle | None:
    """The network to be reached through; None when the arguments name none."""
    return network_handle(args) if args.get("network_id") is not None else None

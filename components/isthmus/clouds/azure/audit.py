"""The control plane's audit records: searched in a workspace, kept under the customer's log key."""

import pulumi
from pulumi_azure_native import containerservice

from isthmus.clouds.azure import accounts, endpoints, logs
from isthmus.clouds.handles import KeysHandle, Place

CATEGORIES = (
    "kube-audit-admin",
    "guard",
    "kube-apiserver",
    "kube-controller-manager",
    "cluster-autoscaler",
)
"""Every change and who made it (`kube-audit` would add all reads), sign-ins, and what the control
plane decided. Source: learn.microsoft.com/azure/aks/monitor-aks-reference, resource logs."""


def keep_audit(
    parent: pulumi.Resource,
    place: Place,
    group_name: pulumi.Input[str],
    cluster: containerservice.ManagedCluster,
    keys: KeysHandle,
    doorway: endpoints.Doorway,
    shape: accounts.AccountShape,
    days: int,
) -> None:
    """Keeps the records for `days`: in the archive exactly, in the workspace 30 to 730 of them."""
    workspace = logs.build_workspace(parent, f"{place.name}-cluster-logs", place, group_name, days)
    archive = accounts.build_log_account(parent, place, group_name, shape, keys, workspace.id, days)
    endpoints.build_endpoint(
        parent,
        f"{place.name}-audit-blob",
        place,
        group_name,
        endpoints.Service.BLOB,
        archive.id,
        doorway,
    )
    logs.send_logs(
        parent, f"{place.name}-cluster-audit", cluster.id, CATEGORIES, workspace.id, archive.id
    )


def archive_shape(is_zone_redundant: bool, protect: bool) -> accounts.AccountShape:
    return accounts.AccountShape(
        purpose="audit",
        key_purpose="logs",
        is_lake=False,
        is_zone_redundant=is_zone_redundant,
        protect=protect,
    )

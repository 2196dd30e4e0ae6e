"""A lake store: an Azure Data Lake Storage Gen2 account with one container."""

from dataclasses import replace

import pulumi
from pulumi_azure_native import storage

from isthmus.clouds.azure import accounts, endpoints, groups, logs
from isthmus.clouds.handles import KeysHandle, NetworkHandle, Place, StoreHandle
from isthmus.plan.model import StorePlan
from isthmus_catalog import Cloud, region

MOST_SOFT_DELETE_DAYS = 365
"""Source: azure-docs soft-delete-blob-overview.md, "between 1 and 365 days"."""

DFS_SUFFIX = ".dfs.core.windows.net/"


def build_store(
    parent: pulumi.ComponentResource,
    place: Place,
    plan: StorePlan,
    keys: KeysHandle,
    network: NetworkHandle | None = None,
) -> StoreHandle:
    """Builds the store; with a network, its private endpoints too: there is no other way to its
    data.

    Deleted files, and files replaced by a rename, can be brought back for `noncurrent_days` (at
    most 365). Files overwritten in place cannot: accounts with a hierarchical namespace have no
    versioning (azure-docs soft-delete-blob-overview.md). Copies stay in the region, across its
    zones where the catalogue knows them.
    """
    place = store_place(place, plan)
    group = groups.build_group(parent, place, "store")
    workspace = logs.build_workspace(
        parent, f"{place.name}-logs", place, group.name, logs.DEFAULT_LOG_DAYS
    )
    shape = accounts.AccountShape(
        purpose="lake",
        key_purpose="data",
        is_lake=True,
        is_zone_redundant=has_zones(place.region),
        protect=plan.protect,
    )
    account = accounts.build_account(parent, place, group.name, shape, keys)
    keep_deleted(parent, place, group.name, account, plan.noncurrent_days)
    container = build_container(parent, place, group.name, account, plan.protect)
    logs.send_logs(
        parent,
        f"{place.name}-access",
        accounts.blob_service_id(account),
        accounts.ACCESS_CATEGORIES,
        workspace.id,
    )
    if network is not None:
        open_doorways(parent, place, group.name, account, network)
    if plan.protect:
        groups.lock_against_deletion(parent, f"{place.name}-lock", account.id)
    url = pulumi.Output.concat("abfss://", container.name, "@", account.name, DFS_SUFFIX)
    return StoreHandle(store_id=account.id, url=url)


def store_place(place: Place, plan: StorePlan) -> Place:
    """The site's place under the store's name and with the store's own data classification."""
    tags = {**place.tags, "data-classification": plan.data_classification}
    return replace(place, name=f"{place.name}-{plan.name}", tags=tags)


def has_zones(region_name: str) -> bool:
    """Whether the region is known to have availability zones."""
    known = region(Cloud.AZURE, region_name)
    return known is not None and len(known.zones) > 1


def soft_delete_days(noncurrent_days: int) -> int:
    """As long as asked for, up to what Azure keeps."""
    return min(noncurrent_days, MOST_SOFT_DELETE_DAYS)


def keep_deleted(
    parent: pulumi.Resource,
    place: Place,
    group_name: pulumi.Input[str],
    account: storage.StorageAccount,
    noncurrent_days: int,
) -> storage.BlobServiceProperties:
    retention = storage.DeleteRetentionPolicyArgs(
        enabled=True, days=soft_delete_days(noncurrent_days), allow_permanent_delete=False
    )
    return storage.BlobServiceProperties(
        f"{place.name}-retention",
        resource_group_name=group_name,
        account_name=account.name,
        # The only name that Azure takes.
        blob_services_name="default",
        delete_retention_policy=retention,
        container_delete_retention_policy=storage.DeleteRetentionPolicyArgs(
            enabled=True, days=soft_delete_days(noncurrent_days)
        ),
        opts=pulumi.ResourceOptions(parent=parent),
    )


def build_container(
    parent: pulumi.Resource,
    place: Place,
    group_name: pulumi.Input[str],
    account: storage.StorageAccount,
    protect: bool,
) -> storage.BlobContainer:
    return storage.BlobContainer(
        f"{place.name}-data",
        resource_group_name=group_name,
        account_name=account.name,
        public_access=storage.PublicAccess.NONE,
        opts=pulumi.ResourceOptions(parent=parent, protect=protect),
    )


def open_doorways(
    parent: pulumi.Resource,
    place: Place,
    group_name: pulumi.Input[str],
    account: storage.StorageAccount,
    network: NetworkHandle,
) -> None:
    """Both faces of the account: file-system clients use the one, blob clients the other."""
    doorway = endpoints.doorway_of(network)
    for service in (endpoints.Service.BLOB, endpoints.Service.DFS):
        endpoints.build_endpoint(
            parent, f"{place.name}-{service}", place, group_name, service, account.id, doorway
        )

"""Records of the network's traffic, under the customer's log key."""

import pulumi
from pulumi_azure_native import managedidentity, network, storage

from isthmus.clouds.azure import accounts, endpoints, logs, roles
from isthmus.clouds.handles import KeysHandle, Place
from isthmus.plan.model import NetworkPlan

WATCHER_GROUP = "NetworkWatcherRG"
MOST_RETENTION_DAYS = 365
"""Source: Network Watcher flow log API, retention policy (unverified); the account's own expiry
holds longer."""


def watcher_name(region: str) -> str:
    """The region's network watcher.

    Azure makes one for each region when the first virtual network is made there, and refuses a
    second (`NetworkWatcherCountLimitReached`), so it is used, not made. A subscription that has
    opted out of this must make it once: `az network watcher configure -g NetworkWatcherRG -l REGION
    --enabled true`.
    """
    return f"NetworkWatcher_{region}"


def build_flow_logs(
    parent: pulumi.Resource,
    place: Place,
    group_name: pulumi.Input[str],
    plan: NetworkPlan,
    keys: KeysHandle,
    virtual_network: network.VirtualNetwork,
    doorway: endpoints.Doorway,
) -> network.FlowLog:
    """Logs all traffic of the network for `plan.flow_log_days`, readable by private endpoint
    only."""
    account = build_flow_account(parent, place, group_name, plan, keys, doorway)
    writer, may_write = build_writer(parent, place, group_name, account.id)
    return network.FlowLog(
        f"{place.name}-flow",
        resource_group_name=WATCHER_GROUP,
        network_watcher_name=watcher_name(place.region),
        location=place.region,
        target_resource_id=virtual_network.id,
        storage_id=account.id,
        enabled=True,
        format=network.FlowLogFormatParametersArgs(type=network.FlowLogFormatType.JSON, version=2),
        retention_policy=network.RetentionPolicyParametersArgs(
            enabled=True, days=min(plan.flow_log_days, MOST_RETENTION_DAYS)
        ),
        # The account takes no shared keys, so the log writes under an identity of its own
        # (learn.microsoft.com/azure/network-watcher/vnet-flow-logs-managed-identity).
        identity=network.ManagedServiceIdentityArgs(
            type=network.ResourceIdentityType.USER_ASSIGNED, user_assigned_identities=[writer.id]
        ),
        tags=place.tags,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[may_write]),
    )


def build_flow_account(
    parent: pulumi.Resource,
    place: Place,
    group_name: pulumi.Input[str],
    plan: NetworkPlan,
    keys: KeysHandle,
    doorway: endpoints.Doorway,
) -> storage.StorageAccount:
    """Where the logs are kept, and the way to them."""
    workspace = logs.build_workspace(
        parent, f"{place.name}-network-logs", place, group_name, plan.flow_log_days
    )
    shape = accounts.AccountShape(
        purpose="flow",
        key_purpose="logs",
        is_lake=False,
        is_zone_redundant=len(plan.zones) > 1,
        protect=False,
    )
    account = accounts.build_log_account(
        parent, place, group_name, shape, keys, workspace.id, plan.flow_log_days
    )
    endpoints.build_endpoint(
        parent,
        f"{place.name}-flow-blob",
        place,
        group_name,
        endpoints.Service.BLOB,
        account.id,
        doorway,
    )
    return account


def build_writer(
    parent: pulumi.Resource,
    place: Place,
    group_name: pulumi.Input[str],
    account_id: pulumi.Output[str],
) -> tuple[managedidentity.UserAssignedIdentity, pulumi.Resource]:
    """The identity that may write to the account, and the role that lets it."""
    writer = managedidentity.UserAssignedIdentity(
        f"{place.name}-flow-writer",
        resource_group_name=group_name,
        location=place.region,
        tags=place.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    role = roles.assign_role(
        parent,
        f"{place.name}-flow-writer-role",
        roles.Role.STORAGE_BLOB_DATA_CONTRIBUTOR,
        writer.principal_id,
        account_id,
    )
    return writer, role

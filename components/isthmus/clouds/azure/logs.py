"""Where audit records go: a Log Analytics workspace, and the settings that send records there."""

from collections.abc import Sequence

import pulumi
from pulumi_azure_native import monitor, operationalinsights

from isthmus.clouds.handles import Place

LEAST_WORKSPACE_DAYS = 30
MOST_WORKSPACE_DAYS = 730
"""Interactive retention of a workspace. Source:
learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure (unverified)."""

DEFAULT_LOG_DAYS = 365
"""For components whose plan names no retention (keys, stores): a year covers the 12 months of PCI
DSS 10.5.1."""


def workspace_days(days: int) -> int:
    """The nearest retention that a workspace takes."""
    return max(LEAST_WORKSPACE_DAYS, min(days, MOST_WORKSPACE_DAYS))


def build_workspace(
    parent: pulumi.Resource, name: str, place: Place, group_name: pulumi.Input[str], days: int
) -> operationalinsights.Workspace:
    """A workspace to search the component's audit records in, kept for `days` (30 to 730).

    Its own encryption is by Azure's keys: a customer's key needs a dedicated cluster with a
    commitment of 100 GB a day. Records that must lie under the customer's key are archived to an
    account as well. Ingestion is closed to the internet, which diagnostic settings do not use;
    queries are open to whom Entra ID lets in.
    """
    closed = operationalinsights.PublicNetworkAccessType.DISABLED
    return operationalinsights.Workspace(
        name,
        resource_group_name=group_name,
        location=place.region,
        sku=operationalinsights.WorkspaceSkuArgs(
            name=operationalinsights.WorkspaceSkuNameEnum.PER_GB2018
        ),
        retention_in_days=workspace_days(days),
        features=operationalinsights.WorkspaceFeaturesArgs(disable_local_auth=True),
        public_network_access_for_ingestion=closed,
        tags=place.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def send_logs(
    parent: pulumi.Resource,
    name: str,
    source_id: pulumi.Input[str],
    categories: Sequence[str],
    workspace_id: pulumi.Input[str],
    archive_id: pulumi.Input[str] | None = None,
) -> monitor.DiagnosticSetting:
    """Sends a resource's records to the workspace, and to the archive account when there is one."""
    return monitor.DiagnosticSetting(
        name,
        resource_uri=source_id,
        logs=[
            monitor.DiagnosticsLogSettingsArgs(category=category, enabled=True)
            for category in categories
        ],
        workspace_id=workspace_id,
        storage_account_id=archive_id,
        opts=pulumi.ResourceOptions(parent=parent),
    )

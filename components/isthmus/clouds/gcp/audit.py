"""Records who read or changed data: audit logs of data access, kept in the site's region."""

from collections.abc import Sequence

import pulumi
from pulumi_gcp import projects

from isthmus.clouds.gcp.logs import LogRoute, build_log_route
from isthmus.clouds.gcp.project import Project
from isthmus.clouds.handles import Place

AUDITED_SERVICES = {
    "storage": "storage.googleapis.com",
    "keys": "cloudkms.googleapis.com",
    "secrets": "secretmanager.googleapis.com",
    "clusters": "container.googleapis.com",
}

AUDITED_ACCESS = ("ADMIN_READ", "DATA_READ", "DATA_WRITE")

AUDIT_LOG_DAYS = 400
"""As long as Google keeps its own Admin Activity logs
(https://cloud.google.com/logging/quotas#logs_retention_periods)."""


def build_audit(
    parent: pulumi.Resource,
    place: Place,
    project: Project,
    ring_name: pulumi.Output[str],
    key_id: pulumi.Input[str],
    secret_names: Sequence[pulumi.Output[str]],
    protect: bool,
) -> None:
    """Turn data access logs on for the project and keep the region's part of them in the region.

    The setting belongs to the whole project. A protected site leaves it on when it is taken down, so
    that no other site there is blinded.
    """
    for short_name, service in AUDITED_SERVICES.items():
        _audit_service(parent, f"{place.name}-audit-{short_name}", project, service, protect)
    route = LogRoute(
        name=f"{place.name}-audit",
        filter=pulumi.Output.all(place.region, *secret_names).apply(audit_filter),
        bucket_id=pulumi.Output.concat(ring_name, "-audit"),
        retention_days=AUDIT_LOG_DAYS,
    )
    build_log_route(parent, project, place.region, key_id, route)


def _audit_service(
    parent: pulumi.Resource, name: str, project: Project, service: str, protect: bool
) -> None:
    projects.IAMAuditConfig(
        name,
        project=project.id,
        service=service,
        audit_log_configs=[
            projects.IAMAuditConfigAuditLogConfigArgs(log_type=access) for access in AUDITED_ACCESS
        ],
        opts=pulumi.ResourceOptions(parent=parent, retain_on_delete=protect),
    )


def audit_filter(region_and_secret_names: Sequence[str]) -> str:
    """Choose the data access logs of a region and of some secrets, whose logs name no region.

    A cluster's own logs are left out: they go where the cluster's logs go.
    """
    region, *secret_names = region_and_secret_names
    here = [
        f'resource.labels.location="{region}"',
        f'protoPayload.resourceName:"/locations/{region}/"',
    ]
    here += [f'protoPayload.resourceName:"/secrets/{name}"' for name in secret_names]
    return (
        'log_id("cloudaudit.googleapis.com/data_access")'
        f" AND ({' OR '.join(here)}) AND NOT resource.labels.cluster_name:*"
    )

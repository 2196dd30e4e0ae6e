"""Keeps chosen logs in the site's region, under the site's key, and nowhere else."""

from dataclasses import dataclass

import pulumi
from pulumi_gcp import logging

from isthmus.clouds.gcp.project import Project


@dataclass(frozen=True, slots=True)
class LogRoute:
    """Which logs go where.

    `bucket_id` must be new each time: a deleted log bucket keeps its id for seven days
    (https://cloud.google.com/logging/docs/buckets#delete-bucket).
    """

    name: str
    filter: pulumi.Input[str]
    bucket_id: pulumi.Input[str]
    retention_days: int


def build_log_route(
    parent: pulumi.Resource,
    project: Project,
    region: str,
    key_id: pulumi.Input[str],
    route: LogRoute,
) -> logging.ProjectBucketConfig:
    """Keep the logs of `route` in a bucket of `region`.

    The `_Default` bucket is global, so the same logs are excluded from it: a project takes ten such
    exclusions, which is three sites. Admin Activity audit logs cannot be moved: Google keeps
    them in `_Required`, whose place an organization chooses for all its projects.
    """
    bucket = logging.ProjectBucketConfig(
        f"{route.name}-logs",
        project=project.id,
        location=region,
        bucket_id=route.bucket_id,
        retention_days=route.retention_days,
        cmek_settings=logging.ProjectBucketConfigCmekSettingsArgs(kms_key_name=key_id),
        opts=pulumi.ResourceOptions(parent=parent),
    )
    sink = logging.ProjectSink(
        f"{route.name}-sink",
        destination=pulumi.Output.concat("logging.googleapis.com/", bucket.id),
        filter=route.filter,
        unique_writer_identity=True,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    logging.ProjectExclusion(
        f"{route.name}-elsewhere",
        filter=route.filter,
        description="Kept in a bucket of the region instead",
        # Excluding first would lose what is logged until the sink exists.
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[sink]),
    )
    return bucket

"""CloudWatch log groups, encrypted with the site's own key."""

from bisect import bisect_left

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import cloudwatch

from isthmus.clouds.aws.naming import tags_of
from isthmus.clouds.handles import KeysHandle, Place

RETENTION_DAYS = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
"""The only retentions CloudWatch Logs takes (API reference, PutRetentionPolicy)."""

LOGS_KEY = "logs"


def retention_days(days: int) -> int:
    """The shortest retention that CloudWatch offers and that keeps logs for at least `days`.

    Raises ValueError for more than 3653 days, the longest it offers short of forever.
    """
    place = bisect_left(RETENTION_DAYS, days)
    if place == len(RETENTION_DAYS):
        raise ValueError(
            f"CloudWatch Logs cannot keep logs for {days} days: write at most {RETENTION_DAYS[-1]}"
        )
    return RETENTION_DAYS[place]


def build_log_group(
    parent: pulumi.Resource,
    place: Place,
    child: str,
    keys: KeysHandle,
    days: int,
    *,
    physical_name: str | None = None,
    protect: bool = False,
) -> cloudwatch.LogGroup:
    """A log group under the logs key. `physical_name` only where a service dictates the name."""
    name = f"{place.name}-{child}"
    return cloudwatch.LogGroup(
        name,
        name=physical_name,
        kms_key_id=keys.key_ids[LOGS_KEY],
        retention_in_days=retention_days(days),
        deletion_protection_enabled=protect,
        tags=tags_of(place, name),
        # A dictated name cannot exist twice, so a replacement has to delete first.
        opts=ResourceOptions(
            parent=parent, protect=protect, delete_before_replace=physical_name is not None
        ),
    )

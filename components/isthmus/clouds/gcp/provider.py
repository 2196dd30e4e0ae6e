"""Makes the provider that a site's resources inherit."""

from collections.abc import Mapping

import pulumi
from pulumi_gcp import Provider

from isthmus.clouds.gcp.labels import labels_of
from isthmus_catalog import Cloud
from isthmus_catalog import region as find_region


def make_provider(
    name: str, region: str, account: str | None, tags: Mapping[str, str]
) -> pulumi.ProviderResource:
    """Make the provider of one project and region.

    `account` is the project id; without it the credentials' own project is used. Every resource
    that can carry labels gets `tags` as defaults. The default zone is one of the region's: else
    GOOGLE_ZONE of whoever runs the stack would decide where a zonal resource goes.

    The project must have these APIs on: binaryauthorization, cloudkms, cloudresourcemanager,
    compute, container, dns, iam, logging, secretmanager, storage. They are left to the project's
    owner because they belong to the project, which outlives a site and may hold several.
    """
    found = find_region(Cloud.GCP, region)
    zone = found.zones[0] if found else None
    return Provider(name, project=account, region=region, zone=zone, default_labels=labels_of(tags))

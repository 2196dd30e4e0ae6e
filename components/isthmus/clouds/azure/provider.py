"""The explicit Azure provider of one region and subscription."""

from collections.abc import Mapping

import pulumi
from pulumi_azure_native import Provider


def make_provider(
    name: str, region: str, account: str | None, tags: Mapping[str, str]
) -> pulumi.ProviderResource:
    """A provider for one subscription and region.

    `account` is the subscription id; when None, the credentials decide. `tags` are accepted so that
    the signature is the same in every cloud: Azure's provider has no default tags, so every
    resource of this folder carries them itself.
    """
    del tags
    return Provider(name, location=region, subscription_id=account)

"""The explicit AWS provider of one site."""

from collections.abc import Mapping

import pulumi
from pulumi_aws import Provider, ProviderDefaultTagsArgs


def make_provider(
    name: str, region: str, account: str | None, tags: Mapping[str, str]
) -> pulumi.ProviderResource:
    """An AWS provider bound to one region and, when `account` is given, to that account alone.

    With `account`, a run with another account's credentials fails before anything is created. The
    default tags are a net under what the rooms do not tag themselves; every resource also carries
    its tags as inputs, since policies see inputs.
    """
    return Provider(
        name,
        region=region,
        allowed_account_ids=None if account is None else [account],
        default_tags=ProviderDefaultTagsArgs(tags=dict(tags)),
    )

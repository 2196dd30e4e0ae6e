"""Whom the provider is signed in as; known already at preview."""

from functools import cache

import pulumi
from pulumi_azure_native import authorization


def tenant_of(parent: pulumi.Resource) -> pulumi.Output[str]:
    """The Entra ID tenant that the parent's provider signs in to."""
    return _client_of(parent).tenant_id


def subscription_of(parent: pulumi.Resource) -> pulumi.Output[str]:
    """The id of the subscription that the parent's provider works in."""
    return _client_of(parent).subscription_id


@cache  # each look-up is a call to the provider
def _client_of(
    parent: pulumi.Resource,
) -> pulumi.Output[authorization.GetClientConfigResult]:
    return authorization.get_client_config_output(opts=pulumi.InvokeOutputOptions(parent=parent))

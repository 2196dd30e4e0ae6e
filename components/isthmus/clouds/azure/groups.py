"""Resource groups, and the locks that keep what is protected from being deleted."""

import pulumi
from pulumi_azure_native import authorization, resources

from isthmus.clouds.handles import Place


def build_group(parent: pulumi.Resource, place: Place, purpose: str) -> resources.ResourceGroup:
    """A resource group of the component's own: what is built together is found and deleted
    together."""
    return resources.ResourceGroup(
        f"{place.name}-{purpose}",
        location=place.region,
        tags=place.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def lock_against_deletion(
    parent: pulumi.Resource, name: str, scope: pulumi.Output[str]
) -> authorization.ManagementLockByScope:
    """Azure's own deletion protection, which also stops deletions from outside the stack."""
    return authorization.ManagementLockByScope(
        name,
        scope=scope,
        level=authorization.LockLevel.CAN_NOT_DELETE,
        notes="The plan protects this resource: remove the lock before deleting it.",
        opts=pulumi.ResourceOptions(parent=parent),
    )

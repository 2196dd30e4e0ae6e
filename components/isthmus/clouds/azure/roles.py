"""Azure's built-in roles that we assign, and how one is assigned."""

from enum import StrEnum

import pulumi
from pulumi_azure_native import authorization

from isthmus.clouds.azure.signed_in import subscription_of


class Role(StrEnum):
    """Ids of built-in roles, the same in every tenant.

    Source: learn.microsoft.com/azure/role-based-access-control/built-in-roles, each id also seen
    with its name in public Bicep modules.
    """

    ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
    KEY_VAULT_CONTRIBUTOR = "f25e0fa2-a7c8-4377-a976-54943a77a395"
    KEY_VAULT_CRYPTO_SERVICE_ENCRYPTION_USER = "e147488a-f6f5-4113-8e2d-b22465e65bf6"
    KEY_VAULT_CRYPTO_USER = "12338af0-0e69-4776-bea7-57ae8d297424"
    MANAGED_IDENTITY_OPERATOR = "f1a07417-d97a-45cb-824c-7a7467783830"
    NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"
    READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
    STORAGE_BLOB_DATA_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"

    def definition_id(self, subscription_id: str) -> str:
        """The role's id as it is written in a subscription."""
        definitions = "providers/Microsoft.Authorization/roleDefinitions"
        return f"/subscriptions/{subscription_id}/{definitions}/{self.value}"


def assign_role(
    parent: pulumi.Resource,
    name: str,
    role: Role,
    principal_id: pulumi.Output[str],
    scope: pulumi.Output[str],
) -> authorization.RoleAssignment:
    """Lets a managed identity act in a role on one scope.

    The role is written in the provider's own subscription, which a preview knows: policies can judge
    it before the scope exists.
    """
    return authorization.RoleAssignment(
        name,
        role_definition_id=subscription_of(parent).apply(role.definition_id),
        principal_id=principal_id,
        # Said so that Azure does not look up an identity that has not reached all of Entra ID yet.
        principal_type=authorization.PrincipalType.SERVICE_PRINCIPAL,
        scope=scope,
        opts=pulumi.ResourceOptions(parent=parent),
    )

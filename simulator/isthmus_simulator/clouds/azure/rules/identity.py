"""Role assignments, vaults and their contents."""

import re
from collections.abc import Mapping

from isthmus_simulator.cloud import Call, Rules
from isthmus_simulator.clouds.azure import arm
from isthmus_simulator.clouds.azure.inputs import inner, text, whole
from isthmus_simulator.clouds.azure.refusals import refusal

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
ASSIGNMENT = "azure-native:authorization:RoleAssignment"
LEAST_RETENTION_DAYS, MOST_RETENTION_DAYS = 7, 90
"""https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview: "7 to 90 days"."""


def judge_assignment(call: Call) -> None:
    """Codes and texts: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting."""
    if not GUID.fullmatch(call.name):
        raise refusal(
            400,
            "InvalidRoleAssignmentId",
            (
                f"The role assignment ID '{call.name}' is not valid. The role assignment ID must be a GUID."
            ),
        )
    role = text(call.inputs.get("roleDefinitionId"))
    if "/roledefinitions/" not in role.lower() or not GUID.fullmatch(arm.last_part(role)):
        raise refusal(
            400,
            "RoleDefinitionDoesNotExist",
            (f"The specified role definition with ID '{arm.last_part(role)}' does not exist."),
        )
    granted = (_scope(call.id), text(call.inputs.get("principalId")), arm.last_part(role).lower())
    for other in call.world.resources("azure-native", ASSIGNMENT):
        held = (
            _scope(other.id),
            text(other.inputs.get("principalId")),
            arm.last_part(text(other.inputs.get("roleDefinitionId"))).lower(),
        )
        if held == granted and other.id.lower() != call.id.lower():
            raise refusal(409, "RoleAssignmentExists", "The role assignment already exists.")


def _scope(assignment_id: str) -> str:
    return assignment_id.lower().rpartition("/providers/microsoft.authorization/")[0]


def judge_vault(call: Call) -> None:
    """learn.microsoft.com/azure/key-vault/general/soft-delete-overview; the wording of the retention's
    refusal is unverified."""
    properties = inner(call.inputs, "properties")
    if properties.get("enablePurgeProtection") is False:
        raise refusal(
            400,
            "BadRequest",
            (
                "The property 'enablePurgeProtection' cannot be set to false. Enabling the purge "
                "protection for a vault is an irreversible action."
            ),
        )
    days = whole(properties.get("softDeleteRetentionInDays"), MOST_RETENTION_DAYS)
    if not LEAST_RETENTION_DAYS <= days <= MOST_RETENTION_DAYS:
        raise refusal(
            400,
            "BadRequest",
            (
                f"The property 'softDeleteRetentionInDays' must be between {LEAST_RETENTION_DAYS} and "
                f"{MOST_RETENTION_DAYS} days, not {days}."
            ),
        )
    if call.old is not None:
        _refuse_unprotecting(call)


def _refuse_unprotecting(call: Call) -> None:
    old = inner(call.old.inputs, "properties") if call.old else {}
    new = inner(call.inputs, "properties")
    if old.get("enablePurgeProtection") and not new.get("enablePurgeProtection"):
        raise refusal(
            400,
            "BadRequest",
            (
                "The property 'enablePurgeProtection' cannot be set to false. Enabling the purge "
                "protection for a vault is an irreversible action."
            ),
        )


def judge_federation(call: Call) -> None:
    """https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations"""
    if not text(call.inputs.get("issuer")).startswith("https://"):
        raise refusal(
            400,
            "BadRequest",
            ("The issuer of a federated identity credential must be an https URL."),
        )


RULES: Mapping[str, Rules] = {
    ASSIGNMENT: Rules(create=judge_assignment),
    "azure-native:keyvault:Vault": Rules(create=judge_vault),
    "azure-native:managedidentity:FederatedIdentityCredential": Rules(create=judge_federation),
}

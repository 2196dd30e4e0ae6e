"""Who may do what in Azure."""

import re
from collections.abc import Callable, Iterable

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import is_word
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import UNKNOWN, Located, Value, reveal
from isthmus_policies.verdict import Fail, Pass, Unknown, Verdicts

_ROLE = "azure-native:authorization:RoleDefinition"
_ASSIGNMENT = "azure-native:authorization:RoleAssignment"
_EVERYTHING = ("*", "*/*")
_WIDE_SCOPE = re.compile(
    r"/?|/subscriptions/[^/]+/?|/providers/microsoft\.management/managementgroups/[^/]+/?",
    re.IGNORECASE,
)
_WIDE_TYPES = ("azure-native:management:", "azure-native:subscription:")
_ROLES_THAT_GRANT_ROLES = {
    # Source: Azure built-in roles.
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
}


@rule(
    "identity-azure-role-no-wildcard",
    title="Custom roles do not allow everything in a subscription",
    why="Such a role is Owner by another name, which no review of owners finds.",
    fix="azure_native.authorization.RoleDefinition(name, permissions=[{'actions': "
    "['Microsoft.Compute/virtualMachines/read']}], assignable_scopes=[resource_group.id])",
    severity=Severity.HIGH,
    types=(_ROLE,),
    controls=("AZ-IAM-01",),
)
def azure_role_no_wildcard(role: Resource, context: Context, graph: Graph) -> Verdicts:
    allowed = [
        found
        for kind in ("actions", "dataActions")
        for found in role.find(f"permissions.*.{kind}.*")
    ]
    wild = _holds_for_one(allowed, lambda value: is_word(value, *_EVERYTHING))
    wide = _holds_for_one(_scopes(role, graph), _is_wide)
    if wild is False or wide is False:
        return Pass()
    if wild and wide:
        return Fail("it allows everything in a whole subscription", "permissions")
    return Unknown("what it allows, or where, is not known yet", "permissions")


def _scopes(role: Resource, graph: Graph) -> list[Located]:
    """Where a role can be assigned; nowhere wide if each scope was made from narrower resources.

    A list that is not known at all, or holds more unknowns than resources that it was made from,
    may name more than those.
    """
    path = "assignableScopes.*" if role.has("assignableScopes") else "scope"
    scopes, origins = [*role.find(path)], graph.references(role, path)
    narrow = not any(each.type.startswith(_WIDE_TYPES) for each in origins)
    made = [each for each in scopes if each.value is UNKNOWN and each.path != "assignableScopes"]
    return [] if narrow and len(made) == len(scopes) <= len(origins) else scopes


def _is_wide(scope: Value) -> bool:
    return isinstance(scope, str) and bool(_WIDE_SCOPE.fullmatch(scope))


def _holds_for_one(found: Iterable[Located], holds: Callable[[Value], bool]) -> bool | None:
    """Whether something holds for one of the values; None if one that is not known may decide."""
    values = [reveal(each.value) for each in found]
    if any(holds(value) for value in values):
        return True
    return None if UNKNOWN in values else False


@rule(
    "identity-azure-machine-not-owner",
    title="Machines and pipelines are neither Owner nor User Access Administrator",
    why="Whoever takes over such an identity can give himself and others every right.",
    fix="azure_native.authorization.RoleAssignment(name, principal_type='ServicePrincipal', "
    "role_definition_id=<the id of a role that does what is needed>, ...)",
    severity=Severity.CRITICAL,
    types=(_ASSIGNMENT,),
    controls=("AZ-IAM-01",),
)
def azure_machine_not_owner(assignment: Resource, context: Context, graph: Graph) -> Verdicts:
    # The SDK says `User` where the author does not, and Azure refuses a principal of another type.
    if is_word(assignment.get("principalType"), "User", "Group", "ForeignGroup"):
        return Pass()
    role = reveal(assignment.get("roleDefinitionId"))
    if graph.references(assignment, "roleDefinitionId", (_ROLE,)):
        return Pass()  # a role of the stack's own is judged where it is defined
    names = _ROLES_THAT_GRANT_ROLES.items()
    named = [name for guid, name in names if str(role).casefold().endswith(guid)]
    if not named and role is not UNKNOWN:
        return Pass()
    if UNKNOWN in (role, assignment.get("principalType")):
        return Unknown("who gets which role is not known yet", "roleDefinitionId")
    return Fail(f"it makes a machine {named[0]}", "roleDefinitionId")


RULES = (azure_role_no_wildcard, azure_machine_not_owner)

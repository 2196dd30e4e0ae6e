"""Azure's words for no, as the provider passes them on: status, code and message of ARM's answer.

The form is that of errors in pulumi/pulumi-azure-native's issues (1043: `Status=404
Code="ResourceGroupNotFound" Message="Resource group '..' could not be found."`).
"""

from isthmus_simulator.cloud import CloudError
from isthmus_simulator.clouds.azure import arm


def refusal(status: int, code: str, message: str) -> CloudError:
    return CloudError(f'Status={status} Code="{code}" Message="{message}"')


def group_not_found(group: str) -> CloudError:
    return refusal(404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found.")


def parent_not_found(resource_id: str, parent: str) -> CloudError:
    return refusal(
        404,
        "ParentResourceNotFound",
        (
            f"Failed to perform 'write' on resource(s) of type '{arm.short_type(resource_id)}', because "
            f"the parent resource '{parent}' could not be found."
        ),
    )


def resource_not_found(resource_id: str) -> CloudError:
    group = arm.last_part(arm.group_of(resource_id))
    path = resource_id.rpartition("/providers/")[2]
    return refusal(
        404,
        "ResourceNotFound",
        (
            f"The Resource '{path}' under resource group '{group}' was not found. For more details "
            "please go to https://aka.ms/ARMResourceNotFoundFix"
        ),
    )


def invalid_reference(resource_id: str, target: str) -> CloudError:
    return refusal(
        400,
        "InvalidResourceReference",
        (
            f"Resource {target} referenced by resource {resource_id} was not found. Please make sure "
            "that the referenced resource exists, and that both resources are in the same region."
        ),
    )


def identity_not_found(resource_id: str, target: str) -> CloudError:
    return refusal(
        400,
        "FailedIdentityOperation",
        (
            f"Identity operation for resource '{resource_id}' failed with error 'Failed to perform "
            f"resource identity operation. Status: 'BadRequest'. Response: 'Resource '{target}' was not "
            "found.''."
        ),
    )


def location_not_available(kind: str, location: str, known: list[str]) -> CloudError:
    regions = ",".join(known)
    if kind == "Microsoft.Resources/resourceGroups":
        return refusal(
            400,
            "LocationNotAvailableForResourceGroup",
            (
                f"The provided location '{location}' is not available for resource group. List of "
                f"available regions is '{regions}'."
            ),
        )
    return refusal(
        400,
        "LocationNotAvailableForResourceType",
        (
            f"The provided location '{location}' is not available for resource type '{kind}'. List of "
            f"available regions for the resource type is '{regions}'."
        ),
    )


def scope_locked(resource_id: str, lock_scope: str, operation: str) -> CloudError:
    return refusal(
        409,
        "ScopeLocked",
        (
            f"The scope '{resource_id}' cannot perform {operation} operation because following scope(s) "
            f"are locked: '{lock_scope}'. Please remove the lock and try again."
        ),
    )


def already_exists(resource_id: str) -> str:
    """The provider's own refusal: it looks before it creates."""
    return f"cannot create already existing resource '{resource_id}'"

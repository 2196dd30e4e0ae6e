"""Machine sizes: whether a region has them, and the shares of vCPU quotas that they take."""

from collections.abc import Iterator

import isthmus_catalog as catalog
from isthmus_catalog import Cloud as CatalogCloud
from isthmus_simulator.cloud import Call, CloudError, Usage
from isthmus_simulator.clouds.azure.refusals import refusal
from isthmus_simulator.schema import TypeSchema

AZURE = CatalogCloud.AZURE
SIZE_ENUMS = ("VirtualMachineSizeTypes", "ContainerServiceVMSizeTypes")


def knows_size(size: str, schema: TypeSchema) -> bool:
    """Sizes of the catalogue, and the old ones that only the SDK still lists."""
    listed = (
        value
        for shape in schema.shapes.values()
        for wire in shape.properties.values()
        if wire[0] == "enum" and wire[1] in SIZE_ENUMS
        for value in wire[3]
    )
    return catalog.machine_type(AZURE, size) is not None or size.lower() in {
        str(one).lower() for one in listed
    }


def is_missing_in(region: str, size: str) -> bool:
    known = catalog.machine_type(AZURE, size)
    return known is not None and catalog.is_offered(AZURE, region, known.name) is False


def near_sizes(region: str, size: str) -> str:
    offered = [one.machine_type for one in catalog.offers(AZURE, region)]
    names = offered or [one.name for one in catalog.machine_types(AZURE)]
    return ",".join(dict.fromkeys([*catalog.nearest(size, names), *names[:20]]))


def vcpu_usage(size: str, count: int, spot: bool) -> Iterator[Usage]:
    """One share of each quota that the size counts against; sizes with unknown vCPUs count nothing."""
    known = catalog.machine_type(AZURE, size)
    if known is None or not known.vcpus or count < 1:
        return
    for quota in catalog.quotas_for(AZURE, known.name, spot):
        yield Usage(quota.code, known.vcpus * count)


def quota_exceeded(call: Call, usage: Usage, used: float, limit: float) -> CloudError:
    """The compute provider's text, and AKS's own for its pools (learn.microsoft.com/troubleshoot/azure/
    azure-kubernetes/create-upgrade-delete/error-code-quotaexceeded)."""
    if call.token.startswith("azure-native:containerservice:"):
        return refusal(
            400,
            "ErrCode_InsufficientVCPUQuota",
            (
                f"Insufficient vcpu quota requested {usage.amount:g}, remaining {max(limit - used, 0):g} "
                f"for family {usage.quota} for region {call.region}."
            ),
        )
    return refusal(
        409,
        "OperationNotAllowed",
        (
            f"Operation could not be completed as it results in exceeding approved {usage.quota} Cores "
            f"quota. Additional details - Deployment Model: Resource Manager, Location: {call.region}, "
            f"Current Limit: {limit:g}, Current Usage: {used:g}, Additional Required: {usage.amount:g}, "
            f"(Minimum) New Limit Required: {used + usage.amount:g}."
        ),
    )

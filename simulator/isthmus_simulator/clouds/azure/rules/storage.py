"""Storage accounts: what a kind of account can and cannot."""

from collections.abc import Iterator, Mapping

import isthmus_catalog as catalog
from isthmus_simulator.cloud import Call, Rules
from isthmus_simulator.clouds.azure import arm
from isthmus_simulator.clouds.azure.inputs import inner, text
from isthmus_simulator.clouds.azure.refusals import refusal
from isthmus_simulator.values import Properties, Value

GEO_REDUNDANT = ("_GRS", "_RAGRS", "_GZRS", "_RAGZRS")
PREMIUM_KINDS = {"blockblobstorage", "filestorage"}


def account_of(call: Call) -> Properties:
    """The inputs of the account that a part of one belongs to."""
    for above in arm.ancestors(call.id):
        found = call.world.find("azure-native", above.lower(), [arm.IDENTITY])
        if found and found[-1].type == "azure-native:storage:StorageAccount":
            return found[-1].inputs
    return {}


def judge_account(call: Call) -> None:
    """learn.microsoft.com/azure/storage/common/storage-account-overview; the wording is unverified."""
    sku, kind = text(inner(call.inputs, "sku").get("name")), text(call.inputs.get("kind")).lower()
    if kind in PREMIUM_KINDS and not sku.lower().startswith("premium"):
        raise refusal(
            400,
            "InvalidSkuForKind",
            (f"Values for request parameters are invalid: sku. {sku} is not for {kind}."),
        )
    hierarchical = bool(call.inputs.get("isHnsEnabled"))
    if hierarchical and kind in ("storage", "blobstorage", "filestorage"):
        raise refusal(
            400,
            "HierarchicalNamespaceNotSupported",
            ("Hierarchical namespace is not supported for this account kind."),
        )


def account_outputs(call: Call) -> Mapping[str, Value]:
    sku = text(inner(call.inputs, "sku").get("name")).upper()
    if not sku.endswith(GEO_REDUNDANT):
        return {}
    pair = catalog.paired_region(call.region)
    return {"secondaryLocation": pair.name, "statusOfSecondary": "available"} if pair else {}


def judge_container(call: Call) -> None:
    access = text(call.inputs.get("publicAccess")).lower()
    if access in ("blob", "container") and account_of(call).get("allowBlobPublicAccess") is False:
        raise refusal(
            409,
            "PublicAccessNotPermitted",
            ("Public access is not permitted on this storage account."),
        )


def judge_blob_service(call: Call) -> None:
    """https://learn.microsoft.com/azure/storage/blobs/storage-feature-support-in-storage-accounts"""
    if call.inputs.get("isVersioningEnabled") and account_of(call).get("isHnsEnabled"):
        raise refusal(
            409,
            "FeatureNotSupportedForAccount",
            ("Blob versioning is not supported for the account."),
        )


def service_sku(call: Call) -> Mapping[str, Value]:
    sku = inner(account_of(call), "sku")
    tier = "Premium" if text(sku.get("name")).startswith("Premium") else "Standard"
    return {"sku": {"name": sku.get("name", "Standard_LRS"), "tier": tier}}


def website_identities(call: Call, outputs: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    """A website's files lie in a container that comes with it."""
    yield arm.IDENTITY, f"{arm.parent_of(call.id)}/blobServices/default/containers/$web".lower()


RULES: Mapping[str, Rules] = {
    "azure-native:storage:StorageAccount": Rules(create=judge_account, outputs=account_outputs),
    "azure-native:storage:BlobContainer": Rules(create=judge_container),
    "azure-native:storage:BlobServiceProperties": Rules(
        create=judge_blob_service, outputs=service_sku
    ),
    "azure-native:storage:StorageAccountStaticWebsite": Rules(identities=website_identities),
    "azure-native:storage:FileServiceProperties": Rules(outputs=service_sku),
}

"""Cloud Storage: buckets, who may encrypt them, and what keeps one from going."""

from collections.abc import Iterator, Mapping

from isthmus_simulator.check import Failure
from isthmus_simulator.cloud import Call, CloudError, Rules
from isthmus_simulator.clouds.gcp.places import inner, project_number, project_of, text_of
from isthmus_simulator.clouds.gcp.refusals import bad_request
from isthmus_simulator.clouds.gcp.rules.keys import may_use
from isthmus_simulator.values import Value
from isthmus_simulator.world import Resource

BUCKET = "gcp:storage/bucket:Bucket"
OBJECT = "gcp:storage/bucketObject:BucketObject"
CLASSES = (
    "STANDARD",
    "NEARLINE",
    "COLDLINE",
    "ARCHIVE",
    "MULTI_REGIONAL",
    "REGIONAL",
    "DURABLE_REDUCED_AVAILABILITY",
)
"""https://cloud.google.com/storage/docs/storage-classes, the last three being older names."""


def storage_agent(project: str) -> str:
    """https://cloud.google.com/storage/docs/projects#service-agents"""
    return f"service-{project_number(project)}@gs-project-accounts.iam.gserviceaccount.com"


def create_bucket(call: Call) -> None:
    name = call.name
    if "google" in name or name.startswith("goog"):
        raise bad_request(f"Invalid bucket name: '{name}'", "invalid")
    storage_class = call.inputs.get("storageClass")
    if isinstance(storage_class, str) and storage_class not in CLASSES:
        raise bad_request(f"Invalid argument: '{storage_class}' is not a storage class", "invalid")
    key = text_of(inner(call.inputs, "encryption"), "defaultKmsKeyName")
    if not key:
        return
    place = text_of(call.inputs, "location").lower()
    if f"/locations/{place}/" not in key:
        raise bad_request(
            f"Cloud KMS key location must match the bucket's location {place}: {key}", "invalid"
        )
    if not may_use(call, key, storage_agent(project_of(call))):
        raise CloudError(
            "googleapi: Error 403: Permission denied on Cloud KMS key. Please ensure that your Cloud "
            "Storage service account has been authorized to use this key., forbidden"
        )


def bucket_outputs(call: Call) -> dict[str, Value]:
    return {
        "location": text_of(call.inputs, "location").upper(),
        "projectNumber": int(project_number(project_of(call))),
        "website": call.inputs.get("website") or {},
    }


def delete_bucket(call: Call, dependents: list[tuple[str, Resource]]) -> None:
    if call.inputs.get("forceDestroy") in (True, "true"):
        return
    if any(path == "bucket" and one.type == OBJECT for path, one in dependents):
        raise CloudError(
            f"Error trying to delete bucket {call.name} containing objects without `force_destroy` "
            "set to true"
        )


def check_object(call: Call) -> Iterator[Failure]:
    """The provider wants exactly one of the two (resource_storage_bucket_object.go)."""
    given = [key for key in ("content", "source") if call.inputs.get(key) is not None]
    if len(given) != 1:
        only = "only one of `content,source` can be specified"
        yield Failure("content", only if given else "one of `content,source` must be specified")


RULES: Mapping[str, Rules] = {
    OBJECT: Rules(check=check_object),
    BUCKET: Rules(create=create_bucket, outputs=bucket_outputs, delete=delete_bucket),
}

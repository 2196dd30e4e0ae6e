"""Cloud KMS: keys that outlive their stack, and services that use only the keys granted to them."""

import re
from collections.abc import Iterator, Mapping
from typing import cast

from isthmus_simulator.check import Failure
from isthmus_simulator.cloud import Call, CloudError, Rules
from isthmus_simulator.clouds.gcp.places import (
    inner,
    last_part,
    objects,
    project_number,
    project_of,
    text_of,
)
from isthmus_simulator.clouds.gcp.refusals import bad_request
from isthmus_simulator.values import Properties, Value
from isthmus_simulator.world import Resource

KEY = "gcp:kms/cryptoKey:CryptoKey"
VERSION = "gcp:secretmanager/secretVersion:SecretVersion"
RING = "gcp:kms/keyRing:KeyRing"
USER = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
GRANTS = {
    # Types that grant on a key, its ring or its project -> the input that names which.
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": "cryptoKeyId",
    "gcp:kms/cryptoKeyIAMBinding:CryptoKeyIAMBinding": "cryptoKeyId",
    "gcp:kms/keyRingIAMMember:KeyRingIAMMember": "keyRingId",
    "gcp:kms/keyRingIAMBinding:KeyRingIAMBinding": "keyRingId",
    "gcp:projects/iAMMember:IAMMember": "project",
    "gcp:projects/iAMBinding:IAMBinding": "project",
}
SECONDS = re.compile(r"(\d+)(\.\d+)?s")
DAY = 86_400


def stays(call: Call, dependents: list[tuple[str, Resource]]) -> bool:
    """The provider only forgets a ring or a key: its name is taken for ever."""
    if call.old is not None:
        call.world.retire(call.old.key)
    return True


def check_key(call: Call) -> Iterator[Failure]:
    """The provider's own reading of a rotation period."""
    period = call.inputs.get("rotationPeriod")
    if not isinstance(period, str):
        return
    found = SECONDS.fullmatch(period)
    if found is None:
        yield Failure(
            "rotationPeriod",
            f'"rotation_period" must end in `s` and hold seconds, as in 86400s: got {period}',
        )
    elif int(found[1]) < DAY:
        yield Failure("rotationPeriod", f"rotation_period must be greater than one day: {period}")


def create_key(call: Call) -> None:
    symmetric = call.inputs.get("purpose") in (None, "ENCRYPT_DECRYPT", "RAW_ENCRYPT_DECRYPT")
    if call.inputs.get("rotationPeriod") and not symmetric:
        raise bad_request("rotation_period can only be set on keys of purpose ENCRYPT_DECRYPT.")
    ring = text_of(call.inputs, "keyRing")
    if not re.fullmatch(r"projects/[^/]+/locations/[^/]+/keyRings/[^/]+", ring):
        raise CloudError(
            f"Invalid KeyRing id format, expecting `{{projectId}}/{{locationId}}/{{keyRingName}}`, got {ring}"
        )


def service_agent(call: Call, domain: str) -> str:
    """Google's account for a service in the project (https://cloud.google.com/iam/docs/service-agents)."""
    return f"service-{project_number(project_of(call))}@{domain}.iam.gserviceaccount.com"


def may_use(call: Call, key: str, agent: str) -> bool:
    """Whether the account was granted the key; True for keys that lie outside this world."""
    found = call.world.find("gcp", key, [KEY])
    if not found:
        return True
    ring = found[-1].id.rsplit("/cryptoKeys/", 1)[0]
    project = found[-1].id.split("/")[1]
    holders = {found[-1].id, ring, project, f"projects/{project}"}
    member = f"serviceAccount:{agent}"
    return any(
        _grants(one.inputs, place, holders, member)
        for token, place in GRANTS.items()
        for one in call.world.resources("gcp", token)
    )


def _grants(inputs: Properties, place: str, holders: set[str], member: str) -> bool:
    members = inputs.get("members")
    listed = cast(list[object], members) if isinstance(members, list) else []
    named = [*listed, inputs.get("member")]
    return inputs.get("role") == USER and text_of(inputs, place) in holders and member in named


def refuse_key(call: Call, key: str, agent: str) -> None:
    """Raise unless the service's account may use the key, in Cloud KMS's words."""
    if key and not may_use(call, key, agent):
        raise CloudError(
            f"googleapi: Error 403: Cloud KMS error when using key {key}: Permission "
            f"'cloudkms.cryptoKeyVersions.useToEncrypt' denied on resource '{key}' (or it may not exist). "
            f"Please grant the role '{USER}' on it to {agent}., forbidden"
        )


def create_secret(call: Call) -> None:
    """Secret Manager reads the key with its own account, and keeps replicas with keys of their places."""
    agent = service_agent(call, "gcp-sa-secretmanager")
    replication = inner(call.inputs, "replication")
    automatic = inner(replication, "auto", "customerManagedEncryption")
    refuse_key(call, text_of(automatic, "kmsKeyName"), agent)
    for one in objects(inner(replication, "userManaged"), "replicas"):
        key = text_of(inner(one, "customerManagedEncryption"), "kmsKeyName")
        place = text_of(one, "location")
        if key and f"/locations/{place}/" not in key:
            raise bad_request(
                f"Invalid replica: the key {key} must be in the same location as the replica, {place}."
            )
        refuse_key(call, key, agent)


def create_log_bucket(call: Call) -> None:
    key = text_of(inner(call.inputs, "cmekSettings"), "kmsKeyName")
    refuse_key(call, key, service_agent(call, "gcp-sa-logging"))


def version_id(call: Call) -> str:
    """Versions of a secret count up from 1."""
    found = call.target("secret")
    secret = found.id if found else text_of(call.inputs, "secret")
    earlier = [
        one for one in call.world.resources("gcp", VERSION) if one.id.startswith(f"{secret}/")
    ]
    return f"{secret}/versions/{1 + max((int(last_part(one.id)) for one in earlier), default=0)}"


def version_outputs(call: Call) -> dict[str, Value]:
    secret, version = call.id.split("/")[-3], last_part(call.id)
    number = project_number(project_of(call))
    return {"name": f"projects/{number}/secrets/{secret}/versions/{version}", "version": version}


RULES: Mapping[str, Rules] = {
    RING: Rules(delete=stays),
    KEY: Rules(check=check_key, create=create_key, delete=stays),
    "gcp:secretmanager/secret:Secret": Rules(create=create_secret),
    VERSION: Rules(outputs=version_outputs),
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": Rules(create=create_log_bucket),
}

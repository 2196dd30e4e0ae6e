"""Builds a site's keys in Cloud KMS, one a purpose, and what is kept under them from the start."""

from collections.abc import Mapping

import pulumi
from pulumi_gcp import kms

from isthmus.clouds.gcp.audit import build_audit
from isthmus.clouds.gcp.labels import labels_of
from isthmus.clouds.gcp.ordering import after, by_name, only
from isthmus.clouds.gcp.project import (
    ENCRYPTS_AND_DECRYPTS,
    Project,
    compute_agent,
    container_agent,
    find_project,
    logging_agent,
    storage_agent,
)
from isthmus.clouds.gcp.secrets import build_secrets
from isthmus.clouds.handles import KeysHandle, Place
from isthmus.plan.model import KeysPlan

SECONDS_PER_DAY = 86_400

SECRETS_PURPOSE = "data"
LOGS_PURPOSE = "logs"


def build_keys(
    parent: pulumi.ComponentResource,
    place: Place,
    plan: KeysPlan,
    secrets: Mapping[str, pulumi.Input[str]],
) -> KeysHandle:
    """Build a key ring in the region with a key for each purpose, the secrets, and the audit logs.

    A key's id is handed on only once Google's services may use the key. Key rings and key names can
    never be deleted (https://cloud.google.com/kms/docs/destroy-restore), which is why they carry a
    suffix of their own in every stack.
    """
    project = find_project(parent)
    ring = kms.KeyRing(
        f"{place.name}-keys", location=place.region, opts=pulumi.ResourceOptions(parent=parent)
    )
    key_ids = {
        purpose: _build_key(parent, place, plan, ring, purpose, project)
        for purpose in plan.purposes
    }
    stored = build_secrets(parent, place, secrets, key_ids.get(SECRETS_PURPOSE), plan.protect)
    if LOGS_PURPOSE in key_ids:
        names = [secret.secret_id for secret in stored.values()]
        key_id = key_ids[LOGS_PURPOSE]
        build_audit(parent, place, project, ring.name, key_id, names, plan.protect)
    return KeysHandle(
        key_ids=by_name(key_ids),
        vault_id=ring.id,
        identity_id=pulumi.Output.from_input(""),
        secret_ids=by_name({name: secret.id for name, secret in stored.items()}),
    )


def _build_key(
    parent: pulumi.ComponentResource,
    place: Place,
    plan: KeysPlan,
    ring: kms.KeyRing,
    purpose: str,
    project: Project,
) -> pulumi.Output[str]:
    key = kms.CryptoKey(
        f"{place.name}-{purpose}-key",
        key_ring=ring.id,
        purpose="ENCRYPT_DECRYPT",
        rotation_period=seconds(plan.rotation_days),
        destroy_scheduled_duration=seconds(plan.deletion_days),
        version_template=kms.CryptoKeyVersionTemplateArgs(
            algorithm="GOOGLE_SYMMETRIC_ENCRYPTION", protection_level="SOFTWARE"
        ),
        labels=labels_of(place.tags),
        opts=pulumi.ResourceOptions(parent=parent, protect=plan.protect),
    )
    grants = [
        kms.CryptoKeyIAMMember(
            f"{place.name}-{purpose}-key-{user}",
            crypto_key_id=key.id,
            role=ENCRYPTS_AND_DECRYPTS,
            member=member,
            opts=pulumi.ResourceOptions(parent=parent),
        )
        for user, member in _users_of(parent, purpose, project).items()
    ]
    return after([key.id], grants).apply(only)


def _users_of(
    parent: pulumi.ComponentResource, purpose: str, project: Project
) -> dict[str, pulumi.Output[str]]:
    """Google's services that need the key of a purpose, and no other."""
    match purpose:
        case "data":
            return {"storage": storage_agent(parent)}
        case "cluster":
            return {"compute": compute_agent(project), "container": container_agent(project)}
        case "logs":
            return {"logging": logging_agent(parent, project)}
        case _:
            return {}


def seconds(days: int) -> str:
    """Say days the way Cloud KMS reads durations: `1` is `86400s`."""
    return f"{days * SECONDS_PER_DAY}s"

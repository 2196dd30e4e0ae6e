"""Puts secrets into Secret Manager, in one region and under the site's key."""

from collections.abc import Mapping

import pulumi
from pulumi_gcp import kms, projects, secretmanager

from isthmus.clouds.gcp.labels import labels_of
from isthmus.clouds.gcp.project import ENCRYPTS_AND_DECRYPTS
from isthmus.clouds.handles import Place


def build_secrets(
    parent: pulumi.ComponentResource,
    place: Place,
    values: Mapping[str, pulumi.Input[str]],
    key_id: pulumi.Output[str] | None,
    protect: bool,
) -> dict[str, secretmanager.Secret]:
    """Store `values` by name; none at all leaves Secret Manager untouched.

    Raises ValueError when there are secrets and no key to keep them under.
    """
    if not values:
        return {}
    if key_id is None:
        raise ValueError(
            f"site {place.name}: secrets need a key of purpose `data`, and the plan has none. "
            "Add `data` to the purposes of the site's keys."
        )
    grant = _let_secret_manager_use(parent, place, key_id)
    return {
        name: _build_secret(parent, place, name, value, key_id, grant, protect)
        for name, value in values.items()
    }


def _let_secret_manager_use(
    parent: pulumi.ComponentResource, place: Place, key_id: pulumi.Output[str]
) -> kms.CryptoKeyIAMMember:
    # Secret Manager's account does not exist before it is asked for.
    agent = projects.ServiceIdentity(
        f"{place.name}-secret-manager",
        service="secretmanager.googleapis.com",
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return kms.CryptoKeyIAMMember(
        f"{place.name}-data-key-secrets",
        crypto_key_id=key_id,
        role=ENCRYPTS_AND_DECRYPTS,
        member=pulumi.Output.concat("serviceAccount:", agent.email),
        opts=pulumi.ResourceOptions(parent=parent),
    )


def _build_secret(
    parent: pulumi.ComponentResource,
    place: Place,
    name: str,
    value: pulumi.Input[str],
    key_id: pulumi.Output[str],
    grant: kms.CryptoKeyIAMMember,
    protect: bool,
) -> secretmanager.Secret:
    secret = secretmanager.Secret(
        f"{place.name}-{name}",
        replication=replication_in(place.region, key_id),
        labels=labels_of(place.tags),
        deletion_protection=protect,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[grant], protect=protect),
    )
    secretmanager.SecretVersion(
        f"{place.name}-{name}-value",
        secret=secret.id,
        secret_data=pulumi.Output.secret(value),
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return secret


def replication_in(region: str, key_id: pulumi.Input[str]) -> secretmanager.SecretReplicationArgs:
    """One copy, in `region`: automatic replication would choose regions by itself."""
    encryption = secretmanager.SecretReplicationUserManagedReplicaCustomerManagedEncryptionArgs(
        kms_key_name=key_id
    )
    replica = secretmanager.SecretReplicationUserManagedReplicaArgs(
        location=region, customer_managed_encryption=encryption
    )
    return secretmanager.SecretReplicationArgs(
        user_managed=secretmanager.SecretReplicationUserManagedArgs(replicas=[replica])
    )

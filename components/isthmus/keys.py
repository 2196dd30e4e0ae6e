"""The public component Keys."""

from collections.abc import Mapping
from typing import NotRequired

import pulumi

from isthmus.arguments import PlaceArgs, place_of, plan_one_site
from isthmus.clouds import room


class KeysArgs(PlaceArgs):
    """Arguments of Keys."""

    secrets: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Values for the cloud's secret store by name, encrypted with the data key. Mark them secret."""


class Keys(pulumi.ComponentResource):
    """Customer-managed keys of one site, one a purpose (data, cluster, logs), rotated by the cloud; and the
    site's secrets, encrypted with them."""

    key_ids: pulumi.Output[Mapping[str, str]]
    """Purpose to key: AWS key ARN, Google Cloud crypto key id or versionless Azure Key Vault key URI."""
    vault_id: pulumi.Output[str]
    """Azure Key Vault id or Google Cloud key ring id; empty on AWS, whose keys have no container."""
    identity_id: pulumi.Output[str]
    """Azure user-assigned identity that may use the keys; empty elsewhere."""
    key_version_ids: pulumi.Output[Mapping[str, str]]
    """Purpose to the key's present version, for Azure services that take no other; empty elsewhere."""
    secret_ids: pulumi.Output[Mapping[str, str]]
    """Name to secret: ARN, id or Key Vault secret URI. Never the value."""

    def __init__(
        self, name: str, args: KeysArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Raises pulumi.InputPropertiesError with every mistake in `args` at once."""
        super().__init__("isthmus:index:Keys", name, {}, opts)
        secrets = args.get("secrets") or {}
        # Only the names are judged: a value stays where it is.
        plan = plan_one_site(name, args, secrets=dict.fromkeys(secrets, "(kept)"))
        handle = room(plan.cloud, "keys").build_keys(self, place_of(plan), plan.keys, secrets)
        self.key_ids = handle.key_ids
        self.vault_id = handle.vault_id
        self.identity_id = handle.identity_id
        self.key_version_ids = handle.key_version_ids or pulumi.Output.from_input({})
        self.secret_ids = handle.secret_ids
        self.register_outputs(
            {
                "keyIds": self.key_ids,
                "vaultId": self.vault_id,
                "identityId": self.identity_id,
                "keyVersionIds": self.key_version_ids,
                "secretIds": self.secret_ids,
            }
        )

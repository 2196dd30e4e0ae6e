"""Serves a pack to the Pulumi engine: `pulumi preview --policy-pack policies/packs/carbon`."""

from pulumi_policy import EnforcementLevel, PolicyPack

from isthmus_policies.engine import Engine
from isthmus_policies.packs import pack

_pack = pack("carbon")
# Constructing a pack serves it and never returns: this must stay the last statement.
PolicyPack(
    f"isthmus-{_pack.name}", Engine(_pack.rules).policies(),
    enforcement_level=EnforcementLevel.MANDATORY, display_name=f"Isthmus: {_pack.title}",
    tags=["aws", "gcp", "azure"],
)  # fmt: skip

"""Serves the policy pack to the Pulumi engine: `pulumi preview --policy-pack policies`."""

from pulumi_policy import EnforcementLevel, PolicyPack

from isthmus_policies.engine import Engine
from isthmus_policies.packs import pack

# Constructing a pack serves it and never returns: this must stay the last statement, and nothing
# may import this module.
PolicyPack(
    "isthmus", Engine(pack("foundation").rules).policies(),
    enforcement_level=EnforcementLevel.MANDATORY, display_name="Isthmus",
    tags=["aws", "gcp", "azure"],
)  # fmt: skip

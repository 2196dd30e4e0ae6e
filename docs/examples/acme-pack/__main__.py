"""Serves Acme's pack to the Pulumi engine: `pulumi preview --policy-pack acme-pack`."""

from acme_pack import PACK
from pulumi_policy import EnforcementLevel, PolicyPack

from isthmus_policies.engine import Engine

# Constructing a pack serves it and never returns: this must stay the last statement, and nothing may
# import this module. What tests need stands in acme_pack.py.
PolicyPack("acme", Engine(PACK).policies(), enforcement_level=EnforcementLevel.MANDATORY)

"""Serves every rule there is to the engine; no pack of ours does."""

from pulumi_policy import EnforcementLevel, PolicyPack

from isthmus_policies.engine import Engine
from isthmus_policies.registry import RULES

PolicyPack("all-rules", Engine(RULES).policies(), enforcement_level=EnforcementLevel.MANDATORY)

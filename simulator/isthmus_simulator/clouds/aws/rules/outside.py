"""What a reference may name although nobody made it in the world: AWS's own things and other accounts'."""

from functools import cache
from pathlib import Path

from isthmus_simulator.cloud import Call

POLICIES = Path(__file__).parents[1] / "managed_policies.txt"
ALWAYS_THERE = frozenset({"default", "Default"})
"""Names that AWS gives what it makes by itself: ECS cluster, backup vault, subnet and parameter groups."""


@cache
def managed_policies() -> frozenset[str]:
    lines = POLICIES.read_text().splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def lies_outside(call: Call, value: str) -> bool:
    """Whether the text names something that AWS or another account owns."""
    if value in ALWAYS_THERE or value.startswith("alias/aws/"):
        return True
    parts = value.split(":", 5)
    if parts[0] != "arn" or len(parts) < 6:
        return False
    owner, thing = parts[4], parts[5]
    if owner == "aws" and parts[2] == "iam":
        return (
            not thing.startswith("policy/") or thing.removeprefix("policy/") in managed_policies()
        )
    by_aws = thing.startswith(("role/aws-service-role/", "alias/aws/"))
    return by_aws or owner not in ("", call.setting.account)

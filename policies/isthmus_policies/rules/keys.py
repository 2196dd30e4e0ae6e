"""Encryption keys are rotated."""

import re
from collections.abc import Mapping

from isthmus_policies.questions.expect import is_word
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import UNKNOWN, Value, is_true, read
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdicts

_LONGEST_AWS_PERIOD_DAYS = 365
_LONGEST_GCP_PERIOD_SECONDS = 90 * 24 * 60 * 60
"""90 days: CIS Google Cloud Foundation Benchmark 1.10."""


@rule(
    "keys-aws-key-rotation",
    title="KMS keys are rotated at least once a year",
    why="A rotated key limits how much data one key's material protects.",
    fix="aws.kms.Key(name, enable_key_rotation=True, rotation_period_in_days=365)",
    severity=Severity.MEDIUM,
    types=("aws:kms/key:Key",),
    controls=("AWS-KMS-01",),
)
def aws_key_rotation(key: Resource, context: Context) -> Verdicts:
    reason = _why_aws_cannot_rotate(key)
    if reason:
        return NotApplicable(reason)
    rotates, period = key.get("enableKeyRotation"), key.get("rotationPeriodInDays")
    if rotates is not UNKNOWN and not is_true(rotates):
        return Fail("the key is not rotated", "enableKeyRotation")
    if isinstance(period, int | float) and period > _LONGEST_AWS_PERIOD_DAYS:
        return Fail(f"the key is rotated only every {period} days", "rotationPeriodInDays")
    if UNKNOWN in (rotates, period):
        return Unknown("whether the key is rotated is not known yet", "enableKeyRotation")
    return Pass()


def _why_aws_cannot_rotate(key: Resource) -> str | None:
    """Rotation needs symmetric key material that KMS itself made.

    Source: AWS KMS developer guide, "Rotate AWS KMS keys".
    """
    spec, usage = key.get("customerMasterKeySpec"), key.get("keyUsage")
    if isinstance(spec, str) and spec != "SYMMETRIC_DEFAULT":
        return f"KMS does not rotate {spec} keys"
    if isinstance(usage, str) and usage != "ENCRYPT_DECRYPT":
        return f"KMS does not rotate {usage} keys"
    if isinstance(key.get("customKeyStoreId"), str):
        return "KMS does not rotate keys of a custom key store"
    return None


@rule(
    "keys-gcp-key-rotation",
    title="Cloud KMS keys are rotated at least every 90 days",
    why="A rotated key limits how much data one key's material protects.",
    fix="gcp.kms.CryptoKey(name, key_ring=ring.id, rotation_period='7776000s')",
    severity=Severity.MEDIUM,
    types=("gcp:kms/cryptoKey:CryptoKey",),
    controls=("GCP-KMS-01",),
)
def gcp_key_rotation(key: Resource, context: Context) -> Verdicts:
    purpose = key.get("purpose")
    if isinstance(purpose, str) and purpose != "ENCRYPT_DECRYPT":
        return NotApplicable(f"Cloud KMS does not rotate {purpose} keys by itself")
    if is_true(key.get("importOnly")):
        return NotApplicable("Cloud KMS cannot rotate imported key material")
    period = key.get("rotationPeriod")
    if period is UNKNOWN:
        return Unknown("the rotation period is not known yet", "rotationPeriod")
    seconds = seconds_of(period)
    if seconds is None:
        return Fail("no rotation period is set", "rotationPeriod")
    if seconds > _LONGEST_GCP_PERIOD_SECONDS:
        return Fail(f"the key is rotated only every {seconds // 86400} days", "rotationPeriod")
    return Pass()


def seconds_of(duration: Value) -> int | None:
    """The whole seconds of a duration as Google Cloud writes it, such as `7776000s`."""
    found = re.fullmatch(r"(\d+)(\.\d+)?s", duration) if isinstance(duration, str) else None
    return int(found[1]) if found else None


@rule(
    "keys-azure-key-rotation",
    title="Key Vault keys have a policy that rotates them",
    why="A rotated key limits how much data one key's material protects.",
    fix="azure_native.keyvault.Key(name, properties={'rotation_policy': {'lifetime_actions': "
    "[{'action': {'type': 'rotate'}, 'trigger': {'time_after_create': 'P1Y'}}]}})",
    severity=Severity.MEDIUM,
    types=("azure-native:keyvault:Key",),
    controls=("AZ-KV-03",),
)
def azure_key_rotation(key: Resource, context: Context) -> Verdicts:
    actions = "properties.rotationPolicy.lifetimeActions"
    rotates = [_rotates(action.value) for action in key.find(f"{actions}.*")]
    if True in rotates:
        return Pass()
    if None in rotates:
        return Unknown("whether the key is rotated is not known yet", actions)
    return Fail("no lifetime action rotates the key", actions)


def _rotates(action: Value) -> bool | None:
    """Whether a lifetime action rotates the key at some time; None if that is not known."""
    if not isinstance(action, Mapping):
        return None
    kind, moment = read(action, "action.type"), read(action, "trigger")
    if UNKNOWN in (kind, moment):
        return None
    return is_word(kind, "rotate") and isinstance(moment, Mapping) and bool(moment)


RULES = (aws_key_rotation, gcp_key_rotation, azure_key_rotation)

"""Which rules belong to packs that are about a subject, and not about a framework."""

from isthmus_policies.frameworks import requirements_of
from isthmus_policies.rule import Rule, Severity

_CRYPTOGRAPHY = ("encryption", "keys", "transport")
_CRYPTOGRAPHIC = ("customer-key", "encryption", "tls", "kms-key", "gcp-key", "bucket-key")
"""Parts of the ids of rules that are about encryption under other topics."""
_TRANSFER = ("GDPR", "Art.44")
"""Serving it is what makes a rule one of residency, whichever its topic."""


def is_basic(rule: Rule) -> bool:
    return rule.severity in (Severity.HIGH, Severity.CRITICAL)


def is_about_encryption(rule: Rule) -> bool:
    if rule.topic in _CRYPTOGRAPHY:
        return True
    return any(f"-{words}-" in f"{rule.id}-" for words in _CRYPTOGRAPHIC)


def is_about_residency(rule: Rule) -> bool:
    served = ((each.framework, each.id) for each in requirements_of(rule))
    return rule.topic == "residency" or _TRANSFER in served

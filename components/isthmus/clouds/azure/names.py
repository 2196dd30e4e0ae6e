"""Names that Azure limits, made from names that we chose."""

import hashlib

AUTONAME_LENGTH = 8
"""Hexadecimal digits that the provider adds to a logical name to make the physical one."""

STORAGE_ACCOUNT_LENGTH = 24 - AUTONAME_LENGTH
VAULT_LENGTH = 24 - AUTONAME_LENGTH
REGISTRY_LENGTH = 50 - AUTONAME_LENGTH
"""Longest names of storage accounts, vaults and registries, and lower-case letters and digits only
for accounts and registries. Source:
learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules"""

AGENT_POOL_LENGTH = 11
"""Lower-case letters and digits, a letter first. Source: azure-aks-docs use-trusted-launch.md (1-11
characters; other pages say 12)."""

DIGEST_LENGTH = 4


def compact_name(*words: str, limit: int) -> str:
    """Joins words into letters and digits only, at most `limit` of them.

    Whatever is lost on the way (hyphens, length) is made up for by a digest, so that names that
    differ stay different.
    """
    plain = "".join(words)
    if plain.isalnum() and len(plain) <= limit:
        return plain
    letters = plain.replace("-", "")[: limit - DIGEST_LENGTH]
    return letters + digest("-".join(words))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]


def agent_pool_name(name: str) -> str:
    """The pool's name as AKS takes it: unchanged where possible."""
    return compact_name(name, limit=AGENT_POOL_LENGTH)

"""Packs: rules chosen together, by subject or by the frameworks that they serve."""

from collections.abc import Mapping
from functools import partial

from isthmus_policies.nearest import name_nearest
from isthmus_policies.packs.pack import Pack, choose, serving
from isthmus_policies.packs.topics import (
    is_about_carbon,
    is_about_cost,
    is_about_encryption,
    is_about_residency,
    is_basic,
)
from isthmus_policies.registry import FOUNDATION

__all__ = ["PACKS", "Pack", "choose", "pack", "serving"]


def _for_frameworks(name: str, title: str, description: str, *frameworks: str) -> Pack:
    return Pack(name, title, description, frameworks, partial(serving, frameworks))


_ALL = (
    Pack(
        "foundation", "Foundation",
        "What every stack is held to: encryption, keys, transport, exposure, residency and tags.",
        (), lambda: FOUNDATION,
    ),
    Pack(
        "baseline", "Baseline",
        "The rules of high and critical severity, of every topic: where a breach hurts most.",
        (), partial(choose, is_basic),
    ),
    Pack(
        "encryption", "Encryption",
        "Data at rest under keys of your own, data in transit under TLS, and the care of keys.",
        (), partial(choose, is_about_encryption),
    ),
    Pack(
        "residency", "Residency",
        "Data, its copies and its keys stay in the jurisdictions that the stack names.",
        (), partial(choose, is_about_residency),
    ),
    Pack(
        "cost", "Cost",
        "Accelerators that run for nothing or without an end, a monthly ceiling, and what else is "
        "paid for unused.",
        (), partial(choose, is_about_cost),
    ),
    Pack(
        "carbon", "Carbon",
        "Machines run on grids as clean as the stack demands, and none runs for nothing.",
        (), partial(choose, is_about_carbon),
    ),
    _for_frameworks(
        "healthcare", "Healthcare",
        "What infrastructure can show of the HIPAA Security Rule.",
        "HIPAA",
    ),
    _for_frameworks(
        "finance", "Finance",
        "What infrastructure can show of PCI DSS, DORA, and the rules of SEC, FINRA and CFTC "
        "on records that nobody may change.",
        "PCI4.0", "PCI4.0.1", "DORA", "SEC", "FINRA", "CFTC",
    ),
    _for_frameworks(
        "gdpr", "GDPR",
        "What infrastructure can show of the General Data Protection Regulation.",
        "GDPR",
    ),
    _for_frameworks(
        "korea", "Korea",
        "What infrastructure can show of K-ISMS-P, and of the Personal Information Protection "
        "Act's limits on transfers abroad.",
        "K-ISMS-P", "PIPA",
    ),
    _for_frameworks(
        "iso27001", "ISO/IEC 27001",
        "What infrastructure can show of the controls of annex A, as of 2022.",
        "ISO27001:2022",
    ),
    _for_frameworks(
        "nist-800-53", "NIST SP 800-53",
        "What infrastructure can show of the controls of revision 5.",
        "NIST800-53r5",
    ),
    _for_frameworks(
        "cis", "CIS benchmarks",
        "Recommendations of the CIS foundations benchmarks of the three clouds.",
        "CIS AWS 7.0", "CIS Azure 6.0", "CIS GCP 5.0",
    ),
)  # fmt: skip

PACKS: Mapping[str, Pack] = {each.name: each for each in _ALL}


def pack(name: str) -> Pack:
    """Raises KeyError, which names the packs there are."""
    if name in PACKS:
        return PACKS[name]
    hint = f"{name_nearest(name, PACKS)}Packs: {', '.join(PACKS)}."
    raise KeyError(f"there is no pack '{name}'. {hint}")

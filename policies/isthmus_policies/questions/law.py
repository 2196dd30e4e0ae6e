"""What the rules on residency serve, each read in the law's own text."""

from isthmus_policies.rule import Basis, Requirement

_CHAPTER_V = "Regulation (EU) 2016/679, chapter V"
_DORA = "Regulation (EU) 2022/2554, article 30(2)(b): contracts name the places of data"

TRANSFERS = (
    Requirement("GDPR", "Art.44", Basis.OWN_READING, _CHAPTER_V),
    Requirement("K-ISMS-P", "3.3.4", Basis.OWN_READING, "ISMS-P certification criteria, 3.3.4"),
    Requirement(
        "PIPA", "Art.28-8", Basis.OWN_READING,
        "Personal Information Protection Act (Korea), article 28-8: "
        "no transfer abroad except on its grounds",
    ),
)  # fmt: skip
"""No transfer of personal data abroad without a ground. HIPAA and PCI DSS ask for no place."""
PLACES_OF_DATA = (*TRANSFERS, Requirement("DORA", "Art30(2)(b)", Basis.OWN_READING, _DORA))
"""And where data is kept or processed is where the contract says it is."""

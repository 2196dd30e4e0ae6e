"""Which stores hold records that the law forbids to change or delete, and for how long."""

from isthmus_policies.questions.tagged import why_not_tagged
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Basis, Requirement
from isthmus_policies.verdict import NotApplicable, Unknown

RECORDS = ("retention", ("records",))
"""The tag (label) by which a store says that it holds what must neither be changed nor deleted
before its time, and the word for it."""

RECORDS_YEARS = 6
"""The longest term that the rules on records share: 17 CFR 240.17a-4(a) (SEC, brokers' ledgers) and
FINRA rule 4511(b), which holds where no other term is set."""
RECORDS_DAYS = RECORDS_YEARS * 365

RECORDS_LAW = (
    Requirement("SEC", "17a-4(f)(2)(i)(B)", Basis.OWN_READING, "17 CFR 240.17a-4(f)(2)(i)(B)"),
    Requirement("FINRA", "4511(c)", Basis.OWN_READING, "FINRA rule 4511(c)"),
    Requirement("CFTC", "1.31", Basis.OWN_READING, "17 CFR 1.31"),
)
"""What storage that nobody can rewrite serves, and no published mapping of controls names."""


def why_no_records(resource: Resource) -> NotApplicable | Unknown | None:
    """What a rule about records answers for a store; None if it is tagged `retention: records`."""
    return why_not_tagged(resource, RECORDS)

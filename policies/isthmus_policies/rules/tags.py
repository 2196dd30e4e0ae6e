"""Every resource says whose it is, what for, and how sensitive."""

from isthmus_policies.questions.tagged import TAGGABLE, tags_on
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Basis, Context, Requirement, Severity, rule
from isthmus_policies.verdict import Fail, Pass, Unknown, Verdicts


@rule(
    "tags-resource-required",
    title="Taggable resources carry the required tags",
    why="Without an owner and a classification nobody knows whom to ask and what is at stake.",
    fix="tags={'owner': owner, 'environment': environment, 'data-classification': classification} "
    "(labels on Google Cloud), or once for all as the provider's default_tags",
    severity=Severity.MEDIUM,
    types=TAGGABLE,
    requirements=(
        Requirement("ISO27001:2022", "A.5.12", Basis.OWN_READING, "classification of information"),
        Requirement("ISO27001:2022", "A.5.13", Basis.OWN_READING, "labelling of information"),
        Requirement("K-ISMS-P", "2.1.3", Basis.OWN_READING, "management of information assets"),
        Requirement("NIS2", "12.1.2.b", Basis.OWN_READING, "every asset has a classification"),
    ),
)
def resource_required(resource: Resource, context: Context) -> Verdicts:
    tags = tags_on(resource)
    fold = str.casefold if resource.cloud == "azure" else str  # Azure ignores the case of tag names
    present = {fold(name) for name in tags.names}
    absent = [name for name in context.settings.required_tags if fold(name) not in present]
    if not absent:
        return Pass()
    if tags.may_be_more:
        return Unknown(f"whether {', '.join(absent)} is set is not known yet", tags.path)
    return Fail(f"{', '.join(absent)} is not set", tags.path)


RULES = (resource_required,)

"""Accounts encrypt every new disk, whoever makes it."""

from collections import defaultdict
from collections.abc import Mapping

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import expect_not_false
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Enforcement, Severity, rule
from isthmus_policies.rules.encryption.aws import DISK_DEFAULT, DISK_TYPES, Place, place_of
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdict, Verdicts


@rule(
    "governance-ebs-default-kept",
    title="The account's default encryption of disks is not turned off",
    why="It is the net under every disk that somebody forgets to encrypt.",
    fix="aws.ebs.EncryptionByDefault(name, enabled=True)",
    severity=Severity.HIGH,
    types=(DISK_DEFAULT,),
    controls=("AWS-EC2-02",),
)
def ebs_default_kept(default: Resource, context: Context) -> Verdicts:
    return expect_not_false(default, "enabled", "new disks are not encrypted by default")


@rule(
    "governance-ebs-default-encryption",
    title="Accounts and regions with disks encrypt new disks by default",
    why="It is the net under every disk that somebody forgets to encrypt; it may also be set by "
    "another stack of the same account, which this one cannot see.",
    fix="aws.ebs.EncryptionByDefault(name, enabled=True)",
    severity=Severity.LOW,
    types=DISK_TYPES,
    controls=("AWS-EC2-02",),
    enforcement=Enforcement.ADVISORY,
)
def ebs_default_encryption(disk: Resource, context: Context, graph: Graph) -> Verdicts:
    if disk.has("launchTemplate"):
        return NotApplicable("the disks of its launch template are judged there")
    answers = graph.once(_answers_by_place).get(place_of(disk), ())
    if Pass in answers:
        return Pass()
    if Unknown in answers:
        return Unknown("whether new disks are encrypted by default is not known yet")
    return Fail("no stack resource encrypts new disks of this account and region by default")


def _answers_by_place(graph: Graph) -> Mapping[Place, set[type[Verdict]]]:
    answers: dict[Place, set[type[Verdict]]] = defaultdict(set)
    for default in graph.of_type(DISK_DEFAULT):
        answers[place_of(default)].add(type(expect_not_false(default, "enabled", "")))
    return answers


RULES = (ebs_default_kept, ebs_default_encryption)

"""Acme's own rules."""

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import expect_one_of
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Rule, Severity, rule
from isthmus_policies.values import MISSING
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdicts

QUEUE = "aws:sqs/queue:Queue"
REDRIVE = "aws:sqs/redrivePolicy:RedrivePolicy"


@rule(
    "acme-ecr-tags-immutable",
    title="A tag of an image always means the same image",
    why="What was reviewed under a tag must be what runs under it.",
    fix='aws.ecr.Repository(name, image_tag_mutability="IMMUTABLE")',
    severity=Severity.HIGH,
    types=("aws:ecr/repository:Repository",),
)
def ecr_tags_immutable(repository: Resource, context: Context) -> Verdicts:
    return expect_one_of(
        repository, "imageTagMutability", ("IMMUTABLE",), "its tags can be moved to other images"
    )


@rule(
    "acme-sqs-queue-dead-letters",
    title="A message that nobody can handle is kept",
    why="Without a queue for dead letters a message that fails is lost when its time is over.",
    fix='aws.sqs.RedrivePolicy(name, queue_url=queue.id, redrive_policy=json of "deadLetterTargetArn")',
    severity=Severity.MEDIUM,
    types=(QUEUE,),
)
def sqs_queue_dead_letters(queue: Resource, context: Context, graph: Graph) -> Verdicts:
    """The queue says it itself, or a resource of its own says it for the queue."""
    if graph.referenced_by(queue, "redrivePolicy", (QUEUE, REDRIVE)):
        return NotApplicable("it is the queue for the dead letters of another one")
    if queue.get("redrivePolicy") is not MISSING:
        return Pass()
    if graph.referenced_by(queue, "queueUrl", (REDRIVE,)):
        return Pass()
    if graph.unresolved("queueUrl", (REDRIVE,)):
        return Unknown("a redrive policy may be for it, or for another queue", "redrivePolicy")
    return Fail("nothing keeps its dead letters", "redrivePolicy")


RULES: tuple[Rule, ...] = (ecr_tags_immutable, sqs_queue_dead_letters)

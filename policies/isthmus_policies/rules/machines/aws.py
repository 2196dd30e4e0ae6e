"""EC2 machines guard their credentials."""

from collections.abc import Set

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import expect_at_most, expect_one_of, is_word
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.rules.encryption.aws import Place, place_of
from isthmus_policies.values import MISSING
from isthmus_policies.verdict import NotApplicable, Pass, Verdicts

_LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
_MACHINES = (
    "aws:ec2/instance:Instance",
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
    _LAUNCH_TEMPLATE,
    "aws:ec2/launchConfiguration:LaunchConfiguration",
)
_NODE_GROUPS = ("aws:eks/nodeGroup:NodeGroup",)
_METADATA_DEFAULTS = "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults"
_TOKENS = "metadataOptions.httpTokens"
_HOPS = "metadataOptions.httpPutResponseHopLimit"


@rule(
    "machines-ec2-metadata-tokens",
    title="Machines answer questions about themselves only with a session token (IMDSv2)",
    why="Without it, a program that can be talked into fetching a URL gives away the machine's "
    "credentials.",
    fix="aws.ec2.LaunchTemplate(name, metadata_options={'http_tokens': 'required'})",
    severity=Severity.HIGH,
    types=_MACHINES,
    controls=("AWS-EC2-03",),
)
def ec2_metadata_tokens(machine: Resource, context: Context, graph: Graph) -> Verdicts:
    if is_word(machine.get("metadataOptions.httpEndpoint"), "disabled"):
        return Pass()
    if machine.get(_TOKENS) is MISSING and _is_settled_elsewhere(machine, graph):
        return Pass()
    return expect_one_of(machine, _TOKENS, ("required",), "its metadata needs no session token")


def _is_settled_elsewhere(machine: Resource, graph: Graph) -> bool:
    """By the launch template, which is judged itself, or by the account's default."""
    by_default = graph.once(_places_with_tokens)
    return machine.has("launchTemplate") or place_of(machine) in by_default


def _places_with_tokens(graph: Graph) -> Set[Place]:
    return {
        place_of(each)
        for each in graph.of_type(_METADATA_DEFAULTS)
        if is_word(each.get("httpTokens"), "required")
    }


@rule(
    "machines-ec2-metadata-one-hop",
    title="Containers do not reach the credentials of their machine",
    why="One network hop ends at the machine; with more, every container on it can act as it.",
    fix="aws.ec2.LaunchTemplate(name, metadata_options={'http_put_response_hop_limit': 1})",
    severity=Severity.MEDIUM,
    types=_MACHINES,
    controls=("AWS-EC2-03",),
)
def ec2_metadata_one_hop(machine: Resource, context: Context, graph: Graph) -> Verdicts:
    if is_word(machine.get("metadataOptions.httpEndpoint"), "disabled"):
        return NotApplicable("it has no metadata service")
    if not machine.has(_HOPS):
        return Pass()  # the default is 1, says the SDK's documentation of the property
    # Two hops let pods with their own network, the CNI's helpers among them, reach it on EKS.
    most = 2 if _serves_nodes(machine, graph) else 1
    return expect_at_most(machine, _HOPS, most, f"its metadata travels further than {most} hops")


def _serves_nodes(machine: Resource, graph: Graph) -> bool:
    return any(
        graph.referenced_by(machine, f"launchTemplate.{key}", _NODE_GROUPS)
        for key in ("id", "name")
    )


RULES = (ec2_metadata_tokens, ec2_metadata_one_hop)

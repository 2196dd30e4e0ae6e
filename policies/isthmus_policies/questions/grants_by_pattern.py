"""Which stores an AWS policy opens without naming them: by `*`, or by a pattern of their ARN."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from isthmus_policies.graph import Graph, identities_of
from isthmus_policies.questions.policy_document import Statement, read_statements
from isthmus_policies.resource import Resource
from isthmus_policies.tables import parts_in_processing
from isthmus_policies.values import Value

_READING: Mapping[str, str] = {
    # Service, as in type tokens, to the action with which its data is read.
    "dynamodb": "dynamodb:GetItem",
    "kinesis": "kinesis:GetRecords",
    "s3": "s3:GetObject",
    "secretsmanager": "secretsmanager:GetSecretValue",
    "sqs": "sqs:ReceiveMessage",
}
_POLICIES = ("policy", "inlinePolicies.*.policy")


def granted_by_pattern(grant: Resource, graph: Graph) -> Iterator[Resource]:
    """The stack's stores that an allowing statement with a wildcard for its resource covers."""
    for path in _POLICIES:
        for found in grant.find(path):
            for statement in _statements(found.value):
                yield from _stores_of(statement, graph)


def _statements(policy: Value) -> tuple[Statement, ...]:
    try:
        return read_statements(policy) or ()
    except ValueError:
        return ()


def _stores_of(statement: Statement, graph: Graph) -> Iterator[Resource]:
    wanted = [each for each in statement.values("Resource") if isinstance(each, str)]
    patterns = [each for each in wanted if "*" in each]
    if not patterns or not statement.allows:
        return
    for service, stores in graph.once(_stores_by_service).items():
        if statement.covers_action(_READING[service]):
            yield from (each for each in stores if _covers(patterns, service, each))


def _stores_by_service(graph: Graph) -> dict[str, list[Resource]]:
    return {
        service: [
            each
            for token, part in parts_in_processing().items()
            if part == "store" and token.startswith(f"aws:{service}/")
            for each in graph.of_type(token)
        ]
        for service in _READING
    }


def _covers(patterns: list[str], service: str, store: Resource) -> bool:
    names = [name for name in identities_of(store) if not name.startswith("arn:")]
    return any(_covers_name(pattern, service, names) for pattern in patterns)


def _covers_name(pattern: str, service: str, names: list[str]) -> bool:
    """A store whose name is not known yet may be meant by any pattern of names."""
    parts = pattern.split(":")
    if len(parts) < 6:  # `*`, or an ARN that is cut off by one
        return True
    name = parts[-1].partition("/")[0] if service == "s3" else parts[-1].rpartition("/")[2]
    found = any(fnmatchcase(each, name) for each in names) if names else "*" in name
    return found and fnmatchcase(service, parts[2])

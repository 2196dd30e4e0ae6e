"""The questions most rules ask of a property, each with its three answers."""

from collections.abc import Callable, Collection, Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.cidr import admits_internet
from isthmus_policies.questions.policy_document import Statement, read_statements
from isthmus_policies.resource import Resource
from isthmus_policies.values import MISSING, UNKNOWN, Located, Value, is_false, is_true, reveal
from isthmus_policies.verdict import Fail, Pass, Unknown, Verdict

AWS_KEYS = (
    "aws:kms/key:Key",
    "aws:kms/alias:Alias",
    "aws:kms/externalKey:ExternalKey",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/replicaExternalKey:ReplicaExternalKey",
)
GCP_KEYS = (
    "gcp:kms/cryptoKey:CryptoKey",
    "gcp:kms/keyHandle:KeyHandle",
    # Taking the key's name from its grant is the usual way to wait for the grant.
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
    "gcp:kms/cryptoKeyIAMBinding:CryptoKeyIAMBinding",
)
AZURE_KEYS = ("azure-native:keyvault:Key",)
AZURE_DISK_KEYS = ("azure-native:compute:DiskEncryptionSet",)

_AWS_MANAGED_ALIAS = "alias/aws/"


def expect_true(resource: Resource, path: str, message: str) -> Verdict:
    return expect(resource, path, is_true(resource.get(path)), message)


def expect_not_true(resource: Resource, path: str, message: str) -> Verdict:
    """For switches whose absence is safe."""
    value = resource.get(path)
    return expect(resource, path, value is MISSING or is_false(value), message)


def expect_false(resource: Resource, path: str, message: str) -> Verdict:
    """For switches whose absence is not safe, or has not always been."""
    return expect(resource, path, is_false(resource.get(path)), message)


def expect_any_true(resource: Resource, paths: Collection[str], message: str) -> Verdict:
    """Whether one of several switches is on; the first one is where to turn it on."""
    values = {path: resource.get(path) for path in paths}
    if any(is_true(value) for value in values.values()):
        return Pass()
    undecided = [path for path, value in values.items() if value is UNKNOWN]
    if undecided:
        return Unknown(f"cannot tell before the deployment whether {message}", undecided[0])
    return Fail(message, next(iter(paths)))


def expect_not_false(resource: Resource, path: str, message: str) -> Verdict:
    """For switches that are on unless turned off."""
    value = resource.get(path)
    return expect(resource, path, value is MISSING or is_true(value), message)


def expect_one_of(resource: Resource, path: str, allowed: Collection[str], message: str) -> Verdict:
    """Whether the word at `path` is one of the allowed ones, in any case: clouds are not strict."""
    return expect(resource, path, is_word(resource.get(path), *allowed), message)


def expect_present(resource: Resource, path: str, message: str) -> Verdict:
    """Whether anything is set at `path`. What is not known yet is set, but possibly to nothing."""
    return expect(resource, path, resource.get(path) not in (MISSING, "", [], {}), message)


def expect_words(resource: Resource, path: str, wanted: Collection[str], message: str) -> Verdict:
    """Whether the list at `path` holds all the wanted words; the message is completed with those
    it lacks."""
    words = [reveal(found.value) for found in resource.find(f"{path}.*")]
    absent = [word for word in wanted if word not in words]
    if absent and UNKNOWN in words:
        return Unknown(f"cannot tell before the deployment whether {message}", path)
    return Fail(f"{message} {', '.join(absent)}", path) if absent else Pass()


def expect_at_least(resource: Resource, path: str, minimum: float, message: str) -> Verdict:
    """Whether the number at `path` is set and large enough."""
    value = reveal(resource.get(path))
    return expect(resource, path, isinstance(value, int | float) and value >= minimum, message)


def expect_at_most(resource: Resource, path: str, maximum: float, message: str) -> Verdict:
    """Whether the number at `path` is set and small enough."""
    value = reveal(resource.get(path))
    return expect(resource, path, isinstance(value, int | float) and value <= maximum, message)


def expect(resource: Resource, path: str, holds: bool, message: str) -> Verdict:
    """Unknown while the value at `path` is, else whether `holds`."""
    if resource.get(path) is UNKNOWN:
        return Unknown(f"cannot tell before the deployment whether {message}", path)
    return Pass() if holds else Fail(message, path)


def is_word(value: Value, *words: str) -> bool:
    value = reveal(value)
    return isinstance(value, str) and value.casefold() in {word.casefold() for word in words}


def expect_no_internet(source: Located) -> Verdict:
    """Whether a source of traffic is narrower than the internet."""
    value = reveal(source.value)
    if value is UNKNOWN:
        return Unknown("the source of the traffic is not known yet", source.path)
    if isinstance(value, str) and admits_internet(value):
        return Fail(f"'{value}' admits the internet", source.path)
    return Pass()


def expect_firewall(
    resource: Resource, access: str, filters: str, sources: str
) -> Iterator[Verdict]:
    """Whether an Azure service is closed to public networks, or admits only what it names.

    `access` is the path of its public network access, `filters` of what makes it choose (a default
    action of `Deny`, or a switch), `sources` of the address ranges it admits then.
    """
    public, chooses = resource.get(access), resource.get(filters)
    if is_word(public, "Disabled", "SecuredByPerimeter"):
        return
    if UNKNOWN in (public, chooses):
        yield Unknown("which networks are admitted is not known yet", access)
    elif is_word(chooses, "Deny") or is_true(chooses):
        yield from (expect_no_internet(found) for found in resource.find(sources))
    else:
        yield Fail("every network is admitted", access)


def expect_reference(
    resource: Resource, path: str, graph: Graph, types: tuple[str, ...], message: str
) -> Verdict:
    """Whether `path` names something; an unknown name counts if it was made from a wanted type."""
    if resource.get(path) is UNKNOWN and graph.references(resource, path, types):
        return Pass()
    return expect_present(resource, path, message)


def expect_customer_key(
    resource: Resource, path: str, graph: Graph, key_types: tuple[str, ...]
) -> Verdict:
    """Whether the value at `path` names an encryption key that the customer manages.

    An unknown value passes if it was made from a key of the stack: a new key has no name yet.
    """
    value = reveal(resource.get(path))
    if value is UNKNOWN:
        if graph.references(resource, path, key_types):
            return Pass()
        return Unknown("the key is not known yet, and is not a key of this stack", path)
    if value is MISSING or value == "":
        return Fail("no customer-managed key is set", path)
    if isinstance(value, str) and _AWS_MANAGED_ALIAS in value:
        return Fail(f"'{value}' is a key that AWS manages, not the customer", path)
    return Pass()


def expect_statement(
    resource: Resource, path: str, holds: Callable[[Statement], bool], message: str
) -> Verdict:
    """Whether some statement of the AWS policy at `path` is of the wanted kind."""
    statements = _read_policy(resource, path)
    if isinstance(statements, Fail | Unknown):
        return statements
    if any(holds(statement) for statement in statements):
        return Pass()
    if any(statement.is_unknown for statement in statements):
        return Unknown("part of the policy is not known yet", path)
    return Fail(message, path)


def expect_no_statement(
    resource: Resource, path: str, offends: Callable[[Statement], bool | None], message: str
) -> Verdict:
    """Whether no statement of the AWS policy at `path` offends; None says that it may."""
    statements = _read_policy(resource, path)
    if isinstance(statements, Fail | Unknown):
        return statements
    found = [None if each.is_unknown else offends(each) for each in statements]
    if True in found:
        return Fail(message, path)
    return Unknown("part of the policy is not known yet", path) if None in found else Pass()


def _read_policy(resource: Resource, path: str) -> tuple[Statement, ...] | Fail | Unknown:
    try:
        statements = read_statements(resource.get(path))
    except ValueError as error:
        return Fail(f"the policy cannot be read: {error}", path)
    return Unknown("the policy is not known yet", path) if statements is None else statements

"""Who is granted what by a Google Cloud resource, however the grant is written."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import is_word
from isthmus_policies.resource import Resource
from isthmus_policies.values import MISSING, UNKNOWN, Located, Value, as_list, find, reveal
from isthmus_policies.verdict import Fail, Unknown, Verdict

EVERYONE = ("allUsers", "allAuthenticatedUsers")
IDENTITIES = ("gcp:serviceaccount/account:Account", "gcp:projects/serviceIdentity:ServiceIdentity")
"""Members made from these are somebody, though a new one has no name yet."""

_MEMBERS = (
    "member",  # ...IAMMember
    "members.*",  # ...IAMBinding
    "entity",  # Cloud Storage's access controls
    "specialGroup",  # BigQuery's dataset access: the group of all users, here and in the list
    "iamMember",
    "accesses.*.specialGroup",
    "accesses.*.iamMember",
)
_CANNED = ("predefinedAcl", "defaultAcl")
_PUBLIC_ACLS = {
    # Source: docs.cloud.google.com/storage/docs/access-control/lists#predefined-acl
    "publicread": "allUsers",
    "publicreadwrite": "allUsers",
    "authenticatedread": "allAuthenticatedUsers",
}


@dataclass(frozen=True, slots=True)
class Grant:
    """A role and who has it; the role is MISSING where the resource names none."""

    role: Located
    members: tuple[Located, ...]


def grants_of(resource: Resource) -> Iterator[Grant]:
    """Every grant of a member, binding, policy or access list."""
    members = [found for path in _MEMBERS for found in resource.find(path)]
    members += [_member_of_acl(found) for path in _CANNED for found in resource.find(path)]
    members += [_member_of_pair(found) for found in resource.find("roleEntities.*")]
    yield Grant(Located("role", reveal(resource.get("role"))), tuple(members))
    yield from _grants_of_policy(reveal(resource.get("policyData")))


def judge_public_grants(resource: Resource, graph: Graph) -> Iterator[Verdict]:
    """Fails for each grant to everyone; unknown for each to somebody who cannot be told yet."""
    for grant in grants_of(resource):
        for member in grant.members:
            if is_word(member.value, *EVERYONE):
                yield Fail(f"'{member.value}' is everyone", member.path)
            elif member.value is UNKNOWN and not graph.references(
                resource, member.path, IDENTITIES
            ):
                yield Unknown("who is granted access is not known yet", member.path)


def _member_of_acl(found: Located) -> Located:
    """The widest member of a canned access list; what is not public stays as it is written."""
    value = found.value
    if isinstance(value, str):
        return Located(found.path, _PUBLIC_ACLS.get(value.casefold(), value))
    return found


def _member_of_pair(found: Located) -> Located:
    """The member of `ROLE:entity`."""
    value = found.value
    return Located(found.path, value.partition(":")[2]) if isinstance(value, str) else found


def _grants_of_policy(policy: Value) -> Iterator[Grant]:
    """The bindings of a policy in JSON; what cannot be read may grant anything to anybody."""
    path = "policyData"
    if policy is MISSING:
        return
    document = _read_json(policy)
    readable = isinstance(document, Mapping)
    bindings = [each.value for each in find(document, "bindings.*")] if readable else [UNKNOWN]
    for fields in bindings:
        if isinstance(fields, Mapping):
            members = [Located(path, each) for each in as_list(fields.get("members", MISSING))]
            yield Grant(Located(path, fields.get("role", MISSING)), tuple(members))
        else:
            yield Grant(Located(path, UNKNOWN), (Located(path, UNKNOWN),))


def _read_json(text: Value) -> Value:
    try:
        return cast(Value, json.loads(text)) if isinstance(text, str) else UNKNOWN
    except json.JSONDecodeError:
        return UNKNOWN

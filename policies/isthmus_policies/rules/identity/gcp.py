"""Roles and keys of Google Cloud's members."""

from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import is_word
from isthmus_policies.questions.iam_grants import IDENTITIES, grants_of
from isthmus_policies.questions.service_accounts import ACCOUNTS
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import UNKNOWN, Located, Value
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdict, Verdicts

_KEY = "gcp:serviceaccount/key:Key"
_WIDE_GRANTS = (
    "gcp:projects/iAMMember:IAMMember",
    "gcp:projects/iAMBinding:IAMBinding",
    "gcp:projects/iAMPolicy:IAMPolicy",
    "gcp:folder/iAMMember:IAMMember",
    "gcp:folder/iAMBinding:IAMBinding",
    "gcp:folder/iAMPolicy:IAMPolicy",
    "gcp:organizations/iAMMember:IAMMember",
    "gcp:organizations/iAMBinding:IAMBinding",
    "gcp:organizations/iAMPolicy:IAMPolicy",
)
"""Grants on everything in a project, folder or organization."""


@rule(
    "identity-gcp-no-primitive-role",
    title="Nobody is owner or editor of a project",
    why="The basic roles reach thousands of permissions in every service, used or not.",
    fix="gcp.projects.IAMMember(name, project=project, role='roles/storage.objectViewer', "
    "member=account.member)",
    severity=Severity.HIGH,
    types=_WIDE_GRANTS,
    controls=("GCP-IAM-01",),
)
def gcp_no_primitive_role(resource: Resource, context: Context) -> Iterator[Verdict]:
    for grant in grants_of(resource):
        role = grant.role
        if is_word(role.value, "roles/owner", "roles/editor"):
            yield Fail(f"'{role.value}' is far more than any task needs", role.path)
        elif role.value is UNKNOWN:
            yield Unknown("which role is granted is not known yet", role.path)


@rule(
    "identity-gcp-service-account-no-admin",
    title="Service accounts administrate no whole project",
    why="Whoever takes over the machine that runs as the account takes over the service with it.",
    fix="gcp.storage.BucketIAMMember(name, bucket=bucket.name, role='roles/storage.objectUser', "
    "member=account.member): the role that is needed, on the resource where it is",
    severity=Severity.HIGH,
    types=_WIDE_GRANTS,
    controls=("GCP-IAM-01",),
)
def gcp_service_account_no_admin(
    resource: Resource, context: Context, graph: Graph
) -> Iterator[Verdict]:
    for grant in grants_of(resource):
        role = grant.role.value
        accounts = [_is_service_account(resource, each, graph) for each in grant.members]
        if role is not UNKNOWN and not _administrates(role):
            continue
        if role is not UNKNOWN and True in accounts:
            yield Fail(f"a service account has '{role}'", grant.role.path)
        elif True in accounts or UNKNOWN in accounts:
            yield Unknown("whether a service account administrates is not known yet")


def _administrates(role: Value) -> bool:
    """As CIS Google Cloud Foundation Benchmark 1.5 has it: by name."""
    return isinstance(role, str) and role.casefold().endswith("admin")


def _is_service_account(resource: Resource, member: Located, graph: Graph) -> Value:
    if isinstance(member.value, str):
        return member.value.startswith("serviceAccount:")
    return bool(graph.references(resource, member.path, IDENTITIES)) or UNKNOWN


@rule(
    "identity-gcp-no-service-account-key",
    title="Service accounts have no keys",
    why="A key works from anywhere until somebody deletes it, and ends up in files and images.",
    fix="gcp.serviceaccount.IAMMember(name, service_account_id=account.name, "
    "role='roles/iam.workloadIdentityUser', member=workload) instead of gcp.serviceaccount.Key",
    severity=Severity.HIGH,
    types=(*ACCOUNTS, _KEY),
    controls=("GCP-IAM-01",),
)
def gcp_no_service_account_key(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    if resource.type == _KEY:
        return Fail("it is a key that works from anywhere")
    if graph.referenced_by(resource, "serviceAccountId", (_KEY,)):
        return NotApplicable("its key is judged itself")
    return Pass()


RULES = (gcp_no_primitive_role, gcp_service_account_no_admin, gcp_no_service_account_key)

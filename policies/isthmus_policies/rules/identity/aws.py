"""IAM policies grant no more than what is needed, and roles trust nobody but the named."""

import re
from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import expect_no_statement
from isthmus_policies.questions.policy_document import CALLER_KEYS, Statement
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Enforcement, Severity, rule
from isthmus_policies.values import UNKNOWN, Located, Value, as_list, read
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdict, Verdicts

_ROLE = "aws:iam/role:Role"
_POLICIES = (
    "aws:iam/policy:Policy",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/groupPolicy:GroupPolicy",
)
_ATTACHED = {
    _ROLE: "managedPolicyArns.*",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "policyArn",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": "policyArns.*",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": "policyArn",
    "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive": "policyArns.*",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": "policyArn",
    "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive": "policyArns.*",
    "aws:iam/policyAttachment:PolicyAttachment": "policyArn",
}
"""Where a type says which managed policies it attaches."""
_ADMINISTRATOR = re.compile(r"arn:[^:]+:iam::aws:policy/AdministratorAccess")
_EVERY_RESOURCE = re.compile(r"[*:]+|arn:\*|arn:[^:]*:\*.*|arn:[^:]*:[^:]*:\*?:\*?:\*(/\*)?")
"""`*`, and ARNs that leave open all but the service: `arn:aws:s3:::*`."""
_WHOLE_SERVICE = re.compile(r"\*+|[\w-]+:\*+|[\w-]*\*:.*")
_TRUST = "assumeRolePolicy"
_SOURCE_KEYS = ("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths")
_WITHOUT_SOURCE = ("ec2.amazonaws.com", "ec2.amazonaws.com.cn")
"""Services that assume a role for a machine of the role's own account only, and name no source.
Source: prowler-cloud/prowler, issues 2810 and 7021, on false findings about them."""


@rule(
    "identity-iam-policy-no-wildcard",
    title="No IAM policy grants everything, or all of a service on everything",
    why="Whoever gets hold of such an identity owns the account, or all data in the service.",
    fix="name the actions and the resources, {'Effect': 'Allow', 'Action': ['s3:GetObject'], "
    "'Resource': [bucket_arn + '/*']}, as text that a preview knows where possible",
    severity=Severity.HIGH,
    types=(*_POLICIES, _ROLE),
    controls=("AWS-IAM-01",),
)
def iam_policy_no_wildcard(resource: Resource, context: Context) -> Verdicts:
    if resource.type != _ROLE:
        return _judge_grants(resource, "policy")
    inline = [f"{found.path}.policy" for found in resource.find("inlinePolicies.*")]
    return [_judge_grants(resource, path) for path in inline] or NotApplicable("it has no policies")


def _judge_grants(resource: Resource, path: str) -> Verdict:
    message = "a statement grants all of a service, or all but some of AWS, on everything"
    return expect_no_statement(resource, path, _grants_too_much, message)


def _grants_too_much(statement: Statement) -> bool | None:
    if not statement.allows:
        return False
    if "NotAction" in statement.tree:
        return True
    if not any(_matches(_WHOLE_SERVICE, action) for action in statement.values("Action")):
        return False
    resources = statement.values("Resource")
    if "NotResource" in statement.tree or any(_matches(_EVERY_RESOURCE, r) for r in resources):
        return True
    return None if UNKNOWN in resources else False


def _matches(pattern: re.Pattern[str], value: Value) -> bool:
    return isinstance(value, str) and bool(pattern.fullmatch(value))


@rule(
    "identity-iam-role-trust-named",
    title="IAM roles trust named principals only",
    why="A role that trusts everyone is taken by everyone, from any account.",
    fix="aws.iam.Role(name, assume_role_policy=...) with {'Principal': {'AWS': account_arn}}, "
    "or {'Condition': {'StringEquals': {'aws:PrincipalOrgID': organization_id}}}",
    severity=Severity.CRITICAL,
    types=(_ROLE,),
    controls=("AWS-IAM-02",),
)
def iam_role_trust_named(role: Resource, context: Context) -> Verdicts:
    return expect_no_statement(role, _TRUST, _trusts_everyone, "the role trusts everyone")


def _trusts_everyone(statement: Statement) -> bool:
    limited = statement.is_limited(CALLER_KEYS)
    return statement.allows and statement.principal_is_anyone and not limited


@rule(
    "identity-iam-role-confused-deputy",
    title="IAM roles say on whose behalf a service may take them",
    why="Otherwise the service can be led by another account's resources to use this role; a few "
    "services cannot say on whose behalf they act.",
    fix="add {'Condition': {'StringEquals': {'aws:SourceAccount': account_id}}} to the trust "
    "policy's statement",
    severity=Severity.MEDIUM,
    types=(_ROLE,),
    controls=("AWS-IAM-02",),
    enforcement=Enforcement.ADVISORY,
)
def iam_role_confused_deputy(role: Resource, context: Context) -> Verdicts:
    message = "the trusted service does not have to say on whose behalf it acts"
    return expect_no_statement(role, _TRUST, _is_deputy, message)


def _is_deputy(statement: Statement) -> bool:
    services = as_list(read(statement.tree, "Principal.Service"))
    may_deceive = any(service not in _WITHOUT_SOURCE for service in services)
    return statement.allows and may_deceive and not statement.is_limited(_SOURCE_KEYS)


@rule(
    "identity-iam-no-administrator",
    title="Nobody gets the managed policy AdministratorAccess",
    why="It grants everything, forever, to whoever gets hold of the identity.",
    fix="aws.iam.RolePolicyAttachment(name, role=role.name, policy_arn=own_policy.arn)",
    severity=Severity.HIGH,
    types=tuple(_ATTACHED),
    controls=("AWS-IAM-02",),
)
def iam_no_administrator(resource: Resource, context: Context, graph: Graph) -> Iterator[Verdict]:
    for found in resource.find(_ATTACHED[resource.type]):
        yield _judge_attached(resource, found, graph)


def _judge_attached(resource: Resource, found: Located, graph: Graph) -> Verdict:
    if found.value is UNKNOWN and not graph.references(resource, found.path, _POLICIES):
        return Unknown("which policy is attached is not known yet", found.path)
    if _matches(_ADMINISTRATOR, found.value):
        return Fail("AdministratorAccess is attached", found.path)
    return Pass()


RULES = (
    iam_policy_no_wildcard,
    iam_role_trust_named,
    iam_role_confused_deputy,
    iam_no_administrator,
)

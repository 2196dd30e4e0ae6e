"""IAM, KMS and Secrets Manager."""

import re
from collections.abc import Iterable, Iterator, Mapping

from isthmus_simulator.check import Failure
from isthmus_simulator.cloud import Call, CloudError, Rules
from isthmus_simulator.clouds.aws.policies import (
    judge_document,
    read_document,
    services_trusted,
    statements,
)
from isthmus_simulator.clouds.aws.reading import listed, tables
from isthmus_simulator.values import Value
from isthmus_simulator.world import Resource

ROLE = "aws:iam/role:Role"
KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"
SECRET = "aws:secretsmanager/secret:Secret"
POLICY_LIMIT_CHARACTERS = 6144
"""Of a managed policy without white space (IAM User Guide, "IAM and AWS STS quotas")."""


def assumable_by(role: Resource, service: str) -> bool:
    """Whether the role's trust policy names the service, globally or in a region (`states.us-east-1...`)."""
    text = role.inputs.get("assumeRolePolicy")
    if not isinstance(text, str):
        return True
    name = re.escape(service.split(".")[0])
    trusted = services_trusted(read_document(text))
    return any(
        one == "*" or re.fullmatch(rf"{name}(\.[a-z0-9-]+)?\.amazonaws\.com(\.cn)?", one)
        for one in trusted
    )


def judge_role(call: Call) -> None:
    judge_document(call.inputs.get("assumeRolePolicy"), trust=True)
    for one in tables(call.inputs, "inlinePolicies"):
        if one.get("policy"):
            judge_document(one["policy"])


def judge_policy(call: Call) -> None:
    text = call.inputs.get("policy")
    judge_document(text)
    if isinstance(text, str) and call.token == "aws:iam/policy:Policy":
        size = len("".join(text.split()))
        if size > POLICY_LIMIT_CHARACTERS:
            raise CloudError(
                f"LimitExceeded: Cannot exceed quota for PolicySize: {POLICY_LIMIT_CHARACTERS}"
            )


def keep_used_role(call: Call, dependents: list[tuple[str, Resource]]) -> None:
    """Words of the IAM API, DeleteRole (moto 5.2.5, moto/iam/models.py)."""
    kinds = {
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "Cannot delete entity, must detach "
        "all policies first.",
        "aws:iam/rolePolicy:RolePolicy": "Cannot delete entity, must delete policies first.",
        "aws:iam/instanceProfile:InstanceProfile": "Cannot delete entity, must remove roles from "
        "instance profile first.",
    }
    for _, other in dependents:
        detaches = call.inputs.get("forceDetachPolicies") and "olic" in other.type
        if other.type in kinds and not detaches:
            raise CloudError(f"DeleteConflict: {kinds[other.type]}")


def judge_key(call: Call) -> None:
    """A key's policy has to leave somebody in charge (KMS API, PutKeyPolicy)."""
    text = call.inputs.get("policy")
    if not text:
        return
    judge_document(text, code="MalformedPolicyDocumentException", resource_policy=True)
    allowed = [one for one in statements(read_document(text)) if one.get("Effect") == "Allow"]
    actions = {str(action).lower() for one in allowed for action in listed(one.get("Action"))}
    manages = any(action in ("*", "kms:*") or action.startswith("kms:put") for action in actions)
    if not manages and not call.inputs.get("bypassPolicyLockoutSafetyCheck"):
        raise CloudError(
            "MalformedPolicyDocumentException: The new key policy will not allow you to update the key "
            "policy in the future."
        )


def check_alias(call: Call) -> Iterator[Failure]:
    name = call.inputs.get("name")
    if isinstance(name, str) and not name.startswith("alias/"):
        yield Failure(
            "name",
            f"ValidationException: an alias must begin with 'alias/', then letters, digits and /_-: {name}",
        )
    elif isinstance(name, str) and name.startswith("alias/aws/"):
        yield Failure(
            "name",
            f"NotAuthorizedException: alias/aws/ is for the keys of AWS's own services: {name}",
        )


def alias_outputs(call: Call) -> Mapping[str, Value]:
    key = call.target("targetKeyId")
    return {
        "targetKeyArn": key.outputs.get("arn") if key else "",
        "targetKeyId": key.id if key else "",
    }


def secret_identities(call: Call, outputs: Mapping[str, Value]) -> Iterable[tuple[str, str]]:
    """A secret answers to its ARN without the six random characters too (Secrets Manager User Guide)."""
    return [(SECRET, call.id.rsplit("-", 1)[0])]


def version_outputs(call: Call) -> Mapping[str, Value]:
    seed = str(call.inputs.get("secretString"))
    return {
        "versionId": call.maker.child(seed).uuid(),
        "versionStages": call.inputs.get("versionStages") or ["AWSCURRENT"],
    }


def access_key_outputs(call: Call) -> Mapping[str, Value]:
    """Recognizably made up: AWS never gives out a key with these words."""
    return {
        "secret": f"simulated/{call.maker.child('secret').hex(30)}",
        "sesSmtpPasswordV4": f"simulated{call.maker.child('smtp').hex(24)}",
    }


IDENTITY_POLICIES = (
    "policy:Policy",
    "rolePolicy:RolePolicy",
    "userPolicy:UserPolicy",
    "groupPolicy:GroupPolicy",
)

RULES: Mapping[str, Rules] = {
    ROLE: Rules(create=judge_role, delete=keep_used_role),
    **{f"aws:iam/{one}": Rules(create=judge_policy) for one in IDENTITY_POLICIES},
    KEY: Rules(create=judge_key),
    ALIAS: Rules(check=check_alias, outputs=alias_outputs),
    SECRET: Rules(identities=secret_identities),
    "aws:secretsmanager/secretVersion:SecretVersion": Rules(outputs=version_outputs),
    "aws:iam/accessKey:AccessKey": Rules(outputs=access_key_outputs),
}

"""Reads policy documents as IAM does."""

import json
from typing import Any, cast

from isthmus_simulator.cloud import CloudError
from isthmus_simulator.clouds.aws.reading import listed
from isthmus_simulator.values import Value

VERSIONS = ("2012-10-17", "2008-10-17")
"""IAM User Guide, "IAM JSON policy elements: Version"."""


def read_document(value: Value) -> dict[str, Any]:
    """The document of a JSON text, {} for what is no readable document."""
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return {}
    return cast(dict[str, Any], found) if isinstance(found, dict) else {}


def statements(document: dict[str, Any]) -> list[dict[str, Any]]:
    found = listed(document.get("Statement"))
    return [cast(dict[str, Any], one) for one in found if isinstance(one, dict)]


def judge_document(
    text: Value,
    *,
    code: str = "MalformedPolicyDocument",
    trust: bool = False,
    resource_policy: bool = False,
) -> None:
    """Refuse what IAM refuses of a document, in its words (IAM User Guide, grammar of the policy language).

    `trust`: a role's trust policy, which has principals and no resources. `resource_policy`: one on a
    bucket, key or queue, which has principals; any other has none.
    """
    document = read_document(text)
    found = statements(document)
    if not document or (not found and "Statement" not in document):
        raise CloudError(f"{code}: Syntax errors in policy.")
    if document.get("Version") not in (None, *VERSIONS):
        raise CloudError(f"{code}: The policy must contain a valid version string")
    for one in found:
        _judge_statement(one, code, trust=trust, resource_policy=resource_policy)


def _judge_statement(one: dict[str, Any], code: str, *, trust: bool, resource_policy: bool) -> None:
    if one.get("Effect") not in ("Allow", "Deny"):
        raise CloudError(
            f"{code}: Missing required field Effect"
            if "Effect" not in one
            else f"{code}: Invalid effect: {one['Effect']}"
        )
    if "Action" not in one and "NotAction" not in one:
        raise CloudError(
            f"{code}: Missing required field Action"
            if trust or resource_policy
            else f"{code}: Policy statement must contain actions."
        )
    has_principal = "Principal" in one or "NotPrincipal" in one
    if trust and ("Resource" in one or "NotResource" in one):
        raise CloudError(f"{code}: Has prohibited field Resource")
    if (trust or resource_policy) and not has_principal:
        raise CloudError(f"{code}: Missing required field Principal")
    if not trust and not resource_policy and has_principal:
        raise CloudError(f"{code}: Policy document should not specify a principal.")
    if not trust and "Resource" not in one and "NotResource" not in one:
        raise CloudError(f"{code}: Policy statement must contain resources.")


def services_trusted(document: dict[str, Any]) -> set[str]:
    """The services that may assume a role by this trust policy; `*` for everybody."""
    found: set[str] = set()
    for one in statements(document):
        principal = one.get("Principal")
        if one.get("Effect") != "Allow":
            continue
        if principal == "*":
            found.add("*")
        elif isinstance(principal, dict):
            found.update(map(str, listed(cast(dict[str, Any], principal).get("Service"))))
    return found


def is_public(document: dict[str, Any]) -> bool:
    """Whether the document lets everybody in without a condition (S3 User Guide, "The meaning of public")."""
    return any(
        one.get("Effect") == "Allow"
        and not one.get("Condition")
        and _is_everybody(one.get("Principal"))
        for one in statements(document)
    )


def _is_everybody(principal: Any) -> bool:
    if isinstance(principal, dict):
        return "*" in listed(cast(dict[str, Any], principal).get("AWS"))
    return principal == "*"

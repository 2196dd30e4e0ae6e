"""IAM documents and the roles that services and machines assume."""

import json
from collections.abc import Mapping, Sequence

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import iam

from isthmus.clouds.aws.naming import tags_of
from isthmus.clouds.handles import Place

Statement = Mapping[str, object]
"""One statement of an IAM policy, in IAM's own words."""


def document(*statements: Statement) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(service: str, condition: Mapping[str, object] | None = None) -> str:
    """A trust policy that lets one AWS service assume the role."""
    statement: dict[str, object] = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    return document(statement if condition is None else {**statement, "Condition": condition})


def build_role(
    parent: pulumi.Resource,
    place: Place,
    child: str,
    trust_policy: Input[str],
    managed_policies: Mapping[str, Output[str]],
) -> tuple[iam.Role, Sequence[iam.RolePolicyAttachment]]:
    """A role and its attachments; `managed_policies` maps a short child name to a policy ARN."""
    name = f"{place.name}-{child}"
    role = iam.Role(
        name,
        assume_role_policy=trust_policy,
        tags=tags_of(place, name),
        opts=ResourceOptions(parent=parent),
    )
    attachments = [
        iam.RolePolicyAttachment(
            f"{name}-{short}",
            role=role.name,
            policy_arn=arn,
            opts=ResourceOptions(parent=parent),
        )
        for short, arn in managed_policies.items()
    ]
    return role, attachments

"""Flow logs of the whole network, kept under the site's logs key."""

import pulumi
from pulumi import Output, ResourceOptions
from pulumi_aws import ec2, iam

from isthmus.clouds.aws.account import Account, account_of
from isthmus.clouds.aws.iam import build_role, document, trust
from isthmus.clouds.aws.logs import build_log_group
from isthmus.clouds.aws.naming import tags_of
from isthmus.clouds.handles import KeysHandle, Place


def build_flow_log(
    parent: pulumi.Resource, place: Place, vpc_id: Output[str], keys: KeysHandle, days: int
) -> None:
    """Record accepted and refused traffic of the VPC for at least `days` days."""
    group = build_log_group(parent, place, "flow-logs", keys, days)
    trust_policy = account_of(parent).apply(lambda found: delivery_trust(found, place.region))
    role, _ = build_role(parent, place, "flow-logs-role", trust_policy, {})
    write = iam.RolePolicy(
        f"{place.name}-flow-logs-write",
        role=role.name,
        policy=group.arn.apply(delivery_policy),
        opts=ResourceOptions(parent=parent),
    )
    name = f"{place.name}-flow-log"
    ec2.FlowLog(
        name,
        vpc_id=vpc_id,
        traffic_type="ALL",
        log_destination_type="cloud-watch-logs",
        log_destination=group.arn,
        iam_role_arn=role.arn,
        tags=tags_of(place, name),
        # Delivery is tried as soon as the log exists and fails for a while if the role cannot write
        # yet.
        opts=ResourceOptions(parent=parent, depends_on=[write]),
    )


def delivery_trust(account: Account, region: str) -> str:
    """Flow logs of this account and region only (VPC User Guide, "IAM role for publishing flow
    logs")."""
    return trust(
        "vpc-flow-logs.amazonaws.com",
        {
            "StringEquals": {"aws:SourceAccount": account.id},
            "ArnLike": {"aws:SourceArn": account.arn("ec2", region, "vpc-flow-log/*")},
        },
    )


def delivery_policy(log_group_arn: str) -> str:
    """Write into one log group."""
    return document(
        {
            "Effect": "Allow",
            "Action": [
                "logs:CreateLogStream",
                "logs:PutLogEvents",
                "logs:DescribeLogGroups",
                "logs:DescribeLogStreams",
            ],
            "Resource": [log_group_arn, f"{log_group_arn}:*"],
        }
    )

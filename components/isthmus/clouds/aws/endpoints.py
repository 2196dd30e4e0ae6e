"""Private endpoints: the only way from the network to AWS services."""

import pulumi
from pulumi import Output, ResourceOptions
from pulumi_aws import ec2

from isthmus.clouds.aws.account import Account, account_of
from isthmus.clouds.aws.iam import Statement, document
from isthmus.clouds.aws.naming import tags_of
from isthmus.clouds.handles import Place

INTERFACE_SERVICES = (
    "autoscaling",
    "ec2",
    "ecr.api",
    "ecr.dkr",
    "eks",
    "eks-auth",
    "kms",
    "logs",
    "secretsmanager",
    "sts",
)
"""What nodes, pods' identities and the cluster autoscaler call in a cluster without internet (EKS
User Guide, "Deploy private clusters with limited internet access"), and the site's own keys and
secrets."""


def build_endpoints(
    parent: pulumi.Resource,
    place: Place,
    vpc_id: Output[str],
    subnet_ids: list[Output[str]],
    group_id: Output[str],
) -> list[ec2.VpcEndpoint]:
    """Interface endpoints in every endpoint subnet, each limited by policy to callers of this
    account."""
    account = account_of(parent)
    return [
        _build_interface_endpoint(parent, place, service, vpc_id, subnet_ids, group_id, account)
        for service in INTERFACE_SERVICES
    ]


def build_s3_endpoint(
    parent: pulumi.Resource, place: Place, vpc_id: Output[str], route_table_id: Output[str]
) -> ec2.VpcEndpoint:
    """The gateway endpoint of S3, in the region's own S3 only."""
    name = f"{place.name}-s3"
    return ec2.VpcEndpoint(
        name,
        vpc_id=vpc_id,
        vpc_endpoint_type="Gateway",
        service_name=f"com.amazonaws.{place.region}.s3",
        route_table_ids=[route_table_id],
        policy=account_of(parent).apply(lambda account: s3_policy(account, place.region)),
        tags=tags_of(place, name),
        opts=ResourceOptions(parent=parent),
    )


def interface_policy(service: str, account: Account) -> str:
    """Only callers of this account: stolen credentials of another cannot carry data out through
    it."""
    own: Statement = {
        "Sid": "OwnAccount",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "*",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalAccount": account.id}},
    }
    return document(own, *(_web_identity(account) if service == "sts" else ()))


def s3_policy(account: Account, region: str) -> str:
    """Own callers to own buckets, and the layers of container images that ECR keeps in S3."""
    return document(
        {
            "Sid": "OwnBuckets",
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {
                "StringEquals": {
                    "aws:PrincipalAccount": account.id,
                    "aws:ResourceAccount": account.id,
                }
            },
        },
        # ECR User Guide, "Minimum Amazon S3 Bucket Permissions for Amazon ECR": image layers come
        # by presigned requests from this bucket of AWS, so no condition on our own account can
        # hold.
        {
            "Sid": "ImageLayers",
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": f"arn:{account.partition}:s3:::prod-{region}-starport-layer-bucket/*",
        },
    )


def _web_identity(account: Account) -> tuple[Statement, ...]:
    # AssumeRoleWithWebIdentity is called without credentials, hence without a principal's account;
    # the roles it may reach are our own instead.
    return (
        {
            "Sid": "OwnRolesByWebIdentity",
            "Effect": "Allow",
            "Principal": "*",
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Resource": f"arn:{account.partition}:iam::{account.id}:role/*",
        },
    )


def _build_interface_endpoint(
    parent: pulumi.Resource,
    place: Place,
    service: str,
    vpc_id: Output[str],
    subnet_ids: list[Output[str]],
    group_id: Output[str],
    account: Output[Account],
) -> ec2.VpcEndpoint:
    name = f"{place.name}-{service.replace('.', '-')}"
    return ec2.VpcEndpoint(
        name,
        vpc_id=vpc_id,
        vpc_endpoint_type="Interface",
        service_name=f"com.amazonaws.{place.region}.{service}",
        subnet_ids=subnet_ids,
        security_group_ids=[group_id],
        private_dns_enabled=True,
        policy=account.apply(lambda found: interface_policy(service, found)),
        tags=tags_of(place, name),
        opts=ResourceOptions(parent=parent),
    )

"""The roles of a cluster: its control plane's and its machines'."""

from collections.abc import Callable, Sequence

import pulumi
from pulumi import Output, ResourceOptions
from pulumi_aws import iam

from isthmus.clouds.aws.account import Account, account_of
from isthmus.clouds.aws.iam import build_role, document, trust
from isthmus.clouds.handles import Place

NODE_POLICIES = (
    "AmazonEKSWorkerNodePolicy",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEKS_CNI_Policy",
)
"""EKS User Guide, "Amazon EKS node IAM role". The CNI's is on the machine's role and not on a pod
identity, because no machine becomes ready before its CNI runs; pods cannot reach the machine's
credentials."""


def build_cluster_role(
    parent: pulumi.Resource, place: Place, cluster: str, key_arn: Output[str]
) -> tuple[iam.Role, Sequence[pulumi.Resource]]:
    """The control plane's role and what has to be attached before it is used."""
    account = account_of(parent)
    trust_policy = account.apply(lambda found: cluster_trust(found, place.region, cluster))
    managed = {"eks": account.apply(policy_named("AmazonEKSClusterPolicy"))}
    role, attachments = build_role(parent, place, "cluster-role", trust_policy, managed)
    encryption = iam.RolePolicy(
        f"{place.name}-cluster-encryption",
        role=role.name,
        policy=key_arn.apply(envelope_policy),
        opts=ResourceOptions(parent=parent),
    )
    return role, [*attachments, encryption]


def build_node_role(
    parent: pulumi.Resource, place: Place
) -> tuple[iam.Role, Sequence[pulumi.Resource]]:
    """The machines' role: join the cluster, give pods addresses, pull images; nothing else."""
    account = account_of(parent)
    managed = {policy: account.apply(policy_named(policy)) for policy in NODE_POLICIES}
    return build_role(parent, place, "node-role", trust("ec2.amazonaws.com"), managed)


def policy_named(name: str) -> Callable[[Account], str]:
    """Finds the ARN of a policy that AWS maintains in the account's partition."""
    return lambda account: account.managed_policy(name)


def cluster_trust(account: Account, region: str, cluster: str) -> str:
    """EKS, on behalf of this cluster only (EKS User Guide, "Cross-service confused deputy
    prevention")."""
    return trust(
        "eks.amazonaws.com",
        {
            "StringEquals": {"aws:SourceAccount": account.id},
            "ArnLike": {"aws:SourceArn": account.arn("eks", region, f"cluster/{cluster}")},
        },
    )


def envelope_policy(key_arn: str) -> str:
    """Use of the cluster key for the secrets of the Kubernetes API."""
    return document(
        {
            "Effect": "Allow",
            "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"],
            "Resource": key_arn,
        }
    )

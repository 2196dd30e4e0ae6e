"""Makes the identity that nodes run as: enough to work, log and pull images, nothing more."""

import hashlib

import pulumi
from pulumi_gcp import projects, serviceaccount

from isthmus.clouds.gcp.project import Project
from isthmus.clouds.handles import Place

NODE_ROLES = {
    # https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster#use_least_privilege_sa
    "work": "roles/container.defaultNodeServiceAccount",
    "images": "roles/artifactregistry.reader",
}

CLOUD_PLATFORM = "https://www.googleapis.com/auth/cloud-platform"
"""The one scope Google recommends: what nodes may do is up to their account's roles
(https://cloud.google.com/compute/docs/access/service-accounts#scopes_best_practice)."""

ACCOUNT_ID_LENGTH = 30
"""https://cloud.google.com/iam/docs/service-accounts-create: 6 to 30 characters."""


def build_node_identity(
    parent: pulumi.ComponentResource, place: Place, project: Project
) -> tuple[serviceaccount.Account, list[pulumi.CustomResource]]:
    """Make a service account for nodes; give it and its grants, which nodes must wait for."""
    account = serviceaccount.Account(
        f"{place.name}-nodes",
        account_id=account_id(f"{place.name}-nodes"),
        display_name=f"Nodes of {place.name}",
        opts=pulumi.ResourceOptions(parent=parent),
    )
    grants: list[pulumi.CustomResource] = [
        projects.IAMMember(
            f"{place.name}-nodes-{purpose}",
            project=project.id,
            role=role,
            member=pulumi.Output.concat("serviceAccount:", account.email),
            opts=pulumi.ResourceOptions(parent=parent),
        )
        for purpose, role in NODE_ROLES.items()
    ]
    return account, grants


def account_id(name: str) -> str:
    """Fit a name into an account id; a long one keeps its beginning and ends in its digest."""
    if len(name) <= ACCOUNT_ID_LENGTH:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:6]
    return f"{name[: ACCOUNT_ID_LENGTH - len(digest) - 1].rstrip('-')}-{digest}"

"""Looks up the project a site lives in, and Google's own accounts in it."""

from dataclasses import dataclass

import pulumi
from pulumi_gcp import logging, organizations, storage

ENCRYPTS_AND_DECRYPTS = "roles/cloudkms.cryptoKeyEncrypterDecrypter"


@dataclass(frozen=True, slots=True)
class Project:
    id: pulumi.Output[str]
    number: pulumi.Output[str]


def find_project(parent: pulumi.Resource) -> Project:
    """Find the project of the provider that `parent` hands down."""
    found = organizations.get_project_output(opts=pulumi.InvokeOptions(parent=parent))
    return Project(id=found.project_id.apply(known_project), number=found.number)


def known_project(project_id: str | None) -> str:
    if not project_id:
        raise ValueError(
            "Google Cloud told no project id: the credentials have no project of their own. "
            "Write the project under the site's `account`."
        )
    return project_id


def storage_agent(parent: pulumi.Resource) -> pulumi.Output[str]:
    """Cloud Storage's account; asking for it is what creates it."""
    found = storage.get_project_service_account_output(opts=pulumi.InvokeOptions(parent=parent))
    return pulumi.Output.concat("serviceAccount:", found.email_address)


def logging_agent(parent: pulumi.Resource, project: Project) -> pulumi.Output[str]:
    """Cloud Logging's account for keys, which is asked for: projects' names for it differ."""
    found = logging.get_project_cmek_settings_output(
        project=project.id, opts=pulumi.InvokeOptions(parent=parent)
    )
    return pulumi.Output.concat("serviceAccount:", found.service_account_id)


def compute_agent(project: Project) -> pulumi.Output[str]:
    """Compute Engine's account, which opens the disks of nodes."""
    return _agent(project, "compute-system")


def container_agent(project: Project) -> pulumi.Output[str]:
    """GKE's account, which opens the secrets that the cluster's database holds."""
    return _agent(project, "container-engine-robot")


def _agent(project: Project, domain: str) -> pulumi.Output[str]:
    # https://cloud.google.com/iam/docs/service-agents lists the domains.
    account = pulumi.Output.concat("service-", project.number, "@", domain)
    return pulumi.Output.concat("serviceAccount:", account, ".iam.gserviceaccount.com")

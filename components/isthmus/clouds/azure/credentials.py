"""What a client must know of a cluster: its certificate authority and who issues its pods'
identities."""

import base64
from collections.abc import Sequence

import pulumi
import yaml
from pulumi_azure_native import containerservice
from pydantic import BaseModel, Field


class Certificates(BaseModel):
    certificate_authority: str = Field(alias="certificate-authority-data")


class ClusterEntry(BaseModel):
    cluster: Certificates


class KubeConfig(BaseModel):
    clusters: list[ClusterEntry] = Field(min_length=1)


def read_certificate(
    parent: pulumi.Resource,
    cluster: containerservice.ManagedCluster,
    group_name: pulumi.Output[str],
) -> pulumi.Output[str]:
    """The cluster's certificate authority, Base64. The file asked for holds no credentials: it is
    the one whose users sign in by Entra ID."""
    answer = containerservice.list_managed_cluster_user_credentials_output(
        resource_group_name=group_name,
        resource_name=cluster.name,
        opts=pulumi.InvokeOutputOptions(parent=parent),
    )
    return answer.kubeconfigs.apply(certificate_of)


def certificate_of(
    files: Sequence[containerservice.outputs.CredentialResultResponse],
) -> str:
    """The certificate authority in the first of Azure's kubeconfig files."""
    text = base64.b64decode(files[0].value).decode()
    config = KubeConfig.model_validate(yaml.safe_load(text))
    return config.clusters[0].cluster.certificate_authority


def issuer_url(
    profile: containerservice.outputs.ManagedClusterOIDCIssuerProfileResponse | None,
) -> str:
    """The OIDC issuer. Raises ValueError when Azure answers none although it was asked for."""
    if profile is None:
        raise ValueError("the cluster has no OIDC issuer profile: Azure did not enable the issuer")
    return profile.issuer_url


def api_address(private_name: str | None) -> str:
    """The API server's private address. Raises ValueError when the cluster has none."""
    if not private_name:
        raise ValueError("the cluster has no private name: it is not a private cluster")
    return f"https://{private_name}:443"

"""What one cloud room hands to the next: identities of things that exist, the only place of Outputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pulumi import Output


@dataclass(frozen=True, slots=True)
class Place:
    """Where a component builds and how it marks what it builds.

    `name` is short and stable and starts every child's name; `tags` carry owner, environment and data
    classification.
    """

    name: str
    region: str
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NetworkHandle:
    """A private network. Lists are in the order of the plan's subnets."""

    network_id: Output[str]
    node_subnet_ids: Output[Sequence[str]]
    endpoint_subnet_ids: Output[Sequence[str]]
    control_plane_subnet_id: Output[str]
    fabric_network_ids: Output[Sequence[str]]
    fabric_subnet_ids: Output[Sequence[str]]
    node_firewall_id: Output[str]
    """AWS security group or Azure network security group of the nodes; the network's own id on Google
    Cloud, where firewall rules belong to the network."""


@dataclass(frozen=True, slots=True)
class KeysHandle:
    """Customer-managed keys by purpose."""

    key_ids: Output[Mapping[str, str]]
    """purpose -> AWS key ARN, Google Cloud crypto key id, or versionless Azure Key Vault key URI."""
    vault_id: Output[str]
    """Azure Key Vault resource id, Google Cloud key ring id; empty on AWS, which has no container."""
    identity_id: Output[str]
    """Azure user-assigned identity that may use the keys; empty where service agents and key policies do."""
    secret_ids: Output[Mapping[str, str]]
    key_version_ids: Output[Mapping[str, str]] | None = None
    """purpose -> Azure Key Vault key URI with its version, for services that pin one (AKS etcd encryption,
    disk encryption sets); None where a key is one id for life."""


@dataclass(frozen=True, slots=True)
class StoreHandle:
    store_id: Output[str]
    url: Output[str]
    """s3://..., gs://... or abfss://..."""


@dataclass(frozen=True, slots=True)
class ClusterHandle:
    cluster_id: Output[str]
    endpoint: Output[str]
    """Private API endpoint."""
    ca_certificate: Output[str]
    """Base64."""
    workload_issuer: Output[str]
    """OIDC issuer or workload-identity pool that pods' identities are federated from."""
    pool_ids: Output[Mapping[str, str]]

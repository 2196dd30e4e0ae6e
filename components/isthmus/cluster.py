"""The public component AcceleratorCluster."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi

from isthmus.arguments import PlaceArgs, place_of, plan_one_site
from isthmus.clouds import room
from isthmus.references import KeysReference, NetworkReference, keys_handle, network_handle


class PoolArgs(TypedDict):
    """A pool of equal accelerator machines that scales between two sizes."""

    accelerator: str
    """Catalogue name or alias, for example `nvidia-h100-80gb` or `h100`."""
    machine_type: NotRequired[str]
    """Default: the offered machine with the most accelerators of that kind."""
    min_nodes: NotRequired[int]
    """Default: 0."""
    max_nodes: NotRequired[int]
    """Default: 1."""
    spot: NotRequired[bool]
    """Cheaper machines that the cloud may take back at any time. Default: false."""


class AcceleratorClusterArgs(PlaceArgs, KeysReference, NetworkReference):
    """Arguments of AcceleratorCluster."""

    range: str
    """`range` of the Network the cluster stands in."""
    zones: NotRequired[int]
    """`zones` of the Network. Default: 3."""
    kubernetes_version: NotRequired[str]
    """Minor version, `1.34`. Default: the plan's."""
    system_machine_type: NotRequired[str]
    """Machine of the system pool. Default: a general-purpose one that the region offers."""
    system_nodes: NotRequired[int]
    """Machines in the system pool. Default: 3."""
    pools: Mapping[str, PoolArgs]
    """Accelerator pools by name."""


class AcceleratorCluster(pulumi.ComponentResource):
    """A private Kubernetes cluster (EKS, GKE, AKS) with a system pool and accelerator pools whose fabric is
    wired: private API, audit logs, workload identity, disks and secrets under keys of one's own."""

    cluster_id: pulumi.Output[str]
    """The cloud's id of the cluster."""
    endpoint: pulumi.Output[str]
    """Private API endpoint."""
    ca_certificate: pulumi.Output[str]
    """Certificate of the API's authority, base64."""
    workload_issuer: pulumi.Output[str]
    """OIDC issuer or workload identity pool that pods' identities are federated from."""
    pool_ids: pulumi.Output[Mapping[str, str]]
    """Pool name to the cloud's id."""

    def __init__(
        self, name: str, args: AcceleratorClusterArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Raises pulumi.InputPropertiesError with every mistake in `args` at once."""
        super().__init__("isthmus:index:AcceleratorCluster", name, {}, opts)
        plan = plan_one_site(
            name, args, range=args["range"], zones=args.get("zones"), cluster=_cluster_section(args)
        )
        assert plan.cluster is not None  # the section above asks for one
        handle = room(plan.cloud, "cluster").build_cluster(
            self,
            place_of(plan),
            plan.cluster,
            plan.network,
            network_handle(args),
            keys_handle(args),
        )
        self.cluster_id = handle.cluster_id
        self.endpoint = handle.endpoint
        self.ca_certificate = handle.ca_certificate
        self.workload_issuer = handle.workload_issuer
        self.pool_ids = handle.pool_ids
        self.register_outputs(
            {
                "clusterId": self.cluster_id,
                "endpoint": self.endpoint,
                "caCertificate": self.ca_certificate,
                "workloadIssuer": self.workload_issuer,
                "poolIds": self.pool_ids,
            }
        )


def _cluster_section(args: AcceleratorClusterArgs) -> dict[str, object]:
    section = {
        "kubernetesVersion": args.get("kubernetes_version"),
        "systemMachineType": args.get("system_machine_type"),
        "systemNodes": args.get("system_nodes"),
        "pools": {name: _pool_section(pool) for name, pool in args["pools"].items()},
    }
    return {key: value for key, value in section.items() if value is not None}


def _pool_section(pool: PoolArgs) -> dict[str, object]:
    section = {
        "accelerator": pool["accelerator"],
        "machineType": pool.get("machine_type"),
        "minNodes": pool.get("min_nodes"),
        "maxNodes": pool.get("max_nodes"),
        "spot": pool.get("spot"),
    }
    return {key: value for key, value in section.items() if value is not None}

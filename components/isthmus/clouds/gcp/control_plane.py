"""Says how a cluster's control plane is closed, hardened and observed."""

import pulumi
from pulumi_gcp import container

from isthmus.clouds.gcp.firewall import own_ranges
from isthmus.clouds.gcp.project import Project
from isthmus.clouds.handles import NetworkHandle
from isthmus.plan.model import NetworkPlan

CONTROL_PLANE_PARTS = ("APISERVER", "SCHEDULER", "CONTROLLER_MANAGER")


def close_to_others(args: container.ClusterArgs, plan: NetworkPlan, network: NetworkHandle) -> None:
    """Give nodes and API private addresses only; let the site's own addresses ask, no others."""
    args.private_cluster_config = container.ClusterPrivateClusterConfigArgs(
        enable_private_nodes=True,
        enable_private_endpoint=True,
        private_endpoint_subnetwork=network.control_plane_subnet_id,
        master_global_access_config=container.ClusterPrivateClusterConfigMasterGlobalAccessConfigArgs(
            enabled=False
        ),
    )
    # The endpoint with a name instead of an address is Google's front end, not the site's network.
    args.control_plane_endpoints_config = container.ClusterControlPlaneEndpointsConfigArgs(
        dns_endpoint_config=container.ClusterControlPlaneEndpointsConfigDnsEndpointConfigArgs(
            allow_external_traffic=False
        )
    )
    args.master_authorized_networks_config = container.ClusterMasterAuthorizedNetworksConfigArgs(
        cidr_blocks=[
            container.ClusterMasterAuthorizedNetworksConfigCidrBlockArgs(
                cidr_block=str(each), display_name="site"
            )
            for each in own_ranges(plan)
        ],
        gcp_public_cidrs_access_enabled=False,
        private_endpoint_enforcement_enabled=True,
    )


def harden(args: container.ClusterArgs, project: Project, key_id: pulumi.Input[str]) -> None:
    """Encrypt secrets with the cluster's key, federate identities, leave no old way to log in."""
    args.database_encryption = container.ClusterDatabaseEncryptionArgs(
        state="ENCRYPTED", key_name=key_id
    )
    args.workload_identity_config = container.ClusterWorkloadIdentityConfigArgs(
        workload_pool=workload_pool(project)
    )
    args.master_auth = container.ClusterMasterAuthArgs(
        client_certificate_config=container.ClusterMasterAuthClientCertificateConfigArgs(
            issue_client_certificate=False
        )
    )
    args.enable_legacy_abac = False
    args.anonymous_authentication_config = container.ClusterAnonymousAuthenticationConfigArgs(
        mode="LIMITED"
    )
    args.rbac_binding_config = container.ClusterRbacBindingConfigArgs(
        enable_insecure_binding_system_authenticated=False,
        enable_insecure_binding_system_unauthenticated=False,
    )
    args.enable_shielded_nodes = True
    args.binary_authorization = container.ClusterBinaryAuthorizationArgs(
        evaluation_mode="PROJECT_SINGLETON_POLICY_ENFORCE"
    )


def observe(args: container.ClusterArgs) -> None:
    """Log the control plane and the workloads; measure them and the accelerators."""
    args.enable_intranode_visibility = True
    args.logging_config = container.ClusterLoggingConfigArgs(
        enable_components=["SYSTEM_COMPONENTS", "WORKLOADS", *CONTROL_PLANE_PARTS]
    )
    args.monitoring_config = container.ClusterMonitoringConfigArgs(
        enable_components=["SYSTEM_COMPONENTS", *CONTROL_PLANE_PARTS, "DCGM"],
        managed_prometheus=container.ClusterMonitoringConfigManagedPrometheusArgs(enabled=True),
    )
    args.cost_management_config = container.ClusterCostManagementConfigArgs(enabled=True)


def workload_pool(project: Project) -> pulumi.Output[str]:
    """The pool that pods' identities are federated from: a project has exactly one."""
    return pulumi.Output.concat(project.id, ".svc.id.goog")

"""The careless stack on Azure: vault, stores, network, cluster, database, warehouse, notebook, registry."""

import pulumi
from pulumi_azure_native import (
    authorization,
    containerregistry,
    containerservice,
    cosmosdb,
    keyvault,
    machinelearningservices,
    network,
    resources,
    storage,
    synapse,
)

TAGS = {"owner": "lab", "cost-centre": "4711"}
TENANT = "11111111-1111-1111-1111-111111111111"
OWNER = "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635"


def build() -> None:
    group = resources.ResourceGroup("careless", tags=TAGS)
    vault(group)
    stores(group)
    networks(group)
    cluster(group)
    data(group)
    identities(group)


def vault(group: resources.ResourceGroup) -> None:
    safe = keyvault.Vault(
        "safe",
        resource_group_name=group.name,
        properties={
            "tenant_id": TENANT,
            "sku": {"family": "A", "name": "standard"},
            "enable_rbac_authorization": True,
            "enable_soft_delete": True,
            "enable_purge_protection": True,
            "public_network_access": "Disabled",
        },
        tags=TAGS,
    )
    keyvault.Key(
        "stale",
        resource_group_name=group.name,
        vault_name=safe.name,
        properties={"kty": "RSA", "key_size": 3072},
        tags=TAGS,
    )
    keyvault.Secret(
        "token",
        resource_group_name=group.name,
        vault_name=safe.name,
        properties={"value": pulumi.Output.secret("not-for-you")},
        tags=TAGS,
    )


def stores(group: resources.ResourceGroup) -> None:
    account = storage.StorageAccount(
        "scratch",
        resource_group_name=group.name,
        kind="StorageV2",
        sku={"name": "Standard_GRS"},
        allow_blob_public_access=True,
        enable_https_traffic_only=True,
        minimum_tls_version="TLS1_2",
        tags=TAGS,
    )
    storage.BlobContainer(
        "public",
        resource_group_name=group.name,
        account_name=account.name,
        public_access="Blob",
    )
    storage.BlobServiceProperties(
        "scratch",
        resource_group_name=group.name,
        account_name=account.name,
        blob_services_name="default",
        is_versioning_enabled=True,
        delete_retention_policy={"enabled": True, "days": 30},
        container_delete_retention_policy={"enabled": True, "days": 30},
    )


def networks(group: resources.ResourceGroup) -> None:
    net = network.VirtualNetwork(
        "net",
        resource_group_name=group.name,
        address_space={"address_prefixes": ["10.2.0.0/16"]},
        tags=TAGS,
    )
    rules = network.NetworkSecurityGroup(
        "open",
        resource_group_name=group.name,
        security_rules=[
            {
                "name": "ssh",
                "access": "Allow",
                "direction": "Inbound",
                "priority": 100,
                "protocol": "Tcp",
                "source_address_prefix": "*",
                "source_port_range": "*",
                "destination_address_prefix": "*",
                "destination_port_range": "22",
            }
        ],
        tags=TAGS,
    )
    network.Subnet(
        "bare",
        resource_group_name=group.name,
        virtual_network_name=net.name,
        address_prefix="10.2.0.0/24",
    )
    network.Subnet(
        "guarded",
        resource_group_name=group.name,
        virtual_network_name=net.name,
        address_prefix="10.2.1.0/24",
        network_security_group={"id": rules.id},
    )
    network.SecurityRule(
        "secret-source",
        resource_group_name=group.name,
        network_security_group_name=rules.name,
        access="Allow",
        direction="Inbound",
        priority=200,
        protocol="Tcp",
        source_address_prefix=pulumi.Output.secret("203.0.113.0/24"),
        source_port_range="*",
        destination_address_prefix="*",
        destination_port_range="443",
    )


class Platform(pulumi.ComponentResource):
    """Its children have its type in their URNs."""

    def __init__(self, name: str) -> None:
        super().__init__("careless:index:Platform", name)
        self.register_outputs({})


def cluster(group: resources.ResourceGroup) -> None:
    child = pulumi.ResourceOptions(parent=Platform("platform"))
    containerservice.ManagedCluster(
        "train",
        resource_group_name=group.name,
        dns_prefix="train",
        identity={"type": "SystemAssigned"},
        enable_rbac=True,
        agent_pool_profiles=[
            {
                "name": "system",
                "mode": "System",
                "count": 1,
                "vm_size": "Standard_D4s_v5",
                "enable_encryption_at_host": True,
            }
        ],
        tags=TAGS,
        opts=child,
    )
    containerregistry.Registry(
        "images",
        resource_group_name=group.name,
        sku={"name": "Premium"},
        admin_user_enabled=True,
        public_network_access="Disabled",
        tags=TAGS,
        opts=child,
    )


def data(group: resources.ResourceGroup) -> None:
    cosmosdb.DatabaseAccount(
        "orders",
        resource_group_name=group.name,
        database_account_offer_type="Standard",
        locations=[{"location_name": "westeurope", "failover_priority": 0}],
        public_network_access="Disabled",
        disable_local_auth=True,
        tags=TAGS,
    )
    machinelearningservices.Workspace(
        "lab",
        resource_group_name=group.name,
        identity={"type": "SystemAssigned"},
        public_network_access="Enabled",
        tags=TAGS,
    )
    synapse.Workspace(
        "warehouse",
        resource_group_name=group.name,
        identity={"type": "SystemAssigned"},
        sql_administrator_login="boss",
        sql_administrator_login_password=pulumi.Output.secret("Not-4-You-At-All"),
        public_network_access="Disabled",
        tags=TAGS,
    )


def identities(group: resources.ResourceGroup) -> None:
    authorization.RoleAssignment(
        "robot",
        scope=group.id,
        role_definition_id=OWNER,
        principal_id="22222222-2222-2222-2222-222222222222",
        principal_type="ServicePrincipal",
    )

"""Private endpoints: a cloud service's address inside the network, and its name in private DNS."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pulumi
from pulumi_azure_native import network

from isthmus.clouds.azure.identifiers import dns_zone_id
from isthmus.clouds.handles import NetworkHandle, Place


class Service(StrEnum):
    """Services reached by private endpoint; the value is Azure's name of the sub-resource.

    Sub-resources and zones: learn.microsoft.com/azure/private-link/private-endpoint-dns (public
    cloud).
    """

    BLOB = "blob"
    DFS = "dfs"
    REGISTRY = "registry"
    VAULT = "vault"

    @property
    def dns_zone(self) -> str:
        return DNS_ZONES[self]

    def zone_id(self, network_id: str) -> str:
        return dns_zone_id(network_id, self.dns_zone)


DNS_ZONES = {
    Service.BLOB: "privatelink.blob.core.windows.net",
    Service.DFS: "privatelink.dfs.core.windows.net",
    Service.REGISTRY: "privatelink.azurecr.io",
    Service.VAULT: "privatelink.vaultcore.azure.net",
}


@dataclass(frozen=True, slots=True)
class Doorway:
    """Where private endpoints are put: a subnet, and the network whose DNS zones name them."""

    subnet_id: pulumi.Output[str]
    network_id: pulumi.Output[str]


def doorway_of(handle: NetworkHandle) -> Doorway:
    return Doorway(handle.endpoint_subnet_ids.apply(first_subnet), handle.network_id)


def first_subnet(subnet_ids: Sequence[str]) -> str:
    """Azure subnets span the region's zones: one is enough for every endpoint."""
    return subnet_ids[0]


def build_endpoint(
    parent: pulumi.Resource,
    name: str,
    place: Place,
    group_name: pulumi.Input[str],
    service: Service,
    target_id: pulumi.Input[str],
    doorway: Doorway,
) -> network.PrivateDnsZoneGroup:
    """Gives the target an address in the network. Returns the last thing to exist: its DNS name."""
    options = pulumi.ResourceOptions(parent=parent)
    endpoint = network.PrivateEndpoint(
        name,
        resource_group_name=group_name,
        location=place.region,
        subnet=network.SubnetArgs(id=doorway.subnet_id),
        private_link_service_connections=[
            network.PrivateLinkServiceConnectionArgs(
                name=service, private_link_service_id=target_id, group_ids=[service]
            )
        ],
        tags=place.tags,
        opts=options,
    )
    zone = network.PrivateDnsZoneConfigArgs(
        name=service, private_dns_zone_id=doorway.network_id.apply(service.zone_id)
    )
    return network.PrivateDnsZoneGroup(
        f"{name}-dns",
        resource_group_name=group_name,
        private_endpoint_name=endpoint.name,
        # The only name that Azure takes.
        private_dns_zone_group_name="default",
        private_dns_zone_configs=[zone],
        opts=options,
    )

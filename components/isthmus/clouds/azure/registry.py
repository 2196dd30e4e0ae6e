"""The private registry that nodes boot from, since they cannot reach Microsoft's."""

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import containerregistry

from isthmus.clouds.azure import endpoints, names
from isthmus.clouds.handles import Place

CACHE_RULE = "aks-managed-mcr"
CACHE_SOURCE = "mcr.microsoft.com/*"
CACHE_TARGET = "aks-managed-repository/*"
"""AKS looks for exactly these names. Source: azure-aks-docs network-isolated.md, 2024-12-07, step
3."""


@dataclass(frozen=True, slots=True)
class BootRegistry:
    """A registry, and what must exist before a node can boot from it."""

    registry: containerregistry.Registry
    ready: tuple[pulumi.Resource, ...]


def build_registry(
    parent: pulumi.Resource,
    place: Place,
    group_name: pulumi.Input[str],
    is_zone_redundant: bool,
    doorway: endpoints.Doorway,
) -> BootRegistry:
    """A premium registry, reached by private endpoint only, that fetches Microsoft's images on
    demand.

    It holds copies of public images and is encrypted by Azure's keys: a registry can take a
    customer's key only when it is made, by a user-assigned identity, which a closed vault does not
    let in (MicrosoftDocs/azure-docs issue 61064). Images of one's own can be pushed to it from
    inside.
    """
    redundancy = containerregistry.ZoneRedundancy
    registry = containerregistry.Registry(
        names.compact_name(place.name, "images", limit=names.REGISTRY_LENGTH),
        resource_group_name=group_name,
        location=place.region,
        sku=containerregistry.SkuArgs(name=containerregistry.SkuName.PREMIUM),
        admin_user_enabled=False,
        anonymous_pull_enabled=False,
        public_network_access=containerregistry.PublicNetworkAccess.DISABLED,
        network_rule_bypass_options=containerregistry.NetworkRuleBypassOptions.NONE,
        policies=containerregistry.PoliciesArgs(
            export_policy=containerregistry.ExportPolicyArgs(
                status=containerregistry.ExportPolicyStatus.DISABLED
            )
        ),
        zone_redundancy=redundancy.ENABLED if is_zone_redundant else redundancy.DISABLED,
        tags=place.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    cache = build_cache(parent, place, group_name, registry)
    service = endpoints.Service.REGISTRY
    name = f"{place.name}-{service}"
    endpoint = endpoints.build_endpoint(
        parent, name, place, group_name, service, registry.id, doorway
    )
    return BootRegistry(registry, ready=(cache, endpoint))


def build_cache(
    parent: pulumi.Resource,
    place: Place,
    group_name: pulumi.Input[str],
    registry: containerregistry.Registry,
) -> containerregistry.CacheRule:
    return containerregistry.CacheRule(
        f"{place.name}-cache",
        resource_group_name=group_name,
        registry_name=registry.name,
        cache_rule_name=CACHE_RULE,
        source_repository=CACHE_SOURCE,
        target_repository=CACHE_TARGET,
        opts=pulumi.ResourceOptions(parent=parent),
    )

"""The add-ons that EKS keeps up to date in every cluster."""

import json
from collections.abc import Sequence

import pulumi
from pulumi import Output, ResourceOptions
from pulumi_aws import eks

from isthmus.clouds.aws.naming import tags_of
from isthmus.clouds.handles import Place

BEFORE_NODES = ("vpc-cni", "kube-proxy", "eks-pod-identity-agent")
"""What a machine needs to become ready. They run once on each machine, so none has to exist yet."""

AFTER_NODES = ("coredns", "eks-node-monitoring-agent")
"""What needs machines to become healthy; the monitoring agent reports broken accelerators for
repair."""

_CONFIGURATION = {"vpc-cni": {"enableNetworkPolicy": "true"}}
"""Without it, Kubernetes network policies are accepted and silently not enforced (EKS User Guide,
"Limit Pod traffic with Kubernetes network policies")."""


def build_addons(
    parent: pulumi.Resource,
    place: Place,
    addons: Sequence[str],
    cluster_name: Output[str],
    depends_on: Sequence[pulumi.Resource],
) -> list[eks.Addon]:
    """Add-ons in the version that EKS has as default for the cluster's Kubernetes version."""
    return [
        eks.Addon(
            f"{place.name}-{addon}",
            addon_name=addon,
            cluster_name=cluster_name,
            configuration_values=configuration_of(addon),
            # The stack is the source of truth: changes made by hand do not survive.
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="OVERWRITE",
            tags=tags_of(place, f"{place.name}-{addon}"),
            opts=ResourceOptions(parent=parent, depends_on=list(depends_on)),
        )
        for addon in addons
    ]


def configuration_of(addon: str) -> str | None:
    """The add-on's own settings as JSON; None for its defaults."""
    settings = _CONFIGURATION.get(addon)
    return None if settings is None else json.dumps(settings)

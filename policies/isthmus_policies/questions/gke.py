"""Where a GKE cluster or node pool says what its nodes are."""

from isthmus_policies.resource import Resource
from isthmus_policies.values import UNKNOWN, is_true
from isthmus_policies.verdict import NotApplicable

CLUSTER = "gcp:container/cluster:Cluster"
NODE_POOL = "gcp:container/nodePool:NodePool"

PROVISIONED = "clusterAutoscaling.autoProvisioningDefaults"
"""What GKE gives to the pools that it makes itself, under the same names as a node's own
configuration, though not all of them."""

NODES_ELSEWHERE = NotApplicable(
    "its default nodes are removed, and its node pools are judged themselves"
)
AUTOPILOT = NotApplicable("Autopilot sees to it")
"""Source: docs.cloud.google.com/kubernetes-engine/docs/resources/autopilot-standard-feature-comparison
for the release channel; for workload identity, metadata server and Dataplane V2 unverified."""


def is_autopilot(resource: Resource) -> bool:
    return is_true(resource.get("enableAutopilot"))


def node_configs(resource: Resource) -> list[str]:
    """The paths under which a cluster or pool describes nodes; none where others describe them."""
    if is_autopilot(resource):
        return [PROVISIONED]
    provisions = resource.get("clusterAutoscaling.enabled")
    paths = [PROVISIONED] if is_true(provisions) or provisions is UNKNOWN else []
    paths += [f"{pool.path}.nodeConfig" for pool in resource.find("nodePools.*")]
    return [*paths, "nodeConfig"] if has_nodes_of_its_own(resource) else paths


def has_nodes_of_its_own(resource: Resource) -> bool:
    """Whether `nodeConfig` and its neighbours describe nodes: those of a node pool, and the default ones
    of a cluster, which it has without saying anything of them.

    Source: SDK documentation of `initialNodeCount` and `removeDefaultNodePool`; that a list without
    pools is as none is unverified.
    """
    removed = is_true(resource.get("removeDefaultNodePool"))
    return not removed and not any(resource.find("nodePools.*"))

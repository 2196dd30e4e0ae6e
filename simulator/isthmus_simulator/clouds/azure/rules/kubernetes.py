"""Kubernetes clusters: pools, address ranges, the names and profiles that AKS makes.

Texts: learn.microsoft.com/troubleshoot/azure/azure-kubernetes and the messages that issues of Azure/AKS
quote; unverified in their exact wording.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address

from isthmus_simulator.cloud import Call, Rules, Usage
from isthmus_simulator.clouds.azure import arm
from isthmus_simulator.clouds.azure.inputs import inner, table, tables, text, whole
from isthmus_simulator.clouds.azure.quotas import is_missing_in, knows_size, near_sizes, vcpu_usage
from isthmus_simulator.clouds.azure.refusals import refusal
from isthmus_simulator.clouds.azure.rules.endpoints import subnet_prefix
from isthmus_simulator.clouds.azure.rules.network import overlap, read_range
from isthmus_simulator.values import Properties, Value

POOL_NAME = re.compile(r"[a-z][a-z0-9]{0,11}")
VERSION = re.compile(r"\d+\.\d+(\.\d+)?")
DEFAULT_SERVICES, DEFAULT_DNS = "10.0.0.0/16", "10.0.0.10"
DEFAULT_VERSION = "1.33"
"""What a cluster runs that asks for no version: https://learn.microsoft.com/azure/aks/supported-kubernetes-versions
moves on; unverified."""


def judge_cluster(call: Call) -> None:
    pools = tables(call.inputs.get("agentPoolProfiles"))
    identified = call.inputs.get("identity") or call.inputs.get("servicePrincipalProfile")
    if not identified:
        raise refusal(
            400, "BadRequest", "Required parameter servicePrincipalProfile is missing (null)."
        )
    if not any(text(pool.get("mode")).lower() == "system" for pool in pools):
        raise refusal(400, "InvalidParameter", "Must define at least one system pool.")
    for pool in pools:
        judge_pool(call, pool, text(pool.get("name")))
    version = text(call.inputs.get("kubernetesVersion"))
    if version and not VERSION.fullmatch(version):
        raise refusal(
            400,
            "BadRequest",
            (f"Invalid orchestrator version {version}: it is not of the form 1.33 or 1.33.0"),
        )
    judge_ranges(call, pools)


def judge_pool(call: Call, pool: Properties, name: str) -> None:
    if not POOL_NAME.fullmatch(name):
        raise refusal(
            400,
            "InvalidParameter",
            (
                f"The value of parameter agentPoolProfile.name is invalid: '{name}'. Please see "
                "https://aka.ms/aks-naming-rules for more details."
            ),
        )
    size = text(pool.get("vmSize"))
    if size and (not knows_size(size, call.schema) or is_missing_in(call.region, size)):
        raise refusal(
            400,
            "BadRequest",
            (
                f"The VM size of {size} is not allowed in your subscription in location '{call.region}'. "
                f"The available VM sizes are '{near_sizes(call.region, size)}'. For more details, please "
                "visit https://aka.ms/cpu-quota"
            ),
        )
    least, most = whole(pool.get("minCount")), whole(pool.get("maxCount"))
    if pool.get("enableAutoScaling") and least > most:
        raise refusal(
            400,
            "InvalidParameter",
            (
                f"The value of parameter agentPoolProfile.minCount is invalid. Pool '{name}': minCount "
                f"{least} is greater than maxCount {most}."
            ),
        )


def judge_ranges(call: Call, pools: list[Properties]) -> None:
    profile = inner(call.inputs, "networkProfile")
    services = read_range(text(profile.get("serviceCidr")) or DEFAULT_SERVICES, call.id)
    address = text(profile.get("dnsServiceIP"))
    if address and ip_address(address) not in services:
        raise refusal(
            400,
            "DnsServiceIpOutOfServiceCidr",
            (
                f"The specified DNS service IP {address} is out of the specified service CIDR {services}."
            ),
        )
    for subnet in filter(None, (text(pool.get("vnetSubnetID")) for pool in pools)):
        prefix = subnet_prefix(call, subnet)
        if prefix and overlap(services, read_range(prefix, subnet)):
            raise refusal(
                400,
                "ServiceCidrOverlapExistingSubnetsCidr",
                (
                    f"The specified service CIDR {services} is conflicted with an existing subnet CIDR "
                    f"{prefix}."
                ),
            )


def cluster_usage(call: Call) -> Iterable[Usage]:
    return _added(
        usage for pool in tables(call.inputs.get("agentPoolProfiles")) for usage in pool_usage(pool)
    )


def pool_usage(pool: Properties) -> Iterator[Usage]:
    count = max(whole(pool.get("count")), whole(pool.get("minCount")))
    count = count if pool.get("count") is not None or pool.get("enableAutoScaling") else 1
    return vcpu_usage(
        text(pool.get("vmSize")), count, text(pool.get("scaleSetPriority")).lower() == "spot"
    )


def _added(shares: Iterable[Usage]) -> list[Usage]:
    sums: dict[str, float] = {}
    for share in shares:
        sums[share.quota] = sums.get(share.quota, 0) + share.amount
    return [Usage(quota, amount) for quota, amount in sums.items()]


def node_group(call: Call) -> str:
    given = text(call.inputs.get("nodeResourceGroup"))
    return (
        given or f"MC_{text(call.inputs.get('resourceGroupName'))}_{call.name}_{call.region}"[:80]
    )


def cluster_outputs(call: Call) -> Mapping[str, Value]:
    """The names of the API server and of the issuer keep their random parts while the cluster lives."""
    prefix = text(call.inputs.get("dnsPrefix")) or call.name
    host = f"{prefix}-{call.maker.child('host').hex(8)}"
    access = inner(call.inputs, "apiServerAccessProfile")
    private = bool(access.get("enablePrivateCluster"))
    public = not private or access.get("enablePrivateClusterPublicFQDN") is not False
    zone = f"{call.maker.child('zone').uuid()}.privatelink.{call.region}.azmk8s.io"
    version = text(call.inputs.get("kubernetesVersion")) or DEFAULT_VERSION
    return {
        **({"fqdn": f"{host}.hcp.{call.region}.azmk8s.io"} if public else {}),
        **({"privateFQDN": f"{host}.{zone}"} if private else {}),
        "azurePortalFQDN": f"{host}.portal.hcp.{call.region}.azmk8s.io",
        "kubernetesVersion": version,
        "currentKubernetesVersion": version,
        "nodeResourceGroup": node_group(call),
        **_issuer(call),
        **_kubelet(call),
        "networkProfile": _networking(call),
    }


def _networking(call: Call) -> Properties:
    given = inner(call.inputs, "networkProfile")
    defaults: Properties = {
        "serviceCidr": DEFAULT_SERVICES,
        "dnsServiceIP": DEFAULT_DNS,
        "loadBalancerSku": "standard",
        "outboundType": "loadBalancer",
        "networkPlugin": "azure",
    }
    return {**defaults, **{key: value for key, value in given.items() if value is not None}}


def _issuer(call: Call) -> Properties:
    profile = inner(call.inputs, "oidcIssuerProfile")
    if not profile.get("enabled"):
        return {}
    tenant, own = call.setting.values["tenant"], call.maker.child("issuer").uuid()
    url = f"https://{call.region}.oic.prod-aks.azure.com/{tenant}/{own}/"
    return {"oidcIssuerProfile": {**profile, "issuerURL": url}}


def _kubelet(call: Call) -> Properties:
    if inner(call.inputs, "identityProfile"):
        return {}
    made = call.maker.child("kubelet")
    group = arm.group_id(call.setting.account, node_group(call))
    identity = (
        f"{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{call.name}-agentpool"
    )
    kubelet = {"clientId": made.uuid(), "objectId": made.uuid(), "resourceId": identity}
    return {"identityProfile": {"kubeletidentity": kubelet}}


def cluster_identities(call: Call, outputs: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    """The group of the nodes and the identity in it come with the cluster."""
    yield arm.IDENTITY, arm.group_id(call.setting.account, node_group(call)).lower()
    kubelet = table(table(outputs.get("identityProfile")).get("kubeletidentity"))
    yield arm.IDENTITY, text(kubelet.get("resourceId")).lower()


def judge_separate_pool(call: Call) -> None:
    judge_pool(call, call.inputs, call.name)


RULES: Mapping[str, Rules] = {
    "azure-native:containerservice:ManagedCluster": Rules(
        create=judge_cluster,
        usage=cluster_usage,
        outputs=cluster_outputs,
        identities=cluster_identities,
    ),
    "azure-native:containerservice:AgentPool": Rules(
        create=judge_separate_pool, usage=lambda call: pool_usage(call.inputs)
    ),
}

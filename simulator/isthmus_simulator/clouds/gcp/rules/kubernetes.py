"""GKE: clusters, their node pools, and what both need from network, keys and quotas."""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import cast

from isthmus_simulator.cloud import Call, CloudError, Rules, Usage
from isthmus_simulator.clouds.gcp.outputs import certificate, private_address, public_address
from isthmus_simulator.clouds.gcp.places import (
    cluster_location_of,
    inner,
    is_location,
    is_zone,
    last_part,
    objects,
    project_of,
    region_of_place,
    text_of,
    zones_of,
)
from isthmus_simulator.clouds.gcp.refusals import bad_request, forbidden_place
from isthmus_simulator.clouds.gcp.rules.keys import refuse_key, service_agent
from isthmus_simulator.clouds.gcp.rules.machines import (
    gpu_usage,
    hint,
    is_spot,
    known_machine,
    offered_in,
)
from isthmus_simulator.values import Properties, Value
from isthmus_simulator.world import Resource

CLUSTER = "gcp:container/cluster:Cluster"
POOL = "gcp:container/nodePool:NodePool"
DEFAULT_MACHINE = "e2-medium"
"""What a pool gets without a machine type
(https://cloud.google.com/kubernetes-engine/docs/concepts/node-pools)."""
DEFAULT_VERSION = "1.33"
"""Not on record which version a channel gives on the world's day: this one is made up and always the same."""
VERSION = re.compile(r"latest|-|\d+|\d+\.\d+(\.\d+)?(-gke\.\d+(\.\d+)?)?")
GOOGLE_SERVICES = "34.118.224.0/20"
"""https://cloud.google.com/kubernetes-engine/docs/how-to/alias-ips: services get this range by default."""
ZONES_OF_REGIONAL = 3
"""Zones that nodes are in by default
(https://cloud.google.com/kubernetes-engine/docs/concepts/regional-clusters)."""


def cluster_id(call: Call) -> str:
    return f"projects/{project_of(call)}/locations/{cluster_location_of(call)}/clusters/{call.name}"


def pool_id(call: Call) -> str:
    return f"{_home_of_pool(call)}/nodePools/{call.name}"


def create_cluster(call: Call) -> None:
    place = cluster_location_of(call)
    if not place:
        raise CloudError(
            "Cannot determine location: set in this resource, or set provider-level zone or region."
        )
    if not is_location(place):
        raise forbidden_place(place)
    for key, what in (("minMasterVersion", "Master"), ("nodeVersion", "Node")):
        version = text_of(call.inputs, key)
        if version and not VERSION.fullmatch(version):
            raise bad_request(f'{what} version "{version}" is unsupported.')
    _refuse_settings(call)
    _refuse_ranges(call)
    refuse_key(
        call,
        text_of(inner(call.inputs, "databaseEncryption"), "keyName"),
        service_agent(call, "container-engine-robot"),
    )
    _refuse_nodes(call, inner(call.inputs, "nodeConfig"), _zones(call.inputs, place))


def _refuse_settings(call: Call) -> None:
    policy = inner(call.inputs, "networkPolicy").get("enabled") in (True, "true")
    if policy and call.inputs.get("datapathProvider") == "ADVANCED_DATAPATH":
        raise bad_request(
            "Enabling NetworkPolicy for clusters with DatapathProvider=ADVANCED_DATAPATH is not allowed."
        )
    pool = text_of(inner(call.inputs, "workloadIdentityConfig"), "workloadPool")
    expected = f"{project_of(call)}.svc.id.goog"
    if pool and pool != expected:
        raise bad_request(
            f'Currently, the only supported identity namespace is the default "{expected}".'
        )
    private = inner(call.inputs, "privateClusterConfig")
    if private.get("enablePrivateEndpoint") in (True, "true") and private.get(
        "enablePrivateNodes"
    ) in (False, "false", None):
        raise bad_request("Private endpoint can only be enabled on clusters with private nodes.")


def _refuse_ranges(call: Call) -> None:
    """The ranges for pods and services must be among the subnet's further ranges."""
    subnet = call.target("subnetwork")
    policy = inner(call.inputs, "ipAllocationPolicy")
    if subnet is None or subnet.type != "gcp:compute/subnetwork:Subnetwork":
        return
    _refuse_wrong_network(call, subnet)
    known = [text_of(one, "rangeName") for one in objects(subnet.inputs, "secondaryIpRanges")]
    for key, what in (
        ("clusterSecondaryRangeName", "Pod"),
        ("servicesSecondaryRangeName", "Service"),
    ):
        name = text_of(policy, key)
        if name and name not in known:
            raise bad_request(
                f'{what} secondary range name "{name}" not found in subnetwork "{subnet.id}"; '
                f"it has: {', '.join(known) or 'none'}"
            )


def _refuse_wrong_network(call: Call, subnet: Resource) -> None:
    """Worded as the API does (the provider's issue 7895)."""
    network = call.target("network")
    if network is not None and last_part(text_of(subnet.inputs, "network")) != network.name:
        raise bad_request(f'Subnetwork "{subnet.id}" is not valid for Network "{network.name}".')


def _refuse_nodes(call: Call, config: Properties, zones: list[str]) -> None:
    name = text_of(config, "machineType")
    if name and not known_machine(name):
        raise bad_request(f'Machine type "{name}" does not exist.{hint(name)}')
    for zone in zones:
        if name and not offered_in(name, zone):
            raise bad_request(
                f'Machine type "{name}" is not available in zone "{zone}".{hint(name)}'
            )
    refuse_key(call, text_of(config, "bootDiskKmsKey"), service_agent(call, "compute-system"))


def _zones(inputs: Properties, place: str) -> list[str]:
    """Where nodes go: the zones given, with a zonal cluster's own; else three of the region."""
    given = inputs.get("nodeLocations")
    named = (
        [one for one in cast(list[object], given) if isinstance(one, str)]
        if isinstance(given, list)
        else []
    )
    if is_zone(place):
        return list(dict.fromkeys([place, *named]))
    return named or list(zones_of(region_of_place(place))[:ZONES_OF_REGIONAL])


def cluster_usage(call: Call) -> Iterator[Usage]:
    """The first pool counts unless it is removed at once."""
    if call.inputs.get("removeDefaultNodePool") in (True, "true"):
        return
    count = call.inputs.get("initialNodeCount")
    zones = _zones(call.inputs, cluster_location_of(call))
    yield from _node_usage(inner(call.inputs, "nodeConfig"), _number(count) * len(zones))


def _node_usage(config: Properties, nodes: float) -> Iterator[Usage]:
    yield from gpu_usage(
        text_of(config, "machineType"),
        spot=bool(config.get("spot")) or is_spot(config),
        machines=nodes,
    )


def _number(value: Value) -> float:
    return float(value) if isinstance(value, int | float | str) and str(value).isdigit() else 0.0


def cluster_outputs(call: Call) -> dict[str, Value]:
    version = full_version(text_of(call.inputs, "minMasterVersion"))
    nodes = text_of(call.inputs, "nodeVersion")
    place = cluster_location_of(call)
    return {
        **_access(call),
        **_address_ranges(call),
        "location": place,
        "selfLink": f"https://container.googleapis.com/v1/{cluster_id(call)}",
        "masterVersion": version,
        "emulatedVersion": version,
        "nodeVersion": full_version(nodes) if nodes else version,
        "nodeLocations": _zones(call.inputs, place),
    }


def _access(call: Call) -> Properties:
    """How the API is reached: a private endpoint if that is asked for, else a public one."""
    private, public = _private_endpoint(call), public_address(call, "endpoint")
    given = inner(call.inputs, "privateClusterConfig")
    is_private = given.get("enablePrivateEndpoint") in (True, "true")
    made: Properties = {"privateEndpoint": private, "publicEndpoint": public, "peeringName": ""}
    login: Properties = {
        "clientCertificateConfig": {"issueClientCertificate": False},
        **inner(call.inputs, "masterAuth"),
        "clientCertificate": "",
        "clientKey": "",
        "clusterCaCertificate": certificate(call, "clusterCaCertificate"),
    }
    endpoint = private if is_private else public
    return {"endpoint": endpoint, "privateClusterConfig": {**made, **given}, "masterAuth": login}


def _private_endpoint(call: Call) -> str:
    """The first free address of the range that the control plane was given."""
    subnet = call.target("privateClusterConfig.privateEndpointSubnetwork")
    own = text_of(inner(call.inputs, "privateClusterConfig"), "masterIpv4CidrBlock")
    text = text_of(subnet.inputs, "ipCidrRange") if subnet else own
    return str(ip_network(text)[2]) if text else private_address(call, "privateEndpoint")


def _address_ranges(call: Call) -> Properties:
    """Where pods and services are: the subnet's further ranges if they are named, else the API's own choice
    (https://cloud.google.com/kubernetes-engine/docs/concepts/alias-ips)."""
    policy = inner(call.inputs, "ipAllocationPolicy")
    subnet = call.target("subnetwork")
    further = objects(subnet.inputs, "secondaryIpRanges") if subnet else []
    known = {text_of(one, "rangeName"): text_of(one, "ipCidrRange") for one in further}
    pods = f"10.{4 * (int(call.maker.child('pods').hex(2), 16) % 32)}.0.0/14"
    return {
        "clusterIpv4Cidr": known.get(text_of(policy, "clusterSecondaryRangeName"), pods),
        "servicesIpv4Cidr": known.get(
            text_of(policy, "servicesSecondaryRangeName"), GOOGLE_SERVICES
        ),
    }


def full_version(asked: str) -> str:
    """`1.33` becomes a whole version, as the API answers; a whole one stays."""
    minor = asked if re.fullmatch(r"\d+\.\d+(\.\d+)?(-gke\..*)?", asked) else DEFAULT_VERSION
    if "-gke." in minor:
        return minor
    patch = minor if minor.count(".") == 2 else f"{minor}.5"
    return f"{patch}-gke.1000000"


def create_pool(call: Call) -> None:
    cluster = call.target("cluster")
    expected = _home_of_pool(call)
    if cluster is not None and cluster.id != expected:
        raise CloudError(
            f"error creating NodePool: googleapi: Error 404: Not found: {expected}., notFound"
        )
    counts = call.inputs.get("nodeCount") is not None and call.inputs.get("autoscaling")
    if counts:
        raise bad_request(
            "node_count and autoscaling cannot both be set on a node pool: the autoscaler sets the number."
        )
    _refuse_autoscaling(inner(call.inputs, "autoscaling"))
    _refuse_nodes(call, inner(call.inputs, "nodeConfig"), _pool_zones(call))


def _refuse_autoscaling(scaling: Properties) -> None:
    for least, most in (
        ("minNodeCount", "maxNodeCount"),
        ("totalMinNodeCount", "totalMaxNodeCount"),
    ):
        low, high = scaling.get(least), scaling.get(most)
        if isinstance(low, int) and isinstance(high, int) and low > high:
            raise bad_request(
                f"Autoscaling.{least} ({low}) must not be greater than Autoscaling.{most} ({high})."
            )


def _home_of_pool(call: Call) -> str:
    given = text_of(call.inputs, "cluster")
    if given.startswith("projects/"):
        return given.replace("/zones/", "/locations/")
    return f"projects/{project_of(call)}/locations/{cluster_location_of(call)}/clusters/{last_part(given)}"


def pool_place(call: Call) -> str:
    """A cluster's full name carries the place; a bare name needs the pool's own."""
    return _home_of_pool(call).split("/")[3]


def _pool_zones(call: Call) -> list[str]:
    cluster = call.target("cluster")
    if call.inputs.get("nodeLocations") is None and cluster is not None:
        return _zones(cluster.inputs, pool_place(call))
    return _zones(call.inputs, pool_place(call))


def pool_usage(call: Call) -> Iterator[Usage]:
    """What a pool takes at least: its nodes of each zone, or the least that the autoscaler keeps."""
    scaling = inner(call.inputs, "autoscaling")
    zones = max(len(_pool_zones(call)), 1)
    config = inner(call.inputs, "nodeConfig")
    total = _number(scaling.get("totalMinNodeCount"))
    a_zone = max(_number(call.inputs.get(key)) for key in ("nodeCount", "initialNodeCount"))
    nodes = max(total, a_zone * zones, _number(scaling.get("minNodeCount")) * zones)
    yield from _node_usage(config, nodes)


def pool_outputs(call: Call) -> dict[str, Value]:
    cluster = call.target("cluster")
    zones = _pool_zones(call)
    group = f"gke-{cluster.name if cluster else 'cluster'}-{call.name}-{call.maker.child('group').hex(8)}-grp"
    root = f"https://www.googleapis.com/compute/v1/projects/{project_of(call)}/zones"
    count = call.inputs.get("nodeCount", call.inputs.get("initialNodeCount", 0))
    return {
        "location": pool_place(call),
        "nodeLocations": zones,
        "nodeCount": count,
        "initialNodeCount": call.inputs.get("initialNodeCount", count),
        "version": call.inputs.get("version")
        or (cluster.outputs.get("masterVersion") if cluster else DEFAULT_VERSION),
        "instanceGroupUrls": [f"{root}/{zone}/instanceGroupManagers/{group}" for zone in zones],
        "managedInstanceGroupUrls": [f"{root}/{zone}/instanceGroups/{group}" for zone in zones],
    }


RULES: Mapping[str, Rules] = {
    CLUSTER: Rules(create=create_cluster, outputs=cluster_outputs, usage=cluster_usage),
    POOL: Rules(create=create_pool, outputs=pool_outputs, usage=pool_usage),
}

"""Regions, zones, machine types, images, networks and versions of GKE."""

from collections.abc import Iterator, Mapping

import isthmus_catalog as catalog
from isthmus_catalog import Cloud as CatalogCloud
from isthmus_simulator.cloud import CloudError, Invoke, Query
from isthmus_simulator.clouds.gcp.invokes.accounts import project_asked
from isthmus_simulator.clouds.gcp.places import WORLD_TIME, is_region, is_zone, text_of, zones_of
from isthmus_simulator.clouds.gcp.refusals import (
    bad_request,
    forbidden_place,
    invalid_value,
    not_found,
    unset,
)
from isthmus_simulator.clouds.gcp.rules.kubernetes import DEFAULT_VERSION, full_version
from isthmus_simulator.clouds.gcp.rules.machines import offered_in
from isthmus_simulator.clouds.gcp.rules.network import NETWORK, SUBNETWORK, default_network
from isthmus_simulator.values import Value

LINKS = "https://www.googleapis.com/compute/v1"
IMAGE_PROJECTS = {
    # https://cloud.google.com/compute/docs/images/os-details: projects of public images, by how names begin.
    "debian": "debian-cloud",
    "ubuntu": "ubuntu-os-cloud",
    "cos": "cos-cloud",
    "rhel": "rhel-cloud",
    "rocky": "rocky-linux-cloud",
    "sles": "suse-cloud",
    "windows": "windows-cloud",
    "centos": "centos-cloud",
    "fedora-coreos": "fedora-coreos-cloud",
    "common-": "deeplearning-platform-release",
}
IMAGE_DATE = "v20260101"


def regions(query: Query) -> Mapping[str, Value]:
    project = project_asked(query)
    names = [one.name for one in catalog.regions(CatalogCloud.GCP)]
    return {"id": f"projects/{project}", "names": names, "project": project}


def zones(query: Query) -> Mapping[str, Value]:
    project = project_asked(query)
    region = text_of(query.args, "region") or query.setting.region
    if not region:
        raise unset("region")
    if not is_region(region):
        raise not_found(f"The resource 'projects/{project}/regions/{region}'")
    return {
        "id": f"projects/{project}/regions/{region}",
        "names": list(zones_of(region)),
        "project": project,
        "region": region,
    }


def machine_types(query: Query) -> Mapping[str, Value]:
    """Those that the zone is not known to lack. Filters are Compute Engine's own language: only
    `name = "..."` is read."""
    project = project_asked(query)
    zone = text_of(query.args, "zone") or query.setting.zone
    if not is_zone(zone):
        raise invalid_value("zone", zone, "Unknown zone.")
    wanted = text_of(query.args, "filter")
    found = [
        one for one in _machines(project, zone) if not wanted or _passes(str(one["name"]), wanted)
    ]
    return {
        "id": f"projects/{project}/zones/{zone}/machineTypes/filters/{wanted}",
        "machineTypes": found,
        "project": project,
        "zone": zone,
    }


def _passes(name: str, wanted: str) -> bool:
    left, _, right = wanted.partition("=")
    if left.strip() != "name":
        raise bad_request(
            f'the simulated cloud reads filters of the form name = "e2-medium" only, not: {wanted}'
        )
    return name == right.strip().strip("\"'")


def _machines(project: str, zone: str) -> Iterator[dict[str, Value]]:
    for one in catalog.machine_types(CatalogCloud.GCP):
        if offered_in(one.name, zone):
            yield {
                "name": one.name,
                "guestCpus": one.vcpus or 0,
                "memoryMb": int((one.memory_gib or 0) * 1024),
                "architecture": one.arch.upper(),
                "accelerators": [],
                "bundledLocalSsds": [],
                "deprecateds": [],
                "description": f"{one.vcpus} vCPUs, {one.memory_gib} GB RAM",
                "isSharedCpus": False,
                "maximumPersistentDisks": 128,
                "maximumPersistentDisksSizeGb": 263168,
                "selfLink": f"{LINKS}/projects/{project}/zones/{zone}/machineTypes/{one.name}",
            }


def image(query: Query) -> Mapping[str, Value]:
    """A public image by name or family; Google's list of images is not on record, so any is found."""
    asked = text_of(query.args, "name") or text_of(query.args, "family")
    if not asked:
        raise CloudError("one of name, family or filters must be set")
    known = next((home for start, home in IMAGE_PROJECTS.items() if asked.startswith(start)), "")
    project = text_of(query.args, "project") or known or query.setting.account
    name = text_of(query.args, "name") or f"{asked}-{IMAGE_DATE}"
    path = f"projects/{project}/global/images/{name}"
    return {
        "id": path,
        "name": name,
        "project": project,
        "selfLink": f"{LINKS}/{path}",
        "status": "READY",
        "family": text_of(query.args, "family") or asked.rsplit("-v", 1)[0],
        "creationTimestamp": WORLD_TIME,
        "diskSizeGb": 10,
        "archiveSizeBytes": 1_000_000_000,
        "description": "",
        "labels": {},
        "licenses": [],
        "imageId": query.maker.digits(19),
        "labelFingerprint": query.maker.hex(12),
        "imageEncryptionKeySha256": "",
        "sourceDisk": "",
        "sourceDiskEncryptionKeySha256": "",
        "sourceDiskId": "",
        "sourceImageId": "",
    }


def network(query: Query) -> Mapping[str, Value]:
    name, project = text_of(query.args, "name"), project_asked(query)
    if name == "default":
        default_network(query.session, project)
    found = query.session.get("gcp", NETWORK, f"projects/{project}/global/networks/{name}")
    if found is None:
        raise not_found(f"The resource 'projects/{project}/global/networks/{name}'")
    subnets = [
        one.outputs.get("selfLink")
        for path, one in query.session.linked_from(found.key)
        if one.type == SUBNETWORK and path == "network"
    ]
    return {
        "description": "",
        "gatewayIpv4": "",
        **found.outputs,
        "id": found.id,
        "subnetworksSelfLinks": subnets,
        "networkId": int(query.maker.digits(15)),
        "numericId": query.maker.digits(19),
    }


def engine_versions(query: Query) -> Mapping[str, Value]:
    """One made-up version per minor release: which ones GKE has on the world's day is not on record."""
    project = project_asked(query)
    place = text_of(query.args, "location") or query.setting.zone or query.setting.region
    if not place:
        raise unset("location")
    if not (is_region(place) or is_zone(place)):
        raise forbidden_place(place)
    prefix = text_of(query.args, "versionPrefix").rstrip(".")
    major, minor = DEFAULT_VERSION.split(".")
    known = [
        full_version(f"{major}.{number}") for number in range(int(minor) + 1, int(minor) - 3, -1)
    ]
    fitting = [one for one in known if one.startswith(prefix)]
    default = full_version(DEFAULT_VERSION)
    channels: dict[str, Value] = dict.fromkeys(("RAPID", "REGULAR", "STABLE"), default)
    return {
        "id": f"projects/{project}/locations/{place}",
        "project": project,
        "location": place,
        "defaultClusterVersion": default,
        "latestMasterVersion": fitting[0] if fitting else "",
        "latestNodeVersion": fitting[0] if fitting else "",
        "validMasterVersions": fitting,
        "validNodeVersions": fitting,
        "releaseChannelDefaultVersion": channels,
        "releaseChannelLatestVersion": channels,
        "releaseChannelUpgradeTargetVersion": channels,
    }


def registry_repository(query: Query) -> Mapping[str, Value]:
    project, region = project_asked(query), text_of(query.args, "region")
    host = f"{region}.gcr.io" if region else "gcr.io"
    url = f"{host}/{project.replace(':', '/')}"
    return {"id": url, "project": project, "region": region, "repositoryUrl": url}


def registry_image(query: Query) -> Mapping[str, Value]:
    home = str(registry_repository(query)["repositoryUrl"])
    name, tag, digest = (text_of(query.args, key) for key in ("name", "tag", "digest"))
    url = f"{home}/{name}" + (f"@{digest}" if digest else f":{tag}" if tag else "")
    return {"id": url, "imageUrl": url, "name": name}


INVOKES: Mapping[str, Invoke] = {
    "gcp:compute/getRegions:getRegions": regions,
    "gcp:compute/getZones:getZones": zones,
    "gcp:compute/getMachineTypes:getMachineTypes": machine_types,
    "gcp:compute/getImage:getImage": image,
    "gcp:compute/getNetwork:getNetwork": network,
    "gcp:container/getEngineVersions:getEngineVersions": engine_versions,
    "gcp:container/getRegistryRepository:getRegistryRepository": registry_repository,
    "gcp:container/getRegistryImage:getRegistryImage": registry_image,
}

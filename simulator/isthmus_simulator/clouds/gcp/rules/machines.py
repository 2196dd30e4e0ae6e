"""Machines: what a zone offers, the GPUs that a project may use, and how a machine meets its network."""

from collections.abc import Iterator, Mapping

import isthmus_catalog as catalog
from isthmus_catalog import Cloud as CatalogCloud
from isthmus_simulator.cloud import Call, CloudError, Rules, Usage
from isthmus_simulator.clouds.gcp.outputs import private_address, public_address
from isthmus_simulator.clouds.gcp.places import (
    inner,
    last_part,
    objects,
    project_of,
    region_of_place,
    text_of,
    zone_of,
)
from isthmus_simulator.clouds.gcp.refusals import bad_request, invalid_value
from isthmus_simulator.values import Properties, Value
from isthmus_simulator.world import Resource

WITH_SSD = "-lssd"
"""Machine types with local SSDs are their plain type with this at the end; the catalogue lists some."""
COUNTED_BY = {"region": False, "project": True}
"""Scopes of quotas that are counted -> whether all regions share one limit."""


def known_machine(name: str) -> bool:
    plain = name.removesuffix(WITH_SSD)
    return any(catalog.machine_type(CatalogCloud.GCP, one) is not None for one in (name, plain))


def offered_in(name: str, zone: str) -> bool:
    """False only where the catalogue knows that the zone or its region does not have the type."""
    region = region_of_place(zone)
    if catalog.is_offered(CatalogCloud.GCP, region, name) is False:
        return False
    found = catalog.offer(CatalogCloud.GCP, region, name)
    return not (found and found.zones and zone != region and zone not in found.zones)


def refuse_machine(call: Call, name: str, zone: str) -> None:
    """Raise unless the zone has the machine type, in Compute Engine's words."""
    if not name:
        return
    if not known_machine(name) or not offered_in(name, zone):
        link = f"https://www.googleapis.com/compute/v1/projects/{project_of(call)}/zones/{zone}/machineTypes/{name}"
        raise invalid_value(
            "resource.machineType",
            link,
            f"Machine type with name '{name}' does not exist in zone '{zone}'.{hint(name)}",
        )


def hint(name: str) -> str:
    """Not Google's: names or regions that would do."""
    if known_machine(name):
        regions = catalog.regions_offering(CatalogCloud.GCP, name)
        return f" (Offered in: {', '.join(regions)}.)" if regions else ""
    near = catalog.nearest(name, [one.name for one in catalog.machine_types(CatalogCloud.GCP)])
    return f" (Did you mean {', '.join(near)}?)" if near else ""


def gpu_usage(name: str, *, spot: bool, machines: float) -> Iterator[Usage]:
    """The shares of the GPU quotas that machines of this type take."""
    found = catalog.machine_type(CatalogCloud.GCP, name)
    if found is None or not found.accelerator_count or machines <= 0:
        return
    for quota in catalog.quotas_for(CatalogCloud.GCP, name, spot):
        if quota.unit == "GPU" and quota.scope in COUNTED_BY:
            yield Usage(
                quota.code,
                float(found.accelerator_count) * machines,
                everywhere=COUNTED_BY[quota.scope],
            )


def is_spot(scheduling: Properties) -> bool:
    return scheduling.get("provisioningModel") == "SPOT" or scheduling.get("preemptible") in (
        True,
        "true",
    )


def machine_type_of(inputs: Properties) -> str:
    return last_part(text_of(inputs, "machineType"))


def create_instance(call: Call) -> None:
    refuse_machine(call, machine_type_of(call.inputs), zone_of(call))
    _refuse_migration(call)
    for number, one in enumerate(objects(call.inputs, "networkInterfaces")):
        _refuse_interface(call, number, one)
    if call.old is not None:
        _refuse_running_change(call, call.old)


def _refuse_migration(call: Call) -> None:
    """https://cloud.google.com/compute/docs/gpus: machines with GPUs cannot live migrate."""
    if not objects(call.inputs, "guestAccelerators"):
        return
    scheduling = inner(call.inputs, "scheduling")
    if scheduling.get("onHostMaintenance") != "TERMINATE" and not is_spot(scheduling):
        raise bad_request("Instances with guest accelerators do not support live migration.")


def _refuse_interface(call: Call, number: int, one: Properties) -> None:
    place = f"resource.networkInterfaces[{number}]"
    network, subnet = text_of(one, "network"), text_of(one, "subnetwork")
    if not network and not subnet and not text_of(one, "networkAttachment"):
        raise CloudError(
            "exactly one of network, subnetwork, or network_attachment must be provided"
        )
    found = _target(call, "networkInterfaces.*.network", network)
    custom = found is not None and found.inputs.get("autoCreateSubnetworks") in (False, "false")
    if custom and not subnet:
        raise invalid_value(
            f"{place}.subnetwork",
            "",
            "Subnetwork should be specified for custom subnetmode network",
        )
    home = _target(call, "networkInterfaces.*.subnetwork", subnet)
    region = region_of_place(zone_of(call))
    if home is not None and home.type.endswith(":Subnetwork") and home.region != region:
        raise invalid_value(
            f"{place}.subnetwork",
            subnet,
            f"The subnetwork is in region {home.region}, and the instance in region {region}.",
        )


def _target(call: Call, path: str, text: str) -> Resource | None:
    wanted = last_part(text)
    return next((one for one in call.targets.get(path, []) if wanted and one.name == wanted), None)


STOPPED_FOR = (
    "machineType",
    "minCpuPlatform",
    "serviceAccount",
    "enableDisplay",
    "shieldedInstanceConfig",
    "advancedMachineFeatures",
)


def _refuse_running_change(call: Call, old: Resource) -> None:
    changed = [key for key in STOPPED_FOR if old.inputs.get(key) != call.inputs.get(key)]
    if changed and call.inputs.get("allowStoppingForUpdate") not in (True, "true"):
        raise CloudError(
            "Changing the machine_type, min_cpu_platform, service_account, enable_display, "
            "shielded_instance_config, scheduling.node_affinities, scheduling.max_run_duration or "
            "network_interface.[#d].(network/subnetwork/subnetwork_project) or "
            "advanced_machine_features on a started instance requires stopping it. To acknowledge "
            "this, please set allow_stopping_for_update = true in your config. You can also stop it by "
            "setting "
            'desired_status = "TERMINATED", but the instance will not be restarted after the update.'
        )


def instance_usage(call: Call) -> Iterator[Usage]:
    yield from gpu_usage(
        machine_type_of(call.inputs), spot=is_spot(inner(call.inputs, "scheduling")), machines=1
    )


def instance_outputs(call: Call) -> dict[str, Value]:
    """Interfaces with their addresses. A program's own addresses stay."""
    interfaces = [
        _interface(call, number, one)
        for number, one in enumerate(objects(call.inputs, "networkInterfaces"))
    ]
    return {"networkInterfaces": interfaces} if interfaces else {}


def _interface(call: Call, number: int, one: Properties) -> Properties:
    configs = [
        {"natIp": public_address(call, f"nat{number}"), "networkTier": "PREMIUM", **_known(config)}
        for config in objects(one, "accessConfigs")
    ]
    made: Properties = {
        "name": f"nic{number}",
        "networkIp": private_address(call, f"networkIp{number}"),
    }
    return {**made, **_known(one), **({"accessConfigs": configs} if configs else {})}


def _known(properties: Properties) -> Properties:
    return {key: value for key, value in properties.items() if value is not None}


def template_create(call: Call) -> None:
    """A template names no zone: only that the type exists can be judged."""
    name = machine_type_of(call.inputs)
    if name and not known_machine(name):
        raise invalid_value(
            "resource.properties.machineType",
            name,
            f"Machine type '{name}' does not exist.{hint(name)}",
        )


def group_usage(call: Call) -> Iterator[Usage]:
    """A managed group starts `targetSize` machines of its template."""
    templates = call.targets.get("versions.*.instanceTemplate", [])
    size = call.inputs.get("targetSize")
    if templates and isinstance(size, int):
        inputs = templates[0].inputs
        yield from gpu_usage(
            machine_type_of(inputs), spot=is_spot(inner(inputs, "scheduling")), machines=size
        )


def group_outputs(call: Call) -> dict[str, Value]:
    return {
        "statuses": [
            {"isStable": True, "allInstancesConfigs": [], "statefuls": [], "versionTargets": []}
        ]
    }


def disk_replaced(old: Properties, new: Properties) -> Iterator[str]:
    """A disk can only grow."""
    before, after = old.get("size"), new.get("size")
    if isinstance(before, int) and isinstance(after, int) and after < before:
        yield "size"


RULES: Mapping[str, Rules] = {
    "gcp:compute/instance:Instance": Rules(
        create=create_instance, outputs=instance_outputs, usage=instance_usage
    ),
    "gcp:compute/instanceTemplate:InstanceTemplate": Rules(create=template_create),
    "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate": Rules(create=template_create),
    "gcp:compute/instanceGroupManager:InstanceGroupManager": Rules(
        usage=group_usage, outputs=group_outputs
    ),
    "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager": Rules(
        usage=group_usage, outputs=group_outputs
    ),
    "gcp:compute/disk:Disk": Rules(replaces=disk_replaced),
    "gcp:compute/regionDisk:RegionDisk": Rules(replaces=disk_replaced),
}

"""Machine types as the catalogue knows them."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

import isthmus_catalog as catalog
from isthmus_simulator.cloud import CloudError, Invoke, Query
from isthmus_simulator.clouds.aws import defaults
from isthmus_simulator.clouds.aws.invokes.accounts import region_of
from isthmus_simulator.clouds.aws.reading import items
from isthmus_simulator.values import Value

AWS = catalog.Cloud.AWS


def instance_type(query: Query) -> Mapping[str, Value]:
    name, here = str(query.args["instanceType"]), region_of(query)
    machine = catalog.machine_type(AWS, name)
    if machine is None or catalog.is_offered(AWS, here, name) is False:
        raise CloudError(
            f"InvalidInstanceType: The following supplied instance types do not exist: [{name}]"
        )
    model = catalog.accelerator(machine.accelerator) if machine.accelerator else None
    # AWS lists its own chips elsewhere, among the inference accelerators.
    is_gpu = model is not None and model.vendor != "AWS"
    count = int(machine.accelerator_count or 0) if is_gpu else 0
    memory_mib = int((machine.accelerator_memory_gib or 0) * 1024)
    chips: list[dict[str, Value]] = (
        [
            {
                "name": model.name,
                "count": count,
                "manufacturer": model.vendor,
                "memorySize": memory_mib,
            }
        ]
        if model and is_gpu
        else []
    )
    return {
        "id": name,
        "instanceType": name,
        "region": here,
        "defaultVcpus": machine.vcpus,
        "memorySize": int((machine.memory_gib or 0) * 1024),
        "supportedArchitectures": [machine.arch],
        "gpuses": chips,
        "totalGpuMemory": count * memory_mib,
        "currentGeneration": True,
        "bareMetal": ".metal" in name,
        "hypervisor": "" if ".metal" in name else "nitro",
        "supportedUsagesClasses": ["on-demand", *(["spot"] if machine.spot_supported else [])],
        "freeTierEligible": name in ("t2.micro", "t3.micro"),
        "defaultCores": max(1, int(machine.vcpus or 2) // 2),
        "burstablePerformanceSupported": name.startswith("t"),
        "supportedVirtualizationTypes": ["hvm"],
        "supportedRootDeviceTypes": ["ebs"],
        "ebsEncryptionSupport": "supported",
        "enaSupport": "required",
        "instanceStorageSupported": bool(machine.local_nvme_gib),
        "efaSupported": bool(machine.rdma_interfaces),
        "efaMaximumInterfaces": int(machine.rdma_interfaces or 0),
        "totalInstanceStorage": int(machine.local_nvme_gib or 0),
    }


def offered(query: Query) -> list[str]:
    here = region_of(query)
    names = [
        one.name for one in catalog.machine_types(AWS) if catalog.is_offered(AWS, here, one.name)
    ]
    for condition in items(query.args, "filters"):
        if condition.get("name") == "instance-type":
            names = [
                name
                for name in names
                if any(fnmatchcase(name, str(value)) for value in items(condition, "values"))
            ]
    return names


def instance_types(query: Query) -> Mapping[str, Value]:
    return {
        **query.args,
        "id": region_of(query),
        "region": region_of(query),
        "instanceTypes": offered(query),
    }


def offerings(query: Query) -> Mapping[str, Value]:
    """One row for each type and place; a zone is a place of its own when the caller asks for zones."""
    kind = query.args.get("locationType") or "region"
    here = region_of(query)
    places = _places(query, here) if kind == "availability-zone" else [here]
    rows = [(name, place) for name in offered(query) for place in places]
    return {
        **query.args,
        "id": here,
        "region": here,
        "instanceTypes": [name for name, _ in rows],
        "locations": [place for _, place in rows],
        "locationTypes": [kind] * len(rows),
    }


def _places(query: Query, region: str) -> list[str]:
    wanted: list[Any] = [
        value
        for one in items(query.args, "filters")
        if one.get("name") == "location"
        for value in items(one, "values")
    ]
    return [zone for zone in defaults.zones(region) if not wanted or zone in wanted]


def offering(query: Query) -> Mapping[str, Value]:
    names = offered(query)
    preferred = [name for name in items(query.args, "preferredInstanceTypes") if name in names]
    if not names:
        raise CloudError("no matching EC2 Instance Type Offering found")
    return {
        **query.args,
        "id": (preferred or names)[0],
        "instanceType": (preferred or names)[0],
        "region": region_of(query),
        "location": region_of(query),
    }


INVOKES: Mapping[str, Invoke] = {
    "aws:ec2/getInstanceType:getInstanceType": instance_type,
    "aws:ec2/getInstanceTypes:getInstanceTypes": instance_types,
    "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": offerings,
    "aws:ec2/getInstanceTypeOffering:getInstanceTypeOffering": offering,
}

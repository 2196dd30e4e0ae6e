"""Machine images: a small catalogue of well-known public ones, with ids that are the world's own."""

import csv
import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from isthmus_simulator.cloud import CloudError, Invoke, Query
from isthmus_simulator.clouds.aws.invokes.accounts import region_of
from isthmus_simulator.clouds.aws.reading import items
from isthmus_simulator.templates import Maker
from isthmus_simulator.values import Properties, Value

IMAGES = Path(__file__).parents[1] / "images.csv"
Image = Mapping[str, str]
CREATED = "2026-01-01T00:00:00.000Z"
NOTHING = "Your query returned no results. Please change your search criteria and try again."
SEVERAL = (
    "Your query returned more than one result. Please try a more specific search criteria, or "
    "set `most_recent` "
    "attribute to true."
)
LINUX_PARAMETER = re.compile(r"/aws/service/ami-amazon-linux-latest/(.+)")


@cache
def catalogue() -> Sequence[Image]:
    with IMAGES.open() as file:
        return tuple(csv.DictReader(file))


def image_id(name: str, region: str) -> str:
    return f"ami-{Maker(f'image/{region}/{name}').hex(17)}"


def matching(query: Query) -> list[Image]:
    """The known images that owners, filters and the name pattern let through, newest name last."""
    owners = set(items(query.args, "owners"))
    pattern = query.args.get("nameRegex")
    found = [
        one for one in catalogue() if not owners or owners & {one["owner_id"], one["owner_alias"]}
    ]
    for condition in items(query.args, "filters"):
        found = [one for one in found if _passes(one, condition, region_of(query))]
    return [one for one in found if not pattern or re.search(str(pattern), one["name"])]


def _passes(image: Image, condition: Mapping[str, Any], region: str) -> bool:
    known = {
        "name": image["name"],
        "owner-id": image["owner_id"],
        "owner-alias": image["owner_alias"],
        "architecture": image["architecture"],
        "root-device-type": "ebs",
        "root-device-name": image["root_device"],
        "virtualization-type": image["virtualization"],
        "state": "available",
        "image-type": "machine",
        "is-public": "true",
        "hypervisor": "xen",
        "ena-support": "true",
        "description": image["description"],
        "platform": image["platform"],
        "image-id": image_id(image["name"], region),
        "block-device-mapping.volume-type": "gp3 gp2",
    }
    name = str(condition.get("name"))
    if name not in known:
        return True
    words = known[name].split() if name.startswith("block") else [known[name]]
    return any(
        fnmatchcase(word, str(value)) for value in items(condition, "values") for word in words
    )


def ami(query: Query) -> Mapping[str, Value]:
    found = matching(query)
    if not found:
        raise CloudError(
            f"{NOTHING} (The simulated catalogue knows {len(catalogue())} public images, in images.csv.)"
        )
    if len(found) > 1 and not query.args.get("mostRecent"):
        raise CloudError(SEVERAL)
    return {**query.args, **_describe(query, max(found, key=lambda one: one["name"]))}


def _describe(query: Query, image: Image) -> Properties:
    here = region_of(query)
    name, ident = image["name"], image_id(image["name"], here)
    snapshot = f"snap-{Maker(ident).hex(17)}"
    return {
        "id": ident,
        "imageId": ident,
        "name": name,
        "region": here,
        "ownerId": image["owner_id"],
        "imageOwnerAlias": image["owner_alias"],
        "architecture": image["architecture"],
        "description": image["description"],
        "rootDeviceName": image["root_device"],
        "rootDeviceType": "ebs",
        "rootSnapshotId": snapshot,
        "virtualizationType": image["virtualization"],
        "platform": image["platform"],
        "hypervisor": "xen",
        "enaSupport": True,
        "platformDetails": "Windows" if image["platform"] else "Linux/UNIX",
        "public": True,
        "state": "available",
        "stateReason": {"code": "UNSET", "message": "UNSET"},
        "creationDate": CREATED,
        "deprecationTime": "",
        "imageLocation": f"{image['owner_alias'] or image['owner_id']}/{name}",
        "imageType": "machine",
        "bootMode": "",
        "kernelId": "",
        "ramdiskId": "",
        "sriovNetSupport": "simple",
        "usageOperation": "RunInstances",
        "tags": {},
        "productCodes": [],
        "imdsSupport": "",
        "tpmSupport": "",
        "lastLaunchedTime": "",
        "arn": f"arn:{query.setting.values['partition']}:ec2:{here}::image/{ident}",
        "blockDeviceMappings": [
            {
                "deviceName": image["root_device"],
                "noDevice": "",
                "virtualName": "",
                "ebs": {
                    "snapshot_id": snapshot,
                    "volume_size": "8",
                    "volume_type": "gp3",
                    "encrypted": "false",
                    "delete_on_termination": "true",
                },
            }
        ],
    }


def ami_ids(query: Query) -> Mapping[str, Value]:
    found = sorted(
        matching(query), key=lambda one: one["name"], reverse=not query.args.get("sortAscending")
    )
    here = region_of(query)
    return {
        **query.args,
        "id": Maker(str(found)).digits(10),
        "region": here,
        "ids": [image_id(one["name"], here) for one in found],
    }


def public_parameter(name: str, region: str) -> str | None:
    """The value of one of AWS's public parameters that name images; None when it is none of them."""
    if LINUX_PARAMETER.fullmatch(name):
        return image_id(name, region)
    if name.startswith(
        (
            "/aws/service/eks/optimized-ami/",
            "/aws/service/bottlerocket/",
            "/aws/service/canonical/",
            "/aws/service/ami-windows-latest/",
            "/aws/service/ecs/optimized-ami/",
            "/aws/service/debian/",
            "/aws/service/deeplearning/",
            "/aws/service/suse/",
        )
    ):
        ident = image_id(name, region)
        return f'{{"image_id":"{ident}"}}' if name.endswith("/recommended") else ident
    return None


INVOKES: Mapping[str, Invoke] = {
    "aws:ec2/getAmi:getAmi": ami,
    "aws:ec2/getAmiIds:getAmiIds": ami_ids,
}

"""How AWS resources are tagged and, only where the cloud needs it, physically named."""

import re

from isthmus.clouds.handles import Place

_NAME_LIMIT = 100
"""EKS API reference, CreateCluster: `^[0-9A-Za-z][A-Za-z0-9_-]*`, at most 100 characters."""


def tags_of(place: Place, child: str, **more: str) -> dict[str, str]:
    """Tags of a child resource; `Name` is what the AWS console lists it by."""
    return {**place.tags, **more, "Name": child}


def cluster_name(place_name: str, stack: str) -> str:
    """The one physical name AWS forces on us: the audit log group must carry it before EKS
    exists."""
    name = re.sub(r"[^A-Za-z0-9_-]", "-", f"{stack}-{place_name}").lstrip("-_")
    return name[:_NAME_LIMIT].rstrip("-_")

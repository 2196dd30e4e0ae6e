"""Values that Google computes for every type alike: links, times, numbers and labels."""

import base64
from typing import Any

from isthmus_simulator.cloud import Call
from isthmus_simulator.clouds.gcp.labels import labels_of
from isthmus_simulator.clouds.gcp.places import (
    WORLD_TIME,
    location_of,
    project_number,
    project_of,
    region_of,
    zone_of,
)
from isthmus_simulator.values import Value

LINK_ROOTS = {
    "compute": "https://www.googleapis.com/compute/v1",
    "storage": "https://www.googleapis.com/storage/v1",
    "sql": "https://sqladmin.googleapis.com/sql/v1beta4",
    "bigquery": "https://bigquery.googleapis.com/bigquery/v2",
}
TIMES = frozenset(
    {
        "createTime",
        "updateTime",
        "creationTimestamp",
        "creationTime",
        "createdAt",
        "lastModifiedAt",
        "timeCreated",
        "updated",
        "lastUpdateTime",
        "lastModifiedTime",
        "startTime",
        "revisionCreateTime",
        "generateTime",
    }
)
NEVER = frozenset(
    {"deleteTime", "expireTime", "expirationTime", "purgeTime", "destroyTime", "stateMessage"}
)
ADDRESSES = frozenset(
    {"ipAddress", "natIp", "publicIpAddress", "endpointIp", "endpoint", "host", "address"}
)
PRIVATE = frozenset({"networkIp", "privateEndpoint", "privateIpAddress", "gatewayAddress"})
MARKS = frozenset(
    {"etag", "fingerprint", "labelFingerprint", "metadataFingerprint", "tagsFingerprint", "md5hash"}
)
STATES = {
    "state": "ACTIVE",
    "lifecycleState": "ACTIVE",
    "status": "ACTIVE",
    "currentStatus": "RUNNING",
}


def computed_output(call: Call, name: str, wire: Any) -> Value:
    """A value by its name; None where nothing is known, and then it stays empty."""
    if name in ("effectiveLabels", "pulumiLabels"):
        return labels_of(call)
    if name == "effectiveAnnotations":
        return dict(call.inputs.get("annotations") or {})
    return _text(call, name) if wire == "str" else None


def _text(call: Call, name: str) -> Value:
    if name in TIMES:
        return WORLD_TIME
    if name in NEVER:
        return ""
    if name in MARKS:
        return call.maker.child(name).hex(16)
    if name in STATES:
        return STATES[name]
    if name == "selfLink":
        return self_link(call)
    if name in ADDRESSES:
        return public_address(call, name)
    if name in PRIVATE:
        return private_address(call, name)
    return _identity(call, name)


def _identity(call: Call, name: str) -> Value:
    project = project_of(call)
    known = {
        "project": project,
        "projectId": project,
        "projectNumber": project_number(project),
        "region": region_of(call),
        "zone": zone_of(call),
        "location": location_of(call),
        "name": call.name or call.id,
        "uniqueId": call.maker.child(name).digits(21),
        "uid": call.maker.child(name).uuid(),
        "deletionPolicy": str(call.setting.values.get("deletionPolicy") or "DELETE"),
    }
    if name in known:
        return known[name]
    made = name.endswith("Id") and name not in call.schema.inputs.properties
    return call.maker.child(name).digits(19) if made else None


def self_link(call: Call) -> str:
    module = call.token.split(":")[1].split("/")[0]
    root = LINK_ROOTS.get(module, f"https://{module}.googleapis.com/v1")
    return f"{root}/{call.id}"


def public_address(call: Call, name: str) -> str:
    """In 198.18.0.0/15, which no machine on the internet has (RFC 2544)."""
    number = int(call.maker.child(name).hex(4), 16)
    return f"198.{18 + number % 2}.{number // 2 % 256}.{1 + number // 512 % 254}"


def private_address(call: Call, name: str) -> str:
    number = int(call.maker.child(name).hex(4), 16)
    return f"10.128.{number % 256}.{2 + number // 256 % 250}"


def certificate(call: Call, name: str) -> str:
    """Nobody's certificate: the base64 that the API gives, of a text that says so."""
    body = f"simulated {call.maker.child(name).hex(40)}"
    text = f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"
    return base64.b64encode(text.encode()).decode()

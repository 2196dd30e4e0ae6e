"""Builds states and previews as the engine writes them."""

import json
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from isthmus_policies.offline.snapshot import Snapshot, read_snapshot_from

PREFIX = "urn:pulumi:dev::shop::"
ROOT = "pulumi:pulumi:Stack"
BUCKET, KEY, DISK = "aws:s3/bucket:Bucket", "aws:kms/key:Key", "aws:ebs/volume:Volume"
SIGNATURE = "4dabf18193072939515e22adb298388d"
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SECRET = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:SEALED-TEXT"}
Json = dict[str, Any]


def urn(token: str, name: str) -> str:
    return f"{PREFIX}{token}::{name}"


def resource(token: str, name: str, inputs: Mapping[str, Any] | None = None, **more: Any) -> Json:
    return {
        "urn": urn(token, name),
        "custom": True,
        "type": token,
        "inputs": dict(inputs or {}),
        **more,
    }


def provider(package: str = "aws", name: str = "main", **inputs: Any) -> Json:
    return resource(f"pulumi:providers:{package}", name, inputs, id="1234")


def reference(package: str = "aws", name: str = "main") -> str:
    """What a resource says of its provider."""
    return f"{urn(f'pulumi:providers:{package}', name)}::1234"


def export(*resources: Json, version: int = 3) -> Json:
    """What `pulumi stack export` writes."""
    return {"version": version, "deployment": {"manifest": {}, "resources": list(resources)}}


def checkpoint(*resources: Json, version: int = 3) -> Json:
    """A file of the file backend."""
    latest = {"manifest": {}, "secrets_providers": {}, "resources": list(resources)}
    stack = "organization/shop/dev"
    return {"version": version, "checkpoint": {"stack": stack, "latest": latest}}


def preview(*resources: Json, op: str = "create", config: Mapping[str, str] | None = None) -> Json:
    """What `pulumi preview --json --show-sames` writes."""
    steps = [
        {"op": op, "urn": each["urn"], "newState": each, "detailedDiff": None} for each in resources
    ]
    return {
        "config": dict(config or {}), "steps": steps, "duration": 1,
        "changeSummary": {op: len(steps)},
    }  # fmt: skip


def read(document: object, **options: Any) -> Snapshot:
    return read_bytes(json.dumps(document).encode(), **options)


def read_bytes(content: bytes, **options: Any) -> Snapshot:
    return read_snapshot_from(BytesIO(content), "it.json", **options)


def open_group(name: str, *sources: str) -> Json:
    """A security group that admits the given sources, and has every tag."""
    tags = {"owner": "ml", "environment": "dev", "data-classification": "internal"}
    ingress: Sequence[Json] = [
        {"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": list(sources)}
    ]
    return resource(
        "aws:ec2/securityGroup:SecurityGroup", name,
        {"ingress": ingress, "tags": tags, "region": "eu-north-1"}, provider=reference(),
    )  # fmt: skip

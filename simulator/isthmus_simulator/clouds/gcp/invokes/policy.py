"""IAM policies as documents: what a program writes in statements, rendered as the API reads it."""

import json
import zlib
from collections.abc import Mapping
from typing import cast

from isthmus_simulator.cloud import Invoke, Query
from isthmus_simulator.clouds.gcp.places import objects
from isthmus_simulator.values import Properties, Value


def iam_policy(query: Query) -> Mapping[str, Value]:
    """Bindings by role and audit configurations; members sorted, as the provider sorts them."""
    document: Properties = {}
    bindings = [_binding(one) for one in objects(query.args, "bindings")]
    if bindings:
        document["bindings"] = sorted(bindings, key=lambda one: str(one["role"]))
    audits = [_audit(one) for one in objects(query.args, "auditConfigs")]
    if audits:
        document["auditConfigs"] = audits
    text = json.dumps(document, separators=(",", ":"))
    return {"id": str(zlib.crc32(text.encode())), "policyData": text}


def _binding(given: Properties) -> Properties:
    members = given.get("members")
    listed = (
        sorted(str(one) for one in cast(list[object], members)) if isinstance(members, list) else []
    )
    condition = given.get("condition")
    rest: Properties = {"condition": condition} if condition else {}
    return {**rest, "members": listed, "role": given.get("role")}


def _audit(given: Properties) -> Properties:
    return {"service": given.get("service"), "auditLogConfigs": objects(given, "auditLogConfigs")}


INVOKES: Mapping[str, Invoke] = {
    "gcp:organizations/getIAMPolicy:getIAMPolicy": iam_policy,
}

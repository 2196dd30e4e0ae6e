"""What holds for every type of Google Cloud: name, place, labels, the links that find it, its protection."""

import re
from collections.abc import Iterator, Mapping

from isthmus_simulator.cloud import Call, CloudError, Rules
from isthmus_simulator.clouds.gcp.ids import id_template
from isthmus_simulator.clouds.gcp.labels import own_label_failures, wrong_labels
from isthmus_simulator.clouds.gcp.places import (
    is_location,
    is_region,
    is_zone,
    last_part,
    project_of,
    region_of,
    text_of,
    zone_of,
)
from isthmus_simulator.clouds.gcp.refusals import bad_request, forbidden_place, invalid_value, unset
from isthmus_simulator.lifecycle import refuse_if_used
from isthmus_simulator.values import Value
from isthmus_simulator.world import Resource

COMPUTE = "gcp:compute/"
COMPUTE_NAME = r"(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)"
"""The Compute Engine API states it in its own refusals."""
FREELY_NAMED = frozenset(
    {
        "gcp:compute/projectMetadataItem:ProjectMetadataItem",
        "gcp:compute/projectMetadata:ProjectMetadata",
        "gcp:compute/globalNetworkEndpoint:GlobalNetworkEndpoint",
    }
)
PROTECTED = {
    "gcp:container/cluster:Cluster": "Cannot destroy cluster because deletion_protection is set to true. "
    "Set it to false to proceed with cluster deletion.",
    "gcp:sql/databaseInstance:DatabaseInstance": "Error, failed to delete instance "
    "because deletion_protection is "
    "set to true. Set it to false to proceed with instance deletion",
    "gcp:compute/instance:Instance": "googleapi: Error 400: Invalid resource usage: "
    "'Resource cannot be deleted if "
    "it's protected against deletion. Disable deletion protection to delete it.'., "
    "invalidResourceUsage",
}


def extend(own: Rules) -> Rules:
    """The type's own rules with what holds for every type around them."""
    return Rules(
        check=lambda call: [*own_label_failures(call), *(own.check(call) if own.check else ())],
        create=lambda call: _create(call, own),
        outputs=own.outputs,
        usage=own.usage,
        identities=lambda call, outputs: _identities(call, own, outputs),
        delete=lambda call, dependents: _delete(call, own, dependents),
        lend=own.lend,
        replaces=own.replaces,
    )


def _create(call: Call, own: Rules) -> None:
    _judge_place(call)
    _judge_name(call)
    for sentence in wrong_labels(call):
        raise invalid_value("resource.labels", "", sentence)
    if own.create:
        own.create(call)


def _judge_place(call: Call) -> None:
    needed = call.facts.id.replace("{", "{{") or id_template(call.schema)
    if "{{project" in needed and not project_of(call):
        raise unset("project")
    if "{{region" in needed:
        _judge_region(region_of(call), call)
    zone = zone_of(call) if "{{zone" in needed else ""
    if "zone" in call.schema.inputs.properties and "{{zone" in needed and not is_zone(zone):
        raise invalid_value("zone", zone, "Unknown zone.") if zone else unset("zone")
    location = last_part(text_of(call.inputs, "location"))
    if location and not is_location(location):
        raise forbidden_place(location)


def _judge_region(region: str, call: Call) -> None:
    if not region:
        raise unset("region")
    if not is_region(region):
        raise (
            invalid_value("region", region, "Unknown region.")
            if call.token.startswith(COMPUTE)
            else forbidden_place(region)
        )


def _judge_name(call: Call) -> None:
    if not call.token.startswith(COMPUTE) or not call.name or call.token in FREELY_NAMED:
        return
    if "name" in call.schema.inputs.properties and not re.fullmatch(
        COMPUTE_NAME, last_part(call.name)
    ):
        raise invalid_value(
            "resource.name", call.name, f"Must be a match of regex '{COMPUTE_NAME}'"
        )


def _identities(call: Call, own: Rules, outputs: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    """Google takes full names, links and, within the project, the rest of the path."""
    service = call.token.split(":")[1].split("/")[0]
    texts = [f"//{service}.googleapis.com/{call.id}", f"{service}.googleapis.com/{call.id}"]
    texts += [last_part(call.id), text_of(dict(outputs), "name")]
    if call.token.startswith(COMPUTE):
        texts += [
            f"https://{host}/{call.id}"
            for host in (
                "www.googleapis.com/compute/v1",
                "www.googleapis.com/compute/beta",
                "compute.googleapis.com/compute/v1",
            )
        ]
    prefix = f"projects/{project_of(call)}/"
    if call.id.startswith(prefix):
        texts.append(call.id.removeprefix(prefix))
    yield from ((call.token, text) for text in texts if text)
    if own.identities:
        yield from own.identities(call, outputs)


def _delete(call: Call, own: Rules, dependents: list[tuple[str, Resource]]) -> bool | None:
    policy = call.inputs.get("deletionPolicy") or call.setting.values.get("deletionPolicy")
    if policy == "PREVENT" and "deletionPolicy" in call.schema.inputs.properties:
        raise CloudError(
            f'cannot destroy {_kind(call)} without setting deletion_policy="DELETE" and running '
            "`terraform apply`"
        )
    if policy == "ABANDON" and "deletionPolicy" in call.schema.inputs.properties:
        return True
    if call.inputs.get("deletionProtection") in (True, "true", "PROTECTED"):
        raise CloudError(
            PROTECTED.get(call.token)
            or f"cannot destroy {_words(call)} without setting "
            "deletion_protection=false and running `terraform apply`"
        )
    return own.delete(call, dependents) if own.delete else refuse_if_used(call, dependents)


def _kind(call: Call) -> str:
    """`ComputeAddress`, as the provider's code names its types."""
    _, module, kind = call.token.split(":")
    folder = module.split("/")[0]
    return f"{folder[:1].upper()}{folder[1:]}{kind}"


def _words(call: Call) -> str:
    kind = call.token.rsplit(":", 1)[-1]
    return re.sub(r"(?<!^)(?=[A-Z])", " ", kind).lower()


def conflict_in_use(thing: str, user: str) -> CloudError:
    return bad_request(
        f"The {thing} is already being used by '{user}'", "resourceInUseByAnotherResource"
    )

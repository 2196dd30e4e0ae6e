"""Cloud Run: the state a service reports once it is ready."""

from collections.abc import Iterator, Mapping

from isthmus_simulator.check import Failure
from isthmus_simulator.cloud import Call, Rules
from isthmus_simulator.clouds.gcp.places import location_of, objects, project_number, project_of
from isthmus_simulator.clouds.gcp.refusals import bad_request
from isthmus_simulator.values import Value


def service_outputs(call: Call) -> dict[str, Value]:
    """https://cloud.google.com/run/docs/triggering/https-request: addresses by project number and region."""
    url = f"https://{call.name}-{project_number(project_of(call))}.{location_of(call)}.run.app"
    revision = f"{call.name}-00001-{call.maker.child('revision').letters(3)}"
    ready = [
        {"type": kind, "status": "True", "reason": "", "message": ""}
        for kind in ("Ready", "ConfigurationsReady", "RoutesReady")
    ]
    traffic = [
        {"latestRevision": True, "percent": 100, "revisionName": revision, "tag": "", "url": ""}
    ]
    return {
        "statuses": [
            {
                "conditions": ready,
                "latestCreatedRevisionName": revision,
                "latestReadyRevisionName": revision,
                "observedGeneration": 1,
                "traffics": traffic,
                "url": url,
            }
        ]
    }


def create_service(call: Call) -> None:
    _refuse_shares(call, "percent")


def _refuse_shares(call: Call, key: str) -> None:
    shares = [one.get(key) for one in objects(call.inputs, "traffics")]
    numbers = [share for share in shares if isinstance(share, int)]
    if numbers and len(numbers) == len(shares) and sum(numbers) != 100:
        raise bad_request(
            f"The request has errors: spec.traffic: Traffic percentages must sum to 100, got {sum(numbers)}."
        )


def check_function(call: Call) -> Iterator[Failure]:
    if call.inputs.get("triggerHttp") and call.inputs.get("eventTrigger"):
        yield Failure(
            "triggerHttp",
            "One of `event_trigger` or `trigger_http` is required: You must specify a trigger "
            "when deploying a new function.",
        )


RULES: Mapping[str, Rules] = {
    "gcp:cloudrun/service:Service": Rules(create=create_service, outputs=service_outputs),
    "gcp:cloudrunv2/service:Service": Rules(create=create_service),
    "gcp:cloudfunctions/function:Function": Rules(check=check_function),
}

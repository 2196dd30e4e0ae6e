"""Web apps, functions and container apps."""

from collections.abc import Callable, Mapping

from isthmus_simulator.cloud import Call, Rules
from isthmus_simulator.clouds.azure import arm
from isthmus_simulator.clouds.azure.inputs import inner, table, text
from isthmus_simulator.clouds.azure.refusals import refusal
from isthmus_simulator.values import Value
from isthmus_simulator.world import Resource

PLAN = "azure-native:web:AppServicePlan"


def judge_app(call: Call) -> None:
    """Only a plan with `reserved` runs Linux, whatever its kind says (Azure/azure-rest-api-specs issue 1476
    speaks of `reserved`; the text is that of the app service API)."""
    plan = call.target("serverFarmId")
    if plan is None or plan.type != PLAN:
        return
    runtime = text(inner(call.inputs, "siteConfig").get("linuxFxVersion"))
    if runtime and not plan.inputs.get("reserved"):
        raise refusal(400, "BadRequest", "The parameter LinuxFxVersion has an invalid value.")
    if plan.region and call.region and plan.region != call.region:
        raise refusal(404, "NotFound", f"Cannot find ServerFarm with name {plan.name}.")


def slot_outputs(call: Call) -> Mapping[str, Value]:
    app, slot = text(call.inputs.get("name")), text(call.inputs.get("slot"))
    return {"defaultHostName": f"{app}-{slot}.azurewebsites.net".lower()}


def container_app_outputs(call: Call) -> Mapping[str, Value]:
    """The address is made of the app's name and the environment's domain."""
    environment = call.target("managedEnvironmentId") or call.target("environmentId")
    revision = f"{call.name}--{call.maker.child('revision').letters(7)}"
    outputs: dict[str, Value] = {
        "latestRevisionName": revision,
        "latestReadyRevisionName": revision,
        "runningStatus": "Running",
        "customDomainVerificationId": call.maker.child("verification").hex(64).upper(),
    }
    if environment is None:
        return outputs
    return {**outputs, **_ingress(call, environment, revision)}


def _ingress(call: Call, environment: Resource, revision: str) -> dict[str, Value]:
    configuration = table(call.inputs.get("configuration"))
    ingress = table(configuration.get("ingress"))
    if not ingress:
        return {}
    domain = text(environment.outputs.get("defaultDomain"))
    inside = "" if ingress.get("external") else "internal."
    return {"latestRevisionFqdn": f"{revision}.{inside}{domain}"}


def address_of_app(call: Call) -> str:
    environment = call.target("managedEnvironmentId") or call.target("environmentId")
    domain = text(environment.outputs.get("defaultDomain")) if environment else ""
    external = inner(call.inputs, "configuration", "ingress").get("external")
    return f"{call.name}.{'' if external else 'internal.'}{domain}"


NESTED: Mapping[tuple[str, str], Callable[[Call], str]] = {
    ("azure-native:app:ContainerApp", "fqdn"): address_of_app,
}
"""Texts deep in an output that no template can say, by type and property."""


def plan_outputs(call: Call) -> Mapping[str, Value]:
    apps = [one for _, one in call.world.linked_from(call.old.key)] if call.old else []
    return {"numberOfSites": len(apps), "numberOfWorkers": 1, "name": arm.last_part(call.id)}


RULES: Mapping[str, Rules] = {
    PLAN: Rules(outputs=plan_outputs),
    "azure-native:web:WebApp": Rules(create=judge_app),
    "azure-native:web:WebAppSlot": Rules(outputs=slot_outputs),
    "azure-native:app:ContainerApp": Rules(outputs=container_app_outputs),
}

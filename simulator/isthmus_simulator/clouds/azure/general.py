"""What Azure Resource Manager does for every type: places it, resolves the ids in it, guards its deletion."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import cast

from isthmus_simulator.check import Failure
from isthmus_simulator.cloud import NO_RULES, Call, CloudError, Rules
from isthmus_simulator.clouds.azure import arm, locations, paths, refusals
from isthmus_simulator.clouds.azure.given import lend_watcher
from isthmus_simulator.clouds.azure.inputs import inner, texts
from isthmus_simulator.clouds.azure.rules import RULES
from isthmus_simulator.lifecycle import refuse_if_used
from isthmus_simulator.values import Properties, Value
from isthmus_simulator.world import Resource, Session

PACKAGE = "azure-native"
GROUP = f"{PACKAGE}:resources:ResourceGroup"
LOCKS = tuple(
    f"{PACKAGE}:authorization:ManagementLock{kind}"
    for kind in ("ByScope", "AtResourceGroupLevel", "AtResourceLevel", "AtSubscriptionLevel")
)
INLINE = {"agentPools": "agentPoolProfiles"}
"""Child types that a parent lists under another name."""
NOT_REFERENCES = frozenset(
    ("template", "templateLink", "parameters", "policyRule", "definition", "query", "displayQuery")
)
"""Inputs with texts in languages of their own, which ARM does not read as references."""
UNCHECKED = re.compile(
    r"/providers/microsoft\.(authorization|web/locations|marketplace\w*)/", re.IGNORECASE
)
"""Built-in definitions and catalogues, which exist in every subscription."""
LOOSE_USERS = re.compile(
    r"azure-native:(authorization|monitor|applicationinsights|storage|keyvault|sql|cosmosdb|eventhub|eventgrid|"
    r"servicebus|containerregistry|cognitiveservices|machinelearningservices|privatedns|search|security|"
    r"policyinsights|network:(FlowLog|VirtualNetworkPeering|ConnectionMonitor|PacketCapture)$)"
)
"""Who may refer to a thing without keeping it: grants, logs, firewalls' rules for subnets, DNS links."""
NETWORKED = ("azure-native:network:", "azure-native:compute:")
SAME_REGION = re.compile(
    r"azure-native:network:(Subnet|VirtualNetwork|NetworkSecurityGroup|RouteTable|NetworkInterface|PublicIPAddress|"
    r"NatGateway|ApplicationSecurityGroup)$"
)


class AzureRules(Mapping[str, Rules]):
    """Rules of every type: ARM's own, and with them those of the type."""

    def __getitem__(self, token: str) -> Rules:
        return _composed(token)

    def __iter__(self) -> Iterator[str]:
        return iter(RULES)

    def __len__(self) -> int:
        return len(RULES)


@cache
def _composed(token: str) -> Rules:
    own = RULES.get(token, NO_RULES)

    def create(call: Call) -> None:
        judge(call)
        if own.create:
            own.create(call)

    def identities(call: Call, outputs: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
        yield arm.IDENTITY, call.id.lower()
        yield from own.identities(call, outputs) if own.identities else ()

    def outputs(call: Call) -> Mapping[str, Value]:
        return {**_standing(call), **(own.outputs(call) if own.outputs else {})}

    def delete(call: Call, users: list[tuple[str, Resource]]) -> bool | None:
        guard_deletion(call)
        kept = (
            own.delete(call, users)
            if own.delete
            else refuse_if_used(call, strict_users(call, users))
        )
        for part in call.world.inside(PACKAGE, f"{call.id}/"):
            call.world.delete(part.key)
        return kept

    def check(call: Call) -> Iterator[Failure]:
        if call.token == GROUP and call.inputs.get("location") is None:
            yield locations.missing_location()
        yield from own.check(call) if own.check else ()

    return Rules(
        check=check,
        create=create,
        outputs=outputs,
        usage=own.usage,
        identities=identities,
        delete=delete,
        lend=own.lend,
        outside=own.outside,
        replaces=own.replaces,
        fill=locations.fill_location,
    )


def _standing(call: Call) -> dict[str, Value]:
    """Outputs that ARM writes in its own way, whatever the program wrote."""
    told: dict[str, Value] = {
        "name": arm.last_part(call.id),
        "type": arm.type_of(call.id),
        "location": call.region,
    }
    own = {key: value for key, value in told.items() if key in call.schema.outputs}
    if "identity" in call.schema.outputs and "identity" in call.inputs:
        own.update(_identity(call))
    if isinstance(call.inputs.get("type"), str) and call.schema.outputs.get("type") != "str":
        own.pop("type", None)
    return own


def _identity(call: Call) -> dict[str, Value]:
    """Programs list identities, ARM answers a table of what they are."""
    given = inner(call.inputs, "identity")
    listed = given.get("userAssignedIdentities")
    if not isinstance(listed, list):
        return {}
    made = {
        one.id.lower(): one.outputs
        for one in call.targets.get("identity.userAssignedIdentities.*", [])
    }
    found = {item: made.get(item.lower(), {}) for item in texts(cast(Value, listed))}
    answered = {
        item: {"clientId": one.get("clientId"), "principalId": one.get("principalId")}
        for item, one in found.items()
    }
    return {"identity": {**given, "userAssignedIdentities": answered}}


def judge(call: Call) -> None:
    """Place, parents, locks and references: what ARM looks at before it asks the service."""
    if call.inputs.get("location") is not None:
        locations.refuse_unknown(arm.type_of(call.id), str(call.inputs["location"]))
    require_parents(call)
    guard_writing(call)
    refuse_existing(call)
    for path, value in references(call.inputs):
        call.targets.setdefault(path, []).extend(resolve(call, value))


def refuse_existing(call: Call) -> None:
    """An id is one resource wherever it lies; the provider looks before it creates."""
    there = call.world.find(PACKAGE, call.id.lower(), [arm.IDENTITY]) if call.old is None else []
    if any(one.type == call.token for one in there) and not call.facts.adopts:
        raise CloudError(refusals.already_exists(call.id))


def require_parents(call: Call) -> None:
    group = arm.group_of(call.id)
    if group and call.id != group and not known(call, group):
        raise refusals.group_not_found(arm.last_part(group))
    for above in arm.ancestors(call.id):
        if not arm.is_local(above, call.setting.account) or known(call, above):
            return
        is_made_apart = arm.type_of(above).lower() in paths.told_types()
        if arm.last_part(above).lower() not in arm.UNNAMED and is_made_apart:
            raise refusals.parent_not_found(call.id, above)


def references(inputs: Properties) -> Iterator[tuple[str, str]]:
    """Every ARM id among the inputs, with the dotted path that it stands at."""
    for key, value in inputs.items():
        if key not in NOT_REFERENCES and key != "id":
            yield from _references(value, key)


def _references(value: Value, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and arm.RESOURCE.fullmatch(value) and "/providers/" in value:
        yield path, value
    elif isinstance(value, list):
        for item in cast(list[Value], value):
            yield from _references(item, f"{path}.*")
    elif isinstance(value, dict):
        for key, item in cast(Properties, value).items():
            yield from _references(item, f"{path}.{key}")


def resolve(call: Call, value: str) -> list[Resource]:
    """What an id among the inputs names; refused when it lies in this subscription and is not there."""
    outside = not arm.is_local(value, call.setting.account) or UNCHECKED.search(value)
    if outside or value.lower().startswith(call.id.lower()):
        return []
    found = find(call.world, value) or lend_watcher(call, value)
    if found is None:
        raise _missing(call, value)
    if call.token.startswith(NETWORKED) and _elsewhere(call, found):
        raise refusals.invalid_reference(call.id, value)
    return [found]


def known(call: Call, resource_id: str) -> bool:
    return (find(call.world, resource_id) or lend_watcher(call, resource_id)) is not None


def find(session: Session, resource_id: str) -> Resource | None:
    """The resource of this id, or the one that holds it as a part of its own."""
    exact = session.find(PACKAGE, resource_id.lower(), [arm.IDENTITY])
    if exact:
        return exact[-1]
    for above in arm.ancestors(resource_id):
        holders = session.find(PACKAGE, above.lower(), [arm.IDENTITY])
        if holders and arm.GROUP.fullmatch(above):
            return None
        if holders:
            return holders[-1] if _holds(holders[-1], above, resource_id) else None
    return None


def _holds(holder: Resource, above: str, resource_id: str) -> bool:
    """Whether a resource lists the part among its inputs, or has a part that nobody makes apart from it."""
    segment, _, name = resource_id[len(above) + 1 :].partition("/")
    name = name.partition("/")[0]
    listed = _listed(holder, INLINE.get(segment, segment))
    if any(item.get("name", "").lower() == name.lower() for item in listed):
        return True
    made_apart = f"{arm.type_of(above)}/{segment}".lower() in paths.told_types()
    return name.lower() == "default" or (not made_apart and not listed)


def _listed(holder: Resource, segment: str) -> list[dict[str, str]]:
    for key, value in holder.inputs.items():
        if key.lower() == segment.lower() and isinstance(value, list):
            items = cast(list[object], value)
            return [cast(dict[str, str], item) for item in items if isinstance(item, dict)]
    return []


def _missing(call: Call, value: str) -> Exception:
    if "/userassignedidentities/" in value.lower():
        return refusals.identity_not_found(call.id, value)
    if call.token.startswith(NETWORKED) and "/microsoft.network/" in value.lower():
        return refusals.invalid_reference(call.id, value)
    if not find(call.world, arm.group_of(value)):
        return refusals.group_not_found(arm.last_part(arm.group_of(value)))
    return refusals.resource_not_found(value)


def _elsewhere(call: Call, target: Resource) -> bool:
    """Whether a network's part lies in another region than what uses it; peerings may reach across."""
    apart = target.region and call.region and target.region != call.region
    return bool(apart and SAME_REGION.search(target.type) and not LOOSE_USERS.search(call.token))


def guard_writing(call: Call) -> None:
    for scope, level in locks_over(call):
        if level == "ReadOnly" and call.token not in LOCKS:
            raise refusals.scope_locked(call.id, scope, "write")


def guard_deletion(call: Call) -> None:
    if call.token in LOCKS:
        return
    for scope, _ in (*locks_over(call), *locks_inside(call)):
        raise refusals.scope_locked(call.id, scope, "delete")


def locks_over(call: Call) -> Iterator[tuple[str, str]]:
    """Locked scopes at or above the resource, with the lock's level."""
    return (
        found for found in _locks(call) if f"{call.id.lower()}/".startswith(f"{found[0].lower()}/")
    )


def locks_inside(call: Call) -> Iterator[tuple[str, str]]:
    return (found for found in _locks(call) if found[0].lower().startswith(f"{call.id.lower()}/"))


def _locks(call: Call) -> Iterator[tuple[str, str]]:
    for token in LOCKS:
        for lock in call.world.resources(PACKAGE, token):
            yield arm.parent_of(lock.id), str(lock.inputs.get("level", "CanNotDelete"))


def strict_users(call: Call, users: list[tuple[str, Resource]]) -> list[tuple[str, Resource]]:
    """Those who keep a thing from being deleted; its own parts go with it."""
    inside = f"{call.id.lower()}/"
    return [
        (path, user)
        for path, user in users
        if not LOOSE_USERS.match(user.type) and not user.id.lower().startswith(inside)
    ]

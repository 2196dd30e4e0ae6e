"""Network security rules: priorities, ports and prefixes.

Limits: learn.microsoft.com/azure/virtual-network/network-security-groups-overview#security-rules.
"""

import re
from collections.abc import Iterator, Mapping

from isthmus_simulator.cloud import Call, Rules
from isthmus_simulator.clouds.azure import arm
from isthmus_simulator.clouds.azure.inputs import tables, text, texts, whole
from isthmus_simulator.clouds.azure.refusals import refusal
from isthmus_simulator.values import Properties

LEAST_PRIORITY, MOST_PRIORITY = 100, 4096
MOST_PORT = 65535
PORTS = re.compile(r"(\d+)(?:-(\d+))?")


def judge_rule(rule: Properties, name: str) -> None:
    priority = whole(rule.get("priority"), LEAST_PRIORITY)
    if not LEAST_PRIORITY <= priority <= MOST_PRIORITY:
        raise refusal(
            400,
            "SecurityRuleInvalidPriority",
            (
                f"Security rule {name} has invalid Priority. Value provided: {priority} Allowed range "
                f"{LEAST_PRIORITY}-{MOST_PRIORITY}."
            ),
        )
    for port in _ports(rule):
        if not _is_port(port):
            raise refusal(
                400,
                "SecurityRuleInvalidPortRange",
                (
                    f"Security rule {name} has invalid Port range. Value provided: {port}. Value should "
                    f"be an integer OR integer range with '-' delimiter. Valid range 0-{MOST_PORT}."
                ),
            )


def _ports(rule: Properties) -> Iterator[str]:
    for side in ("source", "destination"):
        yield from texts(rule.get(f"{side}PortRange") or [])
        yield from texts(rule.get(f"{side}PortRanges") or [])


def _is_port(value: str) -> bool:
    found = PORTS.fullmatch(value)
    if value == "*" or found is None:
        return value == "*"
    first, last = int(found[1]), int(found[2] or found[1])
    return first <= last <= MOST_PORT


def refuse_conflicts(rules: list[tuple[str, Properties]]) -> None:
    taken: dict[tuple[object, str], str] = {}
    for name, rule in rules:
        place = (rule.get("priority"), text(rule.get("direction")).lower())
        if place[0] is not None and place in taken:
            raise refusal(
                400,
                "SecurityRuleConflict",
                (
                    f"Security rule {name} conflicts with rule {taken[place]}. Rules cannot have the "
                    "same Priority and Direction. To learn more, see aka.ms/nsgrules."
                ),
            )
        taken[place] = name


def judge_group(call: Call) -> None:
    rules = [(text(item.get("name")), item) for item in tables(call.inputs.get("securityRules"))]
    for name, rule in rules:
        judge_rule(rule, name)
    refuse_conflicts(rules)


def judge_separate_rule(call: Call) -> None:
    judge_rule(call.inputs, call.name)
    group_id = arm.parent_of(call.id)
    groups = call.world.find("azure-native", group_id.lower(), [arm.IDENTITY])
    inline = [
        (text(item.get("name")), item)
        for group in groups
        for item in tables(group.inputs.get("securityRules"))
    ]
    others = [
        (other.name, other.inputs)
        for other in call.world.inside("azure-native", f"{group_id}/securityRules/")
        if other.id.lower() != call.id.lower()
    ]
    refuse_conflicts([*inline, *others, (call.name, call.inputs)])


RULES: Mapping[str, Rules] = {
    "azure-native:network:NetworkSecurityGroup": Rules(create=judge_group),
    "azure-native:network:SecurityRule": Rules(create=judge_separate_rule),
}

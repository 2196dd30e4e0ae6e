"""Makes ids as the provider does: the import example of a type, such as
`projects/{{project}}/zones/{{zone}}/disks/{{name}}`, says how its id is built."""

import re

from isthmus_simulator.cloud import Call
from isthmus_simulator.clouds.gcp.places import (
    inner,
    last_part,
    location_of,
    project_of,
    region_of,
    text_of,
    zone_of,
)
from isthmus_simulator.schema import TypeSchema

HOLE = re.compile(r"\{\{%?(\w+)\}\}")
PLACES = {
    "project": project_of,
    "projectId": project_of,
    "region": region_of,
    "zone": zone_of,
    "location": location_of,
}
GRANT = re.compile(r"I[aA][mM](Member|Binding|Policy)$")
"""Types that grant roles; every service has the same three."""


def camel(word: str) -> str:
    first, *rest = word.split("_")
    return first + "".join(part.title() for part in rest)


def id_template(schema: TypeSchema) -> str:
    """The first import example with holes, '' when the docs give none."""
    return next((one for one in schema.import_ids if HOLE.search(one)), "")


def id_inputs(schema: TypeSchema) -> frozenset[str]:
    """Inputs that are part of the id: another value is another resource."""
    found: set[str] = set()
    for word in HOLE.findall(id_template(schema)):
        found.update({camel(word), camel(word.removesuffix("_id"))})
    return frozenset(found & set(schema.inputs.properties))


def make_id(call: Call) -> str:
    template = id_template(call.schema)
    if GRANT.search(call.token):
        return grant_id(call, template)
    if template in ("{{name}}", "{{id}}"):
        return _server_made(call)
    if template:
        return _fill(call, template)
    return call.name or f"{call.logical_name}-{call.maker.child('id').hex(7)}"


def _fill(call: Call, template: str) -> str:
    words = HOLE.findall(template)

    def put(match: re.Match[str]) -> str:
        before = template[: match.start()]
        return _hole(call, match[1], before, is_last=match[1] == words[-1])

    return HOLE.sub(put, template)


def _hole(call: Call, word: str, before: str, *, is_last: bool) -> str:
    key = camel(word)
    bare = camel(word.removesuffix("_id"))
    value = text_of(call.inputs, key) or text_of(call.inputs, bare)
    if value:
        # `{{key_ring}}/cryptoKeys/..` takes the whole path, `instances/{{instance}}/..` its last step.
        return (
            last_part(value) if before.endswith("/") and word != "name" else value.removeprefix("/")
        )
    if key in PLACES:
        return PLACES[key](call)
    if GRANT.search(call.token):
        return last_part("".join(_granted_things(call)[-1:]))
    if is_last:
        return call.name or call.maker.child("id").digits(19)
    return call.maker.child(word).digits(12)


def _server_made(call: Call) -> str:
    """Of types whose whole name the server makes: `projects/p/alertPolicies/123`."""
    kind = call.token.rsplit(":", 1)[-1]
    plural = f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
    place = text_of(call.inputs, "location") or text_of(call.inputs, "region")
    middle = f"locations/{place}/" if place else ""
    parent = text_of(call.inputs, "parent") or f"projects/{project_of(call)}"
    made = call.name or call.maker.child("id").digits(19)
    return f"{parent}/{middle}{plural[0].lower()}{plural[1:]}/{last_part(made)}"


NOT_GRANTED_ON = frozenset(
    {
        "role",
        "member",
        "members",
        "policyData",
        "condition",
        "project",
        "region",
        "location",
        "zone",
    }
)


def grant_id(call: Call, template: str) -> str:
    """`<resource>/<role>/<member>`, as the provider writes the id of a grant.

    https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/google_project_iam
    """
    thing = _fill(call, template) if template else _granted_on(call)
    title = text_of(inner(call.inputs, "condition"), "title")
    parts = (thing, text_of(call.inputs, "role"), text_of(call.inputs, "member"), title)
    return "/".join(part for part in parts if part)


def _granted_things(call: Call) -> list[str]:
    """What a grant names besides role, member and place."""
    keys = [key for key in call.schema.inputs.properties if key not in NOT_GRANTED_ON]
    return [text for key in keys if (text := text_of(call.inputs, key))]


def _granted_on(call: Call) -> str:
    things, project = _granted_things(call), project_of(call)
    if call.token.startswith("gcp:storage/"):
        return "/".join(["b", *(last_part(one) for one in things)])
    if not things or "/" in things[0]:
        return things[0] if things else project
    return "/".join([*_home(call, project), *things])


def _home(call: Call, project: str) -> tuple[str, ...]:
    for key in ("location", "region", "zone"):
        if key in call.schema.inputs.properties:
            return ("projects", project, f"{key}s", PLACES[key](call))
    return ("projects", project)

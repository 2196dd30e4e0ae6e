"""Writes the simulator's `clouds/aws/declared.json` anew from CloudFormation's schemas and the SDK's texts.

    python -m tests.simulator.clouds.aws.generate_declared FOLDER

FOLDER is `cfnlint/data/schemas` of the Python package cfn-lint (MIT-0; 1.58.0 was read), which holds the
resource schemas that AWS publishes. Run it after a change of the SDK, of cloudformation_names.toml or of an
`id`, a `name` or a `not_found` in `clouds/aws/types/*.toml`. The same input gives the same file.
"""

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from isthmus_simulator.clouds.aws import declared
from isthmus_simulator.environment import TOOLCHAIN
from isthmus_simulator.facts import NO_FACTS, TypeFacts, read_facts
from isthmus_simulator.schema import SchemaStore, TypeSchema
from isthmus_simulator.sdk import installed_version
from tests.simulator.clouds.aws import sdk_texts
from tests.simulator.clouds.aws.cloudformation_schemas import (
    NAMES,
    Pairing,
    read_schemas,
    tokens_of,
)
from tests.simulator.clouds.aws.references import References

NOTHING: Mapping[str, Any] = {}
TEXTS = ("str", "any")
"""Wire types of texts; the SDK takes policies as texts and as objects."""
TEXT_FORMATS = {"ipv4-network": "ipv4_cidr", "ipv6-network": "ipv6_cidr"}
Entry = dict[str, Any]


def generate(folder: Path) -> dict[str, Entry]:
    store = SchemaStore("aws", TOOLCHAIN / "schemas" / f"aws-{installed_version('aws')}")
    schemas = {token: schema for token in store.tokens() if (schema := store.type_schema(token))}
    sources = {token: sdk_texts.source_of(*place) for token, place in store.tokens().items()}
    references = References(store.tokens(), schemas, sources)
    told = read_facts(declared.FILE.parent / "types")
    pairings = _pairings(folder, schemas)
    entries = {
        token: _entry(
            schema, sources[token], references, pairings.get(token), told.get(token, NO_FACTS)
        )
        for token, schema in schemas.items()
    }
    missed = {token for token, facts in told.items() if facts.not_found}
    return {token: _kept(entry, missed) for token, entry in sorted(entries.items()) if entry}


def _kept(entry: Entry, missed: set[str]) -> Entry:
    """The entry with the references to types of which we know what AWS says when one is missing."""
    refs = {path: target for path, target in entry.pop("refs", {}).items() if target in missed}
    return {**entry, **({"refs": refs} if refs else {})}


def _pairings(folder: Path, schemas: Mapping[str, TypeSchema]) -> dict[str, Pairing]:
    found: dict[str, Pairing] = {}
    for name, schema in read_schemas(folder).items():
        for token in tokens_of(name, schemas):
            if token in found:
                raise ValueError(f"{token} is {found[token].name} and {name}; say which in [types]")
            found[token] = Pairing(name, schema, schemas[token])
    return found


def _entry(
    schema: TypeSchema,
    source: str,
    references: "References",
    pairing: Pairing | None,
    told: TypeFacts,
) -> Entry:
    docs = sdk_texts.docs_of(source, schema.inputs)
    inputs, refs = schema.inputs.properties, references.of(schema, pairing)
    refs.pop(told.name, None)
    defaults = {
        key: value
        for key, text in docs.items()
        if key not in refs and (value := sdk_texts.default_of(text, inputs[key])) is not None
    }
    entry: Entry = {
        "cloudformation": pairing.name if pairing else "",
        "replace": _replace(schema, docs, refs, pairing),
        "updates": _updates(pairing, told),
        "defaults": {**(_defaults(pairing, refs) if pairing else {}), **defaults},
        "secret": [one for one in sdk_texts.secrets_of(source) if one in schema.outputs],
        "refs": refs,
        "limits": _limits(schema, docs, refs, pairing),
        "conflicts": {**_excluded(pairing), **sdk_texts.conflicts_of(docs)},
    }
    return {key: value for key, value in entry.items() if value}


def _replace(
    schema: TypeSchema, docs: Mapping[str, str], refs: Mapping[str, str], pairing: Pairing | None
) -> list[str]:
    """What CloudFormation calls create-only, what the SDK says, and else what the thing is a part of.

    Tags are never a reason: the provider changes them with an API of their own.
    """
    if pairing is None:
        return [key for key, token in refs.items() if _is_part_of(schema, key, token)]
    stated = [key for key, text in docs.items() if sdk_texts.REPLACES.search(text)]
    return [key for key in dict.fromkeys((*pairing.created(), *stated)) if key != "tags"]


def _is_part_of(schema: TypeSchema, key: str, token: str) -> bool:
    """Whether a required input names one thing of the same service, and is called after it."""
    stem = re.sub("(Id|Arn|Name|Identifier)$", "", key).lower().removeprefix("source")
    own = schema.token.split("/")[0] == token.split("/")[0]
    named = token.rsplit(":", 1)[-1].lower().endswith(stem)
    single = schema.inputs.properties.get(key) == "str" and key in schema.inputs.required
    return own and named and single


def _updates(pairing: Pairing | None, told: TypeFacts) -> list[str]:
    """Parts of the id or the name that CloudFormation changes in place all the same."""
    if pairing is None:
        return []
    parts = {told.name or "name", *re.findall(r"\{(\w+)", told.id)}
    known = parts.intersection((*pairing.scalars, *pairing.wrapped()))
    return sorted(known.difference(pairing.created()))


def _defaults(pairing: Pairing, refs: Mapping[str, str]) -> Entry:
    inputs = pairing.sdk.inputs.properties
    return {
        key: node["default"]
        for key, node in pairing.scalars.items()
        if key not in refs
        and (inputs[key], type(node.get("default"))) in PLAIN
        and not re.search(r"\s", str(node["default"]))
    }


PLAIN = {("str", str), ("int", int), ("bool", bool), ("float", float), ("float", int)}


def _limits(
    schema: TypeSchema,
    docs: Mapping[str, str],
    refs: Mapping[str, str],
    pairing: Pairing | None,
) -> Entry:
    """Limits of what programs write themselves; ids of other things are judged by what there is."""
    found: Entry = {}
    unlimited = {*refs, *NAMES["unlimited"].get(schema.token, ())}
    for key, wire in schema.inputs.properties.items():
        node = pairing.scalars.get(key, NOTHING) if pairing else NOTHING
        named = key in unlimited or key.endswith(("Id", "Arn", "arn", "Identifier"))
        is_text = wire in TEXTS or wire[0] == "enum"
        limits: Entry = _text_limits(key, NOTHING if named else node) if is_text else {}
        stated = sdk_texts.range_of(docs.get(key, ""), wire)
        if wire in ("int", "float") and (stated or "minimum" in node or "maximum" in node):
            limits = {"between": stated or [node.get("minimum"), node.get("maximum")]}
        if limits:
            found[key] = limits
    return found


def _text_limits(key: str, node: Mapping[str, Any]) -> Entry:
    kinds, is_json = node.get("type", ""), node.get("format") == "json"
    if "olic" in key and "object" in kinds and not node.get("properties"):
        return {"format": "policy"}
    if (key.endswith("Pattern") and "object" in kinds) or (is_json and key != "body"):
        return {"format": "json"}  # a body may be YAML as well
    if kinds != "string":
        return {"format": "arn"} if key.endswith("Arn") else {}
    limits: Entry = {}
    if "minLength" in node or "maxLength" in node:
        limits["length"] = [node.get("minLength", 0), node.get("maxLength")]
    if "enum" in node:
        limits["oneOf"] = node["enum"]
    elif _compiles(node.get("pattern", "")):
        limits["match"] = node["pattern"]
    if node.get("format") in TEXT_FORMATS:
        limits["format"] = TEXT_FORMATS[node["format"]]
    return limits


def _compiles(pattern: str) -> bool:
    try:
        return bool(pattern and re.compile(pattern))
    except re.error:
        return False


def _excluded(pairing: Pairing | None) -> dict[str, list[str]]:
    if pairing is None:
        return {}
    names = {key: pairing.exact(key) for key in pairing.schema["properties"]}
    return {
        names[key]: kept
        for key, others in pairing.schema.get("dependentExcluded", {}).items()
        if names[key] and (kept := [names[one] for one in others if names[one]])
    }


def main(folder: str) -> None:
    entries = generate(Path(folder))
    lines = [f"{json.dumps(token)}: {json.dumps(entry)}" for token, entry in entries.items()]
    declared.FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    paired = sum("cloudformation" in entry for entry in entries.values())
    print(f"{len(entries)} types, {paired} of them with a schema of CloudFormation's")


if __name__ == "__main__":
    main(sys.argv[1])

"""Renders policy documents as the provider's data source does.

Lists of more than one are sorted downwards (hashicorp/terraform-provider-aws, issues 6107 and 26088), values
of conditions keep their order (pull request 17556), single ones are plain texts, and `&{` stands for `${`
(the SDK's documentation of getPolicyDocument). UNVERIFIED: the order of keys and the escapes.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from isthmus_simulator.cloud import CloudError, Invoke, Query
from isthmus_simulator.clouds.aws.reading import items, listed
from isthmus_simulator.templates import Maker
from isthmus_simulator.values import Value

Statement = dict[str, Any]
LISTS = (
    ("actions", "Action"),
    ("notActions", "NotAction"),
    ("resources", "Resource"),
    ("notResources", "NotResource"),
)
ORDER = (
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "Condition",
)


def policy_document(query: Query) -> Mapping[str, Value]:
    version = str(query.args.get("version") or "2012-10-17")
    merged: dict[str, Any] = {"Version": "", "Id": "", "Statement": []}
    for text in items(query.args, "sourcePolicyDocuments"):
        _merge(merged, _parse(text))
    own = [_statement(one, version) for one in items(query.args, "statements")]
    _refuse_twins(own)
    _merge(merged, {"Version": version, "Id": query.args.get("policyId") or "", "Statement": own})
    for text in items(query.args, "overridePolicyDocuments"):
        _merge(merged, _parse(text))
    document = {key: value for key, value in merged.items() if value}
    text = _escape(json.dumps(document, indent=2, ensure_ascii=False))
    plain = _escape(json.dumps(document, separators=(",", ":"), ensure_ascii=False))
    return {
        **query.args,
        "id": Maker(text).digits(10),
        "json": text,
        "minifiedJson": plain,
        "version": version,
    }


def _escape(text: str) -> str:
    """Go's encoder writes these three as escapes."""
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _refuse_twins(statements: Iterable[Statement]) -> None:
    seen: set[str] = set()
    for one in statements:
        sid = str(one.get("Sid") or "")
        if sid and sid in seen:
            raise CloudError(
                f"two statements of the policy document have the Sid {sid}: give each its own, or none"
            )
        seen.add(sid)


def _statement(one: Mapping[str, Any], version: str) -> Statement:
    found: Statement = {"Sid": one.get("sid") or "", "Effect": one.get("effect") or "Allow"}
    for source, name in LISTS:
        found[name] = _decoded(one.get(source), variables="esource" in source)
    found["Principal"] = _principals(items(one, "principals"))
    found["NotPrincipal"] = _principals(items(one, "notPrincipals"))
    found["Condition"] = _conditions(items(one, "conditions"))
    return _ordered(found)


def _ordered(statement: Mapping[str, Any]) -> Statement:
    return {key: statement[key] for key in ORDER if statement.get(key)}


def _decoded(values: Any, *, variables: bool) -> Any:
    texts = list(dict.fromkeys(str(one) for one in listed(values)))
    if variables:
        texts = [one.replace("&{", "${") for one in texts]
    return texts[0] if len(texts) == 1 else sorted(texts, reverse=True)


def _principals(given: Iterable[Mapping[str, Any]]) -> Any:
    found: dict[str, Any] = {}
    for one in given:
        names = _decoded(one.get("identifiers"), variables=True)
        before = found.get(str(one["type"]))
        found[str(one["type"])] = names if before is None else [*listed(before), *listed(names)]
    return "*" if found == {"*": "*"} else dict(sorted(found.items()))


def _conditions(given: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    found: dict[str, dict[str, list[str]]] = {}
    for one in given:
        values = [str(value).replace("&{", "${") for value in items(one, "values")]
        found.setdefault(str(one["test"]), {}).setdefault(str(one["variable"]), []).extend(values)
    return {
        test: {
            variable: values[0] if len(values) == 1 else values
            for variable, values in sorted(variables.items())
        }
        for test, variables in sorted(found.items())
    }


def _parse(text: Any) -> dict[str, Any]:
    try:
        found = json.loads(str(text))
    except ValueError as error:
        raise CloudError(
            f"a source or override policy document is not valid JSON: {error}"
        ) from error
    return {**found, "Statement": [_ordered(one) for one in listed(found.get("Statement"))]}


def _merge(into: dict[str, Any], new: Mapping[str, Any]) -> None:
    into["Id"] = new.get("Id") or into["Id"]
    into["Version"] = max(str(new.get("Version") or ""), into["Version"])
    for statement in items(new, "Statement"):
        sids = [one.get("Sid") for one in into["Statement"]]
        if statement.get("Sid") and statement["Sid"] in sids:
            into["Statement"][sids.index(statement["Sid"])] = statement
        else:
            into["Statement"].append(statement)


INVOKES: Mapping[str, Invoke] = {"aws:iam/getPolicyDocument:getPolicyDocument": policy_document}

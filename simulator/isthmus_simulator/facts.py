"""What a cloud knows of a resource type beyond its shape: data beside each cloud's functions."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, cast


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeFacts:
    """One entry of a cloud's `types/*.toml`. Texts are templates, see `templates.py`.

    id                 the identity the cloud gives, `vpc-{hex:17}`
    name               input that carries the resource's own name; given one when the user leaves it out
    autoname           how that name is made, `{name}-{hex:7}`; empty when the cloud demands one
    name_pattern       what the cloud accepts as a name, and
    name_error         what it says otherwise (`{value}` is the name)
    unique             where the name must be unique: `global`, `account`, `region`, or a template
    exists             what the cloud says when the name is taken
    identities         further texts the resource answers to, besides id, name, `arn` and `selfLink`
    not_found          what the cloud says when something refers to one that does not exist
    in_use             what it says when one is deleted while something depends on it; empty: it does not mind
    replace            inputs whose change makes a new resource
    updates            inputs that change in place, whatever else is said of them
    delete_first       the old one goes before the new one comes
    adopts             creating what exists already takes it over (a grant, a service that is on)
    defaults           inputs the cloud fills in
    outputs            values the cloud computes; a dotted path (`interfaces.*.address`) fills what is
                       missing there, and `{item.name}` is then what stands beside it
    refs               input paths that name another resource -> its type or types
    loose              those of `refs` that do not keep the other one from being deleted
    open               reference paths that may also name what is outside the account (an AWS-managed policy)
    secret             outputs that are secret
    """

    id: str = ""
    name: str = ""
    autoname: str | None = None
    name_pattern: str = ""
    name_error: str = ""
    unique: str = ""
    exists: str = ""
    identities: tuple[str, ...] = ()
    not_found: str = ""
    in_use: str = ""
    replace: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()
    delete_first: bool = False
    adopts: bool = False
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    refs: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    loose: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    source: str = ""


NO_FACTS = TypeFacts()


def read_facts(folder: Path) -> dict[str, TypeFacts]:
    """Every entry of the folder's TOML files by type token; a token told twice is an error."""
    found: dict[str, TypeFacts] = {}
    for path in sorted(folder.glob("*.toml")):
        for token, entry in tomllib.loads(path.read_text()).items():
            if token in found:
                raise ValueError(f"{path.name}: {token} is described twice")
            found[token] = _entry(token, cast(dict[str, Any], entry), path.name)
    return found


def _entry(token: str, entry: dict[str, Any], place: str) -> TypeFacts:
    unknown = set(entry) - {one.name for one in fields(TypeFacts)}
    if unknown:
        raise ValueError(f"{place}: {token} has unknown keys {sorted(unknown)}")
    values: dict[str, Any] = {
        key: tuple(cast(list[str], value)) if isinstance(value, list) else value
        for key, value in entry.items()
    }
    values["refs"] = {
        path: (types,) if isinstance(types, str) else tuple(types)
        for path, types in entry.get("refs", {}).items()
    }
    return TypeFacts(**values)

"""What AWS and the SDK declare of every type: replacements, defaults, secrets, limits, references of inputs.

`declared.json` is written by tests/simulator/clouds/aws/generate_declared.py, and never by hand, from
- CloudFormation's resource schemas, which AWS publishes and the Python package cfn-lint 1.58.0 (MIT-0)
  carries: what is create-only is replaced; limits of texts and numbers; what excludes what;
- the texts of the installed Pulumi SDK: defaults, ranges, "conflicts with", outputs that are secret, and
  which input names which other resource (its examples, and the names of its properties).
Of types without a schema of CloudFormation's, `replace` follows from names alone: the required inputs that
name a thing of the same service, of which these are a part. What the provider does otherwise stands in
`types/*.toml`; what an update operation of AWS takes, as those say, was read in botocore 1.44.5.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from isthmus_simulator.facts import NO_FACTS, TypeFacts

FILE = Path(__file__).parent / "declared.json"

KINDS: Mapping[str, tuple[str, ...]] = {
    # A reference to the first may name any of the others.
    "aws:ec2/vpc:Vpc": ("aws:ec2/defaultVpc:DefaultVpc",),
    "aws:ec2/subnet:Subnet": ("aws:ec2/defaultSubnet:DefaultSubnet",),
    "aws:ec2/securityGroup:SecurityGroup": ("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",),
    "aws:ec2/routeTable:RouteTable": ("aws:ec2/defaultRouteTable:DefaultRouteTable",),
    "aws:ec2/networkAcl:NetworkAcl": ("aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",),
    "aws:ec2/instance:Instance": ("aws:ec2/spotInstanceRequest:SpotInstanceRequest",),
    "aws:kms/key:Key": (
        "aws:kms/alias:Alias",
        "aws:kms/replicaKey:ReplicaKey",
        "aws:kms/externalKey:ExternalKey",
        "aws:kms/replicaExternalKey:ReplicaExternalKey",
    ),
    "aws:iam/role:Role": ("aws:iam/serviceLinkedRole:ServiceLinkedRole",),
    "aws:s3/bucket:Bucket": ("aws:s3/bucketV2:BucketV2",),
    "aws:lb/loadBalancer:LoadBalancer": ("aws:alb/loadBalancer:LoadBalancer",),
    "aws:lb/targetGroup:TargetGroup": ("aws:alb/targetGroup:TargetGroup",),
    "aws:lb/listener:Listener": ("aws:alb/listener:Listener",),
    "aws:acm/certificate:Certificate": (
        "aws:acm/certificateValidation:CertificateValidation",
        "aws:iam/serverCertificate:ServerCertificate",
    ),
    "aws:rds/cluster:Cluster": ("aws:rds/globalCluster:GlobalCluster",),
}


@dataclass(frozen=True, slots=True)
class Declared:
    """One type; property names are the SDK's.

    cloudformation  its type there, '' when it has none
    replace         inputs whose change makes a new resource
    updates         parts of the id or the name that change in place all the same
    conflicts       input -> inputs that may not be given with it
    """

    cloudformation: str
    replace: tuple[str, ...]
    updates: tuple[str, ...]
    defaults: Mapping[str, Any]
    secret: tuple[str, ...]
    refs: Mapping[str, tuple[str, ...]]
    limits: Mapping[str, Mapping[str, Any]]
    conflicts: Mapping[str, tuple[str, ...]]


class Declarations(Mapping[str, Declared]):
    """The file's entries by type token, read when first asked for."""

    def __init__(self) -> None:
        self._stored = cast(dict[str, dict[str, Any]], json.loads(FILE.read_text()))
        self._read: dict[str, Declared] = {}

    def __getitem__(self, token: str) -> Declared:
        if token not in self._read:
            self._read[token] = _declared(self._stored[token])
        return self._read[token]

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored)

    def __len__(self) -> int:
        return len(self._stored)


def _declared(entry: Mapping[str, Any]) -> Declared:
    return Declared(
        cloudformation=entry.get("cloudformation", ""),
        replace=tuple(entry.get("replace", ())),
        updates=tuple(entry.get("updates", ())),
        defaults=entry.get("defaults", {}),
        secret=tuple(entry.get("secret", ())),
        refs={path: spread(types) for path, types in entry.get("refs", {}).items()},
        limits=entry.get("limits", {}),
        conflicts={key: tuple(others) for key, others in entry.get("conflicts", {}).items()},
    )


def spread(types: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """The types with all that stand for them."""
    named = (types,) if isinstance(types, str) else tuple(types)
    return tuple(dict.fromkeys(one for name in named for one in (name, *KINDS.get(name, ()))))


class JoinedFacts(Mapping[str, TypeFacts]):
    """What we tell of a type, joined with what is declared of it; made when first asked for.

    Iterates over what we tell; any declared type answers too.
    """

    def __init__(self, told: Mapping[str, TypeFacts], declared: Mapping[str, Declared]) -> None:
        self._told = told
        self._declared = declared
        self._made: dict[str, TypeFacts] = {}

    def __getitem__(self, token: str) -> TypeFacts:
        if token not in self._told and token not in self._declared:
            raise KeyError(token)
        if token not in self._made:
            self._made[token] = _join(self._told.get(token, NO_FACTS), self._declared.get(token))
        return self._made[token]

    def __iter__(self) -> Iterator[str]:
        return iter(self._told)

    def __len__(self) -> int:
        return len(self._told)


def _join(facts: TypeFacts, declared: Declared | None) -> TypeFacts:
    """What we tell wins. References that only follow from a property's name never keep the other
    resource from being deleted; an empty list in our facts says that the property is no reference.
    """
    refs = {path: spread(types) for path, types in facts.refs.items() if types}
    if declared is None:
        return replace(facts, refs=refs)
    weak = {path: types for path, types in declared.refs.items() if path not in facts.refs}
    return replace(
        facts,
        replace=(*facts.replace, *declared.replace),
        defaults={**declared.defaults, **facts.defaults},
        secret=(*facts.secret, *declared.secret),
        refs={**refs, **weak},
        loose=(*facts.loose, *weak),
    )

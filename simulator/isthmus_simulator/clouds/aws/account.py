"""How AWS names, places and refuses things; the entry of the simulated AWS."""

import json
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import isthmus_catalog as catalog
from isthmus_catalog import Cloud as CatalogCloud
from isthmus_simulator.check import Strictness
from isthmus_simulator.cloud import Call, CloudError, Invoke, Rules, Setting, Usage
from isthmus_simulator.clouds.aws import defaults, quotas
from isthmus_simulator.clouds.aws.declared import Declarations, Declared, JoinedFacts
from isthmus_simulator.clouds.aws.invokes import INVOKES
from isthmus_simulator.clouds.aws.reading import listed, table
from isthmus_simulator.clouds.aws.rules import TypeRules
from isthmus_simulator.facts import TypeFacts, read_facts
from isthmus_simulator.schema import TypeSchema
from isthmus_simulator.templates import Maker
from isthmus_simulator.values import UNKNOWN, Value

ACCOUNT = "123456789012"
"""The account of AWS's own documentation examples."""
WORLD_TIME = "2026-01-01T00:00:00Z"
"""The world's clock stands still, so that two runs can be compared."""
TIMES = frozenset(
    {
        "createdAt",
        "creationDate",
        "createdDate",
        "createdTime",
        "createDate",
        "createTime",
        "creationTime",
        "createTimestamp",
        "lastModified",
        "lastModifiedDate",
        "lastUpdatedDate",
        "lastUpdateTime",
        "updatedAt",
    }
)
SERVICES = {
    # Modules of the SDK whose service has another name in ARNs (Service Authorization Reference).
    "cfg": "config",
    "alb": "elasticloadbalancing",
    "lb": "elasticloadbalancing",
    "elb": "elasticloadbalancing",
    "ebs": "ec2",
    "vpc": "ec2",
    "ec2transitgateway": "ec2",
    "ec2clientvpn": "ec2",
    "efs": "elasticfilesystem",
    "sfn": "states",
    "mskconnect": "kafkaconnect",
    "msk": "kafka",
    "opensearch": "es",
    "elasticsearch": "es",
    "cognito": "cognito-idp",
    "codestarconnections": "codestar-connections",
    "emr": "elasticmapreduce",
    "amp": "aps",
    "costexplorer": "ce",
    "directoryservice": "ds",
    "ecrpublic": "ecr-public",
    "sesv2": "ses",
    "serverlessrepository": "serverlessrepo",
    "apigatewayv2": "apigateway",
    "codeartifact": "codeartifact",
    "applicationinsights": "applicationinsights",
    "appautoscaling": "application-autoscaling",
    "wafregional": "waf-regional",
}
ID_PARTS = re.compile(r"\{([\w.]+)")
"""The input paths in an id's template."""
ID_STYLE = re.compile(r"^([a-z]+(?:-[a-z]+)*)-[0-9a-f]{8,17}$")
"""An id of EC2's style: a prefix and hexadecimal digits."""


class Aws:
    package = "aws"
    strictness = Strictness(coerces=True, closed_enums=False)
    invokes: Mapping[str, Invoke] = INVOKES

    @cached_property
    def declared(self) -> Mapping[str, Declared]:
        return Declarations()

    @cached_property
    def facts(self) -> Mapping[str, TypeFacts]:
        return JoinedFacts(read_facts(Path(__file__).parent / "types"), self.declared)

    @cached_property
    def rules(self) -> Mapping[str, Rules]:
        return TypeRules(self.declared)

    def configure(self, config: Mapping[str, Any], environment: Mapping[str, str]) -> Setting:
        region = (
            config.get("region")
            or environment.get("AWS_REGION")
            or environment.get("AWS_DEFAULT_REGION")
            or ""
        )
        if region and region is not UNKNOWN and catalog.region(CatalogCloud.AWS, region) is None:
            near = catalog.nearest(region, [one.name for one in catalog.regions(CatalogCloud.AWS)])
            raise CloudError(f"invalid AWS Region: {region}. Did you mean {', '.join(near)}?")
        allowed = listed(_parsed(config.get("allowedAccountIds")))
        account = str(allowed[0]) if allowed else ACCOUNT
        found = catalog.region(CatalogCloud.AWS, region) if region is not UNKNOWN else None
        partition = found.partition if found else "aws"
        values: dict[str, Any] = {
            "partition": partition,
            "created": WORLD_TIME,
            "defaultTags": _default_tags(config),
            "dnsSuffix": "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com",
            "defaultVpcId": defaults.vpc_id(account, region) if isinstance(region, str) else "",
        }
        return Setting(account=account, region=region, values=values)

    def region_of(self, call: Call) -> str:
        given = call.inputs.get("region")
        return given if isinstance(given, str) else call.setting.region

    def name_property(self, schema: TypeSchema) -> str:
        """The provider names whatever has a top-level `name` that is not required."""
        has_name = schema.inputs.properties.get("name") == "str"
        return "name" if has_name and "name" not in schema.inputs.required else ""

    def autoname(self, logical_name: str, maker: Maker) -> str:
        return f"{logical_name}-{maker.hex(7)}"

    def generic_id(self, call: Call) -> str:
        example = call.schema.import_ids[0] if call.schema.import_ids else ""
        style = ID_STYLE.match(example)
        if style:
            return f"{style[1]}-{call.maker.child('id').hex(17)}"
        if example.startswith("arn:"):
            return str(self.generic_output(call, "arn", "str"))
        return call.name or f"{call.logical_name}-{call.maker.child('id').hex(7)}"

    def generic_output(self, call: Call, name: str, wire: Any) -> Value:
        if name == "arn":
            return self._arn(call)
        simple: dict[str, Value] = {
            "region": call.region,
            "ownerId": call.setting.account,
            "accountId": call.setting.account,
            "name": call.name,
            "status": "ACTIVE",
            "state": "available",
        }
        if name in simple:
            return simple[name]
        if name in TIMES or name.endswith(("CreatedAt", "CreateDate", "CreateTime")):
            return WORLD_TIME
        if name.endswith("Arn"):
            return ""  # of another thing, which nobody named
        if name.endswith("Id"):
            return (
                call.id
                if name[:-2].lower() == call.token.rsplit(":", 1)[-1].lower()
                else call.maker.child(name).hex(17)
            )
        return f"{call.name or call.logical_name}-{name}" if wire == "str" else None

    def _arn(self, call: Call) -> str:
        if call.id.startswith("arn:"):
            return call.id
        _, module, kind = call.token.split(":")
        service = SERVICES.get(module.split("/")[0], module.split("/")[0])
        partition = call.setting.values.get("partition", "aws")
        thing = call.id or call.name or call.logical_name
        kind = f"{kind[:1].lower()}{kind[1:]}"
        return (
            f"arn:{partition}:{service}:{call.region}:{call.setting.account}:{kind.lower()}/{thing}"
        )

    def replaces(self, schema: TypeSchema, facts: TypeFacts) -> frozenset[str]:
        """What is declared and told, the region, and what the name and the id are made of."""
        inputs, declared = schema.inputs.properties, self.declared.get(schema.token)
        parts = {facts.name or self.name_property(schema), *ID_PARTS.findall(facts.id)}
        fixed = {part for part in parts if part.split(".")[0] in inputs}
        fixed -= set(declared.updates if declared else ())
        fixed |= {f"{part}Prefix" for part in fixed if f"{part}Prefix" in inputs}
        stated = () if declared and declared.cloudformation else schema.replace
        region = ("region",) if "region" in inputs else ()
        return frozenset((*facts.replace, *stated, *fixed, *region)) - set(facts.updates)

    def missing(self, token: str, value: str) -> str:
        kind = token.rsplit(":", 1)[-1]
        return f"ResourceNotFoundException: {kind} '{value}' does not exist"

    def taken(self, call: Call, name: str) -> str:
        kind = call.token.rsplit(":", 1)[-1]
        return f"ResourceAlreadyExistsException: {kind} '{name}' already exists"

    def limit_exceeded(self, call: Call, usage: Usage, used: float, limit: float) -> str:
        counted = quotas.BY_CODE.get(usage.quota)
        if counted is not None:
            return f"{counted.says} (quota {counted.code} in {call.region})"
        return (
            f"VcpuLimitExceeded: You have requested more vCPU capacity than your current vCPU limit of "
            f"{limit:g} allows for the instance bucket that the specified instance type belongs to "
            f"(quota {usage.quota} in {call.region}: {used:g} in use, {usage.amount:g} requested). "
            "Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment "
            "to this limit."
        )

    def default_limit(self, quota: str) -> float | None:
        counted = quotas.BY_CODE.get(quota)
        if counted is not None:
            return counted.limit
        return next(
            (one.default_limit for one in catalog.quotas(CatalogCloud.AWS) if one.code == quota),
            None,
        )


def _default_tags(config: Mapping[str, Any]) -> dict[str, Any]:
    return table(table({"given": _parsed(config.get("defaultTags"))}, "given"), "tags")


def _parsed(value: Any) -> Any:
    """A nested configuration value, which the engine hands over as JSON text."""
    is_json = isinstance(value, str) and value.startswith(("[", "{"))
    return json.loads(value) if is_json else value

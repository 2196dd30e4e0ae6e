"""Finds which input names which resource: by CloudFormation's formats, the SDK's examples, or its name."""

import ast
import inspect
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from isthmus_simulator.schema import ObjectShape, TypeSchema, Wire
from isthmus_simulator.sdk import snake_case
from tests.simulator.clouds.aws.cloudformation_schemas import NAMES, Pairing

EXAMPLE = re.compile(r"```python\n(.*?)```", re.DOTALL)
FORMATS: Mapping[str, str] = {
    # What CloudFormation says that a text names -> the SDK's type.
    "AWS::ACM::Certificate.Arn": "aws:acm/certificate:Certificate",
    "AWS::EC2::SecurityGroup.Id": "aws:ec2/securityGroup:SecurityGroup",
    "AWS::EC2::SecurityGroup.Ids": "aws:ec2/securityGroup:SecurityGroup",
    "AWS::EC2::Subnet.Id": "aws:ec2/subnet:Subnet",
    "AWS::EC2::Subnet.Ids": "aws:ec2/subnet:Subnet",
    "AWS::EC2::VPC.Id": "aws:ec2/vpc:Vpc",
    "AWS::IAM::Role.Arn": "aws:iam/role:Role",
    "AWS::KMS::Key.Arn": "aws:kms/key:Key",
    "AWS::KMS::Key.Id": "aws:kms/key:Key",
    "AWS::SNS::Topic.Arn": "aws:sns/topic:Topic",
    "AWS::SQS::Queue.Arn": "aws:sqs/queue:Queue",
}


class References:
    """Which input names which type: by CloudFormation's formats, the SDK's examples, and the input's name."""

    def __init__(
        self,
        classes: Mapping[str, tuple[str, str]],
        schemas: Mapping[str, TypeSchema],
        sources: Mapping[str, str],
    ) -> None:
        names = {
            f"{place.removeprefix('pulumi_')}.{name}": token
            for token, (place, name) in classes.items()
        }
        self._tokens = frozenset(schemas)
        self._shown: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        for source in sources.values():
            for token, path, target, attribute in references_of(source, names, schemas):
                optional = path not in schemas[token].inputs.required
                if optional and attribute == "name":
                    continue  # may name what AWS brings itself (a default parameter group)
                if _is_named_after(path.rsplit(".", 1)[-1], target, attribute):
                    self._shown[token][path][target] += 1

    def of(self, schema: TypeSchema, pairing: Pairing | None) -> dict[str, str]:
        found = dict(self._by_name(schema))
        for path, kind in pairing.formats() if pairing else ():
            if kind in FORMATS:
                found[path] = FORMATS[kind]
        for path, targets in self._shown[schema.token].items():
            found[path] = targets.most_common(1)[0][0]
        return dict(sorted(found.items()))

    def _by_name(self, schema: TypeSchema) -> Iterator[tuple[str, str]]:
        for path in _text_paths(schema, schema.inputs.properties):
            last = path.rsplit(".", 1)[-1]
            words = f"{last[0].upper()}{last[1:]}"
            known = [one for end, one in NAMES["references"].items() if words.endswith(end)]
            parent = self._parent(schema, last) if path in schema.inputs.required else ""
            if known or parent:
                yield path, (known or [parent])[0]

    def _parent(self, schema: TypeSchema, name: str) -> str:
        """The type of the same module that a required input is called after (`clusterName` of EKS)."""
        stem = re.sub("(Id|Arn|Name|Identifier)$", "", name)
        start = schema.token.split("/")[0]
        token = f"{start}/{stem}:{stem[:1].upper()}{stem[1:]}"
        return token if token in self._tokens and token != schema.token else ""


def _text_paths(
    schema: TypeSchema, properties: Mapping[str, Wire], above: str = "", depth: int = 4
) -> Iterator[str]:
    """Dotted paths of all inputs that hold a text or a list of texts."""
    for key, wire in properties.items():
        inner, star = wire, ""
        while inner[0] in ("list", "map") and not isinstance(inner, str):
            inner, star = inner[1], ".*"
        if inner == "str":
            yield f"{above}{key}"
        elif inner[0] == "object" and depth:
            shape = schema.shapes[inner[1]].properties
            yield from _text_paths(schema, shape, f"{above}{key}{star}.", depth - 1)


def _is_named_after(name: str, token: str, attribute: str) -> bool:
    """Whether the input's name says that it holds this type's id, ARN or name."""
    stem = re.sub(r"(Id|Arn|Name|Identifier)?s?$", "", name).lower()
    kind = token.rsplit(":", 1)[-1].lower()
    return bool(stem) and attribute in ATTRIBUTES and (stem.endswith(kind) or kind.endswith(stem))


ATTRIBUTES = ("id", "arn", "name", "bucket", "key_id", "zone_id")
"""What examples hand on of a resource to name it."""


def references_of(
    source: str, classes: Mapping[str, str], schemas: Mapping[str, TypeSchema]
) -> Iterator[tuple[str, str, str, str]]:
    """What the docs' examples hand from one resource to another: (type, input path, type, attribute)."""
    for text in dict.fromkeys(EXAMPLE.findall(source)):
        try:
            tree = ast.parse(inspect.cleandoc(text))
        except SyntaxError:
            continue
        made: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                token = classes.get(ast.unparse(node.value.func), "")
                made |= {one.id: token for one in node.targets if isinstance(one, ast.Name)}
        for node in ast.walk(tree):
            token = classes.get(ast.unparse(node.func), "") if isinstance(node, ast.Call) else ""
            if token and isinstance(node, ast.Call):
                given = {one.arg: one.value for one in node.keywords if one.arg}
                for path, target, attribute in _handed(
                    given, schemas[token].inputs, token, schemas, made
                ):
                    yield token, path, target, attribute


def _handed(
    given: Mapping[str, ast.expr],
    shape: ObjectShape,
    token: str,
    schemas: Mapping[str, TypeSchema],
    made: Mapping[str, str],
) -> Iterator[tuple[str, str, str]]:
    names = {snake_case(key): key for key in shape.properties}
    for snake, value in given.items():
        key = names.get(snake)
        if key is None:
            continue
        wire, star = shape.properties[key], ""
        while wire[0] in ("list", "map") and not isinstance(wire, str):
            wire, star = wire[1], ".*" if wire[1][0] == "object" else ""
        inner = schemas[token].shapes[wire[1]] if wire[0] == "object" else None
        for one in value.elts if isinstance(value, ast.List) else [value]:
            if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name):
                if made.get(one.value.id):
                    yield key, made[one.value.id], one.attr
            elif isinstance(one, ast.Dict) and inner:
                table = {
                    str(name.value): item
                    for name, item in zip(one.keys, one.values, strict=True)
                    if isinstance(name, ast.Constant)
                }
                for path, target, attribute in _handed(table, inner, token, schemas, made):
                    yield f"{key}{star}.{path}", target, attribute

"""What was generated fits the SDK, and what the generator reads out of texts is what they say."""

import re

import pytest

from isthmus_simulator.cloud import CloudError
from isthmus_simulator.clouds.aws import CLOUD
from isthmus_simulator.clouds.aws.rules.inputs import FORMATS, LIMITS
from isthmus_simulator.schema import ObjectShape, TypeSchema, Wire
from tests.simulator.clouds.aws.aws_scenes import KEY, TARGETS, VPC
from tests.simulator.clouds.aws.cloudformation_schemas import Pairing, tokens_of
from tests.simulator.clouds.aws.conftest import Account
from tests.simulator.clouds.aws.references import references_of
from tests.simulator.clouds.aws.sdk_texts import REPLACES, conflicts_of, default_of, range_of

pytestmark = pytest.mark.pure


def test_limits_and_conflicts_are_of_inputs_that_the_sdk_has(account: Account) -> None:
    wrong: list[str] = []
    for token in CLOUD.facts:
        declared = CLOUD.declared.get(token)
        inputs = account.life.schema(token).inputs.properties
        given = [*declared.limits, *declared.conflicts, *declared.updates] if declared else []
        wrong += [f"{token}: {key}" for key in given if key not in inputs]
    assert wrong == []


def test_every_limit_is_one_that_can_be_judged() -> None:
    for declared in CLOUD.declared.values():
        for limits in declared.limits.values():
            assert set(limits) <= set(LIMITS)
            assert limits.get("format", "arn") in FORMATS
            re.compile(limits.get("match", ""))


def test_a_default_excludes_nothing_and_an_empty_text_is_none(account: Account) -> None:
    assert CLOUD.facts[VPC].defaults["assignGeneratedIpv6CidrBlock"] is False
    account.check(VPC, {"ipv6IpamPoolId": "ipam-pool-1", "cidrBlock": "10.0.0.0/16"})
    account.check(KEY, {"description": ""})
    with pytest.raises(CloudError, match="assignGeneratedIpv6CidrBlock and ipv6IpamPoolId exclude"):
        account.check(VPC, {"ipv6IpamPoolId": "ipam-pool-1", "assignGeneratedIpv6CidrBlock": True})


def test_a_value_outside_of_an_enumeration_is_told_the_right_ones(account: Account) -> None:
    with pytest.raises(CloudError, match=r"satisfy enum value set: .*instance"):
        account.check(TARGETS, {"name": "t", "targetType": "machine"})


def test_a_secret_outside_of_its_limits_is_not_shown(account: Account) -> None:
    token = "aws:timestreaminfluxdb/dbInstance:DbInstance"
    assert "password" in CLOUD.facts[token].secret
    given = {
        "allocatedStorage": 20,
        "bucket": "b",
        "dbInstanceType": "db.influx.medium",
        "organization": "o",
        "password": "hunter-2-hunter",
        "username": "u",
        "vpcSecurityGroupIds": ["sg-1"],
        "vpcSubnetIds": ["subnet-1"],
    }
    with pytest.raises(CloudError, match="password: this secret value does not fit") as caught:
        account.check(token, given)
    assert "hunter" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "wire", "default"),
    [
        ("Whether to encrypt. Defaults to `true`.", "bool", True),
        ("Days. Default is `7`. Valid from 1.", "int", 7),
        ("The mode (Default: `stop`).", "str", "stop"),
        ("Seconds. Defaults to 3. Valid between 1 and 900.", "int", 3),
        ("Defaults to `true` if a key is given.", "bool", None),
        ("Defaults to the Region set in the provider configuration.", "str", None),
        ("Default is `none or all`.", "str", None),
        ("Default is `name`.", "int", None),
    ],
)
def test_a_default_is_read_where_it_is_stated_without_conditions(
    text: str, wire: Wire, default: object
) -> None:
    assert default_of(text, wire) == default


@pytest.mark.parametrize(
    ("text", "wire", "expected"),
    [
        ("It must be between `7` and `30`, inclusive.", "int", [7, 30]),
        ("Between 1,024 and 2,048 bytes.", "int", [1024, 2048]),
        ("Between 1 and 5, or between 10 and 20.", "int", None),
        ("Between 1 and 5 words.", "str", None),
    ],
)
def test_a_range_is_read_where_there_is_one(text: str, wire: Wire, expected: object) -> None:
    assert range_of(text, wire) == expected


def test_what_conflicts_is_read_by_the_sdk_s_names() -> None:
    docs = {
        "name": "Conflicts with `name_prefix`.",
        "namePrefix": "Conflicts with `name`, `other`.",
    }
    assert conflicts_of(docs) == {"name": ["namePrefix"], "namePrefix": ["name"]}


@pytest.mark.parametrize(
    ("text", "says_so"),
    [
        ("The name. Forces new resource.", True),
        ("Changing this creates a new resource.", True),
        ("If it is no interface, changing this value forces a new resource to be created.", False),
        ("Changing this value will not do anything.", False),
    ],
)
def test_only_what_always_replaces_counts(text: str, says_so: bool) -> None:
    assert bool(REPLACES.search(text)) == says_so


@pytest.mark.parametrize(
    ("name", "token"),
    [
        ("AWS::EC2::Subnet", "aws:ec2/subnet:Subnet"),
        ("AWS::RDS::DBSubnetGroup", "aws:rds/subnetGroup:SubnetGroup"),
        (
            "AWS::Logs::SubscriptionFilter",
            "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
        ),
        ("AWS::Events::Rule", "aws:cloudwatch/eventRule:EventRule"),
        ("AWS::IAM::ManagedPolicy", "aws:iam/policy:Policy"),
    ],
)
def test_a_type_of_cloudformation_finds_the_sdk_s(name: str, token: str, account: Account) -> None:
    assert tokens_of(name, account.life.schemas.tokens()) == [token]


INNER = ObjectShape({"ipFamily": "str", "subnetId": "str"}, ())
PART = TypeSchema(
    token="aws:rds/instance:Instance",
    inputs=ObjectShape(
        {
            "instanceClass": "str",
            "kmsKeyArn": "str",
            "network": ("object", "Inner"),
            "interfaces": ("list", ("object", "Inner")),
        },
        (),
    ),
    outputs={},
    required_outputs=(),
    replace=(),
    import_ids=(),
    shapes={"Inner": INNER},
)


@pytest.mark.parametrize(
    ("steps", "path"),
    [
        (["DBInstanceClass"], "instanceClass"),
        (["KmsKeyId"], "kmsKeyArn"),
        (["Network", "IpFamily"], "network.ipFamily"),
        (["Interfaces", "*", "Subnet"], "interfaces.*.subnetId"),
        (["OtherConfiguration", "InstanceClass"], "instanceClass"),
        (["Unheard"], ""),
    ],
)
def test_a_property_of_cloudformation_finds_the_sdk_s(steps: list[str], path: str) -> None:
    pairing = Pairing("AWS::RDS::DBInstance", {"properties": {}}, PART)
    assert pairing.path(steps) == path


def test_an_example_shows_what_an_input_names(account: Account) -> None:
    source = (
        '"""\n```python\nimport pulumi_aws as aws\n\n'
        'main = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")\n'
        'part = aws.ec2.Subnet("part", vpc_id=main.id, cidr_block="10.0.1.0/24")\n```\n"""'
    )
    subnet = "aws:ec2/subnet:Subnet"
    classes = {"aws.ec2.Vpc": VPC, "aws.ec2.Subnet": subnet}
    schemas = {token: account.life.schema(token) for token in (VPC, subnet)}
    assert list(references_of(source, classes, schemas)) == [(subnet, "vpcId", VPC, "id")]

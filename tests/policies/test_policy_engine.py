"""The pack as the engine meets it: requests to the SDK's own server, diagnostics back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest
from google.protobuf import struct_pb2
from pulumi.runtime import proto
from pulumi_policy import EnforcementLevel, proxy
from pulumi_policy.policy import _PolicyAnalyzerServicer  # the server that PolicyPack starts

from isthmus_policies.engine import NO_RESIDENCY, ROOT, Engine
from isthmus_policies.registry import FOUNDATION
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Rule, Severity, rule
from isthmus_policies.sdk import to_value
from isthmus_policies.values import UNKNOWN
from isthmus_policies.verdict import Pass, Verdicts

pytestmark = pytest.mark.policy

TAGS = {"owner": "ml", "environment": "production", "data-classification": "internal"}
RESIDENCY = {"isthmus:residency": '{"jurisdictions": ["EU"]}'}
KEY, BUCKET = "aws:kms/key:Key", "aws:s3/bucket:Bucket"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
SECRET_MARK = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


@dataclass(frozen=True)
class Told:
    level: str
    policy: str
    message: str
    urn: str


class Server:
    """The SDK's policy server, without a network between us."""

    def __init__(self, stack_config: Mapping[str, str], rules: Sequence[Rule] = FOUNDATION) -> None:
        policies = Engine(rules, stack_config=lambda: stack_config).policies()
        self.server = _PolicyAnalyzerServicer("t", "0.0.1", policies, EnforcementLevel.MANDATORY)

    def analyze(self, token: str, props: Mapping[str, object], name: str = "it") -> list[Told]:
        request = proto.AnalyzeRequest(
            type=token, urn=urn(name), name=name, properties=struct(props), provider=provider()
        )
        return told(self.server.Analyze(request, None))

    def analyze_stack(self, *resources: proto.AnalyzerResource) -> list[Told]:
        return told(self.server.AnalyzeStack(proto.AnalyzeStackRequest(resources=resources), None))

    def configure(
        self, policy: str, properties: Mapping[str, object], level: int = proto.MANDATORY
    ) -> None:
        config = proto.PolicyConfig(properties=struct(properties), enforcementLevel=level)
        self.server.Configure(proto.ConfigureAnalyzerRequest(policyConfig={policy: config}), None)


def told(response: proto.AnalyzeResponse) -> list[Told]:
    return [
        Told(
            proto.EnforcementLevel.Name(each.enforcementLevel).lower(),
            each.policyName,
            each.message.partition("\n")[2],
            each.urn,
        )
        for each in response.diagnostics
    ]


def in_stack(
    token: str, name: str, props: Mapping[str, object], origins: Mapping[str, list[str]]
) -> proto.AnalyzerResource:
    dependencies = {
        key: proto.AnalyzerPropertyDependencies(urns=[urn(each) for each in names])
        for key, names in origins.items()
    }
    return proto.AnalyzerResource(
        type=token, urn=urn(name), name=name, properties=struct(props), provider=provider(),
        propertyDependencies=dependencies,
    )  # fmt: skip


def provider() -> proto.AnalyzerProviderResource:
    return proto.AnalyzerProviderResource(
        type="pulumi:providers:aws", name="aws", urn=urn("aws"),
        properties=struct({"region": "eu-north-1", "defaultTags": json.dumps({"tags": TAGS})}),
    )  # fmt: skip


def struct(props: Mapping[str, object]) -> struct_pb2.Struct:
    message = struct_pb2.Struct()
    message.update(dict(props))
    return message


def urn(name: str) -> str:
    return f"urn:pulumi:dev::isthmus::t::{name}"


def rules_of(told: list[Told]) -> list[tuple[str, str]]:
    return [(each.level, each.message.partition(" ")[0]) for each in told]


def test_a_failure_stops_and_a_good_resource_does_not() -> None:
    server = Server({})
    assert server.analyze(KEY, {"enableKeyRotation": True}) == []
    [finding] = server.analyze(KEY, {"enableKeyRotation": False})
    assert (finding.level, finding.policy) == ("mandatory", "isthmus-resources")
    assert finding.message.startswith("keys-aws-key-rotation [medium]: the key is not rotated (at ")
    assert "Fix: aws.kms.Key(" in finding.message


def test_an_unknown_stops_or_is_only_told() -> None:
    props = {"enableKeyRotation": proxy.UNKNOWN_BOOLEAN_VALUE}
    assert rules_of(Server({}).analyze(KEY, props)) == [("mandatory", "keys-aws-key-rotation")]
    lenient = Server({"isthmus:policies": '{"onUnknown": "warn"}'})
    assert rules_of(lenient.analyze(KEY, props)) == [("advisory", "keys-aws-key-rotation")]


def test_a_stack_rule_reads_the_inputs_that_the_resource_policy_saw() -> None:
    server = Server(RESIDENCY)
    server.analyze(LOG_GROUP, {"kmsKeyId": proxy.UNKNOWN_STRING_VALUE}, "group")
    server.analyze(KEY, {"enableKeyRotation": True}, "key")
    # What a provider answers in a preview: the unknown is gone with everything around it.
    group = in_stack(LOG_GROUP, "group", {}, {"kmsKeyId": ["key"]})
    key = in_stack(KEY, "key", {"enableKeyRotation": True}, {})
    assert server.analyze_stack(group, key) == []
    [finding] = server.analyze_stack(in_stack(LOG_GROUP, "group", {}, {}), key)
    assert (finding.level, finding.urn) == ("mandatory", urn("group"))
    assert finding.message.startswith("encryption-log-group-customer-key")


def test_a_stack_rule_reads_outputs_where_nothing_else_was_seen() -> None:
    group = in_stack(LOG_GROUP, "group", {"kmsKeyId": "k", "arn": "a"}, {})
    assert Server(RESIDENCY).analyze_stack(group) == []


def test_a_resource_is_recognised_by_what_the_cloud_called_it() -> None:
    server = Server(RESIDENCY)
    flags = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    bucket = in_stack(BUCKET, "lake", {"id": "lake-1"}, {})
    block = in_stack(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "block",
        {"bucket": "lake-1", **dict.fromkeys(flags, True)}, {},
    )  # fmt: skip
    found = {message for _, message in rules_of(server.analyze_stack(bucket, block))}
    assert found == {"encryption-s3-bucket-customer-key", "transport-s3-bucket-tls-only"}


def test_residency_that_nobody_asked_for_is_said_once() -> None:
    key = in_stack(KEY, "key", {"enableKeyRotation": True, "region": "us-east-1"}, {})
    [note] = Server({}).analyze_stack(key)
    assert (note.level, note.message) == ("advisory", NO_RESIDENCY)
    assert rules_of(Server(RESIDENCY).analyze_stack(key)) == [
        ("mandatory", "residency-resource-location-allowed")
    ]


def test_wrong_settings_stop_at_the_first_resource_and_at_the_end() -> None:
    server = Server({"isthmus:residency": '{"jurisdiction": []}'})
    [first] = server.analyze(ROOT, {})
    [last] = server.analyze_stack(in_stack(KEY, "key", {}, {}))
    assert first.level == last.level == "mandatory"
    assert first.message == last.message
    assert "'jurisdiction' is not a setting" in first.message
    assert server.analyze(KEY, {}) == []


def test_the_pack_configuration_is_heard() -> None:
    server = Server({})
    server.configure("isthmus-resources", {"requiredTags": ["cost-center"]})
    [finding] = server.analyze(KEY, {"enableKeyRotation": True})
    assert "cost-center is not set" in finding.message


def test_a_broken_rule_does_not_end_the_run() -> None:
    @rule("test-thing-broken", title="", why="", fix="", severity=Severity.LOW, types=(KEY,))
    def broken(resource: object, context: Context) -> Verdicts:
        raise KeyError("x")

    server = Server({}, (broken, *FOUNDATION))
    assert rules_of(server.analyze(KEY, {})) == [
        ("mandatory", "test-thing-broken"),
        ("mandatory", "keys-aws-key-rotation"),
    ]


def test_a_rule_sees_plain_values() -> None:
    seen: list[object] = []

    @rule("test-thing-seen", title="", why="", fix="", severity=Severity.LOW, types=(KEY,))
    def look(resource: object, context: Context) -> Verdicts:
        seen.append(resource)
        return Pass()

    props = {
        "days": 30, "share": 0.5, "on": True, "list": [1, {"a": proxy.UNKNOWN_STRING_VALUE}],
        "object": proxy.UNKNOWN_OBJECT_VALUE, "secret": {**SECRET_MARK, "value": "s"},
    }  # fmt: skip
    assert Server({}, (look,)).analyze(KEY, props) == []
    [resource] = seen  # what is found is told by two policies, but judged once
    assert resource.props == {
        "days": 30, "share": 0.5, "on": True, "list": [1, {"a": UNKNOWN}],
        "object": UNKNOWN, "secret": "s",
    }  # fmt: skip
    assert isinstance(resource.props["days"], int)
    assert (resource.provider.type, resource.provider.get("region")) == (
        "pulumi:providers:aws",
        "eu-north-1",
    )


@pytest.mark.parametrize(
    ("policy", "properties", "level"),
    [
        ("isthmus-resources-advice", {"onUnknown": "warn"}, proto.MANDATORY),
        ("isthmus-resources", {}, proto.DISABLED),
    ],
)
def test_advice_judges_for_itself_where_nobody_did_by_its_terms(
    policy: str, properties: Mapping[str, object], level: int
) -> None:
    seen: list[str] = []

    @rule("test-thing-seen", title="", why="", fix="", severity=Severity.LOW, types=(KEY,))
    def look(resource: Resource, context: Context) -> Verdicts:
        seen.append(f"{resource.get('days')} {context.settings.on_unknown}")
        return Pass()

    server = Server({}, (look,))
    server.configure(policy, properties, level)
    for days in (1, 2):
        server.analyze(KEY, {"days": days})
    own = [one for one in seen if properties.get("onUnknown", "fail") in one]
    assert [one[0] for one in own] == ["1", "2"]


def test_assets_are_opaque() -> None:
    assert to_value(object()) == "<object>"


def test_every_policy_states_its_level_and_takes_the_settings() -> None:
    policies = Engine(FOUNDATION).policies()
    assert {str(policy.name): policy.enforcement_level for policy in policies} == {
        "isthmus-secrets": EnforcementLevel.REMEDIATE,
        "isthmus-remedies": EnforcementLevel.REMEDIATE,
        "isthmus-resources": EnforcementLevel.MANDATORY,
        "isthmus-resources-advice": EnforcementLevel.ADVISORY,
        "isthmus-stack": EnforcementLevel.MANDATORY,
        "isthmus-stack-advice": EnforcementLevel.ADVISORY,
    }

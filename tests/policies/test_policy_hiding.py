"""A secret is judged in the engine as in a file: that it is set is known, what it is is not."""

from collections.abc import Mapping
from typing import Any

import pytest
from google.protobuf import struct_pb2
from pulumi.runtime import proto
from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer  # the server that PolicyPack starts

from isthmus_policies.engine import Engine
from isthmus_policies.hiding import hide, holds_secret
from isthmus_policies.registry import RULES
from isthmus_policies.values import HIDDEN, Secret

pytestmark = [pytest.mark.policy, pytest.mark.pure]

MARK = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
RULE = "exposure-security-group-no-internet-ingress"
BUCKET = "aws:s3/bucket:Bucket"
PLACE_RULE = "residency-resource-location-allowed"
STACK_RULE = "encryption-s3-bucket-customer-key"
OPEN = {"value": "0.0.0.0/0"}


@pytest.mark.parametrize(
    ("props", "marked", "hidden"),
    [
        ({"a": "s", "b": 1}, {"a": Secret("s"), "b": 1}, {"a": HIDDEN, "b": 1}),
        ({"a": {"b": "s"}}, {"a": {"b": Secret("s")}}, {"a": {"b": HIDDEN}}),
        ({"a": {"b": "s"}}, {"a": Secret({"b": "s"})}, {"a": HIDDEN}),
        ({"a": ["x", "s", "new"]}, {"a": ["x", Secret("s")]}, {"a": ["x", HIDDEN, "new"]}),
        ({"a": ["x"]}, {"a": [Secret("s"), "x"]}, {"a": [HIDDEN]}),
        ({"a": "text", "new": 1}, {"a": ["text"]}, {"a": "text", "new": 1}),
    ],
)
def test_what_is_marked_is_hidden_and_nothing_else(
    props: dict[str, Any], marked: dict[str, Any], hidden: dict[str, Any]
) -> None:
    assert hide(props, marked) == hidden
    assert holds_secret(marked) is (hidden != props)
    assert not holds_secret(props)


class Pack:
    """All rules behind the SDK's own server; the engine asks for remedies first."""

    def __init__(self, **config: str) -> None:
        policies = Engine(RULES, stack_config=lambda: config).policies()
        self.server = _PolicyAnalyzerServicer("t", "0.0.1", policies, EnforcementLevel.MANDATORY)

    def configure(self, level: str, *names: str) -> None:
        """As the engine does, which writes what is said of `all` to each policy that it was told."""
        told = names or [each.name for each in self.server.GetAnalyzerInfo(None, None).policies]
        config = proto.PolicyConfig(enforcementLevel=proto.EnforcementLevel.Value(level))
        request = proto.ConfigureAnalyzerRequest(policyConfig=dict.fromkeys(told, config))
        self.server.Configure(request, None)

    def texts(self, props: Mapping[str, Any]) -> list[str]:
        properties = struct_pb2.Struct()
        properties.update({"ipProtocol": "tcp", **props})
        request = proto.AnalyzeRequest(
            type=INGRESS, urn=f"urn:pulumi:d::p::{INGRESS}::it", name="it", properties=properties
        )
        self.server.Remediate(request, None)
        return texts_of(RULE, self.server.Analyze(request, None))

    def texts_of_stack(self, algorithm: object) -> list[str]:
        """What is told of a bucket with that encryption, once all resources are there."""
        properties, urn = struct_pb2.Struct(), f"urn:pulumi:d::p::{BUCKET}::it"
        default = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm}}
        properties.update({"serverSideEncryptionConfiguration": {"rule": default}})
        given = {"type": BUCKET, "urn": urn, "name": "it", "properties": properties}
        self.server.Remediate(proto.AnalyzeRequest(**given), None)
        self.server.Analyze(proto.AnalyzeRequest(**given), None)
        resource = proto.AnalyzerResource(**given)
        request = proto.AnalyzeStackRequest(resources=[resource])
        return texts_of(STACK_RULE, self.server.AnalyzeStack(request, None))


def texts_of(rule: str, response: proto.AnalyzeResponse) -> list[str]:
    texts = (each.message.partition("\n")[2] for each in response.diagnostics)
    return [text for text in texts if text.startswith(rule)]


def test_a_secret_is_neither_judged_nor_told() -> None:
    [text] = Pack().texts({"cidrIpv4": {**MARK, **OPEN}})
    assert text.startswith(f"{RULE} [critical, unknown]: ")
    assert OPEN["value"] not in text


def test_the_same_in_plain_text_is() -> None:
    [text] = Pack().texts({"cidrIpv4": OPEN["value"]})
    assert text.startswith(f"{RULE} [critical]: '{OPEN['value']}' admits the internet")


def test_what_is_no_secret_any_more_is_judged_again() -> None:
    pack = Pack()
    assert "unknown" in pack.texts({"cidrIpv4": {**MARK, **OPEN}})[0]
    assert "admits the internet" in pack.texts({"cidrIpv4": OPEN["value"]})[0]


@pytest.mark.parametrize("level", ["ADVISORY", "MANDATORY", "REMEDIATE"])
def test_no_level_that_is_set_for_all_policies_shows_a_secret(level: str) -> None:
    pack = Pack()
    pack.configure(level)
    for text in pack.texts({"cidrIpv4": {**MARK, **OPEN}}):
        assert text.startswith(f"{RULE} [critical, unknown]: ")
        assert OPEN["value"] not in text


def test_switching_remedies_off_shows_no_secret() -> None:
    pack = Pack()
    pack.configure("DISABLED", "isthmus-remedies")
    [text] = pack.texts({"cidrIpv4": {**MARK, **OPEN}})
    assert OPEN["value"] not in text


def test_a_secret_is_told_of_no_resource_that_only_rules_on_the_stack_judge() -> None:
    pack = Pack()
    pack.configure("DISABLED", "isthmus-resources", "isthmus-resources-advice")
    [text] = pack.texts_of_stack({**MARK, "value": "none"})
    assert text.startswith(f"{STACK_RULE} [high, unknown]: ")
    assert "'none'" not in text
    [text] = pack.texts_of_stack("none")
    assert text.startswith(f"{STACK_RULE} [high]: ")
    assert "'none'" in text


def ask_where(region: object) -> list[str]:
    """What is told of where a bucket is whose provider is configured with that region."""
    pack = Pack(**{"isthmus:residency": '{"jurisdictions": ["EU"]}'})
    properties = struct_pb2.Struct()
    properties.update({"region": region})
    token = "pulumi:providers:aws"
    given = {"type": token, "urn": f"urn:pulumi:d::p::{token}::far", "name": "far"}
    pack.server.Remediate(proto.AnalyzeRequest(**given, properties=properties), None)
    provider = proto.AnalyzerProviderResource(**given, properties=properties)
    bucket = {"type": BUCKET, "urn": f"urn:pulumi:d::p::{BUCKET}::it", "name": "it"}
    request = proto.AnalyzeRequest(**bucket, provider=provider)
    pack.server.Remediate(request, None)
    found = texts_of(PLACE_RULE, pack.server.Analyze(request, None))
    resource = proto.AnalyzerResource(**bucket, provider=provider)
    whole = pack.server.AnalyzeStack(proto.AnalyzeStackRequest(resources=[resource]), None)
    return found + texts_of(PLACE_RULE, whole)


def test_a_secret_of_the_provider_is_neither_judged_nor_told() -> None:
    [text] = ask_where({**MARK, "value": "us-east-1"})
    assert text.startswith(f"{PLACE_RULE} [critical, unknown]: ")
    assert "us-east-1" not in text
    [text] = ask_where("us-east-1")
    assert "'us-east-1' is in" in text

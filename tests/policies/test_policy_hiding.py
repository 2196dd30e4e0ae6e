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

    def __init__(self) -> None:
        policies = Engine(RULES, stack_config=dict[str, str]).policies()
        self.server = _PolicyAnalyzerServicer("t", "0.0.1", policies, EnforcementLevel.MANDATORY)

    def texts(self, props: Mapping[str, Any]) -> list[str]:
        properties = struct_pb2.Struct()
        properties.update({"ipProtocol": "tcp", **props})
        request = proto.AnalyzeRequest(
            type=INGRESS, urn=f"urn:pulumi:d::p::{INGRESS}::it", name="it", properties=properties
        )
        self.server.Remediate(request, None)
        told = [
            each.message.partition("\n")[2]
            for each in self.server.Analyze(request, None).diagnostics
        ]
        return [text for text in told if text.startswith(RULE)]


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

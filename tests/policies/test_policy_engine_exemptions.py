"""The pack inside the engine takes the same file of exemptions as the gate."""

from datetime import date
from pathlib import Path

import pytest
from pulumi.runtime import proto
from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer

from isthmus_policies.engine import ROOT, Engine
from isthmus_policies.registry import RULES

from .test_policy_engine import KEY, Told, provider, struct, told

pytestmark = pytest.mark.policy

ENTRY = """
- rule: keys-aws-key-rotation
  urn: aws:kms/key:Key::imported
  reason: Imported key material cannot be rotated by the service.
  owner: media-team
  ticket: SEC-2411
  expires: 2027-03-31
"""
POLICIES = (
    "isthmus-resources", "isthmus-resources-advice", "isthmus-stack", "isthmus-stack-advice",
)  # fmt: skip


class Pack:
    def __init__(self, exemptions: str, today: date = date(2027, 3, 31)) -> None:
        policies = Engine(RULES, stack_config=dict, today=lambda: today).policies()
        self.server = _PolicyAnalyzerServicer("t", "0.0.1", policies, EnforcementLevel.MANDATORY)
        levels = (proto.EnforcementLevel.MANDATORY, proto.EnforcementLevel.ADVISORY)
        config = {
            name: proto.PolicyConfig(
                properties=struct({"exemptions": exemptions}), enforcementLevel=levels[n % 2]
            )
            for n, name in enumerate(POLICIES)
        }
        self.server.Configure(proto.ConfigureAnalyzerRequest(policyConfig=config), None)

    def judge(self, token: str, name: str) -> list[Told]:
        request = proto.AnalyzeRequest(
            type=token, urn=urn(token, name), name=name, provider=provider(),
            properties=struct({"enableKeyRotation": False}),
        )  # fmt: skip
        return told(self.server.Analyze(request, None))

    def judge_stack(self, *names: str) -> list[Told]:
        resources = [
            proto.AnalyzerResource(
                type=KEY, urn=urn(KEY, name), name=name, properties=struct({}), provider=provider()
            )
            for name in names
        ]
        return told(self.server.AnalyzeStack(proto.AnalyzeStackRequest(resources=resources), None))


def urn(token: str, name: str) -> str:
    return f"urn:pulumi:dev::isthmus::{token}::{name}"


def rotation(found: list[Told]) -> list[tuple[str, str]]:
    """Level and note of what was said about rotation."""
    return [
        (each.level, each.message.partition(" Note: ")[2])
        for each in found
        if each.message.startswith("keys-aws-key-rotation")
    ]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "isthmus-exemptions.yaml"
    made.write_text(ENTRY)
    return made


def test_what_is_exempt_is_advice(file: Path) -> None:
    pack = Pack(str(file))
    [(level, note)] = rotation(pack.judge(KEY, "imported"))
    assert level == "advisory"
    assert note == (
        "exempt until 2027-03-31: Imported key material cannot be rotated by the service. "
        "(SEC-2411, media-team)."
    )
    assert rotation(pack.judge(KEY, "another")) == [("mandatory", "")]


def test_what_is_exempt_no_longer_stops_and_says_so(file: Path) -> None:
    found = rotation(Pack(str(file), date(2027, 4, 1)).judge(KEY, "imported"))
    assert found == [
        ("mandatory", "its exemption (line 2, SEC-2411, media-team) expired on 2027-03-31.")
    ]


def test_an_exemption_of_nothing_stops_at_the_end(file: Path) -> None:
    said = "exemptions: line 2: no resource is called 'aws:kms/key:Key::imported'"
    pack = Pack(str(file))
    assert (said, "mandatory") in [(e.message, e.level) for e in pack.judge_stack("other")]
    assert said not in [each.message for each in pack.judge_stack("imported")]


@pytest.mark.parametrize(
    ("path", "said"),
    [("exemptions.yaml", "is not an absolute path"), ("/nowhere/x.yaml", "cannot be read")],
)
def test_a_file_that_cannot_be_followed_stops_the_run(path: str, said: str) -> None:
    [first] = Pack(path).judge(ROOT, "isthmus-dev")
    assert first.level == "mandatory"
    assert said in first.message

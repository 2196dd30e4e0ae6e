"""The remedies as the engine asks for them: requests to the SDK's own server, properties back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from google.protobuf import json_format, struct_pb2
from pulumi.runtime import proto
from pulumi_policy import EnforcementLevel, proxy
from pulumi_policy.policy import _PolicyAnalyzerServicer

from isthmus_policies.engine import Engine
from isthmus_policies.registry import RULES
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Remedy, Rule, Severity, rule
from isthmus_policies.values import Tree
from isthmus_policies.verdict import Fail, Pass, Verdicts
from tests.policies.test_policy_engine import SECRET_MARK, Told, struct, told

pytestmark = pytest.mark.policy

KEY, TABLE = "aws:kms/key:Key", "aws:dynamodb/table:Table"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ACCOUNT = "azure-native:storage:StorageAccount"
PLATFORM = {"owner": "ml", "environment": "production", "dataClassification": "internal"}
TAGS = {"owner": "ml", "environment": "production", "data-classification": "internal"}
OLD_TLS = {"minimumTlsVersion": "TLS1_0", "allowBlobPublicAccess": False, "tags": TAGS}
CANARY = "canary-77aa"


class Pack:
    """The pack, with the stack's settings; `configured` is its own configuration by policy."""

    def __init__(self, remediate: object = True, rules: Sequence[Rule] = RULES,
                 **configured: Mapping[str, object]) -> None:  # fmt: skip
        config = {
            "isthmus:platform": json.dumps(PLATFORM),
            "isthmus:policies": json.dumps({"remediate": remediate}),
        }
        engine = Engine(rules, stack_config=lambda: config, today=lambda: date(2027, 1, 1))
        policies = engine.policies()
        self.server = _PolicyAnalyzerServicer("t", "0.0.1", policies, EnforcementLevel.MANDATORY)
        levels = {policy.name: policy.enforcement_level for policy in policies}
        self.server.Configure(
            proto.ConfigureAnalyzerRequest(
                policyConfig={
                    name: proto.PolicyConfig(
                        properties=struct(each),
                        enforcementLevel=proto.EnforcementLevel.Value(levels[name].value.upper()),
                    )
                    for name, each in configured.items()
                }
            ),
            None,
        )

    def remedy(self, token: str, props: Mapping[str, object], **more: Any) -> Any:
        """The properties that the engine goes on with; None if they are as they were."""
        answer = self.server.Remediate(ask(token, props, **more), None)
        assert len(answer.remediations) <= 1
        for each in answer.remediations:
            assert each.diagnostic == ""
            return json_format.MessageToDict(each.properties)
        return None

    def judge(self, token: str, props: Mapping[str, object], **more: Any) -> list[Told]:
        return told(self.server.Analyze(ask(token, props, **more), None))


def ask(token: str, props: Mapping[str, object], *, ignored: Sequence[str] = (),
        default_tags: object = None) -> proto.AnalyzeRequest:  # fmt: skip
    provider: dict[str, object] = {"region": "eu-north-1"}
    if default_tags is not None:
        provider["defaultTags"] = default_tags
    return proto.AnalyzeRequest(
        type=token, urn=f"urn:pulumi:dev::p::{token}::it", name="it", properties=struct(props),
        options=proto.AnalyzerResourceOptions(ignoreChanges=ignored),
        provider=proto.AnalyzerProviderResource(
            type="pulumi:providers:aws", name="aws", urn="urn:pulumi:dev::p::x::aws",
            properties=struct(provider),
        ),
    )  # fmt: skip


def secret(value: object) -> dict[str, object]:
    return {**SECRET_MARK, "value": value}


def test_nothing_is_changed_unless_somebody_asked() -> None:
    for off in (False, []):
        pack = Pack(off)
        assert pack.remedy(ACCOUNT, OLD_TLS) is None
        assert any(
            "transport-storage-account-tls" in e.message for e in pack.judge(ACCOUNT, OLD_TLS)
        )


def test_what_was_changed_is_given_to_the_cloud_and_told() -> None:
    pack = Pack()
    given = pack.remedy(ACCOUNT, OLD_TLS)
    assert given == {**OLD_TLS, "minimumTlsVersion": "TLS1_2"}
    said = pack.judge(ACCOUNT, given)
    assert not any("transport-" in each.message for each in said if each.level == "mandatory")
    [note] = [each for each in said if "was remedied" in each.message]
    assert note.level == "advisory"
    assert note.message.splitlines() == [
        "transport-storage-account-tls [high] was remedied; the program itself still breaks it:",
        '  minimumTlsVersion: "TLS1_0" -> "TLS1_2"',
        "  Write it into the program: azure_native.storage.StorageAccount(name, "
        "enable_https_traffic_only=True, minimum_tls_version='TLS1_2')",
    ]


def test_a_list_names_the_rules_whose_remedy_is_wanted() -> None:
    pack = Pack(["transport-storage-account-tls"])
    given = pack.remedy(ACCOUNT, {"minimumTlsVersion": "TLS1_0"})
    assert given == {"minimumTlsVersion": "TLS1_2"}


def test_a_rule_without_a_remedy_is_a_mistake_in_the_settings() -> None:
    [first] = Pack(["transport-storage-acount-tls"]).judge("pulumi:pulumi:Stack", {})
    assert first.level == "mandatory"
    assert "there is no rule 'transport-storage-acount-tls' with a remedy" in first.message
    assert "Did you mean transport-storage-account-tls?" in first.message


def test_a_mistake_in_the_configuration_of_the_remedies_alone_is_told() -> None:
    pack = Pack(False, RULES, **{"isthmus-remedies": {"remediate": ["no-such-rule"]}})
    assert pack.remedy("pulumi:pulumi:Stack", {}) is None
    [first] = pack.judge("pulumi:pulumi:Stack", {})
    assert (first.level, first.policy) == ("mandatory", "isthmus-resources")
    assert "there is no rule 'no-such-rule' with a remedy" in first.message


def test_what_is_right_is_left_alone() -> None:
    pack = Pack()
    good = {"enableKeyRotation": True, "tags": TAGS}
    assert pack.remedy(KEY, good) is None
    assert not any("remed" in each.message for each in pack.judge(KEY, good))


def test_tags_come_first_and_make_a_table_production() -> None:
    given = Pack().remedy(TABLE, {"tags": {"Name": "features"}})
    assert given["tags"] == {"Name": "features", **TAGS}
    assert given["deletionProtectionEnabled"] is True
    elsewhere = {"tags": {**TAGS, "environment": "development"}}
    assert Pack().remedy(TABLE, elsewhere) is None


def test_a_default_of_the_provider_is_not_repeated() -> None:
    defaults = json.dumps({"tags": {"owner": "ml", "environment": "production"}})
    given = Pack().remedy(KEY, {"enableKeyRotation": True}, default_tags=defaults)
    assert given["tags"] == {"data-classification": "internal"}
    unknown = Pack().remedy(KEY, {"enableKeyRotation": True},
                            default_tags=proxy.UNKNOWN_STRING_VALUE)  # fmt: skip
    assert unknown is None


def test_what_is_unknown_is_left_alone_and_carried_on() -> None:
    pack = Pack()
    assert (
        pack.remedy(ACCOUNT, {**OLD_TLS, "minimumTlsVersion": proxy.UNKNOWN_STRING_VALUE}) is None
    )
    flags: dict[str, object] = {
        "bucket": proxy.UNKNOWN_STRING_VALUE, "blockPublicAcls": proxy.UNKNOWN_BOOLEAN_VALUE,
    }  # fmt: skip
    given = pack.remedy(BLOCK, flags)
    assert given == {
        **flags, "blockPublicPolicy": True, "ignorePublicAcls": True, "restrictPublicBuckets": True,
    }  # fmt: skip


def test_secrets_stay_secret_and_are_not_told() -> None:
    pack = Pack()
    inside = {"tags": secret({"Name": CANARY}), "enableKeyRotation": secret(False)}
    given = pack.remedy(KEY, inside)
    assert given == {
        "tags": secret({"Name": CANARY, **TAGS}), "enableKeyRotation": secret(True),
    }  # fmt: skip
    said = [each.message for each in pack.judge(KEY, given) if "was remedied" in each.message]
    assert len(said) == 2
    assert any('tags.owner: not set -> "(secret)"' in each for each in said)
    assert not any(CANARY in each for each in said)


def test_assets_and_nested_unknowns_survive() -> None:
    asset = {"4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", "text": "x"}
    props = {"attributes": [{"name": proxy.UNKNOWN_STRING_VALUE}], "thing": asset}
    given = Pack().remedy(TABLE, {**props, "tags": TAGS})
    assert given == {**props, "tags": TAGS, "deletionProtectionEnabled": True}


def test_a_default_that_the_provider_filled_in_is_no_default_any_more() -> None:
    flags = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    filled = {"bucket": "lake", "__defaults": ["region", *flags], **dict.fromkeys(flags, False)}
    given = Pack().remedy(BLOCK, filled)
    assert given == {"bucket": "lake", "__defaults": ["region"], **dict.fromkeys(flags, True)}


def test_what_the_program_ignores_is_ignored() -> None:
    props = {"enableKeyRotation": True, "tags": {"Name": "it"}}
    for ignored in ("tags", "tags.owner", 'tags["owner"]', "*"):
        assert Pack().remedy(KEY, props, ignored=[ignored]) is None
    assert Pack().remedy(KEY, props, ignored=["description"])


@pytest.fixture
def let_off(tmp_path: Path) -> str:
    """An exemption of the account, and of a bucket from the block of public access."""
    entries = "".join(
        f"- rule: {rule_id}\n  urn: {token}::it\n  reason: Agreed with the owner of the data.\n"
        "  owner: ml\n  ticket: T-1\n  expires: 2027-03-31\n"
        for rule_id, token in (
            ("transport-storage-account-tls", ACCOUNT),
            ("exposure-s3-bucket-public-access-block", "aws:s3/bucket:Bucket"),
        )
    )
    file = tmp_path / "isthmus-exemptions.yaml"
    file.write_text(entries)
    return str(file)


@pytest.mark.parametrize("policy", ["isthmus-remedies", "isthmus-stack-advice"])
def test_who_is_exempt_is_left_alone_whichever_policy_was_told(policy: str, let_off: str) -> None:
    pack = Pack(True, RULES, **{policy: {"exemptions": let_off}})
    pack.judge("pulumi:pulumi:Stack", {})  # the engine begins with it
    pack.server.AnalyzeStack(proto.AnalyzeStackRequest(resources=[]), None)
    assert pack.remedy(ACCOUNT, OLD_TLS) is None
    # Whose block it is cannot be told yet: it may be that of the bucket which is exempt.
    assert pack.remedy(BLOCK, {"bucket": proxy.UNKNOWN_STRING_VALUE}) is None
    assert pack.remedy(KEY, {"tags": TAGS}) == {"enableKeyRotation": True, "tags": TAGS}


def broken_by(mend: object) -> Rule:
    @rule(
        "test-key-broken", title="", why="", fix="", severity=Severity.LOW, types=(KEY,),
        remedy=Remedy(cast(Any, mend), ("description",), "it is a test"),
    )  # fmt: skip
    def check(resource: Resource, context: Context) -> Verdicts:
        return Pass() if resource.has("description") else Fail("no description", "description")

    return check


def test_a_remedy_that_breaks_fails_the_gate_and_ends_nothing() -> None:
    def mend(resource: Resource, context: Context) -> Tree | None:
        raise KeyError(CANARY)

    pack = Pack(True, (broken_by(mend), *RULES))
    given = pack.remedy(KEY, {"tags": TAGS})
    assert given == {"enableKeyRotation": True, "tags": TAGS}
    said = [each for each in pack.judge(KEY, given) if "the remedy broke" in each.message]
    [failure] = said
    assert failure.level == "mandatory"
    assert failure.urn == f"urn:pulumi:dev::p::{KEY}::it"
    assert failure.message.startswith("test-key-broken [low]: the remedy broke with KeyError at ")
    assert CANARY not in failure.message


def test_a_remedy_that_does_not_satisfy_its_rule_changes_nothing() -> None:
    def mend(resource: Resource, context: Context) -> Tree | None:
        return {**resource.props, "purpose": "none"}

    only = broken_by(mend)
    pack = Pack(True, (only,))
    assert pack.remedy(KEY, {}) is None
    assert next(each.message for each in pack.judge(KEY, {})).startswith("test-key-broken")


def test_a_rule_of_ones_own_brings_its_remedy() -> None:
    own = broken_by(lambda resource, context: {**resource.props, "description": "a key"})
    assert Pack(True, (own,)).remedy(KEY, {}) == {"description": "a key"}
    assert Pack([own.id], (own,)).remedy(KEY, {}) == {"description": "a key"}
    assert Pack(True, (replace(own, remedy=None),)).remedy(KEY, {}) is None


def test_the_packs_configuration_can_ask_for_remedies() -> None:
    config = {"isthmus-remedies": {"remediate": True}}
    assert Pack(False, RULES, **config).remedy(ACCOUNT, OLD_TLS)
    assert isinstance(struct(config), struct_pb2.Struct)

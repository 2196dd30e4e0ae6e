"""What a stack lets the policy pack put right is right in the cloud, and stays so."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.stacks.conftest import Rehearsal

pytestmark = pytest.mark.stack

CANARY = "canary-5d1e"
PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack

from isthmus_policies.engine import Engine
from isthmus_policies.packs import choose
from isthmus_policies.remedies import remedy_of

rules = choose(lambda rule: remedy_of(rule) is not None)
PolicyPack("remedial", Engine(rules).policies(), enforcement_level=EnforcementLevel.MANDATORY)
"""
TAGS = {"owner": "ml@example.com", "environment": "production", "data-classification": "internal"}
LABELS = {**TAGS, "owner": "ml_example_com"}
PUBLIC = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
CONFIG = {
    "isthmus:residency.jurisdictions[0]": "EU",
    "isthmus:platform.owner": "ml@example.com",
    "isthmus:platform.environment": "production",
    "isthmus:platform.dataClassification": "internal",
}
BROKEN = (
    "tags-resource-required",
    "transport-storage-account-tls",
    "exposure-s3-bucket-public-access-block",
    "databases-dynamodb-deletion-protection",
)


def pack_of(rehearsal: Rehearsal) -> tuple[str, str]:
    return ("--policy-pack", str(rehearsal.project / "pack"))


@pytest.fixture
def unkempt(new_project: Callable[..., Rehearsal]) -> Rehearsal:
    """The program, and a pack of the rules that have a remedy, beside it."""
    rehearsal = new_project("unkempt")
    project = (rehearsal.project / "Pulumi.yaml").read_text()
    folder: Path = rehearsal.project / "pack"
    folder.mkdir()
    runtime = project.partition("runtime:")[2].partition("plugins:")[0]
    (folder / "PulumiPolicy.yaml").write_text(f"name: remedial\nversion: 0.1.0\nruntime:{runtime}")
    (folder / "__main__.py").write_text(PACK)
    set_config(rehearsal, CONFIG)
    return rehearsal


def set_config(rehearsal: Rehearsal, settings: dict[str, str]) -> None:
    pairs = [word for key, value in settings.items() for word in ("--path", f"{key}={value}")]
    plain = [word if word == "--path" else f"--plaintext={word}" for word in pairs]
    rehearsal.pulumi("config", "set-all", "-s", "dev", *dict.fromkeys(plain))


def inputs(rehearsal: Rehearsal, kind: str) -> dict[str, Any]:
    [found] = [one for one in rehearsal.state("dev") if one["type"].endswith(f":{kind}")]
    return found["inputs"]


def test_without_remediation_the_program_is_refused(unkempt: Rehearsal) -> None:
    done = unkempt.pulumi("up", "--yes", "-s", "dev", *pack_of(unkempt), check=False)
    told = done.stdout + done.stderr
    assert done.returncode != 0
    assert all(f"{rule_id} [" in told for rule_id in BROKEN)
    assert "was remedied" not in told
    assert unkempt.existing() == []


def test_with_remediation_the_program_is_put_right_and_stays_so(unkempt: Rehearsal) -> None:
    set_config(unkempt, {"isthmus:policies.remediate": "true"})
    preview = unkempt.pulumi("preview", "-s", "dev", *pack_of(unkempt))
    assert all(f"{rule_id} [" in preview.stdout for rule_id in BROKEN)
    assert 'minimumTlsVersion: "TLS1_0" -> "TLS1_2"' in preview.stdout
    assert 'labels.owner: not set -> "ml_example_com"' in preview.stdout
    assert CANARY not in preview.stdout + preview.stderr
    assert unkempt.existing() == []

    made = unkempt.pulumi("up", "--yes", "-s", "dev", *pack_of(unkempt))
    assert "created" in made.stdout
    account, table = inputs(unkempt, "StorageAccount"), inputs(unkempt, "Table")
    assert (account["minimumTlsVersion"], account["enableHttpsTrafficOnly"]) == ("TLS1_2", True)
    assert account["tags"] == {**TAGS, "owner": "northeurope"}
    assert dict.fromkeys(PUBLIC, True).items() <= inputs(unkempt, "BucketPublicAccessBlock").items()
    assert table["deletionProtectionEnabled"] is True
    assert {key: table["tags"][key] for key in TAGS} == TAGS
    assert CANARY not in str(table["tags"]["note"])
    assert inputs(unkempt, "storage/bucket:Bucket")["labels"] == LABELS
    assert inputs(unkempt, "Key")["deletionWindowInDays"] == 30
    assert inputs(unkempt, "s3/bucket:Bucket")["tags"] == TAGS

    again = unkempt.pulumi("up", "--yes", "-s", "dev", "--expect-no-changes", *pack_of(unkempt))
    assert "was remedied" in again.stdout

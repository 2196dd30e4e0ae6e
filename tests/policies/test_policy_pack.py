"""The pack starts as the engine starts it, answers on its port, and says what is in it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2_grpc

pytestmark = pytest.mark.policy

REPOSITORY = Path(__file__).parents[2]
PACK = REPOSITORY / "policies"


@pytest.fixture
def pack() -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    rooms = os.pathsep.join(str(REPOSITORY / room) for room in ("policies", "catalog"))
    process = subprocess.Popen(
        [sys.executable, "-u", str(PACK / "__main__.py")],
        cwd=PACK, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": rooms},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_pack_serves_its_policies_with_their_settings(pack: analyzer_pb2_grpc.AnalyzerStub) -> None:
    info = pack.GetAnalyzerInfo(empty_pb2.Empty(), timeout=30)
    assert info.name == "isthmus"
    assert {policy.name for policy in info.policies} == {
        "isthmus-remedies",
        "isthmus-resources",
        "isthmus-resources-advice",
        "isthmus-secrets",
        "isthmus-stack",
        "isthmus-stack-advice",
    }
    for policy in info.policies:
        settings = set(policy.configSchema.properties.keys())
        assert settings == {
            "byClassification",
            "exemptions",
            "jurisdictions",
            "maxGridGramsPerKwh",
            "maxMonthlyUsd",
            "onUnknown",
            "remediate",
            "requiredTags",
        }

"""A pack's folder starts as the engine starts it, and judges what is sent to its port."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

pytestmark = pytest.mark.policy

REPOSITORY = Path(__file__).parents[3]


@contextmanager
def served(name: str) -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    rooms = os.pathsep.join(str(REPOSITORY / room) for room in ("policies", "catalog"))
    folder = REPOSITORY / "policies" / "packs" / name
    process = subprocess.Popen(
        [sys.executable, "-u", str(folder / "__main__.py")],
        cwd=folder, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": rooms},
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


def broken(pack: analyzer_pb2_grpc.AnalyzerStub, token: str, **props: object) -> set[str]:
    """The rules that a resource breaks."""
    properties = struct_pb2.Struct()
    properties.update(props)
    request = analyzer_pb2.AnalyzeRequest(
        type=token, urn=f"urn:pulumi:dev::p::{token}::it", name="it", properties=properties
    )
    told = pack.Analyze(request, timeout=30).diagnostics
    return {each.message.partition("\n")[2].partition(" ")[0] for each in told}


def test_the_encryption_pack_judges_by_its_own_rules_alone() -> None:
    with served("encryption") as pack:
        assert pack.GetAnalyzerInfo(empty_pb2.Empty(), timeout=30).name == "isthmus-encryption"
        key = broken(pack, "aws:kms/key:Key", enableKeyRotation=False)
        assert key == {"keys-aws-key-rotation"}  # tags are none of its affair


def test_the_cis_pack_judges_by_its_own_rules_alone() -> None:
    with served("cis") as pack:
        assert pack.GetAnalyzerInfo(empty_pb2.Empty(), timeout=30).name == "isthmus-cis"
        key = broken(pack, "aws:kms/key:Key", enableKeyRotation=False)
        assert key == {"keys-aws-key-rotation"}
        assert broken(pack, "aws:ebs/volume:Volume", size=1) == set()

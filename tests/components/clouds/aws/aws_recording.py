"""What AWS would compute, as far as the room reads it; runs a piece of the room against it."""

from functools import partial
from typing import Any

from pulumi.runtime import mocks
from tests.components.clouds.recording import record_with

ACCOUNT = "123456789012"


class Answers(mocks.Mocks):
    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        assert args.token == "aws:index/getCallerIdentity:getCallerIdentity"
        arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/session"
        return {"accountId": ACCOUNT, "arn": arn, "id": ACCOUNT, "userId": "AIDA"}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        kind = args.typ.split(":")[-1]
        computed: dict[str, Any] = {"arn": f"arn:aws:{kind}:{args.name}", "name": args.name}
        if kind == "Cluster":
            computed |= {
                "endpoint": "https://10.64.0.5",
                "certificateAuthority": {"data": "Q0E="},
                "identities": [{"oidcs": [{"issuer": "https://oidc.example/id"}]}],
            }
        if kind == "NodeGroup":
            computed["resources"] = [{"autoscalingGroups": [{"name": f"eks-{args.name}"}]}]
        if kind == "LaunchTemplate":
            computed["latestVersion"] = 7
        if kind == "VpcEndpoint":
            computed["prefixListId"] = f"pl-{args.name}"
        if kind == "Bucket":
            computed["bucket"] = f"{args.name}-0a1b2c3"
        return f"{args.name}-id", computed | args.inputs


record = partial(record_with, Answers())

"""A project that uses the library as a package: the engine runs the components as a plugin."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws


class Keys(pulumi.ComponentResource):
    """What `pulumi package add` writes, by hand and no more than is used here."""

    def __init__(self, name: str, args: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
        props = {**args, "keyIds": None}
        super().__init__("isthmus:index:Keys", name, props, opts, remote=True)

    @property
    def key_ids(self) -> pulumi.Output[Mapping[str, str]]:
        return pulumi.get(self, "keyIds")


class Network(pulumi.ComponentResource):
    def __init__(self, name: str, args: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
        props = {**args, "networkId": None}
        super().__init__("isthmus:index:Network", name, props, opts, remote=True)

    @property
    def network_id(self) -> pulumi.Output[str]:
        return pulumi.get(self, "networkId")


provider = aws.Provider("north", region="eu-north-1")
opts = pulumi.ResourceOptions(providers=[provider])
place = {
    "cloud": "aws",
    "region": "eu-north-1",
    "owner": "data-team",
    "environment": "development",
    "dataClassification": "internal",
}
keys = Keys("north", place, opts)
ground = {"range": "10.20.0.0/16", "zones": 2, "keyIds": keys.key_ids}
network = Network("north", {**place, **ground}, opts)
pulumi.export("keys", keys.key_ids)
pulumi.export("network", network.network_id)

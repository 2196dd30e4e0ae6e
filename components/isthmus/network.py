"""The public component Network."""

from collections.abc import Sequence
from typing import NotRequired

import pulumi

from isthmus.arguments import MACHINES, PlaceArgs, place_of, plan_one_site
from isthmus.clouds import room
from isthmus.references import KeysReference, keys_handle
from isthmus_catalog import Cloud, machine_type


class NetworkArgs(PlaceArgs, KeysReference):
    """Arguments of Network."""

    range: str
    """The site's private addresses, /16 to /20 (RFC 1918), that nothing else uses: `10.64.0.0/16`."""
    zones: NotRequired[int]
    """How many availability zones the network spans, 1 to 3. Default: 3."""
    machine_types: NotRequired[Sequence[str]]
    """Accelerator machines whose fabric the network has to carry, such as `a3-megagpu-8g`. Default: none."""


class Network(pulumi.ComponentResource):
    """A private network in several zones: no public addresses, no way out or in but private endpoints of
    the cloud's own services, flow logs encrypted with a key of one's own."""

    network_id: pulumi.Output[str]
    """VPC id, network id or virtual network id."""
    node_subnet_ids: pulumi.Output[Sequence[str]]
    """Subnets for machines: one a zone on AWS, one for the region elsewhere."""
    endpoint_subnet_ids: pulumi.Output[Sequence[str]]
    """Subnets for private endpoints."""
    control_plane_subnet_id: pulumi.Output[str]
    """Subnet for a cluster's private API endpoint."""
    node_firewall_id: pulumi.Output[str]
    """AWS security group or Azure network security group of machines; the network's id on Google Cloud."""
    fabric_network_ids: pulumi.Output[Sequence[str]]
    """Networks of the further interfaces of GPUDirect machines; empty elsewhere."""
    fabric_subnet_ids: pulumi.Output[Sequence[str]]
    """Their subnets, in the same order."""

    def __init__(
        self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Raises pulumi.InputPropertiesError with every mistake in `args` at once."""
        super().__init__("isthmus:index:Network", name, {}, opts)
        plan = plan_one_site(
            name,
            args,
            range=args["range"],
            zones=args.get("zones"),
            cluster=_machines_section(args["cloud"], args.get("machine_types") or ()),
        )
        handle = room(plan.cloud, "network").build_network(
            self, place_of(plan), plan.network, keys_handle(args)
        )
        self.network_id = handle.network_id
        self.node_subnet_ids = handle.node_subnet_ids
        self.endpoint_subnet_ids = handle.endpoint_subnet_ids
        self.control_plane_subnet_id = handle.control_plane_subnet_id
        self.node_firewall_id = handle.node_firewall_id
        self.fabric_network_ids = handle.fabric_network_ids
        self.fabric_subnet_ids = handle.fabric_subnet_ids
        self.register_outputs(
            {
                "networkId": self.network_id,
                "nodeSubnetIds": self.node_subnet_ids,
                "endpointSubnetIds": self.endpoint_subnet_ids,
                "controlPlaneSubnetId": self.control_plane_subnet_id,
                "nodeFirewallId": self.node_firewall_id,
                "fabricNetworkIds": self.fabric_network_ids,
                "fabricSubnetIds": self.fabric_subnet_ids,
            }
        )


def _machines_section(cloud: Cloud, names: Sequence[str]) -> dict[str, object] | None:
    """The cluster whose machines the network is laid out for; a network without one needs no fabric."""
    machines = {name: machine_type(cloud, name) for name in names}
    pools = {
        f"{MACHINES}{number}": {
            "accelerator": machine.accelerator if machine else name,
            "machineType": name,
        }
        for number, (name, machine) in enumerate(machines.items())
    }
    return {"pools": pools} if pools else None

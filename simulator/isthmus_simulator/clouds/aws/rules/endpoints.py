"""Elastic IPs, NAT gateways, network interfaces and VPC endpoints."""

from collections.abc import Mapping

from isthmus_simulator.cloud import Call, CloudError, Rules
from isthmus_simulator.clouds.aws.quotas import uses
from isthmus_simulator.clouds.aws.reading import items
from isthmus_simulator.clouds.aws.rules.firewall import keep_together
from isthmus_simulator.clouds.aws.rules.network import referring
from isthmus_simulator.values import Value

EIP = "aws:ec2/eip:Eip"
NAT = "aws:ec2/natGateway:NatGateway"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
INTERFACE = "aws:ec2/networkInterface:NetworkInterface"


def public_ip(call: Call, part: str = "ip") -> str:
    """An address of 203.0.113.0/24, which RFC 5737 keeps for documentation: it is nobody's."""
    return f"203.0.113.{int(call.maker.child(part).hex(4), 16) % 254 + 1}"


def private_ip(call: Call, part: str = "private") -> str:
    number = int(call.maker.child(part).hex(4), 16)
    return f"10.0.{number // 256 % 256}.{number % 250 + 4}"


def eip_outputs(call: Call) -> Mapping[str, Value]:
    address = public_ip(call)
    dashed = address.replace(".", "-")
    zone = "compute-1" if call.region == "us-east-1" else f"{call.region}.compute"
    return {
        "publicIp": address,
        "publicDns": f"ec2-{dashed}.{zone}.amazonaws.com",
        "allocationId": call.id,
    }


def place_nat(call: Call) -> None:
    public = call.inputs.get("connectivityType", "public") == "public"
    if (
        public
        and call.inputs.get("availabilityMode", "zonal") == "zonal"
        and not call.inputs.get("allocationId")
    ):
        raise CloudError("MissingParameter: The request must contain the parameter AllocationId")
    for other in referring(call, call.target("allocationId"), NAT):
        raise CloudError(
            f"Resource.AlreadyAssociated: Elastic IP address [{call.inputs['allocationId']}] is already "
            f"associated ({other.id})"
        )


def nat_outputs(call: Call) -> Mapping[str, Value]:
    address = call.target("allocationId")
    given = call.inputs.get("privateIp")
    found = {"publicIp": address.outputs.get("publicIp")} if address else {}
    return {
        **found,
        "privateIp": given or private_ip(call),
        "networkInterfaceId": f"eni-{call.maker.child('eni').hex(17)}",
    }


def open_endpoint(call: Call) -> None:
    """A service of the region, and private names only once in a VPC whose DNS is on (EC2 API,
    CreateVpcEndpoint)."""
    service = str(call.inputs.get("serviceName") or "")
    parts = service.split(".")
    region = parts[2] if service.startswith("com.amazonaws.") and len(parts) > 3 else ""
    if region and "-" in region and region != (call.inputs.get("serviceRegion") or call.region):
        raise CloudError(f"InvalidServiceName: The Vpc Endpoint Service '{service}' does not exist")
    keep_together(call, "subnetIds", "securityGroupIds")
    vpc = call.target("vpcId")
    if vpc is None or not call.inputs.get("privateDnsEnabled"):
        return
    if not (vpc.outputs.get("enableDnsSupport") and vpc.outputs.get("enableDnsHostnames")):
        raise CloudError(
            "InvalidParameter: Enabling private DNS requires both enableDnsSupport and enableDnsHostnames "
            f"VPC attributes set to true for {vpc.id}"
        )
    for other in referring(call, vpc, ENDPOINT):
        if other.inputs.get("privateDnsEnabled") and other.inputs.get("serviceName") == service:
            raise CloudError(
                "InvalidParameter: private-dns-enabled cannot be set because there is already a "
                f"conflicting DNS domain for {service} in the VPC {vpc.id}"
            )


def endpoint_outputs(call: Call) -> Mapping[str, Value]:
    service = str(call.inputs.get("serviceName") or "")
    subnets = items(call.inputs, "subnetIds")
    if call.inputs.get("vpcEndpointType", "Gateway") == "Gateway":
        return {
            "prefixListId": f"pl-{call.maker.child(service).hex(8)}",
            "dnsEntries": [],
            "networkInterfaceIds": [],
        }
    short, number = service.rsplit(".", 1)[-1], call.maker.child("dns").hex(8)
    host = f"{call.id}-{number}.{short}.{call.region}.vpce.amazonaws.com"
    zone = f"Z{call.maker.child('zone').hex(13).upper()}"
    return {
        "dnsEntries": [{"dnsName": host, "hostedZoneId": zone}],
        "networkInterfaceIds": [f"eni-{call.maker.child(subnet).hex(17)}" for subnet in subnets],
        "prefixListId": "",
    }


def interface_outputs(call: Call) -> Mapping[str, Value]:
    given = call.inputs.get("privateIps") or [call.inputs.get("privateIp") or private_ip(call)]
    part = call.maker.child("mac").hex(10)
    mac = ":".join(["02", *(part[at : at + 2] for at in range(0, 10, 2))])
    return {"privateIp": given[0], "privateIps": given, "macAddress": mac}


RULES: Mapping[str, Rules] = {
    EIP: Rules(outputs=eip_outputs, usage=uses("elastic-ips")),
    NAT: Rules(create=place_nat, outputs=nat_outputs),
    ENDPOINT: Rules(create=open_endpoint, outputs=endpoint_outputs),
    INTERFACE: Rules(
        create=lambda call: keep_together(call, "subnetId", "securityGroups"),
        outputs=interface_outputs,
    ),
}

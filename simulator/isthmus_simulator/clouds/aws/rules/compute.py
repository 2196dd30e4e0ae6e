"""Machines: which region sells them, how much of a quota they take, what they are called afterwards."""

import re
from collections.abc import Iterable, Mapping

import isthmus_catalog as catalog
from isthmus_simulator.cloud import Call, CloudError, Rules, Usage
from isthmus_simulator.clouds.aws.defaults import zones
from isthmus_simulator.clouds.aws.reading import table
from isthmus_simulator.clouds.aws.rules.endpoints import private_ip, public_ip
from isthmus_simulator.clouds.aws.rules.firewall import keep_together
from isthmus_simulator.values import Properties, Value

AWS = catalog.Cloud.AWS
INSTANCE = "aws:ec2/instance:Instance"
SPOT = "aws:ec2/spotInstanceRequest:SpotInstanceRequest"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
GROUP = "aws:autoscaling/group:Group"
LAUNCH = "aws:ec2/launchConfiguration:LaunchConfiguration"
PLACEMENT = "aws:ec2/placementGroup:PlacementGroup"
IMAGE_ID = re.compile(r"ami-[0-9a-f]{8}([0-9a-f]{9})?")
KEY_TEXT = re.compile(r"(ssh-(rsa|ed25519) |-----BEGIN|[A-Za-z0-9+/=\s]{100,}$)")


def judge_machine(call: Call, name: str) -> None:
    """Refuse a machine type that does not exist or that the region does not sell (EC2 API, RunInstances)."""
    if catalog.machine_type(AWS, name) is None:
        near = catalog.nearest(name, [one.name for one in catalog.machine_types(AWS)])
        hint = f" (nearest that exist: {', '.join(near)})" if near else ""
        raise CloudError(f"InvalidParameterValue: Invalid value '{name}' for InstanceType.{hint}")
    if catalog.is_offered(AWS, call.region, name) is False:
        sold = catalog.regions_offering(AWS, name)
        raise CloudError(
            "Unsupported: The requested configuration is currently not supported. Please check "
            "the documentation for "
            f"supported configurations. ({name} is not offered in {call.region}; it is in "
            f"{', '.join(sold[:6])})"
        )


def run_instance(call: Call) -> None:
    image = call.inputs.get("ami") or call.inputs.get("imageId")
    if not image and not call.inputs.get("launchTemplate"):
        raise CloudError("MissingParameter: The request must contain the parameter ImageId")
    if (
        isinstance(image, str)
        and image
        and not image.startswith("resolve:")
        and not IMAGE_ID.fullmatch(image)
    ):
        raise CloudError(f'InvalidAMIID.Malformed: Invalid id: "{image}" (expecting "ami-...")')
    name = call.inputs.get("instanceType")
    if isinstance(name, str):
        judge_machine(call, name)
    zone = call.inputs.get("availabilityZone")
    if (
        isinstance(zone, str)
        and zone not in zones(call.region)
        and "-" not in zone[len(call.region) :]
    ):
        raise CloudError(f"InvalidParameterValue: Invalid availability zone: [{zone}]")
    keep_together(call, "subnetId", "vpcSecurityGroupIds")


def instance_usage(call: Call) -> Iterable[Usage]:
    market = table(call.inputs, "instanceMarketOptions")
    spot = call.token == SPOT or market.get("marketType") == "spot"
    return vcpu_usage(str(call.inputs.get("instanceType") or ""), 1, spot=spot)


def vcpu_usage(name: str, count: float, *, spot: bool) -> Iterable[Usage]:
    machine = catalog.machine_type(AWS, name)
    if machine is None or not machine.vcpus or not count:
        return ()
    return [
        Usage(quota.code, machine.vcpus * count)
        for quota in catalog.quotas_for(AWS, name, spot)
        if quota.code
    ]


def instance_outputs(call: Call) -> Mapping[str, Value]:
    subnet = call.target("subnetId")
    public = call.inputs.get("associatePublicIpAddress")
    reachable = (
        public
        if public is not None
        else subnet is None or bool(subnet.outputs.get("mapPublicIpOnLaunch"))
    )
    private = call.inputs.get("privateIp") or private_ip(call)
    inner = "ec2.internal" if call.region == "us-east-1" else f"{call.region}.compute.internal"
    outer = "compute-1" if call.region == "us-east-1" else f"{call.region}.compute"
    address = public_ip(call) if reachable else ""
    here = subnet.outputs.get("availabilityZone") if subnet else None
    return {
        "instanceState": "running",
        "privateIp": private,
        "publicIp": address,
        "privateDns": f"ip-{private.replace('.', '-')}.{inner}",
        "publicDns": f"ec2-{address.replace('.', '-')}.{outer}.amazonaws.com" if reachable else "",
        "availabilityZone": call.inputs.get("availabilityZone") or here or zones(call.region)[0],
        "primaryNetworkInterfaceId": f"eni-{call.maker.child('eni').hex(17)}",
    }


def user_data_replaces(old: Properties, new: Properties) -> Iterable[str]:
    """Where the program says so, new user data is a new machine (the SDK, `userDataReplaceOnChange`)."""
    keys = ("userData", "userDataBase64")
    return [
        key for key in keys if new.get("userDataReplaceOnChange") and old.get(key) != new.get(key)
    ]


def template_outputs(call: Call) -> Mapping[str, Value]:
    """Each change is a version of its own (EC2 User Guide, "Launch templates")."""
    before = call.old.outputs.get("latestVersion") if call.old else None
    latest = int(before or 0) + 1
    default = call.inputs.get("defaultVersion")
    newest = latest if call.inputs.get("updateDefaultVersion") or not before else None
    kept = call.old.outputs.get("defaultVersion") if call.old else 1
    return {"latestVersion": latest, "defaultVersion": default or newest or kept}


def judge_template(call: Call) -> None:
    name = call.inputs.get("instanceType")
    if isinstance(name, str) and catalog.machine_type(AWS, name) is None:
        judge_machine(call, name)


def judge_group(call: Call) -> None:
    """Sizes in order, machines that exist (EC2 Auto Scaling API, CreateAutoScalingGroup)."""
    low, high = int(call.inputs.get("minSize") or 0), int(call.inputs.get("maxSize") or 0)
    wanted = call.inputs.get("desiredCapacity")
    if low > high:
        raise CloudError(
            f"ValidationError: Max bound, {high}, must be greater than or equal to min bound, {low}"
        )
    if wanted is not None and not low <= int(wanted) <= high:
        raise CloudError(
            f"ValidationError: Desired capacity:{wanted} must be between the specified min size:{low} "
            f"and max size:{high}"
        )
    name = _group_machine(call)
    if name:
        judge_machine(call, name)


def group_usage(call: Call) -> Iterable[Usage]:
    count = call.inputs.get("desiredCapacity")
    return vcpu_usage(
        _group_machine(call),
        float(count if count is not None else call.inputs.get("minSize") or 0),
        spot=False,
    )


def _group_machine(call: Call) -> str:
    for path in ("launchTemplate.id", "launchTemplate.name", "launchConfiguration"):
        target = call.target(path)
        if target is not None:
            return str(target.inputs.get("instanceType") or "")
    return ""


def import_key(call: Call) -> None:
    text = call.inputs.get("publicKey")
    if isinstance(text, str) and not KEY_TEXT.match(text.strip()):
        raise CloudError("InvalidKey.Format: Key is not in valid OpenSSH public key format")


RULES: Mapping[str, Rules] = {
    INSTANCE: Rules(
        create=run_instance,
        outputs=instance_outputs,
        usage=instance_usage,
        replaces=user_data_replaces,
    ),
    SPOT: Rules(create=run_instance, outputs=instance_outputs, usage=instance_usage),
    TEMPLATE: Rules(create=judge_template, outputs=template_outputs),
    LAUNCH: Rules(create=run_instance),
    GROUP: Rules(create=judge_group, usage=group_usage),
    "aws:ec2/keyPair:KeyPair": Rules(create=import_key),
}

"""EKS clusters, node groups and add-ons."""

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import isthmus_catalog as catalog
from isthmus_simulator.check import Failure
from isthmus_simulator.cloud import Call, CloudError, Rules, Usage
from isthmus_simulator.clouds.aws.defaults import SECURITY_GROUP
from isthmus_simulator.clouds.aws.reading import items, table
from isthmus_simulator.clouds.aws.rules.compute import AWS, GROUP, vcpu_usage
from isthmus_simulator.clouds.aws.rules.firewall import keep_together
from isthmus_simulator.clouds.aws.rules.identity import assumable_by
from isthmus_simulator.values import UNKNOWN, Value

CLUSTER = "aws:eks/cluster:Cluster"
NODES = "aws:eks/nodeGroup:NodeGroup"
DEFAULT_VERSION = "1.33"
"""Of a cluster that asks for none. UNVERIFIED: EKS's own default moves with each release."""
DEFAULT_MACHINE = "t3.medium"
"""EKS API reference, CreateNodegroup, `instanceTypes`."""
VERSION = re.compile(r"1\.\d\d")


def check_version(call: Call) -> Iterator[Failure]:
    version = call.inputs.get("version")
    if version is not None and version is not UNKNOWN and not VERSION.fullmatch(str(version)):
        yield Failure(
            "version",
            f'"{version}" is not of the form 1.NN, which is how EKS names Kubernetes versions',
        )


def judge_cluster(call: Call) -> None:
    """Zones, networks, the role and steps of versions (EKS API reference, CreateCluster and
    UpdateClusterVersion)."""
    subnets = call.targets.get("vpcConfig.subnetIds", [])
    found = {subnet.outputs.get("availabilityZone") for subnet in subnets}
    if len(found) < 2:
        raise CloudError(
            "InvalidParameterException: Subnets specified must be in at least two different AZs"
        )
    if len({subnet.outputs.get("vpcId") for subnet in subnets}) > 1:
        raise CloudError("InvalidParameterException: Subnets specified must belong to the same VPC")
    keep_together(call, "vpcConfig.subnetIds", "vpcConfig.securityGroupIds")
    config = table(call.inputs, "vpcConfig")
    if config.get("endpointPublicAccess") is False and not config.get("endpointPrivateAccess"):
        raise CloudError(
            "InvalidParameterException: Private and public endpoint access cannot both be disabled."
        )
    role = call.target("roleArn")
    if role is not None and not assumable_by(role, "eks.amazonaws.com"):
        raise CloudError(
            "InvalidParameterException: Role with arn: "
            f"{call.inputs['roleArn']}, could not be assumed because it does not exist or the trusted "
            "entity is not correct"
        )
    _judge_step(call)


def _judge_step(call: Call) -> None:
    before = call.old.outputs.get("version") if call.old else None
    wanted = call.inputs.get("version")
    if not before or not wanted:
        return
    old, new = int(str(before).split(".")[1]), int(str(wanted).split(".")[1])
    if new < old or new > old + 1:
        raise CloudError(
            f"InvalidParameterException: Unsupported Kubernetes minor version update from {before} to "
            f"{wanted}"
        )


def cluster_outputs(call: Call) -> Mapping[str, Value]:
    hidden = call.maker.child("endpoint").hex(32).upper()
    suffix = call.setting.values["dnsSuffix"]
    subnets = call.targets.get("vpcConfig.subnetIds", [])
    config = {
        "endpointPrivateAccess": False,
        "endpointPublicAccess": True,
        "publicAccessCidrs": ["0.0.0.0/0"],
        **table(call.inputs, "vpcConfig"),
        "vpcId": subnets[0].outputs.get("vpcId") if subnets else "",
        "clusterSecurityGroupId": f"sg-{call.maker.child('group').hex(17)}",
    }
    version = str(
        call.inputs.get("version")
        or (call.old.outputs.get("version") if call.old else DEFAULT_VERSION)
    )
    network = {
        "ipFamily": "ipv4",
        "serviceIpv4Cidr": "172.20.0.0/16",
        **table(call.inputs, "kubernetesNetworkConfig"),
    }
    return {
        "endpoint": f"https://{hidden}.gr7.{call.region}.eks.{suffix}",
        "identities": [
            {"oidcs": [{"issuer": f"https://oidc.eks.{call.region}.{suffix}/id/{hidden}"}]}
        ],
        "certificateAuthority": {"data": made_up_certificate(hidden)},
        "vpcConfig": config,
        "version": version,
        "kubernetesNetworkConfig": network,
        "accessConfig": {
            "authenticationMode": "CONFIG_MAP",
            **table(call.inputs, "accessConfig"),
        },
    }


def made_up_certificate(seed: str) -> str:
    """Base64 of a PEM block that says what it is; no client accepts it."""
    text = f"-----BEGIN CERTIFICATE-----\nSIMULATED{seed}\n-----END CERTIFICATE-----\n"
    return base64.b64encode(text.encode()).decode()


def cluster_identities(call: Call, outputs: Mapping[str, Value]) -> Iterable[tuple[str, str]]:
    return [(SECURITY_GROUP, str(outputs["vpcConfig"]["clusterSecurityGroupId"]))]


def judge_nodes(call: Call) -> None:
    """Sizes, machines, and the version against the cluster's (EKS API reference, CreateNodegroup)."""
    sizes: dict[str, Any] = table(call.inputs, "scalingConfig")
    low, wanted, high = (int(sizes.get(key) or 0) for key in ("minSize", "desiredSize", "maxSize"))
    if high < 1:
        raise CloudError("InvalidParameterException: Max size must be at least 1")
    if low > high:
        raise CloudError(
            f"InvalidParameterException: Minimum capacity {low} can't be greater than maximum size {high}"
        )
    if wanted < low:
        raise CloudError(
            f"InvalidParameterException: Minimum capacity {low} can't be greater than desired size {wanted}"
        )
    if wanted > high:
        raise CloudError(
            f"InvalidParameterException: desired capacity {wanted} can't be greater than max size {high}"
        )
    _judge_machines(call)
    _judge_roles(call)
    cluster = call.target("clusterName")
    version = call.inputs.get("version")
    if (
        cluster is not None
        and version
        and float(str(version)[2:]) > float(str(cluster.outputs.get("version"))[2:])
    ):
        raise CloudError(
            f"InvalidParameterException: Requested Nodegroup version {version} is greater than "
            f"the cluster version "
            f"{cluster.outputs.get('version')}"
        )


def _judge_roles(call: Call) -> None:
    role = call.target("nodeRoleArn")
    if role is not None and not assumable_by(role, "ec2.amazonaws.com"):
        raise CloudError(
            "InvalidParameterException: Following required service principals [ec2.amazonaws.com] were "
            f"not found in the trust relationships of nodeRole {call.inputs['nodeRoleArn']}"
        )


def _judge_machines(call: Call) -> None:
    names = [name for name in items(call.inputs, "instanceTypes") if isinstance(name, str)]
    wrong = [
        name
        for name in names
        if catalog.machine_type(AWS, name) is None
        or catalog.is_offered(AWS, call.region, name) is False
    ]
    if wrong:
        raise CloudError(
            "InvalidRequestException: The following supplied instance types do not exist: "
            f"[{', '.join(wrong)}] (in {call.region})"
        )


def nodes_usage(call: Call) -> Iterable[Usage]:
    sizes = table(call.inputs, "scalingConfig")
    count = sizes.get("desiredSize")
    if (
        call.old is not None
    ):  # the autoscaler may have changed it; what counts is the floor that is asked for
        count = sizes.get("desiredSize", sizes.get("minSize"))
    name = (call.inputs.get("instanceTypes") or [_template_machine(call) or DEFAULT_MACHINE])[0]
    return vcpu_usage(str(name), float(count or 0), spot=call.inputs.get("capacityType") == "SPOT")


def _template_machine(call: Call) -> str:
    for path in ("launchTemplate.id", "launchTemplate.name"):
        target = call.target(path)
        if target is not None:
            return str(target.inputs.get("instanceType") or "")
    return ""


def nodes_outputs(call: Call) -> Mapping[str, Value]:
    cluster = call.target("clusterName")
    name = call.inputs.get("nodeGroupName") or call.id.rsplit(":", 1)[-1]
    scaling_group = f"eks-{name}-{call.maker.child('asg').uuid()}"
    return {
        "nodeGroupName": name,
        "status": "ACTIVE",
        "version": call.inputs.get("version")
        or (cluster.outputs.get("version") if cluster else DEFAULT_VERSION),
        "resources": [
            {"autoscalingGroups": [{"name": scaling_group}], "remoteAccessSecurityGroupId": ""}
        ],
        "amiType": call.inputs.get("amiType") or "AL2023_x86_64_STANDARD",
        "capacityType": call.inputs.get("capacityType") or "ON_DEMAND",
        "instanceTypes": call.inputs.get("instanceTypes")
        or ([] if _template_machine(call) else [DEFAULT_MACHINE]),
        "diskSize": call.inputs.get("diskSize") or (0 if call.inputs.get("launchTemplate") else 20),
        "releaseVersion": call.inputs.get("releaseVersion") or "1.0.0-simulated",
    }


def nodes_identities(call: Call, outputs: Mapping[str, Value]) -> Iterable[tuple[str, str]]:
    return [
        (GROUP, group["name"]) for one in outputs["resources"] for group in one["autoscalingGroups"]
    ]


def add_addon(call: Call) -> None:
    """An add-on once per cluster; one with pods wants nodes, but is created all the same."""
    cluster = call.target("clusterName")
    name = call.inputs.get("addonName")
    for path, other in call.world.linked_from(cluster.key) if cluster else ():
        same = (
            other.type == call.token
            and path == "clusterName"
            and other.inputs.get("addonName") == name
        )
        if same and other.id != call.id:
            raise CloudError(f"ResourceInUseException: Addon already exists: {name}")


RULES: Mapping[str, Rules] = {
    CLUSTER: Rules(
        check=check_version,
        create=judge_cluster,
        outputs=cluster_outputs,
        identities=cluster_identities,
    ),
    NODES: Rules(
        check=check_version,
        create=judge_nodes,
        outputs=nodes_outputs,
        usage=nodes_usage,
        identities=nodes_identities,
    ),
    "aws:eks/addon:Addon": Rules(create=add_addon),
}

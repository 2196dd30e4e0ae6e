"""AWS: disks, addresses, tables, notebooks and warehouses that cost more than they must."""

from collections import Counter
from collections.abc import Iterator, Mapping

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import (
    expect,
    expect_at_least,
    expect_one_of,
    expect_present,
    is_word,
)
from isthmus_policies.questions.stage import why_not_outside_production
from isthmus_policies.questions.whereabouts import locate
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Enforcement, Severity, rule
from isthmus_policies.values import MISSING, UNKNOWN, Located, Mark, Value, is_false, reveal
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdict, Verdicts

_VOLUME = "aws:ebs/volume:Volume"
_DISKS: Mapping[str, tuple[str, ...]] = {
    _VOLUME: ("type",),
    "aws:ec2/instance:Instance": ("rootBlockDevice.volumeType", "ebsBlockDevices.*.volumeType"),
    "aws:ec2/launchConfiguration:LaunchConfiguration": (
        "rootBlockDevice.volumeType",
        "ebsBlockDevices.*.volumeType",
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": ("blockDeviceMappings.*.ebs.volumeType",),
}
"""Where a type says of which kind its disks are."""
_DATED = ("gp2", "standard")
_PROVISIONED = ("io1", "io2")

_NAT = "aws:ec2/natGateway:NatGateway"
_NOTEBOOK = "aws:sagemaker/notebookInstance:NotebookInstance"
_DOMAIN = "aws:sagemaker/domain:Domain"
_TABLE_SCALERS = ("aws:appautoscaling/target:Target",)
_PAUSES = ("aws:redshift/scheduledAction:ScheduledAction",)
_ATTACHED_BY: Mapping[str, tuple[str, ...]] = {
    "allocationId": ("aws:ec2/eipAssociation:EipAssociation", _NAT),
    "secondaryAllocationIds": (_NAT,),
    "subnetMappings.*.allocationId": ("aws:lb/loadBalancer:LoadBalancer",),
}
_IDLE = "jupyterLabAppSettings.appLifecycleManagement.idleSettings.lifecycleManagement"


@rule(
    "cost-log-group-expiry",
    title="CloudWatch log groups do not keep logs for ever",
    why="Logs come in day after day, and without a term every month costs more than the last.",
    fix="aws.cloudwatch.LogGroup(name, retention_in_days=365)",
    severity=Severity.LOW,
    types=("aws:cloudwatch/logGroup:LogGroup",),
    enforcement=Enforcement.ADVISORY,
)
def log_group_expiry(group: Resource, context: Context) -> Verdicts:
    if is_word(group.get("logGroupClass"), "DELIVERY"):
        return NotApplicable("its logs are on their way elsewhere; CloudWatch keeps them two days")
    return expect_at_least(group, "retentionInDays", 1, "its logs are kept for ever")


@rule(
    "cost-ebs-volume-gp3",
    title="EBS volumes are gp3, and not gp2 or magnetic",
    why="gp3 is cheaper a GiB than gp2, and its speed does not depend on its size.",
    fix="aws.ebs.Volume(name, type='gp3', size=100)",
    severity=Severity.LOW,
    types=tuple(_DISKS),
    enforcement=Enforcement.ADVISORY,
)
def ebs_volume_gp3(resource: Resource, context: Context) -> Iterator[Verdict]:
    if resource.type == _VOLUME and not resource.has("type"):
        # "(Default: `gp2`)": SDK documentation of the property. Machines' disks are as their image.
        yield Fail("the volume is gp2, which is the default", "type")
    for disk in _kinds_of(resource):
        holds = not is_word(disk.value, *_DATED)
        yield expect(resource, disk.path, holds, "the volume is of a kind that gp3 replaced")


@rule(
    "cost-ebs-volume-iops",
    title="EBS volumes outside production have no provisioned IOPS",
    why="Each provisioned operation is paid for by the month, used or not; gp3 has 3000 for "
    "nothing.",
    fix="aws.ebs.Volume(name, type='gp3'), or the tag 'environment: production'",
    severity=Severity.LOW,
    types=tuple(_DISKS),
    enforcement=Enforcement.ADVISORY,
)
def ebs_volume_iops(resource: Resource, context: Context) -> Iterator[Verdict]:
    for disk in _kinds_of(resource):
        yield why_not_outside_production(resource) or expect(
            resource, disk.path, not is_word(disk.value, *_PROVISIONED), "its IOPS are provisioned"
        )


def _kinds_of(resource: Resource) -> Iterator[Located]:
    for path in _DISKS[resource.type]:
        yield from resource.find(path)


@rule(
    "cost-eip-address-attached",
    title="Elastic IP addresses are attached to something",
    why="An address that nothing uses is paid for like one that is used.",
    fix="aws.ec2.EipAssociation(name, allocation_id=eip.id, instance_id=instance.id), or no address",
    severity=Severity.LOW,
    types=("aws:ec2/eip:Eip",),
    enforcement=Enforcement.ADVISORY,
)
def eip_address_attached(eip: Resource, context: Context, graph: Graph) -> Verdicts:
    if eip.has("instance") or eip.has("networkInterface"):
        return Pass()
    if any(graph.referenced_by(eip, path, types) for path, types in _ATTACHED_BY.items()):
        return Pass()
    if any(graph.unresolved(path, types) for path, types in _ATTACHED_BY.items()):
        return Unknown("whether anything of the stack uses the address is not known yet")
    return Fail("nothing of the stack uses the address")


@rule(
    "cost-nat-gateway-shared",
    title="Stacks outside production share one NAT gateway a region",
    why="Each NAT gateway costs by the hour; one for each zone is for those who cannot bear the "
    "loss of a zone.",
    fix="one aws.ec2.NatGateway, to which the route tables of all private subnets lead",
    severity=Severity.LOW,
    types=(_NAT,),
    enforcement=Enforcement.ADVISORY,
)
def nat_gateway_shared(gateway: Resource, context: Context, graph: Graph) -> Verdicts:
    if _leads_out(gateway) is False:
        return NotApplicable("it leads to other private networks, and not out")
    excuse = why_not_outside_production(gateway)
    if excuse:
        return excuse
    beside = _those_beside(gateway, graph)
    if True in beside and _leads_out(gateway):
        return Fail("there is another NAT gateway in its region")
    if beside:
        return Unknown("whether there is another NAT gateway in its region is not known yet")
    return Pass()


def _leads_out(gateway: Resource) -> bool | None:
    kind = gateway.get("connectivityType")
    return None if kind is UNKNOWN else not is_word(kind, "private")


def _those_beside(gateway: Resource, graph: Graph) -> set[bool | None]:
    """Whether other gateways lead out of the same region: True for one that does, None for one that
    may."""
    here = _place_of(gateway, graph)
    others = Counter(graph.once(_gateways))
    others[here, _leads_out(gateway)] -= 1
    return {
        None if UNKNOWN in (here, there) else leads_out
        for (there, leads_out), number in others.items()
        if number and leads_out is not False and (UNKNOWN in (here, there) or here == there)
    }


def _gateways(graph: Graph) -> Counter[tuple[Value, bool | None]]:
    return Counter((_place_of(each, graph), _leads_out(each)) for each in graph.of_type(_NAT))


def _place_of(gateway: Resource, graph: Graph) -> Value:
    place = locate(gateway, graph)
    return reveal(place.value) if isinstance(place, Located) else UNKNOWN


@rule(
    "cost-dynamodb-table-scales",
    title="DynamoDB tables are billed by request, or scale what they provision",
    why="Provisioned capacity is paid for by the hour, whether anybody reads or writes.",
    fix="aws.dynamodb.Table(name, billing_mode='PAY_PER_REQUEST'), or aws.appautoscaling.Target(name, "
    "resource_id=table.name.apply(lambda it: f'table/{it}'), ...)",
    severity=Severity.LOW,
    types=("aws:dynamodb/table:Table",),
    enforcement=Enforcement.ADVISORY,
)
def dynamodb_table_scales(table: Resource, context: Context, graph: Graph) -> Verdicts:
    mode = table.get("billingMode")
    if is_word(mode, "PAY_PER_REQUEST"):
        return Pass()
    if mode is UNKNOWN:
        return Unknown("how the table is billed is not known yet", "billingMode")
    scaled, name = graph.once(_scaled), table.get("name")
    if graph.referenced_by(table, "resourceId", _TABLE_SCALERS) or f"table/{name}" in scaled:
        return Pass()
    if UNKNOWN in scaled or (scaled and name is UNKNOWN):
        return Unknown("whether anything scales the table is not known yet", "billingMode")
    return Fail("its capacity is provisioned, and nothing scales it", "billingMode")


def _scaled(graph: Graph) -> frozenset[str | Mark]:
    """What targets scale; a table is called `table/name` there."""
    said = (each.get("resourceId") for each in graph.of_type(*_TABLE_SCALERS))
    return frozenset(each for each in said if isinstance(each, str) or each is UNKNOWN)


@rule(
    "cost-sagemaker-notebook-idle",
    title="SageMaker notebooks stop when nobody uses them",
    why="A notebook that is left open over the weekend costs more than the work of the week.",
    fix="aws.sagemaker.NotebookInstance(name, lifecycle_config_name=auto_stop.name); of a domain: "
    "default_user_settings={'jupyter_lab_app_settings': {'app_lifecycle_management': "
    "{'idle_settings': {'lifecycle_management': 'ENABLED', 'idle_timeout_in_minutes': 60}}}}",
    severity=Severity.MEDIUM,
    types=(_NOTEBOOK, _DOMAIN),
    enforcement=Enforcement.ADVISORY,
)
def sagemaker_notebook_idle(resource: Resource, context: Context) -> Verdicts:
    if resource.type == _NOTEBOOK:
        # What the script does cannot be seen; without one nothing stops the notebook.
        message = "no lifecycle configuration stops it when idle"
        return expect_present(resource, "lifecycleConfigName", message)
    path = f"defaultUserSettings.{_IDLE}"
    return expect_one_of(resource, path, ("ENABLED",), "nothing stops its notebooks when idle")


@rule(
    "cost-redshift-cluster-pauses",
    title="Redshift clusters outside production pause by a schedule",
    why="A cluster costs by the hour also at night; a paused one costs its storage alone.",
    fix="aws.redshift.ScheduledAction(name, schedule='cron(0 19 * * ? *)', iam_role=role.arn, "
    "target_action={'pause_cluster': {'cluster_identifier': cluster.id}})",
    severity=Severity.LOW,
    types=("aws:redshift/cluster:Cluster",),
    enforcement=Enforcement.ADVISORY,
)
def redshift_cluster_pauses(cluster: Resource, context: Context, graph: Graph) -> Verdicts:
    excuse = why_not_outside_production(cluster)
    if excuse:
        return excuse
    path = "targetAction.pauseCluster.clusterIdentifier"
    pauses = graph.referenced_by(cluster, path, _PAUSES)
    if any(not is_false(each.get("enable")) and _pauses(each) for each in pauses):
        return Pass()
    if graph.unresolved(path, _PAUSES):
        return Unknown("whether a schedule pauses the cluster is not known yet")
    return Fail("no schedule of the stack pauses the cluster")


def _pauses(action: Resource) -> bool:
    """An action that resumes the cluster comes from it, too."""
    return action.has("targetAction.pauseCluster")


@rule(
    "cost-emr-cluster-idle",
    title="EMR clusters end when they are done, or when nobody uses them",
    why="A cluster that waits for the next step is paid for while it waits.",
    fix="aws.emr.Cluster(name, auto_termination_policy={'idle_timeout': 3600})",
    severity=Severity.LOW,
    types=("aws:emr/cluster:Cluster",),
    enforcement=Enforcement.ADVISORY,
)
def emr_cluster_idle(cluster: Resource, context: Context) -> Verdicts:
    keeps = cluster.get("keepJobFlowAliveWhenNoSteps")
    if is_false(keeps):
        return Pass()
    path = "autoTerminationPolicy.idleTimeout"
    if keeps is UNKNOWN and cluster.get(path) is MISSING:
        return Unknown("whether it ends when it is done is not known yet", path)
    return expect_present(cluster, path, "nothing ends it when it is idle")


RULES = (
    log_group_expiry,
    ebs_volume_gp3,
    ebs_volume_iops,
    eip_address_attached,
    nat_gateway_shared,
    dynamodb_table_scales,
    sagemaker_notebook_idle,
    redshift_cluster_pauses,
    emr_cluster_idle,
)

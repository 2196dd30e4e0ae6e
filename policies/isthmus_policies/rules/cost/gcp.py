"""Google Cloud: addresses, disks, slots, notebooks and clusters that cost more than they must."""

from collections.abc import Iterator, Mapping

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import expect, expect_present, is_word
from isthmus_policies.questions.stage import why_not_outside_production
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Enforcement, Severity, rule
from isthmus_policies.values import MISSING, UNKNOWN
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdict, Verdicts

_WORKBENCH = "gcp:workbench/instance:Instance"
_NAT = "gcp:compute/routerNat:RouterNat"
_USED_BY: Mapping[str, tuple[str, ...]] = {
    "ipAddress": (
        "gcp:compute/forwardingRule:ForwardingRule",
        "gcp:compute/globalForwardingRule:GlobalForwardingRule",
    ),
    "networkInterfaces.*.accessConfigs.*.natIp": ("gcp:compute/instance:Instance",),
    "natIps.*": (_NAT, "gcp:compute/routerNatAddress:RouterNatAddress"),
    "initialNatIps.*": (_NAT,),
}
"""What may use an address, and where it names it."""
_EXTREME = ("pd-extreme", "hyperdisk-extreme")
_IDLE_TIMEOUT = "gceSetup.metadata.idle-timeout-seconds"
_LIFE = "clusterConfig.lifecycleConfig"
_ENDS = ("idleDeleteTtl", "idleStopTtl", "autoDeleteTime", "autoStopTime")


@rule(
    "cost-gcp-address-attached",
    title="Static external addresses are used by something",
    why="An address that nothing uses costs more than one that is used.",
    fix="gcp.compute.ForwardingRule(name, ip_address=address.address, ...), or no address",
    severity=Severity.LOW,
    types=("gcp:compute/address:Address", "gcp:compute/globalAddress:GlobalAddress"),
    enforcement=Enforcement.ADVISORY,
)
def gcp_address_attached(address: Resource, context: Context, graph: Graph) -> Verdicts:
    kind = address.get("addressType")
    if is_word(kind, "INTERNAL"):
        return NotApplicable("internal addresses cost nothing")
    if any(graph.referenced_by(address, path, types) for path, types in _USED_BY.items()):
        return Pass()
    unresolved = any(graph.unresolved(path, types) for path, types in _USED_BY.items())
    if kind is UNKNOWN or unresolved:
        return Unknown("whether anything of the stack uses the address is not known yet")
    return Fail("nothing of the stack uses the address")


@rule(
    "cost-gcp-disk-iops",
    title="Disks outside production have no provisioned IOPS of the extreme kinds",
    why="Each provisioned operation is paid for by the month, used or not.",
    fix="gcp.compute.Disk(name, type='pd-balanced'), or the label 'environment: production'",
    severity=Severity.LOW,
    types=("gcp:compute/disk:Disk",),
    enforcement=Enforcement.ADVISORY,
)
def gcp_disk_iops(disk: Resource, context: Context) -> Verdicts:
    excuse = why_not_outside_production(disk)
    if excuse:
        return excuse
    kind = disk.get("type")
    # The type may be given by its URL.
    name = kind.rpartition("/")[2] if isinstance(kind, str) else kind
    return expect(disk, "type", not is_word(name, *_EXTREME), "its IOPS are provisioned")


@rule(
    "cost-bigquery-reservation-scales",
    title="BigQuery reservations scale their slots, and keep none when idle",
    why="Baseline slots are paid for day and night; autoscaled ones only while queries run.",
    fix="gcp.bigquery.Reservation(name, slot_capacity=0, autoscale={'max_slots': 400})",
    severity=Severity.LOW,
    types=("gcp:bigquery/reservation:Reservation",),
    enforcement=Enforcement.ADVISORY,
)
def bigquery_reservation_scales(reservation: Resource, context: Context) -> Verdicts:
    slots = reservation.get("slotCapacity")
    return expect(reservation, "slotCapacity", slots == 0, "it keeps slots that may be idle")


@rule(
    "cost-bigtable-cluster-scales",
    title="Bigtable clusters scale their nodes",
    why="A fixed number of nodes is sized for the busiest hour, and paid for in all others.",
    fix="gcp.bigtable.Instance(name, clusters=[{'cluster_id': 'c', 'autoscaling_config': "
    "{'min_nodes': 1, 'max_nodes': 3, 'cpu_target': 60}}])",
    severity=Severity.LOW,
    types=("gcp:bigtable/instance:Instance",),
    enforcement=Enforcement.ADVISORY,
)
def bigtable_cluster_scales(instance: Resource, context: Context) -> Iterator[Verdict]:
    for cluster in instance.find("clusters.*"):
        path = f"{cluster.path}.autoscalingConfig"
        yield expect_present(instance, path, "its number of nodes is fixed")


@rule(
    "cost-workbench-instance-idle",
    title="Workbench instances stop when nobody uses them",
    why="A notebook that is left open over the weekend costs more than the work of the week.",
    fix="gcp.workbench.Instance(name, gce_setup={'metadata': {'idle-timeout-seconds': '3600'}})",
    severity=Severity.MEDIUM,
    types=(_WORKBENCH,),
    enforcement=Enforcement.ADVISORY,
)
def workbench_instance_idle(instance: Resource, context: Context) -> Verdicts:
    timeout = instance.get(_IDLE_TIMEOUT)
    # "The default value is 10800 seconds":
    # docs.cloud.google.com/vertex-ai/docs/workbench/instances/manage-metadata
    holds = timeout not in ("", "0", 0)
    return expect(instance, _IDLE_TIMEOUT, holds, "it does not stop when it is idle")


@rule(
    "cost-dataproc-cluster-idle",
    title="Dataproc clusters are deleted or stopped when nobody uses them",
    why="A cluster that waits for the next job is paid for while it waits.",
    fix="gcp.dataproc.Cluster(name, cluster_config={'lifecycle_config': {'idle_delete_ttl': "
    "'3600s'}})",
    severity=Severity.LOW,
    types=("gcp:dataproc/cluster:Cluster",),
    enforcement=Enforcement.ADVISORY,
)
def dataproc_cluster_idle(cluster: Resource, context: Context) -> Verdicts:
    said = [cluster.get(f"{_LIFE}.{each}") for each in _ENDS]
    if any(each not in (MISSING, UNKNOWN, "") for each in said):
        return Pass()
    path = f"{_LIFE}.{_ENDS[0]}"
    if UNKNOWN in said:
        return Unknown("whether anything ends it when it is idle is not known yet", path)
    return Fail("nothing ends it when it is idle", path)


RULES = (
    gcp_address_attached,
    gcp_disk_iops,
    bigquery_reservation_scales,
    bigtable_cluster_scales,
    workbench_instance_idle,
    dataproc_cluster_idle,
)

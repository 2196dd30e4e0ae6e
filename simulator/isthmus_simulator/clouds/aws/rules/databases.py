"""RDS and its relatives, DynamoDB, caches."""

import re
from collections.abc import Iterator, Mapping

from isthmus_simulator.check import Failure
from isthmus_simulator.cloud import Call, CloudError, Rules
from isthmus_simulator.clouds.aws.reading import items, tables
from isthmus_simulator.templates import Maker
from isthmus_simulator.values import UNKNOWN, Value
from isthmus_simulator.world import Resource

PORTS: Mapping[str, int] = {
    # Default ports (RDS API reference, CreateDBInstance, `Port`).
    "mysql": 3306,
    "mariadb": 3306,
    "aurora-mysql": 3306,
    "aurora": 3306,
    "postgres": 5432,
    "aurora-postgresql": 5432,
    "oracle": 1521,
    "sqlserver": 1433,
    "db2": 50000,
    "docdb": 27017,
    "neptune": 8182,
}
SNAPSHOT_TYPES = (
    "aws:rds/instance:Instance",
    "aws:rds/cluster:Cluster",
    "aws:docdb/cluster:Cluster",
    "aws:neptune/cluster:Cluster",
)
TABLE = "aws:dynamodb/table:Table"
KEY_TYPES = ("S", "N", "B")


def port_of(engine: str) -> int:
    return next((port for name, port in PORTS.items() if engine.startswith(name)), 3306)


def host_of(call: Call, kind: str = "") -> str:
    account_part = Maker(f"rds/{call.setting.account}/{call.region}").letters(12)
    return f"{call.id}.{kind}{account_part}.{call.region}.rds.{call.setting.values['dnsSuffix']}"


def instance_outputs(call: Call) -> Mapping[str, Value]:
    engine = str(call.inputs.get("engine") or "mysql")
    port = int(call.inputs.get("port") or port_of(engine))
    address = host_of(call)
    version = call.inputs.get("engineVersion")
    return {
        "identifier": call.id,
        "address": address,
        "port": port,
        "endpoint": f"{address}:{port}",
        "status": "available",
        "hostedZoneId": f"Z{call.maker.child('zone').hex(12).upper()}",
        "engine": engine,
        **({"engineVersionActual": version} if version else {}),
    }


def cluster_outputs(call: Call) -> Mapping[str, Value]:
    engine = str(
        call.inputs.get("engine")
        or {"docdb": "docdb", "neptune": "neptune"}.get(
            call.token.split(":")[1].split("/")[0], "aurora"
        )
    )
    zones = [one.outputs.get("availabilityZone") for one in call.targets.get("subnetIds", [])]
    return {
        "clusterIdentifier": call.id,
        "endpoint": host_of(call, "cluster-"),
        "readerEndpoint": host_of(call, "cluster-ro-"),
        "port": int(call.inputs.get("port") or port_of(engine)),
        "engine": engine,
        "hostedZoneId": f"Z{call.maker.child('zone').hex(12).upper()}",
        "clusterMembers": items(call.inputs, "clusterMembers"),
        **({"availabilityZones": zones} if zones else {}),
    }


def member_outputs(call: Call) -> Mapping[str, Value]:
    cluster = call.target("clusterIdentifier")
    port = cluster.outputs.get("port") if cluster else port_of(str(call.inputs.get("engine") or ""))
    return {"endpoint": host_of(call), "port": port, "writer": True, "identifier": call.id}


def judge_password(call: Call) -> None:
    """Words of the RDS API, CreateDBInstance."""
    name = "password" if "password" in call.inputs else "masterPassword"
    text = call.inputs.get(name)
    if not isinstance(text, str):
        return
    if len(text) < 8:
        raise CloudError(
            "InvalidParameterValue: The parameter MasterUserPassword is not a valid password because it is "
            "shorter than 8 characters."
        )
    if re.search(r"[/@\" ]", text) or not text.isprintable():
        raise CloudError(
            "InvalidParameterValue: The parameter MasterUserPassword is not a valid password. Only printable "
            "ASCII characters besides '/', '@', '\"', ' ' may be used."
        )


def judge_instance(call: Call) -> None:
    judge_password(call)
    fresh = not (
        call.inputs.get("replicateSourceDb")
        or call.inputs.get("snapshotIdentifier")
        or call.inputs.get("restoreToPointInTime")
    )
    managed = call.inputs.get("manageMasterUserPassword")
    if (
        fresh
        and not call.inputs.get("password")
        and not call.inputs.get("passwordWo")
        and not managed
    ):
        raise CloudError("InvalidParameterValue: Invalid master password")
    if (
        fresh
        and call.inputs.get("allocatedStorage") is None
        and not str(call.inputs.get("engine")).startswith("aurora")
    ):
        raise CloudError(
            "InvalidParameterValue: Invalid storage size for engine name "
            f"{call.inputs.get('engine')} and storage type gp2: null"
        )


def keep_without_snapshot(call: Call, dependents: list[tuple[str, Resource]]) -> None:
    """A database is not deleted before it is said what becomes of its data (RDS API, DeleteDBInstance)."""
    if call.inputs.get("deletionProtection"):
        raise CloudError(
            f"InvalidParameterCombination: Cannot delete protected {call.token.rsplit(':', 1)[-1]}, please "
            "disable deletion protection and try again."
        )
    replica = call.inputs.get("replicateSourceDb")
    if (
        not call.inputs.get("skipFinalSnapshot")
        and not call.inputs.get("finalSnapshotIdentifier")
        and not replica
    ):
        raise CloudError(
            "InvalidParameterCombination: FinalDBSnapshotIdentifier is required unless "
            f"SkipFinalSnapshot is specified. ({call.id}: set finalSnapshotIdentifier or skipFinalSnapshot)"
        )
    members = [one.id for path, one in dependents if path == "clusterIdentifier"]
    if members:
        raise CloudError(
            "InvalidDBClusterStateFault: Cluster cannot be deleted, it still contains DB instances in "
            "non-deleting state."
        )


def judge_subnets(call: Call) -> None:
    zones = {one.outputs.get("availabilityZone") for one in call.targets.get("subnetIds", [])}
    if (
        call.token in ("aws:rds/subnetGroup:SubnetGroup", "aws:docdb/subnetGroup:SubnetGroup")
        and len(zones) < 2
    ):
        found = ", ".join(sorted(map(str, zones)))
        raise CloudError(
            "DBSubnetGroupDoesNotCoverEnoughAZs: The DB subnet group doesn't meet Availability Zone (AZ) "
            f"coverage requirement. Current AZ coverage: {found}. Add subnets to cover at least 2 AZs."
        )


def group_outputs(call: Call) -> Mapping[str, Value]:
    subnets = call.targets.get("subnetIds", [])
    return (
        {"vpcId": subnets[0].outputs.get("vpcId")}
        if subnets and "vpcId" in call.schema.outputs
        else {}
    )


def check_table(call: Call) -> Iterator[Failure]:
    """Every attribute is a key of the table or of an index, and the other way round.

    Words of the DynamoDB API, as moto 5.2.5 (moto/dynamodb/responses.py) quotes them.
    """
    attributes = tables(call.inputs, "attributes")
    if len(attributes) != len(items(call.inputs, "attributes")) or "attributes" not in call.inputs:
        return
    names = {one.get("name") for one in attributes}
    keys = set(_keys(call))
    if UNKNOWN in names or UNKNOWN in keys:
        return
    said = "ValidationException: One or more parameter values were invalid: Some"
    undefined, unused = (_row(keys - names), _row(names - keys))
    if keys - names:
        yield Failure(
            "attributes",
            f"{said} index key attributes are not defined in AttributeDefinitions. Keys: {undefined}, "
            f"AttributeDefinitions: {_row(names)}",
        )
    if names - keys:
        yield Failure(
            "attributes",
            f"{said} AttributeDefinitions are not used. AttributeDefinitions: {_row(names)}, "
            f"keys used: {_row(keys)} (not used: {unused})",
        )
    if call.inputs.get("billingMode", "PROVISIONED") == "PROVISIONED" and not call.inputs.get(
        "restoreSourceName"
    ):
        for key in ("readCapacity", "writeCapacity"):
            value = call.inputs.get(key)
            if value is not None and value is not UNKNOWN and float(value) < 1:
                yield Failure(
                    key,
                    f"{key} is at least 1 where billingMode is PROVISIONED, which is the default",
                )


def _row(names: set[Value]) -> str:
    return f"[{', '.join(sorted(map(str, names)))}]"


def _keys(call: Call) -> Iterator[Value]:
    places = [
        call.inputs,
        *tables(call.inputs, "globalSecondaryIndexes"),
        *tables(call.inputs, "localSecondaryIndexes"),
    ]
    for place in places:
        yield from (place[key] for key in ("hashKey", "rangeKey") if place.get(key))
        for schema in tables(place, "keySchemas"):
            if schema.get("attributeName"):
                yield schema["attributeName"]


def table_outputs(call: Call) -> Mapping[str, Value]:
    if not call.inputs.get("streamEnabled"):
        return {"streamArn": "", "streamLabel": ""}
    label = str(call.setting.values["created"]).replace("Z", ".000")
    partition, account = call.setting.values["partition"], call.setting.account
    arn = f"arn:{partition}:dynamodb:{call.region}:{account}:table/{call.id}"
    return {"streamLabel": label, "streamArn": f"{arn}/stream/{label}"}


def cache_outputs(call: Call) -> Mapping[str, Value]:
    """Host names as in the ElastiCache User Guide, "Finding connection endpoints"."""
    port = int(
        call.inputs.get("port") or (11211 if call.inputs.get("engine") == "memcached" else 6379)
    )
    piece = call.maker.child("host").letters(6)
    zone = f"{_short(call.region)}.cache.{call.setting.values['dnsSuffix']}"
    configuration = f"{call.id}.{piece}.cfg.{zone}"
    if "replicationGroup" in call.token:
        return {
            "primaryEndpointAddress": f"{call.id}.{piece}.ng.0001.{zone}",
            "readerEndpointAddress": f"{call.id}-ro.{piece}.ng.0001.{zone}",
            "configurationEndpointAddress": configuration,
            "port": port,
        }
    count = int(call.inputs.get("numCacheNodes") or 1)
    nodes = [
        {
            "id": f"{number:04}",
            "address": f"{call.id}.{piece}.{number:04}.{zone}",
            "port": port,
            "availabilityZone": f"{call.region}a",
            "outpostArn": "",
        }
        for number in range(1, count + 1)
    ]
    return {
        "cacheNodes": nodes,
        "port": port,
        "clusterAddress": configuration,
        "configurationEndpoint": f"{configuration}:{port}",
    }


def _short(region: str) -> str:
    """`eu-central-1` -> `euc1`, as caches' host names have it."""
    area, *_, direction, number = region.split("-")
    words = ("north", "south", "central", "east", "west")
    return f"{area}{''.join(word[0] for word in words if word in direction)}{number}"


RULES: Mapping[str, Rules] = {
    "aws:rds/instance:Instance": Rules(
        create=judge_instance, outputs=instance_outputs, delete=keep_without_snapshot
    ),
    "aws:rds/cluster:Cluster": Rules(
        create=judge_password, outputs=cluster_outputs, delete=keep_without_snapshot
    ),
    "aws:docdb/cluster:Cluster": Rules(
        create=judge_password, outputs=cluster_outputs, delete=keep_without_snapshot
    ),
    "aws:neptune/cluster:Cluster": Rules(outputs=cluster_outputs, delete=keep_without_snapshot),
    "aws:rds/clusterInstance:ClusterInstance": Rules(outputs=member_outputs),
    "aws:docdb/clusterInstance:ClusterInstance": Rules(outputs=member_outputs),
    "aws:rds/subnetGroup:SubnetGroup": Rules(create=judge_subnets, outputs=group_outputs),
    "aws:docdb/subnetGroup:SubnetGroup": Rules(create=judge_subnets),
    "aws:elasticache/subnetGroup:SubnetGroup": Rules(outputs=group_outputs),
    TABLE: Rules(check=check_table, outputs=table_outputs),
    "aws:elasticache/cluster:Cluster": Rules(outputs=cache_outputs),
    "aws:elasticache/replicationGroup:ReplicationGroup": Rules(outputs=cache_outputs),
}

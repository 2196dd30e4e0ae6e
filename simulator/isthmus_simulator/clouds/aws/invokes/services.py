"""Look-ups in other services: what AWS provides itself, and answers of another shape than the resource's."""

from collections.abc import Mapping
from typing import Any

from isthmus_simulator.cloud import CloudError, Invoke, Query
from isthmus_simulator.clouds.aws.invokes.accounts import region_of
from isthmus_simulator.clouds.aws.invokes.images import public_parameter
from isthmus_simulator.clouds.aws.reading import items, table
from isthmus_simulator.templates import Maker
from isthmus_simulator.values import FINGERPRINT, Properties, Value
from isthmus_simulator.world import Resource

CREATED = "2026-01-01T00:00:00Z"
CACHE_POLICIES: Mapping[str, str] = {
    # CloudFront Developer Guide, "Use managed cache policies" and "Use managed origin request policies".
    "Managed-CachingOptimized": "658327ea-f89d-4fab-a63d-7e88639e58f6",
    "Managed-CachingDisabled": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
    "Managed-CachingOptimizedForUncompressedObjects": "b2884449-e4de-46a7-ac36-70bc7f1ddd6d",
    "Managed-AllViewer": "216adef6-5c7f-47e4-b989-5492eafa07d3",
    "Managed-CORS-S3Origin": "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
}


def found_by(query: Query, token: str, *texts: Value) -> Resource | None:
    for text in texts:
        found = query.session.find("aws", str(text), (token,)) if text else []
        if found:
            return found[-1]
    return None


def readable(value: Value) -> Value:
    """The world keeps fingerprints of secrets: what is answered instead says so."""
    mark = table({"value": value}, "value").get(FINGERPRINT)
    return f"simulated-secret-{mark}" if mark else value


def parameter(query: Query) -> Mapping[str, Value]:
    name, here = str(query.args["name"]), region_of(query)
    value = public_parameter(name, here)
    base: Properties = {
        "id": name,
        "name": name,
        "region": here,
        "version": 1,
        "type": "String",
        "withDecryption": query.args.get("withDecryption", True),
    }
    if value is not None:
        arn = f"arn:{query.setting.values['partition']}:ssm:{here}::parameter{name}"
        return {**base, "arn": arn, "value": value, "insecureValue": value}
    found = found_by(query, "aws:ssm/parameter:Parameter", name)
    if found is None:
        raise CloudError(
            f"reading SSM Parameter ({name}): ParameterNotFound: couldn't find resource"
        )
    text = readable(found.outputs.get("value") or found.outputs.get("insecureValue"))
    return {
        **base,
        "arn": found.outputs["arn"],
        "value": text,
        "insecureValue": text,
        "type": found.outputs["type"],
        "version": found.outputs.get("version", 1),
    }


def cluster(query: Query) -> Mapping[str, Value]:
    name = query.args["name"]
    found = found_by(query, "aws:eks/cluster:Cluster", name)
    if found is None:
        raise CloudError(f"reading EKS Cluster ({name}): couldn't find resource")
    outputs = found.outputs
    lists = {
        "certificateAuthorities": "certificateAuthority",
        "accessConfigs": "accessConfig",
        "kubernetesNetworkConfigs": "kubernetesNetworkConfig",
        "computeConfigs": "computeConfig",
        "outpostConfigs": "outpostConfig",
        "storageConfigs": "storageConfig",
        "upgradePolicies": "upgradePolicy",
        "remoteNetworkConfigs": "remoteNetworkConfig",
        "zonalShiftConfigs": "zonalShiftConfig",
    }
    wrapped = {
        key: [outputs[source]] if outputs.get(source) else [] for key, source in lists.items()
    }
    return {
        **outputs,
        **wrapped,
        "id": found.id,
        "name": found.id,
        "region": found.region,
        "enabledClusterLogTypes": items(outputs, "enabledClusterLogTypes"),
        "tags": table(outputs, "tags"),
    }


def cluster_auth(query: Query) -> Mapping[str, Value]:
    """A token that no cluster accepts and that says so."""
    name = str(query.args["name"])
    token = f"k8s-aws-v1.simulated-{Maker(f'token/{name}').hex(32)}"
    return {"id": name, "name": name, "token": token, "region": region_of(query)}


def clusters(query: Query) -> Mapping[str, Value]:
    here = region_of(query)
    names = [
        one.id
        for one in query.session.resources("aws", "aws:eks/cluster:Cluster")
        if one.region == here
    ]
    return {"id": here, "region": here, "names": names}


def addon_version(query: Query) -> Mapping[str, Value]:
    return {
        **query.args,
        "id": query.args["addonName"],
        "version": "v1.0.0-eksbuild.1",
        "region": region_of(query),
    }


def zone(query: Query) -> Mapping[str, Value]:
    name = str(query.args.get("name") or "").rstrip(".")
    found = found_by(query, "aws:route53/zone:Zone", query.args.get("zoneId"))
    if found is None and name:
        private = bool(query.args.get("privateZone"))
        zones = query.session.resources("aws", "aws:route53/zone:Zone")
        found = next(
            (
                one
                for one in zones
                if one.outputs.get("name") == name and bool(one.inputs.get("vpcs")) == private
            ),
            None,
        )
    if found is None:
        raise CloudError("no matching Route 53 Hosted Zone found" + (f": {name}" if name else ""))
    outputs = found.outputs
    return {
        "id": found.id,
        "zoneId": found.id,
        "name": outputs["name"],
        "arn": outputs["arn"],
        "nameServers": outputs["nameServers"],
        "primaryNameServer": outputs.get("primaryNameServer", ""),
        "comment": outputs.get("comment") or "",
        "callerReference": "simulated",
        "privateZone": bool(found.inputs.get("vpcs")),
        "resourceRecordSetCount": 2,
        "tags": table(outputs, "tags"),
        "vpcId": query.args.get("vpcId") or "",
        "linkedServiceDescription": "",
        "linkedServicePrincipal": "",
        "enableAcceleratedRecovery": False,
    }


def certificate(query: Query) -> Mapping[str, Value]:
    domain, here = query.args.get("domain"), region_of(query)
    every = query.session.resources("aws", "aws:acm/certificate:Certificate")
    found = [
        one
        for one in every
        if one.region == here and (not domain or one.outputs.get("domainName") == domain)
    ]
    if not found:
        raise CloudError(f"no ACM Certificate matching domain ({domain}) found")
    return {
        **query.args,
        "id": found[-1].id,
        "arn": found[-1].id,
        "domain": domain,
        "region": here,
        "status": "ISSUED",
        "certificate": "",
        "certificateChain": "",
        "tags": table(found[-1].outputs, "tags"),
    }


def cache_policy(query: Query) -> Mapping[str, Value]:
    name = query.args.get("name")
    ident = str(query.args.get("id") or CACHE_POLICIES.get(str(name), ""))
    if not ident:
        raise CloudError(f"no matching CloudFront policy found: {name}")
    return {
        "id": ident,
        "name": name or "",
        "comment": "",
        "etag": "E23ZP02F085DFQ",
        "arn": f"arn:aws:cloudfront:::cache-policy/{ident}",
    }


def engine_version(query: Query) -> Mapping[str, Value]:
    wanted: list[Any] = query.args.get("preferredVersions") or [
        query.args.get("version") or "8.0.40"
    ]
    version, engine = str(wanted[0]), str(query.args["engine"])
    family = (
        f"{engine}{version.split('.')[0]}"
        if "postgres" in engine
        else f"{engine}{'.'.join(version.split('.')[:2])}"
    )
    return {
        **query.args,
        "id": version,
        "version": version,
        "versionActual": version,
        "engine": engine,
        "region": region_of(query),
        "parameterGroupFamily": query.args.get("parameterGroupFamily") or family,
        "status": "available",
    }


INVOKES: Mapping[str, Invoke] = {
    "aws:ssm/getParameter:getParameter": parameter,
    "aws:eks/getCluster:getCluster": cluster,
    "aws:eks/getClusterAuth:getClusterAuth": cluster_auth,
    "aws:eks/getClusters:getClusters": clusters,
    "aws:eks/getAddonVersion:getAddonVersion": addon_version,
    "aws:route53/getZone:getZone": zone,
    "aws:acm/getCertificate:getCertificate": certificate,
    "aws:cloudfront/getCachePolicy:getCachePolicy": cache_policy,
    "aws:cloudfront/getOriginRequestPolicy:getOriginRequestPolicy": cache_policy,
    "aws:rds/getEngineVersion:getEngineVersion": engine_version,
}

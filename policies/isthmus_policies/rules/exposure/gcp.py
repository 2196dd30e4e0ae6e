"""Google Cloud resources are not reachable from the internet."""

from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import (
    expect,
    expect_no_internet,
    expect_not_true,
    expect_one_of,
    expect_true,
    is_word,
)
from isthmus_policies.questions.gke import CLUSTER, NODE_POOL
from isthmus_policies.questions.iam_grants import judge_public_grants
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import MISSING, UNKNOWN, is_false, is_true
from isthmus_policies.verdict import (
    Fail,
    NotApplicable,
    Pass,
    Unknown,
    Verdict,
    Verdicts,
    collect,
)

_FIREWALL = "gcp:compute/firewall:Firewall"
_POLICY_RULES = (
    "gcp:compute/firewallPolicyRule:FirewallPolicyRule",
    "gcp:compute/networkFirewallPolicyRule:NetworkFirewallPolicyRule",
    "gcp:compute/regionNetworkFirewallPolicyRule:RegionNetworkFirewallPolicyRule",
)
_POLICIES_WITH_RULES = (
    "gcp:compute/firewallPolicyWithRules:FirewallPolicyWithRules",
    "gcp:compute/networkFirewallPolicyWithRules:NetworkFirewallPolicyWithRules",
    "gcp:compute/regionNetworkFirewallPolicyWithRules:RegionNetworkFirewallPolicyWithRules",
)
_OTHER_SOURCES = ("sourceTags", "sourceServiceAccounts")
_MATCHED_SOURCES = (
    "srcSecureTags",
    "srcAddressGroups",
    "srcNetworks",
    "srcFqdns",
    "srcRegionCodes",
    "srcThreatIntelligences",
    "srcNetworkScope",
    "srcNetworkContext",
)
_EVERYWHERE = ("INTERNET", "UNSPECIFIED")
"""Scopes and contexts of the network that leave nobody out."""
_PUBLIC_ADDRESSES = (
    "networkInterfaces.*.accessConfigs.*",
    "networkInterfaces.*.ipv6AccessConfigs.*",
)


@rule(
    "exposure-gcs-bucket-public-access-prevention",
    title="Cloud Storage buckets enforce public access prevention",
    why="One careless grant to allUsers would otherwise publish the bucket.",
    fix="gcp.storage.Bucket(name, public_access_prevention='enforced')",
    severity=Severity.CRITICAL,
    types=("gcp:storage/bucket:Bucket",),
    controls=("GCP-GCS-02",),
)
def gcs_bucket_public_access_prevention(bucket: Resource, context: Context) -> Verdicts:
    message = "public access prevention is not enforced"
    return expect_one_of(bucket, "publicAccessPrevention", ("enforced",), message)


@rule(
    "exposure-gcs-bucket-no-public-grant",
    title="No bucket grant is for everyone",
    why="allUsers is the internet; allAuthenticatedUsers is everyone with a Google account.",
    fix="gcp.storage.BucketIAMMember(name, bucket=bucket.name, role=role, "
    "member=service_account.member)",
    severity=Severity.CRITICAL,
    types=(
        "gcp:storage/bucketIAMMember:BucketIAMMember",
        "gcp:storage/bucketIAMBinding:BucketIAMBinding",
        "gcp:storage/bucketIAMPolicy:BucketIAMPolicy",
        "gcp:storage/managedFolderIamMember:ManagedFolderIamMember",
        "gcp:storage/managedFolderIamBinding:ManagedFolderIamBinding",
        "gcp:storage/managedFolderIamPolicy:ManagedFolderIamPolicy",
        "gcp:storage/bucketAccessControl:BucketAccessControl",
        "gcp:storage/bucketACL:BucketACL",
        "gcp:storage/defaultObjectAccessControl:DefaultObjectAccessControl",
        "gcp:storage/defaultObjectACL:DefaultObjectACL",
        "gcp:storage/objectAccessControl:ObjectAccessControl",
        "gcp:storage/objectACL:ObjectACL",
    ),
    controls=("GCP-GCS-03",),
)
def gcs_bucket_no_public_grant(
    grant: Resource, context: Context, graph: Graph
) -> Iterator[Verdict]:
    return judge_public_grants(grant, graph)


@rule(
    "exposure-gcp-firewall-no-internet-ingress",
    title="Firewalls admit nothing from the internet",
    why="Whatever listens behind the firewall is scanned and attacked within minutes.",
    fix="gcp.compute.Firewall(name, network=network.id, direction='INGRESS', "
    "source_ranges=['10.64.0.0/10'], allows=[{'protocol': 'tcp', 'ports': ['443']}])",
    severity=Severity.CRITICAL,
    types=(_FIREWALL, *_POLICY_RULES, *_POLICIES_WITH_RULES),
    controls=("GCP-NET-01",),
)
def gcp_firewall_no_internet_ingress(firewall: Resource, context: Context) -> Verdicts:
    if firewall.type not in _POLICIES_WITH_RULES:
        return _judge_rule(firewall, "")
    rules = [found.path for found in firewall.find("rules.*")]
    return [verdict for path in rules for verdict in collect(_judge_rule(firewall, f"{path}."))]


def _judge_rule(firewall: Resource, at: str) -> Verdicts:
    """Judges the rule whose properties are found under the prefix `at`."""
    if is_true(firewall.get(f"{at}disabled")):
        return NotApplicable("the rule is disabled")
    if firewall.get(f"{at}direction") not in (MISSING, UNKNOWN, "INGRESS"):
        return NotApplicable("the rule is about traffic that leaves")
    if not _may_allow(firewall, at):
        return NotApplicable("the rule denies traffic")
    sources = "sourceRanges" if firewall.type == _FIREWALL else f"{at}match.srcIpRanges"
    found = tuple(firewall.find(f"{sources}.*"))
    if not found:
        return _judge_other_sources(firewall, at, sources)
    return [expect_no_internet(each) for each in found]


def _may_allow(firewall: Resource, at: str) -> bool:
    if firewall.type == _FIREWALL:
        return any(firewall.find("allows.*"))
    return firewall.get(f"{at}action") not in ("deny", "goto_next")


def _judge_other_sources(firewall: Resource, at: str, ranges: str) -> Verdict:
    """Judges a rule without address ranges, which admits everyone unless it names other sources."""
    own = firewall.type == _FIREWALL
    paths = _OTHER_SOURCES if own else tuple(f"{at}match.{each}" for each in _MATCHED_SOURCES)
    named = [value for path in paths if (value := firewall.get(path)) not in (MISSING, [], "")]
    if any(value is not UNKNOWN and not is_word(value, *_EVERYWHERE) for value in named):
        return Pass()
    if UNKNOWN in named:
        return Unknown("the source of the traffic is not known yet", ranges)
    return Fail("no source is set, which means every address", ranges)


@rule(
    "exposure-gke-nodes-private",
    title="GKE nodes have no public addresses",
    why="A node without a public address cannot be reached from the internet by mistake.",
    fix="gcp.container.Cluster(name, private_cluster_config={'enable_private_nodes': True, "
    "'enable_private_endpoint': True})",
    severity=Severity.HIGH,
    types=(CLUSTER, NODE_POOL),
    controls=("GCP-GKE-01",),
)
def gke_nodes_private(resource: Resource, context: Context) -> Verdicts:
    pool = "networkConfig.enablePrivateNodes"
    inline = [f"{each.path}.{pool}" for each in resource.find("nodePools.*")]
    paths = [path for path in (pool, *inline) if resource.has(path)]
    if resource.type == CLUSTER:
        paths.append("privateClusterConfig.enablePrivateNodes")
    if not paths:
        return NotApplicable("the pool does as its cluster says")
    return [expect_true(resource, path, "nodes get public addresses") for path in paths]


@rule(
    "exposure-gke-api-private",
    title="The GKE control plane is not open to the internet",
    why="The control plane is the cluster's front door, and open to all by default.",
    fix="gcp.container.Cluster(name, private_cluster_config={'enable_private_nodes': True, "
    "'enable_private_endpoint': True, 'master_ipv4_cidr_block': block})",
    severity=Severity.HIGH,
    types=(CLUSTER,),
    controls=("GCP-GKE-01",),
)
def gke_api_private(cluster: Resource, context: Context) -> Iterator[Verdict]:
    dns = "controlPlaneEndpointsConfig.dnsEndpointConfig.allowExternalTraffic"
    if cluster.has(dns):
        closed = is_false(cluster.get(dns))
        yield expect(
            cluster, dns, closed, "the control plane's DNS endpoint is open to the internet"
        )
    yield from _judge_ip_endpoint(cluster)


def _judge_ip_endpoint(cluster: Resource) -> Iterator[Verdict]:
    path = "privateClusterConfig.enablePrivateEndpoint"
    private = cluster.get(path)
    if is_true(private) or is_false(
        cluster.get("controlPlaneEndpointsConfig.ipEndpointsConfig.enabled")
    ):
        return
    networks = "masterAuthorizedNetworksConfig"
    if private is UNKNOWN:
        yield Unknown("whether the control plane is public is not known yet", path)
    elif not cluster.has(networks):
        yield Fail("the control plane is open to the internet", path)
    all_of_google = f"{networks}.gcpPublicCidrsAccessEnabled"
    yield expect_not_true(cluster, all_of_google, "every machine of Google Cloud is admitted")
    for found in cluster.find(f"{networks}.cidrBlocks.*.cidrBlock"):
        yield expect_no_internet(found)


@rule(
    "exposure-gcp-machine-no-public-ip",
    title="Compute Engine machines have no public addresses",
    why="A machine without a public address cannot be reached from the internet by mistake.",
    fix="gcp.compute.Instance(name, network_interfaces=[{'subnetwork': subnet.id}]) without "
    "access_configs",
    severity=Severity.HIGH,
    types=(
        "gcp:compute/instance:Instance",
        "gcp:compute/instanceTemplate:InstanceTemplate",
        "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate",
        "gcp:compute/instanceFromTemplate:InstanceFromTemplate",
        "gcp:compute/instanceFromMachineImage:InstanceFromMachineImage",
    ),
    controls=("GCP-GCE-02",),
)
def gcp_machine_no_public_ip(machine: Resource, context: Context) -> Iterator[Verdict]:
    for path in _PUBLIC_ADDRESSES:
        for found in machine.find(path):
            # Even an empty access config asks for an address.
            if found.value is UNKNOWN:
                yield Unknown("whether it gets a public address is not known yet", found.path)
            else:
                yield Fail("it gets a public address", found.path)


RULES = (
    gcs_bucket_public_access_prevention,
    gcs_bucket_no_public_grant,
    gcp_firewall_no_internet_ingress,
    gke_nodes_private,
    gke_api_private,
    gcp_machine_no_public_ip,
)

"""Virtual private clouds, their subnets, and the load balancers in front of them."""

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import (
    expect,
    expect_false,
    expect_one_of,
    expect_reference,
    expect_true,
    is_word,
)
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Basis, Context, Enforcement, Requirement, Severity, rule
from isthmus_policies.values import MISSING, UNKNOWN
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdict, Verdicts

_SUBNET = "gcp:compute/subnetwork:Subnetwork"
_NETWORK = "gcp:compute/network:Network"
_PROJECT = "gcp:organizations/project:Project"
_FLOW_LOGS = ("gcp:networkmanagement/vpcFlowLogsConfig:VpcFlowLogsConfig",)
_TLS_POLICIES = ("gcp:compute/sSLPolicy:SSLPolicy", "gcp:compute/regionSslPolicy:RegionSslPolicy")
_TLS_PROXIES = (
    "gcp:compute/targetHttpsProxy:TargetHttpsProxy",
    "gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy",
    "gcp:compute/targetSSLProxy:TargetSSLProxy",
)


def _why_no_machines(subnet: Resource) -> NotApplicable | None:
    """Subnets with a purpose are for proxies, published services and NAT, not for machines."""
    purpose = subnet.get("purpose")
    if isinstance(purpose, str) and purpose != "PRIVATE":
        return NotApplicable(f"no machine can be in a subnet for {purpose}")
    return None


@rule(
    "network-gcp-subnet-flow-logs",
    title="Subnets log their flows",
    why="Without flow logs nobody can tell afterwards who talked to whom.",
    fix="gcp.compute.Subnetwork(name, log_config={'aggregation_interval': 'INTERVAL_1_MIN', "
    "'flow_sampling': 1.0, 'metadata': 'INCLUDE_ALL_METADATA'})",
    severity=Severity.MEDIUM,
    types=(_SUBNET,),
    controls=("GCP-NET-02",),
)
def gcp_subnet_flow_logs(subnet: Resource, context: Context, graph: Graph) -> Verdicts:
    reason = _why_no_machines(subnet)
    if reason:
        return reason
    if subnet.has("logConfig"):
        return expect(subnet, "logConfig", holds=True, message="flows are not logged")
    return _judge_separate_logs(subnet, graph)


def _judge_separate_logs(subnet: Resource, graph: Graph) -> Verdict:
    """Flows are also logged by a configuration that names the subnet, or the network it is in."""
    configs = graph.referenced_by(subnet, "subnet", _FLOW_LOGS)
    for network in graph.references(subnet, "network", (_NETWORK,)):
        configs += graph.referenced_by(network, "network", _FLOW_LOGS)
    states = [config.get("state") for config in configs]
    if any(state is MISSING or is_word(state, "ENABLED") for state in states):
        return Pass()
    targets = (
        found for path in ("subnet", "network") for found in graph.unresolved(path, _FLOW_LOGS)
    )
    if UNKNOWN in states or any(targets):
        return Unknown("whether its flows are logged is not known yet", "logConfig")
    return Fail("flows are not logged", "logConfig")


@rule(
    "network-gcp-subnet-private-google-access",
    title="Subnets reach Google's services without public addresses",
    why="Machines without it need a public address, or a way to the internet, to read a bucket.",
    fix="gcp.compute.Subnetwork(name, private_ip_google_access=True)",
    severity=Severity.MEDIUM,
    types=(_SUBNET,),
    controls=("GCP-NET-02",),
)
def gcp_subnet_private_google_access(subnet: Resource, context: Context) -> Verdicts:
    reason = _why_no_machines(subnet)
    if reason:
        return reason
    message = "Google's services are reached over the internet only"
    return expect_true(subnet, "privateIpGoogleAccess", message)


@rule(
    "network-gcp-no-default-network",
    title="No network makes subnets of its own accord",
    why="The default network and its like span every region, overlap with each other, and come with "
    "firewalls open to the internet.",
    fix="gcp.compute.Network(name, auto_create_subnetworks=False); for projects: "
    "gcp.organizations.Project(name, auto_create_network=False)",
    severity=Severity.HIGH,
    types=(_NETWORK, _PROJECT),
    controls=("GCP-NET-03",),
)
def gcp_no_default_network(resource: Resource, context: Context) -> Verdicts:
    if resource.type == _PROJECT:
        return expect_false(resource, "autoCreateNetwork", "it starts with a default network")
    return expect_false(resource, "autoCreateSubnetworks", "it makes a subnet in every region")


@rule(
    "network-gcp-tls-policy-modern",
    title="TLS policies demand TLS 1.2 and modern ciphers",
    why="TLS 1.0 and 1.1 are broken, and the compatible profile lets clients choose weak ciphers.",
    fix="gcp.compute.SSLPolicy(name, min_tls_version='TLS_1_2', profile='MODERN')",
    severity=Severity.HIGH,
    types=_TLS_POLICIES,
    controls=("GCP-NET-04",),
)
def gcp_tls_policy_modern(policy: Resource, context: Context) -> Verdicts:
    # What is not said is TLS_1_0 and COMPATIBLE (SDK documentation of the properties).
    versions, profiles = ("TLS_1_2", "TLS_1_3"), ("MODERN", "RESTRICTED", "CUSTOM", "FIPS_202205")
    return [
        expect_one_of(policy, "minTlsVersion", versions, "TLS older than 1.2 is accepted"),
        expect_one_of(policy, "profile", profiles, "weak ciphers are accepted"),
    ]


@rule(
    "network-gcp-proxy-tls-policy",
    title="Load balancers have a TLS policy",
    why="Without a policy a load balancer accepts TLS 1.0 and weak ciphers.",
    fix="gcp.compute.TargetHttpsProxy(name, url_map=url_map.id, ssl_policy=policy.id)",
    severity=Severity.HIGH,
    types=_TLS_PROXIES,
    controls=("GCP-NET-04",),
)
def gcp_proxy_tls_policy(proxy: Resource, context: Context, graph: Graph) -> Verdicts:
    message = "it has no TLS policy, which means TLS 1.0"
    return expect_reference(proxy, "sslPolicy", graph, _TLS_POLICIES, message)


@rule(
    "network-gcp-dns-queries-logged",
    title="DNS policies log the queries of their networks",
    why="Data that leaves by DNS, and machines that ask for names they should not know, show nowhere else.",
    fix="gcp.dns.Policy(name, enable_logging=True, networks=[{'network_url': network.id}])",
    severity=Severity.LOW,
    types=("gcp:dns/policy:Policy",),
    requirements=(
        Requirement("CIS GCP 5.0", "2.13", Basis.OWN_READING, "DNS queries of all networks logged"),
    ),
    enforcement=Enforcement.ADVISORY,
)
def gcp_dns_queries_logged(policy: Resource, context: Context) -> Verdicts:
    return expect_true(policy, "enableLogging", "queries are not logged")


RULES = (
    gcp_subnet_flow_logs,
    gcp_subnet_private_google_access,
    gcp_no_default_network,
    gcp_tls_policy_modern,
    gcp_proxy_tls_policy,
    gcp_dns_queries_logged,
)

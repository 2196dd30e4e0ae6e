"""What accelerators cost at their most, against a market whose prices a test sets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

import pytest

from isthmus_policies.evaluate import Kind, evaluate
from isthmus_policies.graph import Graph
from isthmus_policies.market import CatalogueMarket, Grid, Machine, Offer
from isthmus_policies.places import Catalogue
from isthmus_policies.questions.capacity import speaks_for
from isthmus_policies.questions.fleets import FLEET_TYPES
from isthmus_policies.questions.fleets.model import number_at
from isthmus_policies.rule import Context, Enforcement, Severity
from isthmus_policies.rules.cost.accelerators import (
    accelerator_budget_alert,
    accelerator_capacity_ceiling,
    accelerator_pool_idle,
)
from isthmus_policies.settings import Settings
from isthmus_policies.testing import Given, judge, to_resource, urn
from isthmus_policies.values import MISSING, UNKNOWN, Tree
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdict

pytestmark = [pytest.mark.policy, pytest.mark.pure]

NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
NODE_POOL = "gcp:container/nodePool:NodePool"


@dataclass(frozen=True)
class Model:
    accelerator: str | None


@dataclass(frozen=True)
class Price:
    on_demand_usd_per_hour: float | None
    spot_usd_per_hour: float | None = None


@dataclass(frozen=True, eq=False)
class FakeMarket:
    """One region and one zone of each cloud, at prices of the test's choice."""

    prices: Mapping[str, Price | None] = field(
        default_factory=lambda: {
            "ten": Price(10.0, 4.0),
            "twenty": Price(20.0),
            "free": None,
        }
    )

    def machine(self, cloud: str, name: str) -> Machine | None:
        if name == "plain":
            return Model(None)
        return Model("h100") if name in self.prices else None

    def offer(self, cloud: str, place: str, machine: str) -> Offer | None:
        return Price(1.0) if machine == "plain" else self.prices.get(machine)

    def grid(self, cloud: str, place: str) -> Grid | None:
        return None

    def grids(self, cloud: str) -> Iterable[Grid]:
        return ()


@cache
def market() -> FakeMarket:
    return FakeMarket()


def node_group(machines: list[str], most: object, name: str = "it", **more: object) -> Given:
    props = {
        "instanceTypes": machines,
        "scalingConfig": {"minSize": 0, "maxSize": most, "desiredSize": 0},
        **more,
    }
    return Given(NODE_GROUP, props, name, provider={"region": "eu-north-1"})


def ask(ceiling: float, given: Given, *others: Given) -> tuple[Verdict, ...]:
    settings = Settings(max_monthly_usd=ceiling)
    return judge(accelerator_capacity_ceiling, given, others, settings=settings, market=market())


def costs(given: Given, usd_per_month: float, *others: Given) -> bool:
    """Whether a stack costs exactly that: the ceiling that is just high enough."""
    [enough] = ask(usd_per_month, given, *others)
    [short] = ask(usd_per_month - 0.01, given, *others)
    return isinstance(enough, Pass) and isinstance(short, Fail)


def test_a_month_has_730_hours_and_the_ceiling_itself_is_allowed() -> None:
    assert costs(node_group(["ten"], 2), 2 * 10 * 730)


def test_a_machine_by_itself_is_one() -> None:
    region = {"region": "eu-north-1"}
    assert costs(Given("aws:ec2/instance:Instance", {"instanceType": "ten"}, provider=region), 7300)


def test_the_dearest_of_several_types_counts() -> None:
    assert costs(node_group(["ten", "twenty"], 1), 20 * 730)
    assert costs(node_group(["twenty", "ten"], 1), 20 * 730)
    assert costs(node_group(["plain", "ten"], 1), 10 * 730)


def test_spot_machines_count_at_their_price() -> None:
    assert costs(node_group(["ten"], 1, capacityType="SPOT"), 4 * 730)
    assert costs(node_group(["ten"], 1, capacityType="ON_DEMAND"), 10 * 730)


def test_groups_are_spot_if_what_they_are_made_of_is() -> None:
    group = Given(
        "aws:autoscaling/group:Group",
        {"minSize": 0, "maxSize": 1, "launchConfiguration": "made"},
        provider={"region": "eu-north-1"},
    )
    plain: Tree = {"name": "made", "instanceType": "ten"}
    token = "aws:ec2/launchConfiguration:LaunchConfiguration"
    assert costs(group, 10 * 730, Given(token, plain, "made"))
    assert costs(group, 4 * 730, Given(token, {**plain, "spotPrice": "5"}, "made"))


def test_a_managed_group_is_spot_if_all_its_templates_are() -> None:
    versions = [{"instanceTemplate": "a"}, {"instanceTemplate": "b"}]
    group = Given(
        "gcp:compute/instanceGroupManager:InstanceGroupManager",
        {"zone": "x-y1-a", "targetSize": 1, "versions": versions},
    )
    token = "gcp:compute/instanceTemplate:InstanceTemplate"
    spot, plain = (
        [
            Given(token, {"name": name, "machineType": "ten", "scheduling": each}, name)
            for name in ("a", "b")
        ]
        for each in ({"provisioningModel": "SPOT"}, {"preemptible": False})
    )
    assert costs(group, 4 * 730, *spot)
    assert costs(group, 10 * 730, spot[0], plain[1])


def test_machines_that_may_be_spot_count_at_the_higher_price() -> None:
    assert costs(node_group(["ten"], 1, capacityType=UNKNOWN), 10 * 730)


@pytest.mark.parametrize(
    ("machine", "more", "reason"),
    [
        ("free", {}, "the price of 'free' in 'eu-north-1' is not on record"),
        ("twenty", {"capacityType": "SPOT"}, "the price of 'twenty' in 'eu-north-1'"),
        ("odd", {}, "'odd' is not in the machine catalogue"),
    ],
)
def test_a_price_that_is_not_on_record_is_unknown_and_never_nothing(
    machine: str, more: Mapping[str, str], reason: str
) -> None:
    [verdict] = ask(1e9, node_group([machine], 1, "it", **more))
    assert isinstance(verdict, Unknown)
    assert verdict.message.startswith(reason)


@pytest.mark.parametrize(
    ("machine", "region"), [(UNKNOWN, "eu-north-1"), ("ten", UNKNOWN), (UNKNOWN, UNKNOWN)]
)
def test_what_a_preview_does_not_know_yet_is_told_as_such(machine: object, region: object) -> None:
    scaling = {"minSize": 0, "maxSize": 1}
    props = {"instanceTypes": [machine], "scalingConfig": scaling}
    [verdict] = ask(1e9, Given(NODE_GROUP, props, provider={"region": region}))
    told = "which machines these are, or where, is not known yet"
    assert verdict == Unknown(told, "instanceTypes[0]")


def test_one_unknown_type_among_known_ones_is_unknown() -> None:
    [verdict] = ask(1e9, node_group(["ten", "free"], 1))
    assert isinstance(verdict, Unknown)


def test_the_stack_is_judged_as_a_whole_and_told_once_where_most_is_spent() -> None:
    small, large = node_group(["ten"], 1, "small"), node_group(["ten"], 3, "large")
    assert ask(4 * 7300, large, small) == ask(4 * 7300, small, large) == (Pass(),)
    [told] = ask(4 * 7300 - 1, large, small)
    assert isinstance(told, Fail)
    assert told.message == (
        "at its most and at list price the stack's accelerators cost 29,200.00 USD a month, "
        "above its ceiling of 29,199.00; 21,900.00 of it here"
    )
    assert ask(4 * 7300 - 1, small, large) == (Pass(),)


def test_what_is_known_may_be_too_much_already() -> None:
    known, unknown = node_group(["ten"], 1, "known"), node_group(["free"], 1, "unknown")
    [told] = ask(7299, known, unknown)
    assert isinstance(told, Fail)
    [other] = ask(7299, unknown, known)
    assert isinstance(other, Unknown)


def test_accelerators_that_a_machine_brings_are_in_its_price_and_added_ones_are_not() -> None:
    added = [{"type": "h100", "count": 8}]
    ten, plain = (
        pool({"location": "x-y1-a", "nodeCount": 1, "nodeConfig": node})
        for node in (
            {"machineType": "ten", "guestAccelerators": added},
            {"machineType": "plain", "guestAccelerators": added},
        )
    )
    assert costs(ten, 7300)
    [verdict] = ask(1e9, plain)
    assert isinstance(verdict, Unknown)


def test_machines_without_accelerators_do_not_count() -> None:
    plain = node_group(["plain"], 100, "plain")
    assert costs(node_group(["ten"], 1), 7300, plain)
    [verdict] = ask(0, plain)
    assert isinstance(verdict, NotApplicable)


def pool(props: Tree) -> Given:
    return Given(NODE_POOL, {"nodeConfig": {"machineType": "ten"}, **props})


@pytest.mark.parametrize(
    ("props", "nodes"),
    [
        ({"location": "europe-west4-a", "autoscaling": {"maxNodeCount": 2}}, 2),
        ({"location": "europe-west4", "autoscaling": {"maxNodeCount": 2}}, 6),
        (
            {
                "location": "europe-west4",
                "nodeLocations": ["europe-west4-a", "europe-west4-b"],
                "autoscaling": {"maxNodeCount": 2},
            },
            4,
        ),
        ({"location": "europe-west4", "autoscaling": {"totalMaxNodeCount": 2}}, 2),
        ({"location": "europe-west4", "nodeCount": 2}, 6),
        ({"location": "europe-west4-a", "initialNodeCount": 2}, 2),
        ({"location": "europe-west4-a", "nodeCount": 1, "initialNodeCount": 2}, 1),
    ],
)
def test_gke_counts_nodes_in_each_zone_unless_told_in_total(props: Tree, nodes: int) -> None:
    assert costs(pool(props), nodes * 7300)


def test_a_gke_pool_is_in_the_zones_of_its_cluster_unless_it_names_its_own() -> None:
    zones = ["europe-west4-a", "europe-west4-b"]
    cluster = Given(
        "gcp:container/cluster:Cluster",
        {"name": "c", "location": "europe-west4", "nodeLocations": zones},
        "cluster",
    )
    assert costs(pool({"cluster": "c", "nodeCount": 1}), 2 * 7300, cluster)
    own = pool({"cluster": "c", "nodeCount": 1, "nodeLocations": zones[:1]})
    assert costs(own, 7300, cluster)


def test_pools_that_a_gke_cluster_describes_itself_are_in_its_zones() -> None:
    node = {"machineType": "ten"}
    pools = [
        {"nodeConfig": node, "nodeCount": 1},
        {"nodeConfig": node, "nodeCount": 1, "nodeLocations": ["europe-west4-a"]},
    ]
    zones = ["europe-west4-a", "europe-west4-b"]
    props: Tree = {"location": "europe-west4", "nodeLocations": zones, "nodePools": pools}
    assert costs(Given("gcp:container/cluster:Cluster", props), 3 * 7300)


@pytest.mark.parametrize(
    "props",
    [
        {"location": UNKNOWN, "nodeCount": 1},
        {"nodeCount": 1},
        {"location": "europe-west4", "nodeLocations": UNKNOWN, "nodeCount": 1},
    ],
)
def test_a_gke_pool_in_nobody_knows_how_many_zones_is_unknown(props: Tree) -> None:
    [verdict] = ask(1e9, pool(props))
    assert isinstance(verdict, Unknown)


def test_scale_sets_count_the_highest_of_the_profiles_that_take_turns() -> None:
    machines = Given(
        "azure-native:compute:VirtualMachineScaleSet",
        {"location": "swedencentral", "sku": {"name": "ten", "capacity": 1}},
    )
    profiles = [{"capacity": {"maximum": most}} for most in ("2", "5", "3")]
    scaler = Given(
        "azure-native:monitor:AutoscaleSetting",
        {"targetResourceUri": UNKNOWN, "profiles": profiles},
        "scaler",
        {"targetResourceUri": ["it"]},
    )
    assert costs(machines, 7300)
    assert costs(machines, 5 * 7300, scaler)


def test_a_finding_on_idle_machines_says_how_many_there_are() -> None:
    given = Given(NODE_GROUP, {"instanceTypes": ["ten"], "scalingConfig": {"minSize": 2}})
    [verdict] = judge(accelerator_pool_idle, given, market=market())
    assert verdict == Fail(
        "it keeps 2 accelerator machines, however little there is to do", "scalingConfig.minSize"
    )


def test_a_missing_budget_is_told_once_for_each_cloud() -> None:
    odd = node_group(["odd"], 1, "odd")
    first, second = node_group(["ten"], 1, "first"), node_group(["ten"], 1, "second")
    size = {"hardwareProfile": {"vmSize": "ten"}}
    machine = Given("azure-native:compute:VirtualMachine", size, "machine")
    resources = [to_resource(each) for each in (odd, first, second, machine)]
    context = Context(Settings(), Catalogue(), market())
    found = evaluate(resources, (accelerator_budget_alert,), context)
    assert [each.urn for each in found] == [urn("first"), urn("machine")]
    either = [to_resource(node_group(["odd"], 1, name)) for name in ("first", "second")]
    [told] = evaluate(either, (accelerator_budget_alert,), context)
    assert (told.urn, told.kind) == (urn("first"), Kind.UNKNOWN)


def test_nobody_speaks_for_a_cloud_without_accelerators() -> None:
    plain = to_resource(node_group(["plain"], 1))
    machine = Given("azure-native:compute:VirtualMachine", {"hardwareProfile": {"vmSize": "ten"}})
    graph = Graph([plain, to_resource(machine)])
    assert speaks_for(plain, graph, market()) is None


def test_what_a_stack_sets_itself_stops_it_and_all_else_only_advises() -> None:
    assert accelerator_capacity_ceiling.enforcement is Enforcement.MANDATORY
    assert accelerator_capacity_ceiling.severity is Severity.MEDIUM
    assert accelerator_pool_idle.enforcement is Enforcement.ADVISORY


def test_the_catalogue_prices_a_zone_as_its_region_and_a_size_in_any_case() -> None:
    catalogue = CatalogueMarket()
    zone = catalogue.offer("gcp", "europe-west4-a", "a3-highgpu-8g")
    assert zone is not None
    assert zone == catalogue.offer("gcp", "europe-west4", "a3-highgpu-8g")
    size = catalogue.offer("azure", "Canada Central", "standard_nd96isr_h100_v5")
    assert size is not None
    assert size == catalogue.offer("azure", "canadacentral", "Standard_ND96isr_H100_v5")


def test_the_catalogue_does_not_guess() -> None:
    catalogue = CatalogueMarket()
    assert catalogue.machine("aws", "zz9.large") is None
    assert catalogue.offer("aws", "eu-nowhere-1", "p5.48xlarge") is None
    assert catalogue.offer("aws", "eu-north-1", "zz9.large") is None
    assert catalogue.grid("gcp", "EU") is None
    assert {"aws", "gcp", "azure-native"} == {each.partition(":")[0] for each in FLEET_TYPES}


def test_a_group_of_no_machines_costs_nothing() -> None:
    assert costs(node_group(["ten"], 1), 7300, node_group(["ten"], 0, "empty"))
    assert costs(node_group(["ten"], 1), 7300, node_group(["free"], 0, "empty"))


SCALE_SET, WORKSPACE = (
    "azure-native:compute:VirtualMachineScaleSet",
    "azure-native:machinelearningservices:Workspace",
)
POOL, CLUSTER = (
    "azure-native:containerservice:AgentPool",
    "azure-native:containerservice:ManagedCluster",
)
GROUP = "azure-native:resources:ResourceGroup"


@pytest.mark.parametrize(("priority", "usd"), [("Spot", 4), ("Low", 4), ("Regular", 10)])
def test_scale_sets_are_spot_if_their_machines_are(priority: str, usd: float) -> None:
    sku = {"name": "ten", "capacity": 1}
    profile = {"priority": priority}
    props: Tree = {"location": "x", "sku": sku, "virtualMachineProfile": profile}
    assert costs(Given(SCALE_SET, props), usd * 730)


@pytest.mark.parametrize(("priority", "usd"), [("Spot", 4), ("Regular", 10)])
def test_pools_of_aks_are_spot_if_they_say_so(priority: str, usd: float) -> None:
    pool = {"vmSize": "ten", "count": 1, "scaleSetPriority": priority}
    assert costs(Given(CLUSTER, {"location": "x", "agentPoolProfiles": [pool]}), usd * 730)


def learners(name: str = "it", **more: object) -> Given:
    inner = {"vmSize": "ten", "scaleSettings": {"maxNodeCount": 2}, **more}
    props = {"workspaceName": UNKNOWN,
             "properties": {"computeType": "AmlCompute", "properties": inner}}  # fmt: skip
    return Given("azure-native:machinelearningservices:Compute", props, name,
                 {"workspaceName": ["group", "workspace"]})  # fmt: skip


@pytest.mark.parametrize(("priority", "usd"), [("LowPriority", 4), ("Dedicated", 10)])
def test_machine_learning_clusters_may_have_low_priority(priority: str, usd: float) -> None:
    workspace = Given(WORKSPACE, {"location": "x"}, "workspace")
    assert costs(learners(vmPriority=priority), 2 * usd * 730, workspace)


def homes(where: object, kind: str, name: str) -> tuple[Given, Given]:
    """What a pool belongs to, and a group that is elsewhere but part of its name."""
    return Given(GROUP, {"location": UNKNOWN}, "group"), Given(kind, {"location": where}, name)


def test_a_pool_is_where_its_cluster_is_whatever_else_its_name_is_made_of() -> None:
    pool = Given(POOL, {"resourceName": UNKNOWN, "vmSize": "ten", "count": 1}, "it",
                 {"resourceName": ["group", "cluster"]})  # fmt: skip
    assert costs(pool, 7300, *homes("x", CLUSTER, "cluster"))
    assert costs(learners(), 2 * 7300, *homes("x", WORKSPACE, "workspace"))


def test_an_eks_pool_is_in_production_if_its_cluster_is() -> None:
    cluster = Given("aws:eks/cluster:Cluster", {"tags": {"environment": "production"}}, "cluster")
    network = Given("aws:ec2/vpc:Vpc", {"tags": {"environment": "staging"}}, "network")
    scaling = {"minSize": 1}
    props = {"instanceTypes": ["ten"], "scalingConfig": scaling, "clusterName": UNKNOWN}
    pool = Given(NODE_GROUP, props, "it", {"clusterName": ["network", "cluster"]})
    [verdict] = judge(accelerator_pool_idle, pool, (network, cluster), market=market())
    assert isinstance(verdict, NotApplicable)


def test_a_managed_group_grows_to_what_its_autoscaler_says() -> None:
    group = Given(
        "gcp:compute/instanceGroupManager:InstanceGroupManager",
        {"zone": "x-y1-a", "targetSize": 1, "versions": [{"instanceTemplate": "made"}]},
    )
    template = Given("gcp:compute/instanceTemplate:InstanceTemplate",
                     {"name": "made", "machineType": "ten"}, "made")  # fmt: skip
    scaler = Given(
        "gcp:compute/autoscaler:Autoscaler",
        {"target": UNKNOWN, "autoscalingPolicy": {"minReplicas": 0, "maxReplicas": 4}},
        "scaler",
        {"target": ["it"]},
    )
    assert costs(group, 7300, template)
    assert costs(group, 4 * 7300, template, scaler)


@pytest.mark.parametrize(("location", "nodes"), [("europe-west4-a", 2), ("europe-west4", 6)])
def test_a_gke_pool_that_says_no_place_is_in_its_clusters(location: str, nodes: int) -> None:
    cluster = Given("gcp:container/cluster:Cluster", {"location": location}, "cluster")
    network = Given(
        "gcp:compute/subnetwork:Subnetwork", {"region": "x", "location": "x"}, "network"
    )
    props = {"cluster": UNKNOWN, "nodeCount": 2, "nodeConfig": {"machineType": "ten"}}
    given = Given(NODE_POOL, props, "it", {"cluster": ["network", "cluster"]})
    assert costs(given, nodes * 7300, network, cluster)


def test_no_node_in_each_of_nobody_knows_how_many_zones_is_none() -> None:
    assert ask(0, pool({"nodeCount": 0, "location": UNKNOWN})) == (Pass(),)


def test_an_unknown_number_in_each_zone_is_unknown() -> None:
    [verdict] = ask(1e9, pool({"nodeCount": UNKNOWN, "location": "europe-west4"}))
    assert verdict == Unknown("how many machines there will be is not known yet", "nodeCount")


def test_what_is_no_number_says_nothing() -> None:
    machine = to_resource(Given(NODE_GROUP, {"many": "many", "none": [], "text": "3", "three": 3}))
    found = [number_at(machine, path).value for path in ("many", "none", "text", "three", "absent")]
    assert found == [UNKNOWN, MISSING, 3, 3, MISSING]

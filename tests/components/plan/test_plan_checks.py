"""Every check of a plan: a spec that fails it, and one that passes."""

from typing import Any

import pytest

from isthmus.plan.build import UnplannableError, check, decide, make_plan

from .conftest import FindProblem, MakeSpec

pytestmark = pytest.mark.pure

H100 = {"accelerator": "h100", "machineType": "p5.48xlarge"}


def pools(**pool: Any) -> dict[str, Any]:
    return {"pools": {"gpu": pool}}


def test_a_region_that_does_not_exist(find_problem: FindProblem) -> None:
    problem = find_problem("sites.north.region", {"north": {"region": "eu-nort-1"}})
    assert problem.value == "eu-nort-1"
    assert "eu-north-1" in problem.hint


def test_a_region_of_another_cloud(find_problem: FindProblem) -> None:
    problem = find_problem("sites.north.region", {"north": {"region": "europe-west4"}})
    assert "cloud: gcp" in problem.hint


def test_a_region_outside_of_the_residency(find_problem: FindProblem) -> None:
    problem = find_problem(
        "sites.north.region", {"north": {"region": "us-east-1", "cluster": pools(**H100)}}
    )
    assert "US" in problem.why
    assert "eu-north-1" in problem.hint


def test_one_tag_of_several_is_enough(make_spec: MakeSpec) -> None:
    assert not check(make_spec(jurisdictions=("KR", "SE")))


def test_a_tag_that_no_region_carries(find_problem: FindProblem) -> None:
    problem = find_problem("residency.jurisdictions[1]", jurisdictions=("SE", "KRR"))
    assert "KR" in problem.hint


def test_a_misspelt_tag_is_understood_when_regions_are_judged(find_problem: FindProblem) -> None:
    problem = find_problem("residency.jurisdictions[0]", jurisdictions=("eu",))
    assert problem.value == "eu"


@pytest.mark.parametrize(
    ("cloud", "region", "good", "bad"),
    [
        ("aws", "eu-north-1", "012345678901", "12345"),
        ("gcp", "europe-west4", "ml-platform-1", "ML_Platform"),
        ("azure", "swedencentral", "11111111-2222-3333-4444-555555555555", "sub-1"),
    ],
)
def test_an_account_in_another_form(
    find_problem: FindProblem, make_spec: MakeSpec, cloud: str, region: str, good: str, bad: str
) -> None:
    site = {"cloud": cloud, "region": region}
    assert not check(make_spec({"here": {**site, "account": good}}))
    assert find_problem("sites.here.account", {"here": {**site, "account": bad}}).value == bad


def test_an_accelerator_that_does_not_exist(find_problem: FindProblem) -> None:
    path = "sites.north.cluster.pools.gpu.accelerator"
    problem = find_problem(path, {"north": {"cluster": pools(accelerator="h1000")}})
    assert "h100" in problem.hint


def test_a_machine_type_that_does_not_exist(find_problem: FindProblem) -> None:
    path = "sites.north.cluster.pools.gpu.machineType"
    cluster = pools(accelerator="h100", machineType="p5.49xlarge")
    assert "p5.48xlarge" in find_problem(path, {"north": {"cluster": cluster}}).hint


def test_a_machine_type_of_another_cloud(find_problem: FindProblem) -> None:
    path = "sites.north.cluster.pools.gpu.machineType"
    cluster = pools(accelerator="h100", machineType="a3-megagpu-8g")
    assert "gcp" in find_problem(path, {"north": {"cluster": cluster}}).hint


def test_a_machine_type_that_the_region_does_not_sell(find_problem: FindProblem) -> None:
    path = "sites.north.cluster.pools.gpu.machineType"
    cluster = pools(accelerator="a100-80gb", machineType="p4de.24xlarge")
    problem = find_problem(path, {"north": {"cluster": cluster}})
    assert "eu-central-1" in problem.hint
    assert "us-east-1" not in problem.hint, "outside of the residency"


def test_a_machine_type_with_another_accelerator(find_problem: FindProblem) -> None:
    path = "sites.north.cluster.pools.gpu.machineType"
    cluster = pools(accelerator="l4", machineType="p5.48xlarge")
    problem = find_problem(path, {"north": {"cluster": cluster}})
    assert "nvidia-h100-80gb" in problem.what
    assert "g6.xlarge" in problem.hint


def test_a_machine_type_without_accelerator(find_problem: FindProblem) -> None:
    path = "sites.north.cluster.pools.gpu.machineType"
    cluster = pools(accelerator="l4", machineType="m7a.xlarge")
    assert "no accelerator" in find_problem(path, {"north": {"cluster": cluster}}).what


def test_an_accelerator_that_the_cloud_does_not_have(find_problem: FindProblem) -> None:
    path = "sites.north.cluster.pools.gpu.accelerator"
    problem = find_problem(path, {"north": {"cluster": pools(accelerator="tpu-v5p")}})
    assert "gcp" in problem.hint


def test_an_accelerator_that_the_region_does_not_sell(find_problem: FindProblem) -> None:
    path = "sites.north.cluster.pools.gpu.accelerator"
    problem = find_problem(path, {"north": {"cluster": pools(accelerator="a100-80gb")}})
    assert "eu-central-1" in problem.hint


def test_the_largest_machine_is_chosen(make_spec: MakeSpec) -> None:
    plan = make_plan(make_spec({"north": {"cluster": pools(accelerator="h100")}}))
    cluster = plan.sites[0].cluster
    assert cluster is not None
    assert cluster.pools[0].machine.name == "p5.48xlarge"
    assert any(d.choice == "p5.48xlarge" and "most" in d.reason for d in plan.decisions)


@pytest.mark.parametrize(
    ("region", "machine", "accelerator", "reason"),
    [
        ("us-central1", "a3-ultragpu-8g", "h200", "RoCE"),
        ("us-central1", "a4-highgpu-8g", "b200", "RoCE"),
    ],
)
def test_a_fabric_that_is_not_built_yet(
    find_problem: FindProblem, region: str, machine: str, accelerator: str, reason: str
) -> None:
    cluster = pools(accelerator=accelerator, machineType=machine)
    site = {"cloud": "gcp", "region": region, "cluster": cluster}
    path = "sites.west.cluster.pools.gpu.machineType"
    assert reason in find_problem(path, {"west": site}, jurisdictions=("US",)).why


def test_capacity_blocks_are_not_bought_yet(find_problem: FindProblem) -> None:
    cluster = pools(accelerator="gb200", machineType="p6e-gb200.36xlarge")
    path = "sites.east.cluster.pools.gpu.machineType"
    problem = find_problem(
        path, {"east": {"region": "us-east-1", "cluster": cluster}}, jurisdictions=("US",)
    )
    assert "capacity block" in problem.why


def test_spot_where_it_is_not_sold(
    find_problem: FindProblem, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from isthmus.plan import machines

    known = machines.machine_type

    def without_spot(cloud: Any, name: str) -> Any:
        found = known(cloud, name)
        return replace(found, spot_supported=False) if found else None

    monkeypatch.setattr(machines, "machine_type", without_spot)
    cluster = pools(**H100, spot=True)
    assert find_problem("sites.north.cluster.pools.gpu.spot", {"north": {"cluster": cluster}})


def test_spot_that_nobody_confirms_is_told(make_spec: MakeSpec) -> None:
    cluster = pools(accelerator="h100", machineType="Standard_ND96isr_H100_v5", spot=True)
    plan = make_plan(
        make_spec({"nn": {"cloud": "azure", "region": "swedencentral", "cluster": cluster}})
    )
    assert any(d.path.endswith("spot") and not d.certain for d in plan.decisions)


def test_a_pool_that_wants_more_at_least_than_at_most(find_problem: FindProblem) -> None:
    path = "sites.north.cluster.pools.gpu.minNodes"
    problem = find_problem(path, {"north": {"cluster": pools(**H100, minNodes=3, maxNodes=2)}})
    assert problem.value == "3"


@pytest.mark.parametrize("version", ["1.20", "1.99"])
def test_a_kubernetes_version_that_cannot_be(find_problem: FindProblem, version: str) -> None:
    find_problem(
        "sites.north.cluster.kubernetesVersion",
        {"north": {"cluster": {"kubernetesVersion": version}}},
    )


def test_a_cluster_on_aws_needs_two_zones(find_problem: FindProblem, make_spec: MakeSpec) -> None:
    find_problem("sites.north.zones", {"north": {"zones": 1, "cluster": {}}})
    assert not check(make_spec({"north": {"zones": 1}}))
    assert not check(make_spec({"north": {"zones": 2, "cluster": {}}}))


def test_more_zones_than_the_region_has(find_problem: FindProblem, make_spec: MakeSpec) -> None:
    site = {"region": "us-west-1"}
    problem = find_problem("sites.ww.zones", {"ww": {**site, "zones": 3}}, jurisdictions=("US",))
    assert "us-west-1" in problem.what
    assert not check(make_spec({"ww": site}, jurisdictions=("US",))), (
        "the default takes what there is"
    )


def test_more_nodes_than_addresses_for_pods(find_problem: FindProblem, make_spec: MakeSpec) -> None:
    cluster = pools(accelerator="l4", machineType="g2-standard-4", maxNodes=14)
    site = {"cloud": "gcp", "region": "europe-west4", "cluster": {**cluster, "systemNodes": 1}}
    small = {**site, "range": "10.64.0.0/20"}
    problem = find_problem("sites.ww.cluster.pools.gpu.maxNodes", {"ww": small})
    assert "pods" in problem.what
    assert not check(make_spec({"ww": {**site, "range": "10.64.0.0/16"}}))


def test_more_nodes_than_addresses_in_a_zone(find_problem: FindProblem) -> None:
    site = {"range": "10.64.0.0/20", "cluster": pools(**H100, maxNodes=10)}
    assert (
        "node subnet"
        in find_problem("sites.north.cluster.pools.gpu.maxNodes", {"north": site}).what
    )


def test_a_pool_gets_a_zone_that_sells_it(make_spec: MakeSpec) -> None:
    site = {"region": "ap-northeast-2", "zones": 2, "cluster": {"pools": {
        "h100": H100, "a100": {"accelerator": "a100", "machineType": "p4d.24xlarge"},
    }}}  # fmt: skip
    plan = make_plan(make_spec({"seoul": site}, jurisdictions=("KR",)))
    cluster = plan.sites[0].cluster
    assert cluster is not None
    assert [pool.zones for pool in cluster.pools] == [("ap-northeast-2a",), ("ap-northeast-2b",)]
    assert plan.sites[0].network.zones == ("ap-northeast-2a", "ap-northeast-2b")


def test_unknown_is_told_and_never_passed_over(make_spec: MakeSpec) -> None:
    cluster = pools(accelerator="h100", machineType="Standard_ND96isr_H100_v5")
    spec = make_spec({"nn": {"cloud": "azure", "region": "northeurope", "cluster": cluster}})
    plan = make_plan(spec)
    assert any(d.path.endswith("machineType") and not d.certain for d in plan.decisions)
    pool = plan.sites[0].cluster
    assert pool is not None
    assert pool.pools[0].usd_per_hour is None


def test_make_plan_refuses_with_every_problem(make_spec: MakeSpec) -> None:
    spec = make_spec({"a1": {"region": "x"}, "b1": {"account": "1"}})
    with pytest.raises(UnplannableError) as caught:
        make_plan(spec)
    assert caught.value.problems == check(spec) == decide(spec).problems
    assert len(caught.value.problems) == 2

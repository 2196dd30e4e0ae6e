"""Repair: every mistake once, in one run, and nothing that only follows from another."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isthmus.plan.stack import plan_stack
from isthmus.spec.load import load_stack_file
from isthmus.spec.model import Spec
from isthmus.spec.problem import Problem
from isthmus.spec.repair import surely_meant
from isthmus.spec.schema import Slot, example
from isthmus.spec.schema import settings as settings_of
from isthmus.spec.tree import Node, node_of

from .conftest import FindOne, Load

pytestmark = pytest.mark.pure

DATA = Path(__file__).parent / "data"

TEN = [
    # setting, line, value, a word of what is wrong, a word of the hint
    ("platform.owner", 4, None, "missing", "owner: "),
    ("sites.aws-north.regoin", 18, "regoin", "no setting", "`region`"),
    ("sites.aws-north.range", 19, "10.64.128.0/18", "frankfurt", "free one"),
    ("sites.aws-north.secrets.registry-token", 21, None, "clear text", "--secret --path"),
    (
        "sites.aws-north.cluster.pools.a100.machineType",
        26,
        "p4de.24xlarge",
        "does not sell",
        "eu-central-1",
    ),
    ("sites.aws-north.cluster.pools.a100.minNodes", 27, "-1", "less than", "from 0"),
    ("sites.gcp-west.region", 30, "europe-west44", "no region", "europe-west4"),
    (
        "sites.gcp-west.stores.datasets.noncurrentDays",
        33,
        "thirty",
        "whole number",
        "from 1 to 3650",
    ),
    ("sites.azure-east.region", 36, "eastus", "residency", "swedencentral"),
    ("sites.azure-east.cluster.pools.h100.accelerator", 40, "h1000", "no accelerator", "h100"),
]


@pytest.fixture(scope="module")
def ten_problems() -> tuple[Problem, ...]:
    planned = plan_stack(load_stack_file(DATA / "ten_mistakes.yaml"))
    assert planned.plan is None
    return planned.problems


def test_ten_mistakes_are_ten_problems(ten_problems: tuple[Problem, ...]) -> None:
    assert [p.setting for p in ten_problems] == [f"isthmus:{setting}" for setting, *_ in TEN]


@pytest.mark.parametrize(
    ("number", "expected"), list(enumerate(TEN)), ids=[case[0] for case in TEN]
)
def test_each_mistake_has_its_place_value_and_hint(
    ten_problems: tuple[Problem, ...],
    number: int,
    expected: tuple[str, int, str | None, str, str],
) -> None:
    _, line, value, what, hint = expected
    problem = ten_problems[number]
    assert problem.position is not None
    assert problem.position.file.endswith("ten_mistakes.yaml")
    assert problem.position.line == line
    assert problem.value == value
    assert what in problem.what
    assert hint in problem.hint
    assert problem.why


def test_the_clear_secret_is_nowhere(ten_problems: tuple[Problem, ...]) -> None:
    assert "battery" not in repr(ten_problems)


def test_planning_twice_finds_the_same() -> None:
    loaded = load_stack_file(DATA / "ten_mistakes.yaml")
    assert plan_stack(loaded) == plan_stack(loaded)


@pytest.mark.parametrize(
    ("sites", "setting"),
    [
        ("{north: {cloud: asw, region: eu-north-1}}", "sites.north.cloud"),
        ("{north: {cloud: asw, region: nowhere}}", "sites.north.cloud"),
        ("{north: {cloud: aws}}", "sites.north.region"),
        ("{north: {cloud: aws, region: 7, account: '1'}}", "sites.north.region"),
        ("{north: 7}", "sites.north"),
        ("{}", "sites"),
        ("[]", "sites"),
        ("", "sites"),
        ("{north: {cloud: aws, region: eu-north-1, range: 10.64.0.0/99}}", "sites.north.range"),
    ],
)
def test_what_follows_from_a_mistake_is_left_out(load: Load, sites: str, setting: str) -> None:
    planned = plan_stack(load(sites=sites))
    found = [p.setting for p in planned.problems if "account" not in p.setting]
    assert found == [f"isthmus:{setting}"]


def test_a_bad_residency_makes_no_region_wrong(load: Load) -> None:
    for residency in (
        "{jurisdictions: 7}",
        "{jurisdictions: [7]}",
        "{}",
        "{jurisdictions: [KKKK]}",
    ):
        sites = "{east: {cloud: aws, region: us-east-1}}"
        settings = {p.setting for p in plan_stack(load(residency=residency, sites=sites)).problems}
        assert not any("sites" in setting for setting in settings), residency


def test_a_misspelt_key_is_read_as_what_it_means(load: Load) -> None:
    sites = "{north: {cloud: aws, region: eu-north-1, Cluster: {pool: {gpu: {acclerator: h1000}}}}}"
    found = [p.setting for p in plan_stack(load(sites=sites)).problems]
    path = "isthmus:sites.north.Cluster"
    assert found == [
        path,
        f"{path}.pool",
        f"{path}.pool.gpu.acclerator",
        f"{path}.pool.gpu.acclerator",
    ]


def test_a_misspelt_section(load: Load) -> None:
    found = [p.setting for p in load(network="", netwrk="{range: 10.0.0.0/8}").problems]
    assert found == ["isthmus:netwrk"]


def test_an_unknown_section(find_one: FindOne) -> None:
    problem = find_one("billing", billing="{a: 1}")
    assert "platform" in problem.why


def test_a_name_that_does_not_fit(find_one: FindOne) -> None:
    problem = find_one("sites.AWS_North", sites="{AWS_North: {cloud: aws, region: eu-north-1}}")
    assert "`aws-north`" in problem.hint


def test_names_that_do_not_fit_keep_their_mistakes(load: Load) -> None:
    sites = "{A_B: {cloud: aws, region: nowhere}, a-b: {cloud: aws, region: eu-north-1}}"
    found = [p.setting for p in plan_stack(load(sites=sites)).problems]
    assert found == ["isthmus:sites.A_B", "isthmus:sites.A_B.region"]


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("regoin", "region"),
        ("Region", "region"),
        ("min_nodes", "minNodes"),
        ("nodes", None),
        ("x", None),
    ],
)
def test_what_a_key_surely_means(key: str, meant: str | None) -> None:
    assert surely_meant(key, ["region", "zones", "minNodes"]) == meant


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("10.0.0.1/8", "10.0.0.0/8"),
        ("10.0.0.0", "10.0.0.0/16"),
        ("10.0.0.0/33", "10.64.0.0/10"),
        ("ten", "10.64.0.0/10"),
        ("10", "10.64.0.0/10"),
    ],
)
def test_a_range_that_is_none(find_one: FindOne, text: str, hint: str) -> None:
    assert hint in find_one("network.range", network=f"{{range: {text}}}").hint


@pytest.mark.parametrize("name", list(settings_of(Spec)))
def test_examples_of_the_model_are_valid(name: str) -> None:
    """They stand in for mistakes, so a wrong one would be a mistake of its own."""
    spec = example(Slot(Spec))
    assert isinstance(spec, dict)
    assert Spec.model_validate(spec)
    assert name == "policies" or name in spec


def test_every_field_of_the_model_says_what_it_is() -> None:
    def missing(slot: Slot) -> list[str]:
        here = (
            [f"{slot.model.__name__}.{n}" for n, s in settings_of(slot.model).items() if not s.doc]
            if slot.model
            else []
        )
        below = (
            list(settings_of(slot.model).values())
            if slot.model
            else [slot.element]
            if slot.is_mapping
            else []
        )
        return here + [name for one in below for name in missing(one)]

    assert missing(Slot(Spec)) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["cloud", "region", "range", "pools", "x", "north", "zones"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from([*settings_of(Spec), "other"]), JSON, max_size=6))
def test_whatever_is_written_can_be_repaired(config: dict[str, object]) -> None:
    """No tree is beyond repair: there is always something to find further mistakes in."""
    from isthmus.spec.document import Document
    from isthmus.spec.load import Loaded
    from isthmus.spec.repair import settle

    document = Document("x.yaml", "isthmus", node_of(config))
    loaded = Loaded(document, settle(document, Spec))
    assert loaded.draft is not None
    assert (loaded.spec is None) == bool(loaded.problems)
    places = [(p.path, p.what) for p in loaded.problems]
    assert len(set(places)) == len(places), "each mistake once"
    plan_stack(loaded)


def test_an_empty_tree_is_a_mapping_without_sections() -> None:
    assert node_of({}).entries == {}
    assert Node().entries is None

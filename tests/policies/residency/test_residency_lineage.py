"""Which data a processor reads, and how it is classified: each row of the tables behind it."""

import pytest

from isthmus_policies.graph import Graph
from isthmus_policies.questions.demands import Classes, classes_of
from isthmus_policies.questions.lineage import part_of, read_by
from isthmus_policies.tables import copy_sources, parts_in_processing, read_table, type_facts
from isthmus_policies.testing import Given, to_resource
from isthmus_policies.values import UNKNOWN

from ..sdk_types import has_input, inputs_by_type
from .planting import GERMANY, INSIDE, OUTSIDE, answer, labelled, made_from, placed

pytestmark = [pytest.mark.policy, pytest.mark.pure]

BUCKET = "aws:s3/bucket:Bucket"
LAKE = Given(
    BUCKET, labelled(BUCKET, "restricted"), name="lake", provider={"region": "eu-central-1"}
)
AT_HOME = {"aws": "eu-central-1", "gcp": "europe-west3", "azure-native": "germanywestcentral"}
SOURCES = [(row["type"], row["path"]) for row in read_table("copy_sources")]
RULE = "residency-classified-processing-allowed"


def of_part(*parts: str) -> list[str]:
    return [token for token, part in parts_in_processing().items() if part in parts]


def reads(*stack: Given) -> set[str]:
    resources = [to_resource(each) for each in stack]
    return {each.name for each in read_by(resources[0], Graph(resources)).data}


def classes(*stack: Given) -> Classes:
    resources = [to_resource(each) for each in stack]
    return classes_of(resources[0], Graph(resources))


def naming(token: str, name: str, *others: str) -> Given:
    return Given(token, {"description": UNKNOWN}, name=name, dependencies={"description": others})


@pytest.mark.parametrize("token", parts_in_processing())
def test_the_table_of_parts_is_about_types_of_the_sdks(token: str) -> None:
    assert token in inputs_by_type()
    assert parts_in_processing()[token] in ("store", "processor", "identity", "grant", "binding")


@pytest.mark.parametrize("token", of_part("processor"))
def test_a_processor_runs_where_the_data_it_reads_may_be(token: str) -> None:
    located = token.startswith("aws:") or (token in type_facts() and type_facts()[token].location)
    for where, said in ((AT_HOME, "pass"), (INSIDE, "fail"), (OUTSIDE, "fail")):
        it = placed(token, where, "it", dependencies={"description": ["lake"]})
        assert answer(RULE, it, LAKE, settings=GERMANY) == (said if located else "skip")
    assert answer(RULE, placed(token, INSIDE, "it"), LAKE, settings=GERMANY) == "pass"


@pytest.mark.parametrize("token", of_part("store"))
def test_a_store_is_read_by_what_names_it(token: str) -> None:
    store = Given(token, name="store")
    assert reads(naming("aws:lambda/function:Function", "it", "store"), store) == {"store"}
    assert reads(Given("aws:lambda/function:Function"), store) == set()


@pytest.mark.parametrize("token", of_part("binding"))
def test_a_binding_leads_from_its_processor_to_a_store_in_either_direction(token: str) -> None:
    function = "aws:lambda/function:Function"
    assert reads(naming(function, "it", "b"), naming(token, "b", "lake"), LAKE) == {"lake"}
    assert reads(Given(function), naming(token, "b", "it", "lake"), LAKE) == {"lake"}


@pytest.mark.parametrize("token", of_part("identity"))
def test_an_identity_leads_to_what_it_is_granted(token: str) -> None:
    function = naming("aws:lambda/function:Function", "it", "who")
    grant = naming("aws:iam/rolePolicy:RolePolicy", "grant", "who", "lake")
    assert reads(function, Given(token, name="who"), grant, LAKE) == {"lake"}


@pytest.mark.parametrize(
    "token", [*of_part("grant"), "gcp:storage/bucketIAMMember:BucketIAMMember"]
)
def test_a_grant_leads_to_a_store_and_to_nobody_else(token: str) -> None:
    function = naming("aws:lambda/function:Function", "it", "who")
    who, other = (Given("aws:iam/role:Role", name=name) for name in ("who", "other"))
    grant = naming(token, "grant", "who", "lake", "other")
    theirs = naming("aws:iam/rolePolicy:RolePolicy", "theirs", "other", "secret")
    secret = Given(BUCKET, name="secret")
    assert reads(function, who, other, grant, theirs, LAKE, secret) == {"lake"}


def test_a_processor_reads_what_its_cluster_is_made_for() -> None:
    pool = naming("gcp:container/nodePool:NodePool", "it", "cluster")
    assert reads(pool, Given("gcp:container/cluster:Cluster", name="cluster")) == {"cluster"}


def test_what_merely_stands_near_is_not_read() -> None:
    function = naming("aws:lambda/function:Function", "it", "subnet")
    subnet = naming("aws:ec2/subnet:Subnet", "subnet", "lake")
    another = naming("aws:lambda/function:Function", "another", "it", "lake")
    assert reads(function, subnet, another, LAKE) == set()
    assert part_of("aws:ec2/subnet:Subnet") == ""


@pytest.mark.parametrize(("token", "path"), SOURCES)
def test_a_copy_is_classified_as_what_it_is_of(token: str, path: str) -> None:
    assert has_input(token, path)
    source = Given(BUCKET, labelled(BUCKET, "Restricted"), name="source")
    expected = Classes(frozenset(("restricted",)), undecided=False)
    assert classes(made_from(token, path, "source"), source) == expected
    assert classes(made_from(token, path)) == Classes(frozenset(), undecided=True)
    assert classes(Given(token)) == Classes(frozenset(), undecided=False)


def test_a_copy_of_a_copy_and_copies_of_each_other() -> None:
    token, path = "aws:ebs/snapshotCopy:SnapshotCopy", "sourceSnapshotId"
    first = made_from(token, path, "second")
    second = Given(token, {path: UNKNOWN}, name="second", dependencies={path: ["third"]})
    third = Given(BUCKET, labelled(BUCKET, "restricted"), name="third")
    assert classes(first, second, third).known == {"restricted"}
    ring = Given(token, {path: UNKNOWN}, name="second", dependencies={path: ["it"]})
    assert classes(first, ring) == Classes(frozenset(), undecided=True)


def test_every_source_of_copies_has_its_type_in_the_table() -> None:
    assert {token for token, _ in SOURCES} == set(copy_sources())

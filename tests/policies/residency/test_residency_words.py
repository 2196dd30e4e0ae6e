"""The small questions behind the rules on residency: names in texts, places in names, demands."""

import pytest

from isthmus_policies.questions.demands import Demand, judge_demands, worst
from isthmus_policies.questions.mentions import names_in, place_in
from isthmus_policies.questions.whereabouts import plain_name
from isthmus_policies.values import UNKNOWN, Secret
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown

pytestmark = [pytest.mark.policy, pytest.mark.pure]

DE = frozenset(("DE",))
EU = frozenset(("EU",))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("lake", {"lake"}),
        ("arn:aws:s3:::lake/raw/*", {"arn:aws:s3:::lake", "lake", "lake/raw"}),
        ("arn:aws:dynamodb:eu-central-1:1:table/orders", {"orders", "table/orders"}),
        ("gs://lake/raw/2026", {"gs://lake", "lake", "lake/raw"}),
        ("https://account.blob.core.windows.net/container", {"account"}),
        ('{"Resource": ["arn:aws:s3:::lake", "arn:aws:s3:::pond"]}', {"lake", "pond"}),
        ("jdbc(host=db;port=1)", {"db"}),
        ("serviceAccount:a@p.iam.gserviceaccount.com", {"a@p.iam.gserviceaccount.com"}),
        ("storage.googleapis.com/logs", {"logs"}),
        ("/subscriptions/s/storageAccounts/lake", {"lake", "/subscriptions/s/storageAccounts/lake"}),
        ("bigquery.googleapis.com/projects/p/datasets/d", {"d"}),
    ],
)  # fmt: skip
def test_a_text_has_the_names_of_resources_in_it(text: str, names: set[str]) -> None:
    assert names <= set(names_in(text))


@pytest.mark.parametrize(("text", "name"), [("lake-of-others", "lake"), ("a/lakes", "lake")])
def test_part_of_a_name_is_no_name(text: str, name: str) -> None:
    assert name not in set(names_in(text))


def test_nothing_has_no_name() -> None:
    assert [name for name in names_in(" / ") if not name.strip("/")] == ["/"]
    assert list(names_in("")) == []


@pytest.mark.parametrize(
    ("cloud", "name", "place"),
    [
        ("aws", "arn:aws:backup:eu-west-1:1:backup-vault:v", "eu-west-1"),
        ("aws", "arn:aws:s3:::lake", None),
        ("aws", "lake", None),
        ("gcp", "projects/p/locations/europe-west4/keyRings/r", "europe-west4"),
        ("gcp", "projects/p/regions/europe-west4/disks/d", "europe-west4"),
        ("gcp", "projects/p/zones/europe-west4-a/disks/d", "europe-west4-a"),
        ("gcp", "projects/p/global/images/i", None),
        ("gcp", Secret("projects/p/zones/europe-west4-a/disks/d"), "europe-west4-a"),
        ("gcp", UNKNOWN, None),
        ("azure", "/subscriptions/s/locations/l/x", None),
        (None, "arn:aws:backup:eu-west-1:1:backup-vault:v", None),
    ],
)
def test_a_full_name_may_say_where(cloud: str | None, name: str, place: str | None) -> None:
    assert place_in(cloud, name) == place


@pytest.mark.parametrize(
    ("cloud", "name", "plain"),
    [
        ("aws", "eu-central-1", "eu-central-1"),
        ("aws", "eu-central-1f", "eu-central-1"),
        ("aws", "us-gov-west-1a", "us-gov-west-1"),
        ("aws", "us-east-1-bue-1a", "us-east-1-bue-1a"),
        ("aws", "us-east-1-wl1-bos-wlz-1", "us-east-1-wl1-bos-wlz-1"),
        ("gcp", "regional-europe-west4", "europe-west4"),
        ("gcp", "projects/p/instanceConfigs/regional-europe-west4", "europe-west4"),
        ("gcp", "projects/p/zones/europe-west4-a", "europe-west4-a"),
        ("azure", "Sweden Central", "Sweden Central"),
    ],
)
def test_a_place_has_a_plain_name(cloud: str, name: str, plain: str) -> None:
    assert plain_name(cloud, name) == plain


def test_every_demand_has_to_be_met() -> None:
    everything, narrower = Demand(EU), Demand(DE, "restricted")
    germany, sweden = frozenset(("EU", "DE")), frozenset(("EU", "SE"))
    assert judge_demands("f", germany, "p", (everything, narrower)) == Pass()
    assert judge_demands("s", sweden, "p", (everything, narrower)) == Fail(
        "'s' is in EU, SE, not in DE, where restricted data stays", "p"
    )
    assert judge_demands("w", frozenset(), "p", (everything,)) == Fail(
        "'w' is in no single jurisdiction on record, not in EU", "p"
    )


def test_what_may_be_asked_is_not_known_to_be_met() -> None:
    maybe = Demand(DE, "restricted", certain=False)
    assert judge_demands("f", DE, "p", (maybe,)) == Pass()
    assert judge_demands("s", EU, "p", (maybe,)) == Unknown(
        "'s' is in EU, and whether the data is restricted, which stays in DE, cannot be told", "p"
    )


def test_the_worst_verdict_is_the_first_of_the_worst_kind() -> None:
    first, second, unknown = Fail("a"), Fail("b"), Unknown("c")
    assert worst([Pass(), unknown, first, second]) == first
    assert worst([Pass(), unknown, Unknown("d")]) == unknown
    assert worst([Pass(), NotApplicable("none")]) == Pass()
    assert worst([]) == Pass()

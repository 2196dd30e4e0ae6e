"""Classified data lies where its class may be, or the plan says so."""

from typing import Any

import pytest

from isthmus.plan.build import check
from isthmus.spec.model import Spec
from isthmus.spec.problem import dotted

pytestmark = pytest.mark.pure


def spec(classes: dict[str, tuple[str, ...]], platform: str = "internal", **site: Any) -> Spec:
    return Spec.model_validate(
        {
            "platform": {
                "owner": "team", "environment": "development", "dataClassification": platform,
            },
            "residency": {"jurisdictions": ("EU",), "byClassification": classes},
            "network": {"range": "10.64.0.0/10"},
            "sites": {"north": {"cloud": "aws", "region": "eu-north-1", **site}},
        }
    )  # fmt: skip


RESTRICTED = {"lake": {"dataClassification": "restricted"}}


@pytest.mark.parametrize(
    "fine",
    [
        spec({}, "restricted"),
        spec({"restricted": ("DE",)}),
        spec({"restricted": ("DE", "SE")}, "restricted"),
        spec({"restricted": ("SE",)}, stores=RESTRICTED),
        spec({"confidential": ("DE",)}, stores=RESTRICTED),
        spec({"restricted": ("DE",)}, region="eu-central-1", stores=RESTRICTED),
        spec({"restricted": ("DE",)}, stores={"lake": {}}),
    ],
)
def test_data_of_a_class_may_be_where_its_class_may(fine: Spec) -> None:
    assert check(fine) == ()


def test_the_platforms_class_is_the_class_of_every_site() -> None:
    [problem] = check(spec({"restricted": ("DE",)}, "restricted"))
    assert dotted(problem.path) == "sites.north.region"
    assert "restricted" in problem.what
    assert "DE" in problem.why
    assert problem.because[0] == ("platform", "dataClassification")


def test_a_store_has_a_class_of_its_own() -> None:
    [problem] = check(spec({"restricted": ("DE",)}, stores=RESTRICTED))
    assert dotted(problem.path) == "sites.north.region"
    assert problem.because == (
        ("sites", "north", "stores", "lake", "dataClassification"),
        ("residency", "byClassification", "restricted"),
    )


def test_a_tag_that_no_region_carries() -> None:
    [problem] = check(spec({"confidential": ("DE", "KRR")}))
    assert dotted(problem.path) == "residency.byClassification.confidential[1]"
    assert problem.value == "KRR"
    assert problem.hint.startswith("did you mean KR")
    [problem] = check(spec({"confidential": ("nowhere near",)}))
    assert problem.hint.startswith("tags in use: AE, AT")

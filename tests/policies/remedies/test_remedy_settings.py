"""Nothing is remedied unless the stack says so, and both who read it understand the same."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from isthmus.clouds.gcp import labels
from isthmus.spec.model import Policies
from isthmus_policies.remedies.tags import label_value
from isthmus_policies.settings import Settings, SettingsError, read_settings

pytestmark = [pytest.mark.policy, pytest.mark.pure]


def read(remediate: object, platform: str | None = None) -> Settings:
    config = {"isthmus:policies": json.dumps({"remediate": remediate})}
    return read_settings(config | ({"isthmus:platform": platform} if platform else {}), {})


def test_it_is_off_unless_somebody_asks() -> None:
    assert read_settings({}, {}).remediate == Policies().remediate == ()
    assert not read_settings({}, {}).remedies("tags-resource-required")


@pytest.mark.parametrize(
    ("told", "rules"), [(True, ("*",)), (False, ()), ([], ()), (["a-b-c"], ("a-b-c",))]
)
def test_the_stack_and_the_pack_read_it_alike(told: object, rules: tuple[str, ...]) -> None:
    assert read(told).remediate == rules
    assert Policies.model_validate({"remediate": told}).remediate == rules
    assert read(told).remedies("a-b-c") is bool(rules)
    assert read(told).remedies("d-e-f") is (rules == ("*",))


@pytest.mark.parametrize("told", ["yes", 1, {"all": True}, [1], None])
def test_what_is_neither_is_a_mistake_for_both(told: object) -> None:
    with pytest.raises(SettingsError, match=r"remediate: .* write remediate: true"):
        read(told)
    with pytest.raises(ValidationError):
        Policies.model_validate({"remediate": told})


def test_tags_get_their_values_from_the_platform() -> None:
    platform = {"owner": "ml", "dataClassification": "internal", "costCenter": 7, "environment": ""}
    assert read(True, json.dumps(platform)).tag_values == {
        "owner": "ml", "data-classification": "internal",
    }  # fmt: skip
    for nothing in ("not ours", "[]", "null"):
        assert read(True, nothing).tag_values == {}


@given(st.text())
def test_labels_are_made_as_the_components_make_them(text: str) -> None:
    assert label_value(text) == labels.label_value(text)

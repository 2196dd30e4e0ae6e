"""A stack's settings are read from its configuration, and every mistake in them is told at once."""

import pytest

from isthmus_policies.settings import OnUnknown, Settings, SettingsError, read_settings

pytestmark = [pytest.mark.policy, pytest.mark.pure]


def test_without_any_settings_unknowns_fail_and_residency_is_not_judged() -> None:
    assert read_settings({}, {}) == Settings()
    assert Settings().on_unknown is OnUnknown.FAIL
    assert Settings().jurisdictions == frozenset()


def test_the_stack_says() -> None:
    config = {
        "isthmus:residency": '{"jurisdictions": ["EU", "KR"]}',
        "isthmus:policies": '{"onUnknown": "warn", "requiredTags": ["owner"]}',
        "isthmus:platform": "not ours",
        "aws:region": "eu-north-1",
    }
    assert read_settings(config, {}) == Settings(
        frozenset({"EU", "KR"}), ("owner",), OnUnknown.WARN
    )


def test_the_pack_configuration_wins_where_it_says_something() -> None:
    config = {"isthmus:policies": '{"onUnknown": "warn", "requiredTags": ["owner"]}'}
    settings = read_settings(config, {"onUnknown": "fail", "jurisdictions": ["US"]})
    assert settings == Settings(frozenset({"US"}), ("owner",), OnUnknown.FAIL)


def test_every_mistake_is_told_at_once() -> None:
    config = {
        "isthmus:residency": '{"jurisdictions": "EU", "regions": []}',
        "isthmus:policies": '{"onUnknown": "ignore"}',
    }
    with pytest.raises(SettingsError) as raised:
        read_settings(config, {"reqiredTags": []})
    told = str(raised.value).splitlines()
    assert [line.partition(":")[0] for line in told] == [
        "isthmus", "policy configuration", "jurisdictions", "onUnknown",
    ]  # fmt: skip
    assert "'regions' is not a setting; there are jurisdictions" in told[0]


@pytest.mark.parametrize("text", ["[", "[]", '"EU"', "1"])
def test_what_is_no_object_is_told(text: str) -> None:
    with pytest.raises(SettingsError, match="isthmus:residency"):
        read_settings({"isthmus:residency": text}, {})

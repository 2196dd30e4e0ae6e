"""A stack's settings are read from its configuration, and every mistake in them is told at once."""

import pytest

from isthmus_policies.settings import SCHEMA, OnUnknown, Settings, SettingsError, read_settings

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
    assert "'regions' is not a setting; there are jurisdictions, byClassification" in told[0]


def test_a_class_of_data_has_narrower_jurisdictions_in_any_case_of_its_name() -> None:
    config = {
        "isthmus:residency": '{"jurisdictions": ["EU"], "byClassification": {"Restricted": ["DE"]}}'
    }
    settings = read_settings(config, {})
    assert settings.by_classification == {"restricted": frozenset({"DE"})}
    assert read_settings({}, {}).by_classification == {}


def test_the_pack_configuration_says_of_classes_too() -> None:
    told = {"jurisdictions": ["EU"], "byClassification": {"restricted": ["DE", "FR"]}}
    settings = read_settings({}, told)
    assert settings.by_classification == {"restricted": frozenset({"DE", "FR"})}


@pytest.mark.parametrize(
    ("classes", "mistakes"),
    [
        ("[]", ["byClassification: [] is no mapping"]),
        ('{"restricted": []}', ["byClassification.restricted: names no jurisdiction"]),
        ('{"restricted": "DE"}', ["byClassification.restricted: 'DE' is not a list of words"]),
        (
            '{"restricted": [], "internal": [1]}',
            ["byClassification.restricted: names", "byClassification.internal: [1] is not a list"],
        ),
    ],
)
def test_every_mistake_about_classes_is_told(classes: str, mistakes: list[str]) -> None:
    residency = f'{{"jurisdictions": ["EU"], "byClassification": {classes}}}'
    with pytest.raises(SettingsError) as raised:
        read_settings({"isthmus:residency": residency}, {})
    told = str(raised.value).splitlines()
    assert len(told) == len(mistakes)
    assert all(line.startswith(mistake) for line, mistake in zip(told, mistakes, strict=True))


def test_classes_narrow_jurisdictions_and_so_need_some() -> None:
    with pytest.raises(SettingsError, match="byClassification: narrows jurisdictions"):
        read_settings({}, {"byClassification": {"restricted": ["DE"]}})


CEILINGS = ("maxMonthlyUsd", "maxGridGramsPerKwh")


def test_ceilings_are_numbers_and_without_them_nothing_is_judged() -> None:
    config = {"isthmus:policies": '{"maxMonthlyUsd": 50000, "maxGridGramsPerKwh": 87.5}'}
    settings = read_settings(config, {})
    assert (settings.max_monthly_usd, settings.max_grid_grams_per_kwh) == (50000, 87.5)
    unset = read_settings({}, {})
    assert (unset.max_monthly_usd, unset.max_grid_grams_per_kwh) == (None, None)


@pytest.mark.parametrize("key", CEILINGS)
def test_a_ceiling_may_be_nothing_at_all(key: str) -> None:
    assert read_settings({}, {key: 0}) != read_settings({}, {})


@pytest.mark.parametrize("key", CEILINGS)
@pytest.mark.parametrize("value", [-0.01, "50000", True, [], float("nan"), float("inf")])
def test_what_is_no_ceiling_is_told(key: str, value: object) -> None:
    with pytest.raises(
        SettingsError, match=rf"^{key}: .* is no number of 0 or more; write {key}: \d"
    ):
        read_settings({}, {key: value})


@pytest.mark.parametrize("key", CEILINGS)
def test_a_ceiling_is_described_to_pulumi(key: str) -> None:
    assert (SCHEMA[key]["type"], SCHEMA[key]["minimum"]) == ("number", 0)


@pytest.mark.parametrize("text", ["[", "[]", '"EU"', "1"])
def test_what_is_no_object_is_told(text: str) -> None:
    with pytest.raises(SettingsError, match="isthmus:residency"):
        read_settings({"isthmus:residency": text}, {})

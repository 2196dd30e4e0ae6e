"""Each row about what the cloud decides by itself: pairs, unnamed places, routed models, edges."""

import pytest

from isthmus_policies.settings import Settings
from isthmus_policies.tables import (
    GeoCopy,
    ModelRoute,
    UnnamedPlace,
    edge_services,
    geo_copies,
    inference_geographies,
    model_routes,
    read_table,
    type_facts,
    unnamed_places,
)
from isthmus_policies.testing import Given
from isthmus_policies.values import UNKNOWN, Value

from ..sdk_types import has_input, inputs_by_type
from .planting import answer, labelled, made_from, nested, plant

pytestmark = [pytest.mark.policy, pytest.mark.pure]

GEO = [(token, copy) for token, copies in geo_copies().items() for copy in copies]
UNNAMED = [(token, row) for token, rows in unnamed_places().items() for row in rows]
ROUTES = [(token, route) for token, routes in model_routes().items() for route in routes]
NETHERLANDS = Settings(frozenset(("NL",)))
"""The pair of westeurope, which is there, is in Ireland."""


def geo_rule(token: str) -> str:
    account = token == "azure-native:storage:StorageAccount"
    return f"residency-{'storage-account' if account else 'azure'}-geo-redundancy"


def geo(token: str, copy: GeoCopy, value: Value, settings: Settings, **more: Value) -> str:
    """The answer about one property alone: what else is copied by default is told not to be."""
    quiet = [
        plant(other.path, "LocallyRedundant")
        for other in geo_copies()[token]
        if other.path != copy.path and other.default in other.words
    ]
    tree = nested(*quiet, plant(copy.path, value) if value is not None else {})
    return answer(
        geo_rule(token), Given(token, {"location": "westeurope", **tree, **more}), settings=settings
    )


def worded(word: str) -> Value:
    return {"true": True, "false": False}.get(word, word)


@pytest.mark.parametrize(("token", "copy"), GEO)
def test_a_geo_redundant_copy_goes_where_the_pair_is(token: str, copy: GeoCopy) -> None:
    for word in copy.words:
        assert geo(token, copy, worded(word), NETHERLANDS) == "fail"
        assert geo(token, copy, worded(word), Settings(frozenset(("EU",)))) == "pass"
    assert geo(token, copy, UNKNOWN, NETHERLANDS) == "unknown"
    assert geo(token, copy, worded("true"), NETHERLANDS) == "pass"


@pytest.mark.parametrize(("token", "copy"), GEO)
def test_a_default_counts_as_what_is_written(token: str, copy: GeoCopy) -> None:
    said = "fail" if copy.default in copy.words else "pass"
    assert geo(token, copy, None, NETHERLANDS) == said


@pytest.mark.parametrize(("token", "copy"), GEO)
def test_exceptions_from_copying(token: str, copy: GeoCopy) -> None:
    assert len(copy.unless) in (0, 2)
    if copy.unless:
        path, word = copy.unless
        given = Given(token, {"location": "westeurope", **plant(path, word)})
        assert answer(geo_rule(token), given, settings=NETHERLANDS) == "pass"
    for region in copy.not_in:
        given = Given(token, {"location": region, **plant(copy.path, copy.words[0])})
        assert answer(geo_rule(token), given, settings=Settings(frozenset(("BR",)))) == "pass"


@pytest.mark.parametrize(("token", "copy"), GEO)
def test_the_pair_of_an_unknown_region_is_unknown(token: str, copy: GeoCopy) -> None:
    for where in ({}, {"location": UNKNOWN}, {"location": "italynorth"}):
        given = Given(token, nested(where, plant(copy.path, worded(copy.words[0]))))
        assert answer(geo_rule(token), given) == "unknown"


@pytest.mark.parametrize(("token", "copy"), GEO)
def test_geo_rows_are_about_what_the_sdk_has(token: str, copy: GeoCopy) -> None:
    assert has_input(token, copy.path)
    assert "location" in type_facts()[token].location
    assert not copy.unless or has_input(token, copy.unless[0])


def place_of_copies(row: UnnamedPlace, value: Value, made: Value = True) -> dict[str, Value]:
    when = plant(row.when, made) if row.when and not row.path.startswith(row.when) else {}
    return nested(when, plant(row.path, value))


@pytest.mark.parametrize(("token", "row"), UNNAMED)
def test_copies_whose_place_nobody_names(token: str, row: UnnamedPlace) -> None:
    rule = "residency-copy-place-named"
    assert has_input(token, row.path)
    for value, said in (
        (["europe-west4"], "pass"),
        ([], "fail"),
        ("", "fail"),
        (UNKNOWN, "unknown"),
    ):
        assert answer(rule, Given(token, place_of_copies(row, value))) == said
    assert answer(rule, Given(token)) == ("skip" if row.when else "fail")


@pytest.mark.parametrize(("token", "row"), [each for each in UNNAMED if each[1].when])
def test_copies_that_are_not_made_go_nowhere(token: str, row: UnnamedPlace) -> None:
    rule = "residency-copy-place-named"
    assert has_input(token, row.when)
    for made, said in ((True, "fail"), (False, "skip"), (UNKNOWN, "unknown")):
        assert answer(rule, Given(token, plant(row.when, made))) == said


@pytest.mark.parametrize(("token", "route"), ROUTES)
def test_requests_that_are_routed(token: str, route: ModelRoute) -> None:
    rule = "residency-model-requests-allowed"
    assert has_input(token, route.path)
    said = {
        "bedrock": {"us.m.v1": "fail", "global.m.v1": "fail", "eu.m.v1": "pass", "m.v1": "pass"},
        "azure": {"GlobalStandard": "fail", "Standard": "pass", "DataZoneStandard": "unknown"},
    }[route.says]
    for word, expected in said.items():
        assert answer(rule, Given(token, plant(route.path, word))) == expected
    assert answer(rule, Given(token, plant(route.path, UNKNOWN))) == "unknown"


@pytest.mark.parametrize(
    "geography", read_table("inference_geographies"), ids=lambda row: row["prefix"]
)
def test_a_geography_holds_what_its_row_says(geography: dict[str, str]) -> None:
    prefix = geography["prefix"]
    held = inference_geographies()[prefix]
    assert held == frozenset(geography["jurisdictions"].split())
    model = Given("aws:bedrock/agentAgent:AgentAgent", {"foundationModel": f"{prefix}.m.v1"})
    for tag in ("EU", "US", "JP"):
        said = "pass" if tag in held else "fail"
        settings = Settings(frozenset((tag,)))
        assert answer("residency-model-requests-allowed", model, settings=settings) == said


@pytest.mark.parametrize("token", edge_services())
def test_an_edge_serves_public_data_only(token: str) -> None:
    switch = edge_services()[token].switch
    assert token in inputs_by_type()
    assert not switch or has_input(token, switch)
    on = {switch: True} if switch else {}
    assert answer("residency-edge-public-data", Given(token, on)) == "fail"
    if labelled(token, "public"):
        for word, said in (("public", "pass"), ("internal", "fail"), (UNKNOWN, "unknown")):
            tagged = nested(on, labelled(token, word))
            assert answer("residency-edge-public-data", Given(token, tagged)) == said


@pytest.mark.parametrize("token", [each for each, edge in edge_services().items() if edge.switch])
def test_an_edge_that_is_off_serves_nothing(token: str) -> None:
    switch = edge_services()[token].switch
    for value, said in ((False, "skip"), (UNKNOWN, "unknown"), (None, "skip")):
        assert answer("residency-edge-public-data", Given(token, {switch: value})) == said


@pytest.mark.parametrize("table", ["geo_copies", "inference_geographies", "unnamed_places"])
def test_every_fact_names_its_source(table: str) -> None:
    assert all(row["source"] for row in read_table(table))


def test_a_routed_model_of_an_inference_profile_is_judged_with_the_profile() -> None:
    agent = made_from("aws:bedrock/agentAgent:AgentAgent", "foundationModel", "profile")
    profile = Given("aws:bedrock/inferenceProfile:InferenceProfile", name="profile")
    assert answer("residency-model-requests-allowed", agent, profile) == "skip"

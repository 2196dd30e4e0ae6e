"""Names and identifiers: pure functions."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.clouds.azure import identifiers, logs
from isthmus.clouds.azure.names import agent_pool_name, compact_name
from isthmus.clouds.azure.roles import Role

pytestmark = pytest.mark.pure

NAMES = st.from_regex(r"[a-z][a-z0-9-]{1,23}", fullmatch=True)
VNET = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v"


@given(NAMES, NAMES)
def test_compact_names_fit_and_are_letters_and_digits(first: str, second: str) -> None:
    name = compact_name(first, second, limit=16)
    assert len(name) <= 16
    assert set(name) <= set(string.ascii_lowercase + string.digits)
    assert name[0].isalpha()


@given(NAMES)
def test_agent_pool_names_are_what_aks_takes(name: str) -> None:
    short = agent_pool_name(name)
    assert 1 <= len(short) <= 11
    assert short.isalnum()
    assert short[0].isalpha()


def test_short_names_stay_and_lost_hyphens_are_made_up_for() -> None:
    assert agent_pool_name("training") == "training"
    assert agent_pool_name("train-a") != agent_pool_name("traina")
    assert agent_pool_name("training-pool-one") != agent_pool_name("training-pool-two")


def test_scopes_are_read_from_ids() -> None:
    assert identifiers.group_scope(VNET) == "/subscriptions/s/resourceGroups/g"
    assert identifiers.dns_zone_id(VNET, "z") == (
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/privateDnsZones/z"
    )


@pytest.mark.parametrize("version", ["", "/0123"])
def test_key_uris_are_read_with_and_without_version(version: str) -> None:
    uri = f"https://vault.vault.azure.net/keys/data{version}"
    assert identifiers.key_name(uri) == "data"
    assert identifiers.vault_uri(uri) == "https://vault.vault.azure.net/"
    assert identifiers.key_scope(("/vaults/vault", uri)) == "/vaults/vault/keys/data"


def test_roles_are_written_in_a_subscription() -> None:
    assert Role.READER.definition_id("s") == (
        "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/"
        "acdd72a7-3385-48ef-bd42-f606fba81ae7"
    )


def test_workspaces_keep_what_azure_lets_them() -> None:
    assert [logs.workspace_days(days) for days in (1, 90, 4000)] == [30, 90, 730]

"""What holds for everything the room builds: tags, region, protection, no shared names."""

import pytest
from azure_recording import record
from tests.components.clouds.recording import Recording, accepts_tags

from isthmus.clouds.azure.provider import make_provider

pytestmark = pytest.mark.cloud


@pytest.fixture(params=["sent_keys", "sent_network", "sent_store", "sent_cluster"])
def sent(request: pytest.FixtureRequest) -> Recording:
    return request.getfixturevalue(request.param)


def test_every_taggable_resource_is_tagged(sent: Recording) -> None:
    taggable = [one for one in sent.sent if accepts_tags(one.type)]
    assert taggable
    for one in taggable:
        tags = one.inputs.get("tags", {})
        assert tags.get("owner") == "ml@example.com", one.name
        assert tags.get("site") == "gavle", one.name


def test_everything_is_in_the_region(sent: Recording) -> None:
    places = {one.inputs["location"] for one in sent.sent if "location" in one.inputs}
    assert places <= {"swedencentral", "global"}
    elsewhere = {
        one.type.split(":")[-1] for one in sent.sent if one.inputs.get("location") == "global"
    }
    assert elsewhere <= {"PrivateZone", "VirtualNetworkLink"}


def test_names_start_with_the_places_and_are_not_shared(sent: Recording) -> None:
    assert all(one.name.startswith("gavle") for one in sent.sent)
    urns = [(one.type, one.name) for one in sent.sent]
    assert len(urns) == len(set(urns))


def test_every_account_has_a_private_endpoint(sent: Recording) -> None:
    targets = {
        one.inputs["privateLinkServiceConnections"][0]["privateLinkServiceId"]
        for one in sent.of("PrivateEndpoint")
    }
    for account in sent.of("StorageAccount"):
        assert any(f"/StorageAccount/{account.name}" in target for target in targets)


def test_protection_reaches_what_holds_state(sent_protected: Recording) -> None:
    protected = {one.type.split(":")[-1] for one in sent_protected.sent if one.protect}
    assert protected == {"Vault", "Key", "StorageAccount", "BlobContainer", "ManagedCluster"}
    locks = sent_protected.of("ManagementLockByScope")
    assert {one.inputs["level"] for one in locks} == {"CanNotDelete"}
    scopes = {one.inputs["scope"].split("/")[-2] for one in locks}
    assert scopes == {"Vault", "StorageAccount", "ManagedCluster"}


def test_rooms_of_one_site_share_no_name(sent_protected: Recording) -> None:
    urns = [(one.type, one.name) for one in sent_protected.sent]
    assert len(urns) == len(set(urns))


def test_provider_is_bound_to_subscription_and_region() -> None:
    sent = record(lambda _: make_provider("azure", "swedencentral", "sub", {}) and None)
    [provider] = sent.sent
    assert provider.inputs["location"] == "swedencentral"
    assert provider.inputs["subscriptionId"] == "sub"

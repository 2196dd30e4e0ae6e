"""Everything that can carry labels carries the site's, in a form Google Cloud accepts."""

import importlib
import inspect
import re

import pytest
from conftest import PLACE
from gcp_recording import record
from hypothesis import given
from hypothesis import strategies as st
from tests.components.clouds.recording import Recording

from isthmus.clouds.gcp.labels import label_value, labels_of
from isthmus.clouds.gcp.provider import make_provider

pytestmark = pytest.mark.cloud

OWN_LABELS = {
    "owner": "ml-platform_example_com",
    "environment": "production",
    "managed-by": "isthmus",
    "site": "eu",
}


@pytest.mark.parametrize("built", ["keys", "network", "store", "cluster"])
def test_everything_that_can_be_labelled_is(built: str, request: pytest.FixtureRequest) -> None:
    recording: Recording = request.getfixturevalue(built)
    for sent in recording.sent:
        for name in {"labels", "resourceLabels"} & input_names(sent.type):
            assert sent.inputs[name].items() >= OWN_LABELS.items(), sent.name


def test_machines_of_a_pool_are_labelled(cluster: Recording) -> None:
    for pool in cluster.of("NodePool"):
        labels = pool.inputs["nodeConfig"]["resourceLabels"]
        assert labels.items() >= OWN_LABELS.items()
        assert labels["pool"] == pool.name.removeprefix("eu-")


def input_names(type_token: str) -> set[str]:
    """What the SDK's class for a type takes, labels by their wire names."""
    _, module, kind = type_token.split(":")
    sdk = importlib.import_module(f"pulumi_gcp.{module.split('/')[0].lower()}")
    names = inspect.signature(getattr(sdk, kind)._internal_init).parameters
    return {{"resource_labels": "resourceLabels"}.get(name, name) for name in names}


def test_children_are_named_after_their_place(
    keys: Recording, network: Recording, store: Recording, cluster: Recording
) -> None:
    sent = [*keys.sent, *network.sent, *store.sent, *cluster.sent]
    assert all(each.name.startswith("eu-") for each in sent)
    assert not any("europe" in each.name for each in sent)


def test_the_provider_is_bound_to_project_and_region() -> None:
    def build(_: object) -> dict[str, object]:
        make_provider("eu", "europe-west4", "isthmus-test", PLACE.tags)
        return {}

    (provider,) = record(build).sent
    assert provider.inputs["project"] == "isthmus-test"
    assert provider.inputs["region"] == "europe-west4"
    assert provider.inputs["zone"] == "europe-west4-a"
    assert '"owner":"ml-platform_example_com"' in provider.inputs["defaultLabels"].replace(" ", "")


@given(st.text(max_size=100))
def test_labels_are_what_google_takes(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9_-]{0,63}", label_value(text))


def test_further_labels_replace_and_add() -> None:
    labels = labels_of({"data-classification": "internal"}, data_classification="public", pool="a")
    assert labels == {"data-classification": "public", "pool": "a"}

"""Tags, names, retention and the provider: what all AWS resources have in common."""

import pytest
from aws_recording import record
from hypothesis import given
from hypothesis import strategies as st
from tests.components.clouds.recording import Recording, accepts_tags

from isthmus.clouds.aws.logs import RETENTION_DAYS, retention_days
from isthmus.clouds.aws.naming import cluster_name
from isthmus.clouds.aws.provider import make_provider
from isthmus.clouds.handles import Place


@pytest.mark.cloud
@pytest.mark.parametrize("part", ["sent_keys", "sent_network", "sent_store", "sent_cluster"])
def test_whatever_takes_tags_has_them(
    part: str, request: pytest.FixtureRequest, place: Place
) -> None:
    recording: Recording = request.getfixturevalue(part)
    taggable = [sent for sent in recording.sent if accepts_tags(sent.type)]
    assert taggable
    for sent in taggable:
        tags = sent.inputs.get("tags", {})
        assert set(place.tags) <= set(tags), f"{sent.type} {sent.name}"
        assert tags["Name"]


@pytest.mark.cloud
@pytest.mark.parametrize("part", ["sent_keys", "sent_network", "sent_store", "sent_cluster"])
def test_child_names_start_with_the_place_and_name_no_region(
    part: str, request: pytest.FixtureRequest
) -> None:
    recording: Recording = request.getfixturevalue(part)
    names = [sent.name for sent in recording.sent]
    assert all(name.startswith("frankfurt-") for name in names)
    assert not any("eu-north-1" in name for name in names)
    assert len({(sent.type, sent.name) for sent in recording.sent}) == len(names)


@pytest.mark.cloud
@pytest.mark.parametrize("account", ["123456789012", None])
def test_provider_is_bound_to_region_and_account(account: str | None) -> None:
    def build(_: object) -> None:
        make_provider("aws-frankfurt", "eu-north-1", account, {"owner": "ml@example.com"})

    [sent] = record(build).sent
    assert sent.inputs["region"] == "eu-north-1"
    assert ("allowedAccountIds" in sent.inputs) is (account is not None)
    assert account is None or account in str(sent.inputs["allowedAccountIds"])
    assert "ml@example.com" in str(sent.inputs["defaultTags"])


@pytest.mark.pure
@given(st.integers(1, 3653))
def test_logs_are_kept_at_least_as_long_as_asked(days: int) -> None:
    kept = retention_days(days)
    assert kept in RETENTION_DAYS
    assert kept >= days
    assert not any(days <= offered < kept for offered in RETENTION_DAYS)


@pytest.mark.pure
def test_longer_than_cloudwatch_keeps_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 3653"):
        retention_days(3654)


@pytest.mark.pure
@given(st.from_regex(r"[A-Za-z0-9._-]{1,100}", fullmatch=True))
def test_cluster_names_are_legal_for_any_stack(stack: str) -> None:
    name = cluster_name("frankfurt", stack)
    assert 1 <= len(name) <= 100
    assert name[0].isalnum()
    assert all(letter.isalnum() or letter in "-_" for letter in name)

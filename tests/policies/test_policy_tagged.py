"""A tag is the resource's own, else its provider's; what is not known yet is neither."""

from dataclasses import replace

import pytest

from isthmus_policies.questions.tagged import PRODUCTION, TAGGABLE, tag_of, why_not_tagged
from isthmus_policies.testing import Given, to_resource
from isthmus_policies.values import MISSING, UNKNOWN, Value
from isthmus_policies.verdict import NotApplicable, Unknown

pytestmark = [pytest.mark.policy, pytest.mark.pure]

BUCKET, CLUSTER = "gcp:storage/bucket:Bucket", "gcp:container/cluster:Cluster"
S3_BUCKET, GROUP = "aws:s3/bucket:Bucket", "aws:autoscaling/group:Group"
ACCOUNT = "azure-native:storage:StorageAccount"
AWS_DEFAULT = {"defaultTags": '{"tags": {"owner": "ml"}}'}
GCP_DEFAULT = {"defaultLabels": '{"owner": "ml"}'}


@pytest.mark.parametrize(
    ("given", "owner"),
    [
        (Given(BUCKET, {"labels": {"owner": "web"}}, provider=GCP_DEFAULT), "web"),
        (Given(BUCKET, {"labels": {"team": "web"}}, provider=GCP_DEFAULT), "ml"),
        (Given(CLUSTER, provider=GCP_DEFAULT), "ml"),
        (Given(BUCKET, {"labels": {"Owner": "web"}}), MISSING),
        (Given(BUCKET), MISSING),
        (Given(BUCKET, {"labels": UNKNOWN}, provider=GCP_DEFAULT), UNKNOWN),
        (Given(BUCKET, {"labels": {"owner": UNKNOWN}}), UNKNOWN),
        (Given(BUCKET, {"labels": {"team": "web"}}, provider={"defaultLabels": UNKNOWN}), UNKNOWN),
        (Given(S3_BUCKET, provider=AWS_DEFAULT), "ml"),
        (Given(S3_BUCKET, {"tags": {"owner": "web"}}, provider=AWS_DEFAULT), "web"),
        (Given(GROUP, {"tags": [{"key": "owner", "value": "web"}]}), "web"),
        (Given(GROUP, provider=AWS_DEFAULT), MISSING),
        (Given(ACCOUNT, {"tags": {"Owner": "web"}}), "web"),
        (Given("gcp:future/thing:Thing", {"tags": {"owner": "web"}}), "web"),
        (Given("aws:accessanalyzer/archiveRule:ArchiveRule", {"tags": {"owner": "web"}}), "web"),
    ],
)  # fmt: skip
def test_a_tag_is_the_resources_own_else_its_providers(given: Given, owner: Value) -> None:
    assert tag_of(to_resource(given), "owner") == owner


def test_a_rule_about_tagged_resources_answers_for_others() -> None:
    def ask(value: Value) -> object:
        return why_not_tagged(
            to_resource(Given(BUCKET, {"labels": {"environment": value}})), PRODUCTION
        )

    assert ask("production") is None
    assert ask("Prod") is None
    assert isinstance(ask("staging"), NotApplicable)
    assert isinstance(ask(UNKNOWN), Unknown)


def test_types_that_take_no_tags_are_not_asked_for_any() -> None:
    assert BUCKET in TAGGABLE
    assert "aws:accessanalyzer/archiveRule:ArchiveRule" not in TAGGABLE


def test_a_resource_without_a_provider_has_its_own_tags_alone() -> None:
    bucket = replace(to_resource(Given(BUCKET, {"labels": {"owner": "web"}})), provider=None)
    assert tag_of(bucket, "owner") == "web"
    assert tag_of(bucket, "team") is MISSING

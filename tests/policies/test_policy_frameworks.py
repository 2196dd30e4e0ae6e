"""A rule's requirements come from its controls' published mappings and from its own reading."""

import pytest

from isthmus_policies.frameworks import requirements_of
from isthmus_policies.rule import Basis, Requirement

from .loading import find_rule

pytestmark = [pytest.mark.policy, pytest.mark.pure]


def bases(rule_id: str) -> dict[tuple[str, str], Basis]:
    return {(each.framework, each.id): each.basis for each in requirements_of(find_rule(rule_id))}


def test_a_published_mapping_is_verified() -> None:
    found = requirements_of(find_rule("encryption-s3-bucket-customer-key"))
    assert Requirement(
        "GDPR", "Art.32", Basis.VERIFIED,
        "prowler@3e000faa31: s3_bucket_kms_encryption, s3_bucket_default_encryption",
    ) in found  # fmt: skip
    assert len(found) == len(set(found)) > 10


def test_what_other_clouds_are_mapped_to_is_derived() -> None:
    assert bases("encryption-gcs-bucket-customer-key")["GDPR", "Art.32"] is Basis.DERIVED


def test_what_nobody_maps_is_our_own_reading() -> None:
    found = bases("residency-resource-location-allowed")
    assert found["GDPR", "Art.44"] is Basis.OWN_READING
    assert found["K-ISMS-P", "2.10.2"] in (Basis.VERIFIED, Basis.DERIVED)


def test_a_check_that_demands_the_opposite_maps_to_nothing() -> None:
    found = bases("residency-storage-account-geo-redundancy")
    assert set(found.values()) == {Basis.OWN_READING}

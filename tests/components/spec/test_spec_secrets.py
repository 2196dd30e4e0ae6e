"""Secrets: encrypted ones are welcome, clear ones are refused, and no value is ever shown."""

import json
from dataclasses import asdict

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isthmus.spec.load import Loaded

from .conftest import FindOne, Load

pytestmark = pytest.mark.pure

SECRET = "correct-horse-battery-staple"
SITE = "{north: {cloud: aws, region: eu-north-1, %s}}"


def told(loaded: Loaded) -> str:
    """Everything that a reader can come to see."""
    return json.dumps([asdict(problem) for problem in loaded.problems], default=str)


def test_an_encrypted_secret(load: Load) -> None:
    loaded = load(sites=SITE % "secrets: {token: {secure: v1:abc:def}}")
    assert loaded.problems == ()
    assert loaded.spec is not None
    assert "v1:abc" not in loaded.spec.sites["north"].secrets["token"].get_secret_value()


def test_a_secret_in_clear(find_one: FindOne) -> None:
    problem = find_one("sites.north.secrets.token", sites=SITE % f"secrets: {{token: {SECRET}}}")
    assert problem.value is None
    assert "pulumi config set --secret --path 'isthmus:sites.north.secrets.token'" in problem.hint
    assert problem.position is not None
    assert "(hidden)" in problem.position.source


@pytest.mark.parametrize(
    "sites",
    [
        SITE % f"secrets: {{token: {SECRET}}}",
        SITE % f"secrets: {SECRET}",
        SITE % f"secrets: [{SECRET}]",
        SITE % f"secrets: {{token: [{SECRET}]}}",
        SITE % f"secrets: {{token: {{secure: {SECRET}, more: {SECRET}}}}}",
        SITE % f"secrets: {{Bad_Name: {SECRET}}}",
        SITE % f"secrets: {{token: {SECRET}, token: {SECRET}}}",
        SITE % f"secrest: {{token: {SECRET}}}",
        SITE % f"password: {SECRET}",
        SITE % f"zones: 7, secrets: {{token: {SECRET}}}",
        SITE % f"secrets: {{token: '{SECRET}",
        SITE % f"region: {{secure: {SECRET}}}",
    ],
)
def test_no_value_of_a_secret_is_ever_shown(load: Load, sites: str) -> None:
    loaded = load(sites=sites)
    assert loaded.problems
    assert SECRET not in told(loaded)


def test_a_secret_over_several_lines(load_text: Load) -> None:
    text = f"""
config:
  isthmus:sites:
    north:
      zones: 8
      secrets:
        key: |
          first {SECRET}
          second {SECRET}
      secrets: {SECRET}
"""
    loaded = load_text(text)
    assert loaded.problems
    assert SECRET not in told(loaded)


def test_a_secret_at_the_top_of_the_file(load_text: Load) -> None:
    loaded = load_text(
        f"passphrase: {SECRET}\nisthmus:sites: {{north: {{secrets: {{a: {SECRET}}}}}}}\n"
    )
    assert loaded.problems
    assert SECRET not in told(loaded)


def test_a_setting_that_is_encrypted(find_one: FindOne) -> None:
    problem = find_one("sites.north.region", sites="{north: {cloud: aws, region: {secure: v1:a}}}")
    assert "pulumi config set --plaintext --path 'isthmus:sites.north.region'" in problem.hint


def test_a_section_that_is_encrypted(find_one: FindOne) -> None:
    find_one("sites", sites="{secure: v1:a}")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(name=st.text(max_size=12), place=st.sampled_from(["secrets", "secret", "Secrets", "tokens"]))
def test_whatever_a_secret_is_called_it_stays_hidden(load: Load, name: str, place: str) -> None:
    loaded = load(sites=SITE % f"{place}: {{{json.dumps(name)}: {SECRET}}}")
    assert loaded.problems
    assert SECRET not in told(loaded)

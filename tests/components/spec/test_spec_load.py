"""Loading: values as Pulumi hands them over, from the file and from the running program."""

import json
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from isthmus.spec.load import load_config
from isthmus.spec.model import Environment

from .conftest import GOOD, FindOne, Load

pytestmark = pytest.mark.pure

SITE = "{cloud: aws, region: eu-north-1, %s}"


def config(**sections: object) -> dict[str, str]:
    """What the engine hands to a program: JSON by qualified key."""
    base: dict[str, object] = {
        "platform": {"owner": "team", "environment": "staging", "dataClassification": "internal"},
        "residency": {"jurisdictions": ["EU"]},
        "network": {"range": "10.64.0.0/10"},
        "sites": {"north": {"cloud": "aws", "region": "eu-north-1"}},
    }
    return {f"isthmus:{name}": json.dumps(value) for name, value in (base | sections).items()}


def test_a_good_file(load: Load) -> None:
    loaded = load()
    assert loaded.problems == ()
    assert loaded.spec is not None
    assert loaded.spec.platform.environment is Environment.DEVELOPMENT
    assert loaded.spec.network.range == IPv4Network("10.64.0.0/10")
    assert loaded.spec.sites["north"].zones == 3


def test_other_namespaces_are_left_alone(load_text: Load) -> None:
    sections = "\n".join(f"  isthmus:{name}: {value}" for name, value in GOOD.items())
    text = f"config:\n  aws:region: eu-north-1\n  pulumi:tags: {{a: b}}\n  other:x: 1\n{sections}\n"
    assert load_text(text).problems == ()


@pytest.mark.parametrize("value", ["2", "2.0", '"2"'])
def test_a_whole_number_in_any_of_its_forms(load: Load, value: str) -> None:
    loaded = load(sites=f"{{north: {SITE % f'zones: {value}'}}}")
    assert loaded.problems == ()
    assert loaded.spec is not None
    assert loaded.spec.sites["north"].zones == 2


@pytest.mark.parametrize("value", ["2.5", "true", "two", "null", "[2]", "{a: 2}", ".inf", "1e99"])
def test_what_is_no_whole_number(find_one: FindOne, value: str) -> None:
    find_one("sites.north.zones", sites=f"{{north: {SITE % f'zones: {value}'}}}")


@pytest.mark.parametrize("value", ["true", '"true"', "True"])
def test_a_switch(load: Load, value: str) -> None:
    pool = f"cluster: {{pools: {{gpu: {{accelerator: h100, spot: {value}}}}}}}"
    loaded = load(sites=f"{{north: {SITE % pool}}}")
    assert loaded.problems == ()


@pytest.mark.parametrize("value", ["yes", "1", "on", "[true]"])
def test_what_is_no_switch(find_one: FindOne, value: str) -> None:
    pool = f"cluster: {{pools: {{gpu: {{accelerator: h100, spot: {value}}}}}}}"
    find_one("sites.north.cluster.pools.gpu.spot", sites=f"{{north: {SITE % pool}}}")


def test_norway_is_a_country_and_not_a_refusal(load: Load) -> None:
    loaded = load(residency="{jurisdictions: [NO]}")
    assert loaded.spec is not None
    assert loaded.spec.residency.jurisdictions == ("NO",)


def test_an_account_without_quotes_keeps_its_digits_in_the_hint(find_one: FindOne) -> None:
    problem = find_one("sites.north.account", sites=f"{{north: {SITE % 'account: 012345678901'}}}")
    assert '"012345678901"' in problem.hint


def test_a_version_without_quotes(find_one: FindOne) -> None:
    cluster = "cluster: {kubernetesVersion: 1.30}"
    problem = find_one(
        "sites.north.cluster.kubernetesVersion", sites=f"{{north: {SITE % cluster}}}"
    )
    assert '"1.30"' in problem.hint


def test_a_section_as_json_in_a_string(load: Load) -> None:
    loaded = load(network="""'{"range": "10.0.0.0/8"}'""")
    assert loaded.problems == ()
    assert loaded.spec is not None
    assert loaded.spec.network.range == IPv4Network("10.0.0.0/8")


def test_anchors_and_merges(load_text: Load) -> None:
    text = """
config:
  isthmus:platform: &team {owner: team, environment: development, dataClassification: internal}
  isthmus:residency: {jurisdictions: [EU]}
  isthmus:network: {range: 10.64.0.0/10}
  isthmus:sites:
    north: &site {cloud: aws, region: eu-north-1, zones: 2}
    south: {<<: *site, region: eu-central-1}
    again: *site
"""
    loaded = load_text(text)
    assert loaded.problems == ()
    assert loaded.spec is not None
    assert [(s.region, s.zones) for s in loaded.spec.sites.values()] == [
        ("eu-north-1", 2),
        ("eu-central-1", 2),
        ("eu-north-1", 2),
    ]


def test_the_program_reads_json() -> None:
    loaded = load_config(config() | {"aws:region": "eu-north-1"})
    assert loaded.problems == ()
    assert loaded.spec is not None
    assert loaded.spec.platform.environment is Environment.STAGING


def test_the_program_and_the_file_say_the_same(load: Load, tmp_path: Path) -> None:
    from_file = load()
    values = {
        f"isthmus:{section}": json.dumps(value)
        for section, value in {
            "platform": {
                "owner": "team",
                "environment": "development",
                "dataClassification": "internal",
            },
            "residency": {"jurisdictions": ["EU"]},
            "network": {"range": "10.64.0.0/10"},
            "sites": {"north": {"cloud": "aws", "region": "eu-north-1"}},
        }.items()
    }
    assert load_config(values, stack_file=tmp_path / "Pulumi.test.yaml").spec == from_file.spec


def test_the_program_knows_lines_from_the_file(load: Load, tmp_path: Path) -> None:
    load(sites="{north: {cloud: aws, region: eu-north-1, zones: 9}}")
    sites = {"north": {"cloud": "aws", "region": "eu-north-1", "zones": 9}}
    loaded = load_config(config(sites=sites), stack_file=tmp_path / "Pulumi.test.yaml")
    [problem] = loaded.problems
    assert problem.position is not None
    assert problem.position.line == 5
    assert "zones: 9" in problem.position.source


def test_the_program_gets_secrets_decrypted() -> None:
    sites = {"north": {"cloud": "aws", "region": "eu-north-1", "secrets": {"token": "hunter2"}}}
    loaded = load_config(config(sites=sites), secret_keys=["isthmus:sites"])
    assert loaded.problems == ()
    assert loaded.spec is not None
    assert loaded.spec.sites["north"].secrets["token"].get_secret_value() == "hunter2"
    assert "hunter2" not in repr(loaded.spec)


def test_the_program_refuses_a_secret_that_was_never_encrypted() -> None:
    sites = {"north": {"cloud": "aws", "region": "eu-north-1", "secrets": {"token": "hunter2"}}}
    [problem] = load_config(config(sites=sites)).problems
    assert problem.setting == "isthmus:sites.north.secrets.token"


def test_nothing_raises_without_any_configuration() -> None:
    settings = [problem.setting for problem in load_config({}).problems]
    assert settings == [f"isthmus:{name}" for name in ("platform", "residency", "network", "sites")]

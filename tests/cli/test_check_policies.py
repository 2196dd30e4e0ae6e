"""`isthmus policies` lists every rule with all that is known of it."""

import json

import pytest

from isthmus_cli.main import run
from isthmus_policies.frameworks import requirements_of
from isthmus_policies.registry import FOUNDATION, RULES

pytestmark = [pytest.mark.policy, pytest.mark.pure]


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as done:
        run(["policies", *arguments])
    return int(done.value.code or 0)


def test_every_rule_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert call() == 0
    shown = capsys.readouterr().out
    assert [rule.id for rule in RULES if rule.id not in shown] == []
    assert f"{len(RULES)} rules." in shown


def test_everything_is_known_of_a_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--json") == 0
    told = json.loads(capsys.readouterr().out)["rules"]
    assert [each["id"] for each in told] == [rule.id for rule in RULES]
    for each, rule in zip(told, RULES, strict=True):
        assert each["types"] == list(rule.types)
        assert all(each[key] for key in ("title", "why", "fix", "severity", "enforcement", "packs"))
        assert [
            (r["framework"], r["id"], r["basis"], r["source"]) for r in each["requirements"]
        ] == [(r.framework, r.id, r.basis.value, r.source) for r in requirements_of(rule)]


def test_a_pack_is_listed_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--json", "--pack", "foundation") == 0
    told = json.loads(capsys.readouterr().out)["rules"]
    assert [each["id"] for each in told] == [rule.id for rule in FOUNDATION]
    assert all("foundation" in each["packs"] for each in told)


def test_a_pack_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--pack", "founation") == 2
    assert "Did you mean foundation?" in capsys.readouterr().err

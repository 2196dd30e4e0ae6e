"""The mutator itself, on rules of ours: what is broken is put back, and weak cases are found out."""

import itertools
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis.strategies import none

from isthmus_policies.rule import Rule
from tests.mutation.__main__ import main
from tests.mutation.choice import UnknownModuleError, modules_of_files, named_modules
from tests.mutation.equivalent import Equivalent, read_equivalents
from tests.mutation.live import SHARED, Live
from tests.mutation.operators import Mutant, mutants_of
from tests.mutation.report import Score, overall, score, tell_survivors
from tests.mutation.run import Laboratory, Tried, laboratory
from tests.mutation.trials import EndlessError, Trial, noticed, patience
from tests.mutation.units import Unit, units_of
from tests.policies.loading import CASES

pytestmark = [pytest.mark.contract, pytest.mark.policy]

KEYS = "isthmus_policies.rules.keys"
BUCKETS = "isthmus_policies.rules.encryption.aws"
SURVIVOR = Mutant(
    KEYS, 0, "aws_key_rotation", 7, "x = 2", "x = [-1-]{+2+}", "the number is one more"
)
SAMPLED = 40
"""Every so many mutants one is tried with the tests; `make mutate` tries all."""


@pytest.fixture(scope="module")
def lab() -> Laboratory:
    return laboratory()


def mutants(lab: Laboratory, module: str) -> Iterator[Mutant]:
    return mutants_of(lab.live.sources[module])


def test_the_cases_notice_nearly_every_mutant_of_a_sample(lab: Laboratory) -> None:
    named = read_equivalents()
    everything = [each for name in lab.live.targets for each in mutants(lab, name)]
    sample = [each for each in everything[::SAMPLED] if not any(e.names(each) for e in named)]
    missed = [f"{each.module}: {each.diff}" for each in sample if not lab.notices(each)]
    assert len(missed) <= len(sample) * 0.05, missed


@pytest.mark.parametrize("name", ["keys", "rules.registries.azure", "rules.secrets.gcp"])
def test_the_cases_notice_every_mutant_of_these_modules(lab: Laboratory, name: str) -> None:
    [module] = named_modules(lab.live, [name])
    assert score(lab.try_module(module), read_equivalents()).survivors == ()


def test_without_most_of_their_cases_most_mutants_of_rules_survive(lab: Laboratory) -> None:
    weak = Laboratory(lab.live, [each for each in lab.trials if each.case.answer == "skip"])
    tried = weak.try_module(KEYS)
    assert len(tried.survivors) > tried.count / 2


def test_a_case_that_fails_by_itself_is_left_out_and_told(lab: Laboratory) -> None:
    [wrong, *_] = [each for each in lab.trials if each.case.rule == "keys-aws-key-rotation"]
    wrong = replace(wrong, case=replace(wrong.case, answer="skip"))
    tried = Laboratory(lab.live, [wrong]).try_module(KEYS)
    assert len(tried.survivors) == tried.count
    assert tried.failing == (str(wrong.case),)
    assert not score(tried, ()).passes(0)


def test_a_mutant_reaches_the_modules_that_import_it_and_everything_is_put_back() -> None:
    live = Live()
    mutant = next(
        each for each in mutants_of(live.sources[BUCKETS]) if each.place == "BUCKET_ENCRYPTIONS"
    )
    before = {name: dict(vars(module)) for name, module in live.modules.items()}
    rule = live.all_rules()["storage-s3-bucket-key-enabled"]
    with live.mutated(mutant):
        changed = live.all_rules()["storage-s3-bucket-key-enabled"]
        assert len(changed.types) == len(rule.types) - 1
    assert {name: dict(vars(module)) for name, module in live.modules.items()} == before


def test_a_mutant_of_what_rules_share_is_seen_by_rules_of_other_modules(lab: Laboratory) -> None:
    [mutant, *_] = [
        each
        for each in mutants(lab, "isthmus_policies.questions.expect")
        if each.place == "expect_customer_key" and each.meaning == "Fail becomes Pass"
    ]
    with lab.live.mutated(mutant):
        rules = lab.live.all_rules()
        noticing = {each.case.rule.partition("-")[0] for each in lab.trials if each.notices(rules)}
    assert {"encryption", "storage", "warehouse"} <= noticing


def test_what_no_case_shows_of_shared_modules_their_unit_tests_notice(lab: Laboratory) -> None:
    [month, *_] = [
        each
        for each in mutants(lab, "isthmus_policies.market")
        if each.place == "HOURS_PER_MONTH" and each.meaning == "the number is one more"
    ]
    assert lab.notices(month)
    assert not Laboratory(lab.live, lab.trials).notices(month)


def test_a_unit_test_that_fails_by_itself_is_left_out_and_told(lab: Laboratory) -> None:
    def fail() -> None:
        pytest.fail("always")

    wrong = Unit("tests: test_it", fail)
    weak = Laboratory(lab.live, (), (wrong,))
    assert (weak.units, weak.failing) == ([], [wrong])
    assert weak.try_module("isthmus_policies.market").failing == ("tests: test_it",)
    assert weak.try_module(KEYS).failing == ()


def test_unit_tests_are_called_with_each_of_their_values() -> None:
    seen: list[tuple[object, ...]] = []

    @pytest.mark.parametrize("one", [1, (2, 3)])
    @pytest.mark.parametrize(("a", "b"), [("x", "y"), ("z", "z")])
    def test_these(one: object, a: str, b: str) -> None:
        seen.append((one, a, b))

    module = ModuleType("tests")
    helper = test_these
    vars(module).update(test_these=test_these, helper=helper, test_drawn=given(none())(test_these))
    assert [unit.notices({}) for unit in units_of(module)] == [False] * 4
    assert sorted(map(str, seen)) == sorted(
        str((one, *pair)) for one in (1, (2, 3)) for pair in (("x", "y"), ("z", "z"))
    )


def test_a_mutant_of_a_module_that_is_taken_as_a_whole_is_seen_by_who_took_it(
    lab: Laboratory,
) -> None:
    fleets, *_ = named_modules(lab.live, ["fleets"])
    mutant = next(each for each in mutants(lab, f"{fleets}.aws") if each.place == "READERS")
    types = "FLEET_TYPES"
    before = vars(lab.live.modules[fleets])[types]
    with lab.live.mutated(mutant):
        assert len(vars(lab.live.modules[fleets])[types]) == len(before) - 1
    assert vars(lab.live.modules[fleets])[types] is before


def test_a_mutant_that_cannot_be_imported_counts_as_noticed_and_leaves_nothing(
    lab: Laboratory,
) -> None:
    index, statement = next(
        (i, each) for i, each in enumerate(lab.live.sources[KEYS].statements) if each.binds
    )
    broken = Mutant(KEYS, index, statement.name, 1, f"{statement.name} = nothing", "", "")
    value = vars(lab.live.modules[KEYS])[statement.name]
    assert lab.notices(broken)
    assert vars(lab.live.modules[KEYS])[statement.name] is value


def run_forever() -> None:
    for _ in itertools.repeat(None):
        pass


def run_impatiently() -> None:
    with patience(0.01):
        run_forever()


def test_what_never_ends_is_given_up() -> None:
    with pytest.raises(EndlessError):
        run_impatiently()


MEASURING = """
def lock_data():
    end = now() + 0.1
    while now() < end:
        pass
    held.clear()
"""


def test_what_measures_the_coverage_is_never_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.mutation.trials.AGAIN_SECONDS", 0.01)
    space: dict[str, Any] = {
        "__name__": "coverage.collector",
        "now": time.process_time,
        "held": ["the lock"],
    }
    exec(MEASURING, space)

    def measured() -> None:
        with patience(0.01):
            space["lock_data"]()
            run_forever()

    with pytest.raises(EndlessError):
        measured()
    assert space["held"] == []


def test_a_mutant_that_never_ends_counts_as_noticed(
    lab: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.mutation.trials.PATIENCE_SECONDS", 0.01)

    class Endless(Trial):
        def notices(self, rules: Mapping[str, Rule]) -> bool:
            run_forever()
            return False

    trial = lab.trials[0]
    assert noticed([Endless(trial.case, trial.stack, trial.context)], lab.live.all_rules())


def test_equivalent_mutants_are_counted_by_name_and_told_when_they_are_gone() -> None:
    named = Equivalent(KEYS, SURVIVOR.place, SURVIVOR.diff, "because")
    gone = named._replace(diff="y = [-1-]{+2+}")
    found = score(Tried(KEYS, 10, (SURVIVOR,)), (named, gone))
    assert (found.mutants, found.equivalents, found.survivors) == (9, 1, ())
    assert found.stale == (gone,)
    assert "9 of 9 noticed, 1 named equivalent" in str(found)
    assert not found.passes(95)


def test_every_named_equivalent_has_a_reason_and_a_module(lab: Laboratory) -> None:
    for each in read_equivalents():
        assert len(each.reason) > 20
        assert any(each.names(mutant) for mutant in mutants(lab, each.module)), str(each)


def test_a_survivor_is_told_with_its_line_its_change_and_its_meaning() -> None:
    scores = [Score(KEYS, 10, (SURVIVOR,)), Score("other", 10, ())]
    assert list(tell_survivors(scores, {KEYS: "keys.py"})) == [
        "keys.py:7: x = [-1-]{+2+}",
        "    the number is one more (in aws_key_rotation)",
    ]
    assert overall(scores).percent == 95


def test_modules_are_chosen_by_name_or_by_what_changed(lab: Laboratory) -> None:
    live = lab.live
    assert named_modules(live, []) == live.targets
    assert all(any(name.startswith(shared) for name in live.targets) for shared in SHARED)
    assert named_modules(live, ["rules/secrets/gcp.py"]) == ["isthmus_policies.rules.secrets.gcp"]
    assert modules_of_files(live, [CASES / "keys.yaml"]) == [KEYS]
    assert modules_of_files(live, [live.sources[BUCKETS].file]) == [BUCKETS]
    assert modules_of_files(live, [CASES.parent / "loading.py"]) == []
    shared = modules_of_files(live, [CASES.parent / "test_policy_graph.py"])
    assert shared == [name for name in live.targets if name.startswith(SHARED)] != []
    with pytest.raises(UnknownModuleError, match="'nothing'"):
        named_modules(live, ["nothing"])


def test_the_command_tells_scores_and_fails_below_the_wanted_share(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = tmp_path / "result.json"
    modules = ["--module", "registries", "--module", "questions.stage"]
    command = [*modules, "--jobs", "1", "--json", str(result)]
    assert main(command) == 0
    assert "100.0 %" in capsys.readouterr().out
    assert json.loads(result.read_text())["modules"][0]["survivors"] == []
    assert main([*command, "--at-least", "101"]) == 1
    assert main(["--module", "questions.stage", "--jobs", "1", "--at-least", "101"]) == 1

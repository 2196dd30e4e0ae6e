"""Every requirement of a framework's list stands in one place of the coverage, and in no other."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isthmus_policies.packs.lists import Framework, Listed, Showable, WhyNot, frameworks
from isthmus_policies.registry import RULES
from isthmus_policies.reports.coverage import Coverage, Standing, coverage_of, coverages
from isthmus_policies.reports.formats import Format, render
from isthmus_policies.reports.model import Outcome, Report
from isthmus_policies.rule import Rule

from .samples import clean, hostile

pytestmark = [pytest.mark.policy, pytest.mark.pure]

every_framework = pytest.mark.parametrize(
    "framework", frameworks().values(), ids=lambda framework: framework.name
)
tallies = st.dictionaries(st.sampled_from(Outcome), st.integers(0, 9))


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Some rules, with whatever they may have said."""
    rules = draw(st.lists(st.sampled_from(RULES), unique_by=lambda rule: rule.id, max_size=40))
    return of(rules, {rule.id: draw(tallies) for rule in rules})


def of(rules: list[Rule], said: dict[str, dict[Outcome, int]]) -> Report:
    return replace(clean(), rules=tuple(rules), tallies=said)


def places(coverage: Coverage) -> Iterator[tuple[str, Standing]]:
    yield from ((each.id, each.standing) for each in coverage.tested)
    yield from ((each.id, Standing.NOT_COVERED) for each in coverage.not_covered)
    yield from ((each.id, Standing.PARTLY_SHOWABLE) for each in coverage.partly_showable)
    for found in coverage.not_showable.values():
        yield from ((each.id, Standing.NOT_SHOWABLE) for each in found)


def assert_adds_up(coverage: Coverage) -> None:
    listed = [each.id for each in coverage.framework.requirements]
    found = list(places(coverage))
    assert sorted(id_ for id_, _ in found) == sorted(listed)
    assert coverage.counts == {**dict.fromkeys(Standing, 0), **Counter(s for _, s in found)}
    assert sum(coverage.counts.values()) == len(listed)
    assert sum(coverage.counts_by_reason.values()) == coverage.counts[Standing.NOT_SHOWABLE]


@given(reports())
@settings(max_examples=40, deadline=None)
def test_the_figures_of_any_run_add_up_to_the_list(report: Report) -> None:
    for coverage in coverages(report):
        assert_adds_up(coverage)


@every_framework
def test_the_figures_of_every_framework_add_up_without_a_rule_and_with_all(
    framework: Framework,
) -> None:
    assert_adds_up(coverage_of(framework, ()))
    told = {each.framework.name: each for each in coverages(of(list(RULES), {}))}
    assert_adds_up(told[framework.name])


@every_framework
def test_what_no_rule_serves_stands_where_its_list_puts_it(framework: Framework) -> None:
    def listed(showable: Showable, why: WhyNot | None = None) -> tuple[Listed, ...]:
        return tuple(
            each
            for each in framework.requirements
            if (each.showable, each.why_not) == (showable, why)
        )

    coverage = coverage_of(framework, ())
    assert coverage.partly_showable == listed(Showable.PARTLY)
    assert set(coverage.not_covered) >= set(listed(Showable.YES))
    for why in WhyNot:
        assert coverage.not_showable.get(why, ()) == listed(Showable.NO, why)
        assert coverage.counts_by_reason[why] == len(listed(Showable.NO, why))


def test_every_reason_and_every_standing_is_met() -> None:
    """Else the other tests would hold of nothing."""
    found = (*coverages(hostile()), *coverages(clean()))
    assert {why for each in found for why in each.not_showable} == set(WhyNot)
    met = {standing for each in found for standing, count in each.counts.items() if count}
    assert met == set(Standing) - {Standing.EXEMPT}  # what is exempt fails elsewhere too


@given(tallies)
def test_a_requirement_stands_where_its_worst_verdict_puts_it(tally: dict[Outcome, int]) -> None:
    rule = next(each for each in RULES if each.requirements or each.controls)
    met = {o for o, count in tally.items() if count} - {Outcome.NOT_APPLICABLE}
    worst = max(met, key=lambda outcome: outcome.rank, default=None)
    names = {None: "not-tested", Outcome.ERROR: "fail"}
    expected = names.get(worst, worst.value if worst else "")
    for coverage in coverages(of([rule], {rule.id: tally})):
        assert {each.standing.value for each in coverage.tested} == {expected}


def test_csv_leaves_no_requirement_out() -> None:
    report = hostile()
    rows = list(csv.DictReader(io.StringIO(render(report, Format.CSV))))
    for coverage in coverages(report):
        mine = [row for row in rows if row["framework"] == coverage.framework.name]
        assert {row["requirement"] for row in mine} == {
            each.id for each in coverage.framework.requirements
        }
        unserved = [row for row in mine if not row["rule"]]
        counts = Counter(row["verdict"] for row in unserved)
        for each in (Standing.NOT_COVERED, Standing.PARTLY_SHOWABLE, Standing.NOT_SHOWABLE):
            assert counts[each.value] == coverage.counts[each]
        reasons = Counter(r["message"] for r in unserved if r["verdict"] == Standing.NOT_SHOWABLE)
        told = coverage.counts_by_reason.items()
        assert reasons == {why.value: count for why, count in told if count}
        assert all(row["source"] for row in unserved)

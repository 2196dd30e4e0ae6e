"""What the run found, for people and for programs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tests.mutation.equivalent import Equivalent, stale
from tests.mutation.operators import Mutant
from tests.mutation.run import Tried


@dataclass(frozen=True, slots=True)
class Score:
    """How many of a module's mutants the cases notice. Equivalent ones count on neither side."""

    module: str
    mutants: int
    survivors: tuple[Mutant, ...]
    equivalents: int = 0
    stale: tuple[Equivalent, ...] = ()
    failing: tuple[str, ...] = ()

    @property
    def noticed(self) -> int:
        return self.mutants - len(self.survivors)

    @property
    def percent(self) -> float:
        return 100 * self.noticed / self.mutants if self.mutants else 100.0

    def passes(self, at_least: float) -> bool:
        return self.percent >= at_least and not self.stale and not self.failing

    def __str__(self) -> str:
        told = f"{self.percent:5.1f} %  {self.noticed} of {self.mutants} noticed"
        return f"{told}, {self.equivalents} named equivalent  {self.module}"


def score(tried: Tried, named: Sequence[Equivalent]) -> Score:
    survivors = tuple(m for m in tried.survivors if not any(each.names(m) for each in named))
    equivalents = len(tried.survivors) - len(survivors)
    gone = tuple(stale(named, tried.module, tried.survivors))
    return Score(
        tried.module, tried.count - equivalents, survivors, equivalents, gone, tried.failing
    )


def overall(scores: Iterable[Score]) -> Score:
    scores = tuple(scores)
    return Score(
        "overall",
        sum(each.mutants for each in scores),
        tuple(mutant for each in scores for mutant in each.survivors),
        sum(each.equivalents for each in scores),
        tuple(gone for each in scores for gone in each.stale),
        tuple(dict.fromkeys(case for each in scores for case in each.failing)),
    )


def tell_survivors(scores: Sequence[Score], files: Mapping[str, str]) -> Iterable[str]:
    for each in scores:
        for mutant in each.survivors:
            yield f"{files[mutant.module]}:{mutant.line}: {mutant.diff}"
            yield f"    {mutant.meaning} (in {mutant.place})"
        for gone in each.stale:
            yield f"tests/mutation/equivalent.yaml: no survivor any more, take it out: {gone}"
    for case in overall(scores).failing:
        yield f"it fails without any mutant, and was left out: {case}"


def as_json(scores: Sequence[Score], files: Mapping[str, str]) -> dict[str, object]:
    return {
        "overall": _numbers(overall(scores)),
        "modules": [
            {
                **_numbers(each),
                "survivors": [_survivor(mutant, files) for mutant in each.survivors],
                "staleEquivalents": [str(gone) for gone in each.stale],
                "failingCases": each.failing,
            }
            for each in scores
        ],
    }


def _numbers(each: Score) -> dict[str, object]:
    return {
        "module": each.module,
        "mutants": each.mutants,
        "noticed": each.noticed,
        "equivalent": each.equivalents,
        "percent": round(each.percent, 2),
    }


def _survivor(mutant: Mutant, files: Mapping[str, str]) -> dict[str, object]:
    return {
        "file": files[mutant.module],
        "line": mutant.line,
        "in": mutant.place,
        "mutant": mutant.diff,
        "meaning": mutant.meaning,
    }

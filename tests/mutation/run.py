"""Tries every mutant of a module on the cases that concern it."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context

from tests.mutation.live import RULES, UNIT_TESTS, Live
from tests.mutation.operators import Mutant, mutants_of
from tests.mutation.trials import Trial, load_trials, noticed
from tests.mutation.units import Unit, load_units


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of the mutants of one module."""

    module: str
    count: int
    survivors: tuple[Mutant, ...]
    failing: tuple[str, ...] = ()
    """Cases that fail without any mutant: they would notice everything, and are left out."""


class Laboratory:
    def __init__(self, live: Live, trials: Iterable[Trial], units: Iterable[Unit] = ()) -> None:
        self.live = live
        rules = live.all_rules()
        self.trials: list[Trial] = []
        self.units: list[Unit] = []
        self.failing: list[Trial | Unit] = []
        for trial in trials:
            (self.failing if trial.notices(rules) else self.trials).append(trial)
        for unit in units:
            (self.failing if unit.notices(rules) else self.units).append(unit)

    def try_module(self, module: str) -> Tried:
        mutants = list(mutants_of(self.live.sources[module]))
        survivors = tuple(each for each in mutants if not self.notices(each))
        failing = tuple(str(each) for each in self._concerning(module, self.failing))
        return Tried(module, len(mutants), survivors, failing)

    def notices(self, mutant: Mutant) -> bool:
        trials = self._concerning(mutant.module, (*self.trials, *self.units))
        try:
            with self.live.mutated(mutant):
                return noticed(trials, self.live.all_rules())
        except SyntaxError:  # a mistake of ours: a mutant that is no program proves nothing
            raise
        except Exception:  # noqa: BLE001 it cannot even be imported
            return True

    def _concerning(self, module: str, trials: Iterable[Trial | Unit]) -> tuple[Trial | Unit, ...]:
        """The cases of the module's own rules; of what rules share, all there are, and unit tests."""
        if not module.startswith(RULES):
            return tuple(trials)
        own = self.live.rules_of(module)
        return tuple(each for each in trials if isinstance(each, Trial) and each.case.rule in own)


@cache
def laboratory() -> Laboratory:
    live = Live()
    return Laboratory(live, load_trials(), load_units(live.modules[name] for name in UNIT_TESTS))


def try_modules(modules: Iterable[str], jobs: int) -> Iterator[Tried]:
    """Each module's result as soon as it is there."""
    laboratory()  # before the processes fork, so that each has it
    if jobs == 1:
        yield from map(_try_module, modules)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        yield from pool.map(_try_module, modules)


def _try_module(module: str) -> Tried:
    return laboratory().try_module(module)

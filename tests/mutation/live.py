"""The modules under test as they are loaded, changed for a moment and put back."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import CodeType, ModuleType
from warnings import catch_warnings, simplefilter

from isthmus_policies import questions, rules, values
from isthmus_policies.questions import expect
from isthmus_policies.rule import Rule
from tests.mutation.operators import Mutant
from tests.mutation.source import Import, Source, Statement, read_source

PACKAGE = "isthmus_policies"
RULES = f"{rules.__name__}."
FRAME = frozenset(
    f"{PACKAGE}.{name}"
    for name in (
        *("evaluate", "frameworks", "places", "resource", "rule", "settings", "tables"),
        *("testing.given", "testing.judging", "verdict"),
    )
)
"""What rules and their tests stand on without deciding anything: its own tests hold it."""
UNIT_TESTS = tuple(
    f"tests.policies.test_policy_{name}"
    for name in ("carbon", "cost", "graph", "lineage", "tagged", "values", "whereabouts")
)
"""The tests of what rules share, beside the cases."""
SHARED = (
    f"{questions.__name__}.",
    *(f"{PACKAGE}.{name}" for name in ("graph", "market", "values")),
)
"""Begin the names of what rules of many topics ask; their mutants are tried on all cases and on the
unit tests."""
TWINS: Mapping[str, object] = {
    name: value
    for module in (expect, values)
    for name, value in vars(module).items()
    if name.startswith(("expect_", "is_"))
}
_GONE = object()


class Live:
    """Every module of rules and whatever they share, in the order of their imports."""

    def __init__(self) -> None:
        found = walk_packages(rules.__path__, RULES)
        self._met = set(FRAME)
        self.sources: dict[str, Source] = {}
        for name in sorted(each.name for each in found if not each.ispkg):
            self._read(name)
        self.modules: Mapping[str, ModuleType] = {
            n: import_module(n) for n in (*self.sources, *FRAME, *UNIT_TESTS)
        }
        self.frame = tuple(_source_of(name) for name in (*sorted(FRAME), *UNIT_TESTS))

    @property
    def rule_modules(self) -> list[str]:
        return [name for name in self.sources if name.startswith(RULES)]

    @property
    def targets(self) -> list[str]:
        """What is mutated: every module of rules, and what they share."""
        shared = [name for name in self.sources if name.startswith(SHARED)]
        return [*sorted(self.rule_modules), *sorted(shared)]

    def _read(self, name: str) -> None:
        """Reads a module after those that it takes names from."""
        if name in self._met:
            return
        self._met.add(name)
        source = _source_of(name)
        for taken in source.imports:
            if taken.module.startswith(f"{PACKAGE}."):
                self._read(taken.whole if _is_module(taken) else taken.module)
        self.sources[name] = source

    def rules_of(self, module: str) -> dict[str, Rule]:
        return {rule.id: rule for rule in getattr(self.modules[module], "RULES", ())}

    def all_rules(self) -> dict[str, Rule]:
        return {i: rule for name in self.rule_modules for i, rule in self.rules_of(name).items()}

    @contextmanager
    def mutated(self, mutant: Mutant) -> Generator[None]:
        """While it lasts, the mutant is what the modules hold; raises whatever its import raises."""
        changes = Changes(self)
        try:
            changes.make(mutant)
            yield
        finally:
            changes.undo()


class Changes:
    """A statement executed anew in its module, and after it all that was made from what it binds."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._before: list[tuple[dict[str, object], str, object]] = []
        self._stale: dict[str, set[str]] = {}

    def make(self, mutant: Mutant) -> None:
        source = self._live.sources[mutant.module]
        statement = source.statements[mutant.statement]
        code = compile_mutant(mutant)
        self._lend(mutant.module)
        self._execute(mutant.module, statement, code)
        self._follow(mutant.module, source.statements[mutant.statement + 1 :])
        later = False
        for name, each in self._live.sources.items():
            if later and self._take_imports(each):
                self._follow(name, each.statements)
            later = later or name == mutant.module
        for each in self._live.frame:
            self._take_imports(each)

    def undo(self) -> None:
        for space, name, value in reversed(self._before):
            if value is _GONE:
                del space[name]
            else:
                space[name] = value

    def _lend(self, module: str) -> None:
        """A mutant may call the twin of a function, which its module had no need to import."""
        space = vars(self._live.modules[module])
        for name, value in TWINS.items():
            if name not in space:
                self._before.append((space, name, _GONE))
                space[name] = value

    def _execute(self, module: str, statement: Statement, code: CodeType) -> None:
        space = vars(self._live.modules[module])
        for name in statement.binds:
            self._before.append((space, name, space.get(name, _GONE)))
        exec(code, space)
        self._stale.setdefault(module, set()).update(statement.binds)

    def _follow(self, module: str, statements: tuple[Statement, ...]) -> None:
        for each in statements:
            if each.binds and each.reads & self._stale[module]:
                self._execute(module, each, each.code)

    def _take_imports(self, source: Source) -> bool:
        space = vars(self._live.modules[source.module])
        for taken in source.imports:
            if self._stale.get(taken.whole):
                self._stale.setdefault(source.module, set()).add(taken.alias)
            elif taken.name in self._stale.get(taken.module, ()):
                self._before.append((space, taken.alias, space[taken.alias]))
                space[taken.alias] = vars(self._live.modules[taken.module])[taken.name]
                self._stale.setdefault(source.module, set()).add(taken.alias)
        return source.module in self._stale


def _source_of(module: str) -> Source:
    file = import_module(module).__file__
    assert file, f"{module} has no file"
    return read_source(module, Path(file))


def _is_module(taken: Import) -> bool:
    return isinstance(getattr(import_module(taken.module), taken.name), ModuleType)


def compile_mutant(mutant: Mutant) -> CodeType:
    with catch_warnings():
        simplefilter("ignore")  # a mutant may well look strange
        return compile(mutant.text, f"mutant of {mutant.place}", "exec")

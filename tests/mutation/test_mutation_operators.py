"""Each way to break a rule: what it writes, what a weak case misses of it, and what notices it."""

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from isthmus_policies import verdict
from tests.mutation.live import Live, compile_mutant
from tests.mutation.operators import Mutant, mutants_of
from tests.mutation.source import Source

pytestmark = [pytest.mark.pure, pytest.mark.policy]


class Sample(NamedTuple):
    code: str
    """Defines `judge`, of one argument."""
    diff: str
    weak: Any
    """What the mutant says the same of."""
    telling: Any
    """What it says something else of."""


RULE = "def judge(x): return "
SAMPLES = {
    "equality": Sample(f"{RULE}x == 1 or x == 2", "x == 1 or x [-==-]{+!=+} 2", 1, 3),
    "identity": Sample(f"{RULE}x is not None or x", "x [-is not-]{+is+} None or x", True, 5),
    "membership": Sample(f"{RULE}x and x in 'ab'", "x and x [-in-]{+not in+} 'ab'", "", "a"),
    "boundary": Sample(f"{RULE}x > 365", "x [->-]{+>=+} 365", 400, 365),
    "turned limit": Sample(f"{RULE}x <= 7", "x [-<=-]{+>+} 7", None, 7),
    "and becomes or": Sample(f"{RULE}x[0] and x[1]", "x[0] [-and-]{+or+} x[1]", (1, 1), (0, 1)),
    "a part left out": Sample(
        f"{RULE}x[0] and x[1]", "[-x[0]-]{+True+} and x[1]", (1, 1), (0, 1)
    ),
    "negation": Sample(f"{RULE}x == 1 or not x", "x == 1 or [-not -]{++}x", 1, 0),
    "one more": Sample(f"{RULE}x >= 90", "x >= [-90-]{+91+}", 100, 90),
    "one less": Sample(f"{RULE}x >= 90", "x >= [-90-]{+89+}", 100, 89),
    "fraction": Sample(f"{RULE}x >= 1.2", "x >= [-1.2-]{+1.3+}", 2, 1.2),
    "truth": Sample(f"{RULE}x or True", "x or [-True-]{+False+}", 1, 0),
    "path": Sample(f'{RULE}x.get("a.b")', 'x.get([-"a.b"-]{+"a.b_"+})', {}, {"a.b": 1}),
    "path in pieces": Sample(
        f'{RULE}x[1].get(f"{{x[0]}}.on")', '[-f"{x[0]}.on"-]{+f"{x[0]}.on_"+}', ("a", {}), ("a", {"a.on": 1})
    ),
    "allowed word": Sample(f'{RULE}x in ("a", "b", "c")', '"a", [-"b",-]{++} "c"', "a", "b"),
    "last allowed word": Sample(f'{RULE}x in ["a", "b", "c"]', '"b"[-, "c"-]{++}', "a", "c"),
    "only allowed word": Sample(f'{RULE}x in {{"a"}}', "x in [-{\"a\"}-]{+set()+}", "b", "a"),
    "entry": Sample(f"{RULE}{{1: 'a', 2: 'b'}}.get(x)", "{1: 'a'[-, 2: 'b'-]{++}}", 1, 2),
    "any becomes all": Sample(f"{RULE}any(x)", "[-any-]{+all+}(x)", (1, 1), (0, 1)),
    "fail becomes pass": Sample(
        f'{RULE}Pass() if x else Fail("no")', 'else [-Fail("no")-]{+Pass()+}', 1, 0
    ),
    "unknown becomes pass": Sample(
        f'{RULE}Pass() if x else Unknown("?")', 'else [-Unknown("?")-]{+Pass()+}', 1, 0
    ),
    "early return": Sample(
        "def judge(x):\n    if x > 1:\n        return 1\n    return x", "if [-x > 1-]{+False+}:", 1, 2
    ),
    "left out no more": Sample(
        f"{RULE}[each for each in x if each]", "if [-each-]{+True+}]", (1,), (0,)
    ),
    "goes on": Sample(
        "def judge(x):\n    if x:\n        yield 1\n        return\n    yield 2",
        "[-return-]{+pass+}", 0, 1,
    ),
    "always": Sample(
        "def judge(x) -> bool:\n    return bool(x)", "return [-bool(x)-]{+True+}", 1, 0
    ),
    "constant of the module": Sample(
        "MOST = 3\ndef judge(x): return x > MOST", "MOST = [-3-]{+4+}", 9, 4
    ),
}  # fmt: skip


def mutants(code: str) -> list[Mutant]:
    return list(mutants_of(source(code)))


def source(code: str) -> Source:
    return Source("sample", Path("sample.py"), code.encode())


def answer(code: str, mutant: Mutant | None, argument: Any) -> Any:
    """What `judge` says, or that it broke."""
    space: dict[str, Any] = dict(vars(verdict))
    for index, statement in enumerate(source(code).statements):
        if mutant and mutant.statement == index:
            exec(compile_mutant(mutant), space)
        else:
            exec(statement.code, space)
    try:
        said = space["judge"](argument)
        return list(said) if hasattr(said, "__next__") else said
    except TypeError as error:
        return type(error)


@pytest.mark.parametrize("name", SAMPLES)
def test_an_operator_breaks_a_rule_in_a_way_that_only_a_telling_case_notices(name: str) -> None:
    sample = SAMPLES[name]
    mutant = next(each for each in mutants(sample.code) if sample.diff in each.diff)
    assert answer(sample.code, mutant, sample.weak) == answer(sample.code, None, sample.weak)
    assert answer(sample.code, mutant, sample.telling) != answer(sample.code, None, sample.telling)


@pytest.mark.parametrize(
    "code",
    [
        '"""Text of a module."""',
        "def judge(x: tuple[int, str]) -> dict[str, int]: return x",
        'Fail("word", path)',
        '@rule("an-id", title="title", why="why", fix="fix", controls=("A",))\ndef judge(x): ...',
        'raise ValueError("word")',
        'RULES = (one, two)',
        '__all__ = ["one", "two"]',
        '_LAW = (Requirement("SEC", "17a-4", basis, "source"),)',
        'message = "two words"',
        'message = f"{one}, {two}"',
        "from module import name",
    ],
)  # fmt: skip
def test_what_decides_nothing_is_left_alone(code: str) -> None:
    changed = [each.diff for each in mutants(code) if "Fail" not in each.meaning]
    assert changed == []


def test_what_a_rule_judges_is_mutated_though_it_stands_in_its_metadata() -> None:
    code = '@rule("an-id", title="t", types=("a", "b"))\ndef judge(x): return x'
    assert [each.diff for each in mutants(code)] == [
        '@rule("an-id", title="t", types=[-("a", "b")-]{+("a",)+})',
        '@rule("an-id", title="t", types=[-("a", "b")-]{+("b",)+})',
    ]


def test_a_mutant_says_where_it_is() -> None:
    code = 'LIMIT = 3\n\n\ndef judge(x):\n    """Text."""\n    return x > LIMIT\n'
    assert [(each.place, each.line) for each in mutants(code)] == [
        ("LIMIT", 1), ("LIMIT", 1), ("judge", 6), ("judge", 6),
    ]  # fmt: skip


def test_a_double_comparison_and_brackets_are_cut_in_the_right_place() -> None:
    diffs = [each.diff for each in mutants("ok = (1) < (x) <= 3")]
    assert "ok = (1) [-<-]{+<=+} (x) <= 3" in diffs
    assert "ok = (1) < (x) [-<=-]{+>+} 3" in diffs


def test_mutants_of_the_policies_are_programs() -> None:
    live = Live()
    found = [mutant for name in live.targets for mutant in mutants_of(live.sources[name])]
    assert len(found) > 3_000
    assert all(compile_mutant(mutant) for mutant in found[::10])

"""The helpers with which others test their rules: they say the truth, and say it clearly."""

import re
from pathlib import Path

import pytest

from isthmus_policies import testing
from isthmus_policies.evaluate import Kind
from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import expect_true
from isthmus_policies.registry import RULES
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Rule, Severity, rule
from isthmus_policies.settings import Settings
from isthmus_policies.testing import (
    Answer,
    Case,
    Expected,
    Given,
    Later,
    Phase,
    assert_fails,
    assert_findings,
    assert_not_applicable,
    assert_passes,
    assert_sound,
    assert_unknown,
    judge,
    judge_stack,
    problems_of,
    to_resource,
)
from isthmus_policies.testing.sdk_types import types_of, why_no_type
from isthmus_policies.values import HIDDEN, MISSING, UNKNOWN, Secret
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdicts

pytestmark = [pytest.mark.policy, pytest.mark.pure]

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "acme-pack"
PAGE = Path(__file__).parents[2] / "docs" / "policies" / "testing.md"
KEY, GROUP = "aws:kms/key:Key", "aws:cloudwatch/logGroup:LogGroup"


def make(rule_id: str = "acme-key-rotated", **more: object) -> Rule:
    told = {"title": "t", "why": "Because.", "fix": "do()", "types": (KEY,), **more}

    @rule(rule_id, severity=Severity.LOW, **told)  # type: ignore[arg-type]
    def check(resource: Resource, context: Context) -> Verdicts:
        return expect_true(resource, "enableKeyRotation", "it is not rotated")

    return check


ROTATED = make()
CASES = (
    Case(ROTATED, Answer.PASS, Given(KEY, {"enableKeyRotation": True})),
    Case(ROTATED, Answer.FAIL, Given(KEY, {"enableKeyRotation": False}), at="enableKeyRotation"),
)


@rule("acme-group-key-here", title="t", why="w", fix="f", severity=Severity.LOW, types=(GROUP,))
def key_here(group: Resource, context: Context, graph: Graph) -> Verdicts:
    """Whether the group's key is in the stack."""
    if graph.references(group, "kmsKeyId", (KEY,)):
        return Pass()
    if group.get("kmsKeyId") is UNKNOWN:
        return Unknown("the key is not known yet", "kmsKeyId")
    return Fail("its key is elsewhere", "kmsKeyId")


@rule("acme-group-broken", title="t", why="w", fix="f", severity=Severity.LOW, types=(GROUP,))
def broken(group: Resource, context: Context) -> Verdicts:
    raise KeyError("hunter2")


@rule("acme-key-moot", title="t", why="w", fix="f", severity=Severity.LOW, types=(KEY,))
def moot(key: Resource, context: Context) -> Verdicts:
    return NotApplicable("not this one")


@pytest.mark.parametrize(
    ("phase", "value"), [(Phase.PREVIEW, UNKNOWN), (Phase.DEPLOYED, "eu-north-1")]
)
def test_what_comes_later_is_known_once_deployed(phase: Phase, value: object) -> None:
    later = Later("eu-north-1")
    given = Given(KEY, {"a": [{"b": later}]}, provider={"region": later}, outputs={"id": later})
    resource = to_resource(given, phase)
    assert resource.get("a[0].b") is value or resource.get("a[0].b") == value
    assert resource.provider is not None
    assert resource.provider.get("region") == value
    assert resource.outputs == {"id": value}


def test_what_is_later_may_hold_what_is_later_still() -> None:
    given = Given(KEY, {"a": Later({"b": Later(1.0)})})
    assert to_resource(given).props == {"a": UNKNOWN}
    assert to_resource(given, Phase.DEPLOYED).props == {"a": {"b": 1}}


def test_nothing_is_unknown_once_deployed() -> None:
    with pytest.raises(ValueError, match="write Later"):
        to_resource(Given(KEY, {"a": UNKNOWN}), Phase.DEPLOYED)


def test_of_a_secret_only_that_it_is_set_arrives() -> None:
    given = Given(KEY, {"a": [Secret("s"), 1], "b": Secret({"c": "s"})})
    assert to_resource(given).props == {"a": [HIDDEN, 1], "b": HIDDEN}
    assert_unknown(ROTATED, Given(KEY, {"enableKeyRotation": Secret(True)}))


def test_a_right_assertion_is_silent() -> None:
    assert_passes(ROTATED, Given(KEY, {"enableKeyRotation": True}))
    assert_fails(ROTATED, Given(KEY), at="enableKeyRotation")
    assert_unknown(ROTATED, Given(KEY, {"enableKeyRotation": UNKNOWN}), at="enableKeyRotation")
    assert_not_applicable(moot, Given(KEY))
    later = Given(KEY, {"enableKeyRotation": Later(value=True)})
    assert_unknown(ROTATED, later)
    assert_passes(ROTATED, later, phase=Phase.DEPLOYED)


@pytest.mark.parametrize(
    ("assertion", "value", "said"),
    [
        (assert_passes, False, "should say 'pass' of aws:kms/key:Key 'it', and says 'fail'"),
        (assert_passes, UNKNOWN, "should say 'pass' of aws:kms/key:Key 'it', and says 'unknown'"),
        (assert_fails, True, "should say 'fail' of aws:kms/key:Key 'it', and says 'pass'"),
        (assert_unknown, False, "should say 'unknown' of aws:kms/key:Key 'it', and says 'fail'"),
        (assert_not_applicable, True, "should say 'skip' of aws:kms/key:Key 'it', and says 'pass'"),
    ],
)
def test_a_wrong_assertion_says_what_came(assertion: object, value: object, said: str) -> None:
    with pytest.raises(AssertionError) as raised:
        assertion(ROTATED, Given(KEY, {"enableKeyRotation": value}))  # type: ignore[operator]
    assert f"{ROTATED.id} {said}" in str(raised.value)
    assert "enableKeyRotation" in str(raised.value)


def test_a_wrong_path_is_told_with_the_right_one() -> None:
    with pytest.raises(AssertionError, match=r"should point at 'rotation' .* points at 'enableKey"):
        assert_fails(ROTATED, Given(KEY), at="rotation")


def test_a_stack_is_judged_before_and_after() -> None:
    key = Given(KEY, {"enableKeyRotation": Later(value=False)}, "key", outputs={"arn": Later("k")})
    group = Given(GROUP, {"kmsKeyId": Later("k")}, "group", {"kmsKeyId": ["key"]})
    stray = Given(GROUP, {"kmsKeyId": Later("elsewhere")}, "stray")
    found = judge_stack((ROTATED, key_here), (key, group, stray))
    assert_findings(
        found.preview,
        [(ROTATED.id, "key", "unknown"), Expected(key_here.id, "stray", Kind.UNKNOWN)],
    )
    assert_findings(found.deployed, [(key_here.id, "stray"), (ROTATED.id, "key")])
    assert found.at(Phase.PREVIEW) == found.preview
    assert found.at(Phase.DEPLOYED) == found.deployed


def test_a_rule_that_breaks_is_a_finding_of_a_stack_and_raises_alone() -> None:
    group = Given(GROUP, name="group")
    assert_findings(judge_stack((broken,), (group,)).preview, [(broken.id, "group", "error")])
    with pytest.raises(KeyError):
        judge(broken, group)


def test_settings_are_heard() -> None:
    residency = next(each for each in RULES if each.id == "residency-resource-location-allowed")
    here = Given(KEY, {"region": "eu-north-1"})
    assert_passes(residency, here)
    assert_fails(residency, here, settings=Settings(jurisdictions=frozenset(("KR",))))
    korea = Settings(jurisdictions=frozenset(("KR",)))
    assert_findings(
        judge_stack((residency,), (here,), settings=korea).deployed, [(residency.id, "it")]
    )


def test_findings_that_differ_are_all_told() -> None:
    found = judge_stack((ROTATED,), (Given(KEY, name="a"), Given(KEY, name="b"))).preview
    with pytest.raises(AssertionError) as raised:
        assert_findings(found, [(ROTATED.id, "a", "unknown"), (ROTATED.id, "b")])
    assert str(raised.value).splitlines() == [
        "expected, and did not come: acme-key-rotated a unknown",
        "came, and was not expected: acme-key-rotated a fail: it is not rotated (at enableKeyRotation)",
    ]


def test_a_finding_too_many_of_the_same_kind_is_told() -> None:
    found = judge_stack((ROTATED,), (Given(KEY),)).preview
    with pytest.raises(AssertionError, match="not expected: acme-key-rotated it fail"):
        assert_findings([*found, *found], [(ROTATED.id, "it")])


@pytest.mark.parametrize(
    ("stack", "said"),
    [
        ((Given(KEY), Given(GROUP)), "two resources are called 'it'"),
        ((Given(KEY, dependencies={"policy": ["rolle"]}),), "'it' has its policy from 'rolle'"),
    ],
)
def test_a_stack_that_cannot_be_is_refused(stack: tuple[Given, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        judge_stack((ROTATED,), stack)


def test_sound_rules_have_no_problems() -> None:
    assert problems_of((ROTATED,), CASES) == []
    assert_sound((ROTATED,), CASES)


@pytest.mark.parametrize(
    ("flawed", "said"),
    [
        (make("keys-aws-key-rotation"), "Isthmus has a rule of this id"),
        (make(title=" "), "it has no title"),
        (make(why=""), "it has no why"),
        (make(fix=""), "it has no fix"),
        (make(types=()), "it judges no type"),
        (make(types=("aws:kms/kee:Key", KEY)), f"no type aws:kms/kee:Key. Did you mean {KEY}"),
        (
            make(types=("azure:*", KEY)),
            "azure:* cannot be looked up: pulumi_azure is not installed",
        ),
        (make(types=("acme:index:Key", KEY)), "acme:index:Key cannot be looked up"),
        (make(types=("aws:kmz/*", KEY)), "no type aws:kmz/*"),
    ],
)
def test_a_flawed_rule_is_told(flawed: Rule, said: str) -> None:
    [problem, *_] = problems_of(
        (flawed,), [Case(flawed, each.answer, each.given) for each in CASES]
    )
    assert problem.startswith(f"{flawed.id}: ")
    assert said in problem


def test_types_of_ones_own_are_known_by_name() -> None:
    own = make(types=("acme:index:Key", "acme:*", "pulumi:providers:aws", "aws:kms/*", "*"))
    cases = [Case(own, each.answer, each.given) for each in CASES]
    assert problems_of((own,), cases, own_types=("acme:index:Key",)) == []


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        (CASES[:1], "acme-key-rotated: it has no failing case"),
        (CASES[1:], "acme-key-rotated: it has no passing case"),
        ((*CASES, Case(moot, Answer.PASS, Given(KEY))), "its rule is not among the rules"),
        ((*CASES, Case(ROTATED, Answer.FAIL, Given(GROUP))), "the rule does not judge this type"),
        ((*CASES, Case(ROTATED, Answer.PASS, Given(KEY))), "the rule says 'fail': Fail("),
        (
            (*CASES, Case(ROTATED, Answer.FAIL, Given(KEY), at="x")),
            "points at ['enableKeyRotation']",
        ),
    ],
)
def test_flawed_cases_are_told(cases: tuple[Case, ...], said: str) -> None:
    [problem] = problems_of((ROTATED,), cases)
    assert said in problem


def test_no_rules_are_no_sound_rules() -> None:
    assert problems_of((), ()) == ["there are no rules"]


def test_two_rules_of_one_id_are_told() -> None:
    twin = make()
    cases = [*CASES, *(Case(twin, each.answer, each.given) for each in CASES)]
    assert problems_of((ROTATED, twin), cases) == ["acme-key-rotated: 2 rules have this id"]


@rule("acme-key-careless", title="t", why="w", fix="f", severity=Severity.LOW, types=(KEY,))
def careless(key: Resource, context: Context) -> Verdicts:
    """Takes an unknown for a pass."""
    return Fail("off", "on") if key.get("on") is False else Pass()


@rule("acme-key-fragile", title="t", why="w", fix="f", severity=Severity.LOW, types=(KEY,))
def fragile(key: Resource, context: Context) -> Verdicts:
    """Takes for granted that what is set is text."""
    value = key.get("policy")
    return Pass() if value is MISSING or "*" not in value else Fail("all", "policy")  # type: ignore[operator]


def test_a_rule_that_takes_an_unknown_for_a_pass_is_told() -> None:
    cases = (
        Case(careless, Answer.FAIL, Given(KEY, {"on": False})),
        Case(careless, Answer.PASS, Given(KEY, {"on": True})),
    )
    [problem] = problems_of((careless,), cases)
    assert "a failure, and 'pass' where no more than" in problem
    assert problems_of((careless,), cases, presence=(careless.id,)) == []


def test_a_rule_that_breaks_on_an_unknown_is_told() -> None:
    cases = (
        Case(fragile, Answer.FAIL, Given(KEY, {"policy": "*"})),
        Case(fragile, Answer.PASS, Given(KEY, {"policy": "s3"})),
    )
    problems = problems_of((fragile,), cases)
    assert len(problems) == 2
    assert all("the rule breaks where" in problem for problem in problems)


def test_a_rule_that_breaks_on_its_case_is_told() -> None:
    [told, *_] = [p for p in problems_of((broken,), [Case(broken, Answer.FAIL, Given(GROUP))])
                  if "breaks" in p]  # fmt: skip
    assert "KeyError" in told


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(AssertionError) as raised:
        assert_sound((make(title=""),), ())
    assert len(str(raised.value).splitlines()) == 3


def test_every_type_that_our_rules_name_is_found() -> None:
    tokens = {token for each in RULES for token in each.types}
    assert [problem for token in sorted(tokens) if (problem := why_no_type(token))] == []
    assert types_of("no-such-cloud") is None


def test_every_public_helper_says_what_it_is_for() -> None:
    constants = {"DEFAULT_SETTINGS"}
    for name in set(testing.__all__) - constants:
        assert vars(testing)[name].__doc__, name


def test_the_page_shows_what_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its examples are run, in their order, with the modules of the example pack at hand."""
    monkeypatch.syspath_prepend(str(EXAMPLE))
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 3
    known: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), known)

"""The evaluator asks the rules that concern a resource; no broken rule ends or passes a run."""

from dataclasses import replace

import pytest

from isthmus_policies.evaluate import Kind, RuleIndex, evaluate
from isthmus_policies.graph import Graph
from isthmus_policies.places import Catalogue
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Enforcement, Rule, Scope, Severity, covers, rule
from isthmus_policies.settings import OnUnknown, Settings
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdicts

pytestmark = [pytest.mark.policy, pytest.mark.pure]

CONTEXT = Context(Settings(), Catalogue())
RESOURCE = Resource("urn:1", "aws:s3/bucket:Bucket", "lake", {})


def make_rule(answer: Verdicts, enforcement: Enforcement = Enforcement.MANDATORY) -> Rule:
    @rule(
        "test-thing-good", title="t", why="Because.", fix="do()", severity=Severity.HIGH,
        types=("aws:*",), enforcement=enforcement,
    )  # fmt: skip
    def check(resource: Resource, context: Context) -> Verdicts:
        return answer

    return check


@pytest.mark.parametrize(
    ("answer", "kinds"),
    [
        (Pass(), []),
        (NotApplicable("no"), []),
        ((), []),
        (Fail("bad", "a.b"), [Kind.FAIL]),
        (Unknown("perhaps", "a"), [Kind.UNKNOWN]),
        ([Pass(), Fail("bad"), Unknown("perhaps")], [Kind.FAIL, Kind.UNKNOWN]),
    ],
)
def test_verdicts_become_findings(answer: Verdicts, kinds: list[Kind]) -> None:
    findings = evaluate([RESOURCE], [make_rule(answer)], CONTEXT)
    assert [finding.kind for finding in findings] == kinds
    assert all(finding.blocks and finding.urn == "urn:1" for finding in findings)


def test_finding_says_what_where_why_and_what_to_write_instead() -> None:
    [finding] = evaluate([RESOURCE], [make_rule(Fail("it is open", "ingress[0]"))], CONTEXT)
    assert finding.render() == (
        "test-thing-good [high]: it is open (at ingress[0]). Because. Fix: do()"
    )


@pytest.mark.parametrize(
    ("answer", "kind"), [(Unknown("perhaps", "a"), "unknown"), (None, "error")]
)
def test_finding_that_is_no_failure_says_so(answer: Verdicts, kind: str) -> None:
    [finding] = evaluate([RESOURCE], [make_rule(answer)], CONTEXT)
    assert finding.render().startswith(f"test-thing-good [high, {kind}]: ")


def test_an_advisory_rule_does_not_block() -> None:
    [finding] = evaluate([RESOURCE], [make_rule(Fail("bad"), Enforcement.ADVISORY)], CONTEXT)
    assert not finding.blocks


def test_an_unknown_blocks_unless_the_stack_says_otherwise() -> None:
    lenient = replace(CONTEXT, settings=Settings(on_unknown=OnUnknown.WARN))
    [strict_finding] = evaluate([RESOURCE], [make_rule(Unknown("perhaps"))], CONTEXT)
    [lenient_finding] = evaluate([RESOURCE], [make_rule(Unknown("perhaps"))], lenient)
    assert strict_finding.blocks
    assert not lenient_finding.blocks


def test_a_broken_rule_is_a_finding_that_blocks_and_tells_no_secret() -> None:
    @rule("test-thing-broken", title="", why="", fix="", severity=Severity.LOW, types=("*",))
    def broken(resource: Resource, context: Context) -> Verdicts:
        raise KeyError("hunter2")

    findings = evaluate([RESOURCE], [broken, make_rule(Fail("bad"))], CONTEXT)
    assert [(f.rule.id, f.kind, f.blocks) for f in findings] == [
        ("test-thing-broken", Kind.ERROR, True),
        ("test-thing-good", Kind.FAIL, True),
    ]
    assert "KeyError" in findings[0].render()
    assert "hunter2" not in findings[0].render()


def test_a_rule_that_breaks_half_way_through_its_answers_is_an_error() -> None:
    @rule("test-thing-lazy", title="", why="", fix="", severity=Severity.LOW, types=("*",))
    def lazy(resource: Resource, context: Context) -> Verdicts:
        def answers() -> Verdicts:
            yield Pass()
            raise ValueError

        return answers()

    assert [f.kind for f in evaluate([RESOURCE], [lazy], CONTEXT)] == [Kind.ERROR]


def test_a_rule_with_a_third_parameter_gets_the_stack() -> None:
    @rule("test-thing-paired", title="", why="", fix="", severity=Severity.LOW, types=("aws:*",))
    def paired(resource: Resource, context: Context, graph: Graph) -> Verdicts:
        return Pass() if len(graph.resources) == 2 else Fail("alone")

    assert paired.scope is Scope.STACK
    assert make_rule(Pass()).scope is Scope.RESOURCE
    other = replace(RESOURCE, urn="urn:2")
    assert len(evaluate([RESOURCE], [paired], CONTEXT)) == 1
    assert evaluate([RESOURCE, other], [paired], CONTEXT) == []


@pytest.mark.parametrize(
    ("pattern", "token", "covered"),
    [
        ("aws:s3/bucket:Bucket", "aws:s3/bucket:Bucket", True),
        ("aws:s3/bucket:Bucket", "aws:s3/bucket:BucketV2", False),
        ("aws:*", "aws:s3/bucket:Bucket", True),
        ("aws:*", "gcp:storage/bucket:Bucket", False),
        ("*", "anything:at:All", True),
    ],
)
def test_types_cover_tokens_and_prefixes(pattern: str, token: str, covered: bool) -> None:
    assert covers(pattern, token) is covered


def test_index_keeps_the_order_of_the_rules() -> None:
    first, second = make_rule(Pass()), replace(make_rule(Pass()), id="test-thing-other")
    index = RuleIndex([first, second])
    assert [each.id for each in index.for_type("aws:a:B")] == [
        "test-thing-good",
        "test-thing-other",
    ]
    assert index.for_type("gcp:a:B") == ()


def test_a_rule_id_has_a_form() -> None:
    with pytest.raises(ValueError, match="topic-subject-expectation"):
        replace(make_rule(Pass()), id="Rotation")

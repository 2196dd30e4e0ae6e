"""`isthmus policies`: every rule there is, what it asks for, why, and which requirements it serves."""

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from isthmus_policies.rule import Rule

_WIDTH = 140
"""Columns where there is no terminal to ask: every rule on one line or two."""
HELP = """List the policy rules: what each asks for, how grave it is, and which requirements it serves.

With --json each rule has all that is known of it: types, controls, the fix, and each framework's
requirements with the basis on which they were mapped (verified, derived, own-reading) and its source.
"""


def policies(
    as_json: Annotated[bool, typer.Option("--json", help='Print {"rules": [...]}.')] = False,
    pack: Annotated[str | None, typer.Option(help="Only the rules of this pack.")] = None,
) -> None:
    from isthmus_policies.gate import choose_rules
    from isthmus_policies.offline.problem import CannotJudge

    try:
        rules = choose_rules([pack or "all"]).rules
    except CannotJudge as problem:
        print(f"isthmus: {problem}", file=sys.stderr)
        raise typer.Exit(2) from None
    if as_json:
        print(json.dumps({"rules": [rule_as_json(rule) for rule in rules]}, indent=2))
    else:
        _show(rules)


def rule_as_json(rule: "Rule") -> dict[str, object]:
    from isthmus_policies.frameworks import requirements_of

    return {
        "id": rule.id,
        "title": rule.title,
        "topic": rule.topic,
        "severity": rule.severity.value,
        "enforcement": rule.enforcement.value,
        "scope": rule.scope.value,
        "packs": packs_of(rule),
        "why": rule.why,
        "fix": rule.fix,
        "types": list(rule.types),
        "remedy": _remedy_as_json(rule),
        "controls": list(rule.controls),
        "requirements": [
            {
                "framework": each.framework,
                "id": each.id,
                "basis": each.basis.value,
                "source": each.source,
            }
            for each in requirements_of(rule)
        ],
    }


def _remedy_as_json(rule: "Rule") -> dict[str, object] | None:
    """What the rule's safe fix sets, where, and why it is safe; None if it has none."""
    from isthmus_policies.remedies import remedy_of

    remedy = remedy_of(rule)
    if remedy is None:
        return None
    types = list(remedy.types or rule.types)
    return {"sets": list(remedy.sets), "types": types, "safe": remedy.safe}


def packs_of(rule: "Rule") -> list[str]:
    from isthmus_policies.gate import PACK_NAMES, rules_of

    return [name for name in PACK_NAMES if rule in rules_of(name)]


def _show(rules: "tuple[Rule, ...]") -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    from isthmus_policies.frameworks import requirements_of

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("rule", no_wrap=True)
    for heading in ("severity", "level", "what it asks for", "frameworks"):
        table.add_column(heading, overflow="fold")
    for rule in rules:
        frameworks = {each.framework for each in requirements_of(rule)}
        cells = (rule.id, rule.severity.value, rule.enforcement.value, rule.title)
        table.add_row(*cells, str(len(frameworks)))
    width = None if sys.stdout.isatty() else _WIDTH
    console = Console(highlight=False, markup=False, width=width)
    console.print(table)
    console.print(f"{len(rules)} rules. All that is known of them: isthmus policies --json")

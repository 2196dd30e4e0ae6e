"""Writes the reference in docs/policies/: a page for each pack, and one for each topic of rules.

Run it after a change of a rule, a mapping or a pack: `python -m isthmus_policies.packs.pages`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path

from isthmus_policies.frameworks import requirements_of
from isthmus_policies.packs import PACKS, Pack
from isthmus_policies.packs.lists import Framework, Showable, framework_named
from isthmus_policies.registry import RULES
from isthmus_policies.rule import Enforcement, Requirement, Rule

PAGES = Path(__file__).parents[3] / "docs" / "policies"
_SHOWABLE = {
    Showable.YES: "showable",
    Showable.PARTLY: "partly",
    Showable.NO: "not showable",
}
_NOTE = "<!-- Written by `python -m isthmus_policies.packs.pages`; edit the rules instead. -->"


def pages() -> Mapping[str, str]:
    """Every page by its path below docs/policies/."""
    topics = defaultdict[str, list[Rule]](list)
    for rule in RULES:
        topics[rule.topic].append(rule)
    return {
        **{f"{pack.name}.md": "\n".join(_pack_page(pack)) + "\n" for pack in PACKS.values()},
        **{
            f"rules/{topic}.md": "\n".join(_topic_page(topic, rules)) + "\n"
            for topic, rules in sorted(topics.items())
        },
    }


def _pack_page(pack: Pack) -> Iterator[str]:
    yield from (f"# {pack.title}", "", _NOTE, "", pack.description, "")
    yield from ("```", f"pulumi preview --policy-pack policies/packs/{pack.name}", "```", "")
    yield from _frameworks(pack)
    columns = ("rule", "severity", "says", *(("serves",) if pack.frameworks else ()))
    yield f"## Its {len(pack.rules)} rules"
    yield from ("", _row(columns), _row("---" for _ in columns))
    for rule in pack.rules:
        link = f"[{rule.id}](rules/{rule.topic}.md#{rule.id})"
        served = _told(_of(pack.frameworks, rule))
        yield _row((link, rule.severity, rule.title, *((served,) if pack.frameworks else ())))


def _frameworks(pack: Pack) -> Iterator[str]:
    if not pack.frameworks:
        return
    yield from ("## What it shows", "")
    columns = ("framework", "version", "requirements its rules serve", *_SHOWABLE.values())
    yield from (_row(columns), _row("---" for _ in columns))
    yield from (_row(_framework(framework_named(name), pack)) for name in pack.frameworks)
    yield from (
        "",
        "A requirement that is served is supported by its rules, not fulfilled by them.",
        "[Frameworks](frameworks.md) says which lists are whole, and what the columns mean.",
        "",
    )


def _framework(framework: Framework, pack: Pack) -> Iterator[str]:
    served = {each.id for rule in pack.rules for each in _of((framework.name,), rule)}
    listed = len(framework.requirements)
    yield from (framework.title, framework.version)
    yield f"{len(served)} of {listed}{'' if framework.complete else ' that we list'}"
    yield from (str(framework.counts()[each]) for each in _SHOWABLE)


def _topic_page(topic: str, rules: Iterable[Rule]) -> Iterator[str]:
    yield from (f"# Rules: {topic}", "", _NOTE)
    for rule in rules:
        yield from _rule_section(rule)


def _rule_section(rule: Rule) -> Iterator[str]:
    advice = ", advice only" if rule.enforcement is Enforcement.ADVISORY else ""
    packs = [f"[{each.name}](../{each.name}.md)" for each in PACKS.values() if rule in each.rules]
    yield from ("", f"## {rule.id}", "", f"**{rule.title}.** {rule.why}", "")
    yield f"- Severity: {rule.severity}{advice}"
    yield f"- Packs: {', '.join(packs) or 'none; by its id alone'}"
    yield f"- Resources: {', '.join(f'`{token}`' for token in rule.types)}"
    yield from _requirements(rule)
    code, _, advice_on_it = rule.fix.partition("; ")
    yield from ("", "Write instead:", "", "```", code)
    if advice_on_it:
        yield f"# {advice_on_it}"
    yield "```"


def _requirements(rule: Rule) -> Iterator[str]:
    found = requirements_of(rule)
    if not found:
        yield "- Requirements: no framework is mapped to it yet"
    for framework, each in groupby(found, key=lambda one: one.framework):
        yield f"- {framework}: {_told(each)}"


def _of(frameworks: Iterable[str], rule: Rule) -> Iterator[Requirement]:
    return (each for each in requirements_of(rule) if each.framework in frameworks)


def _told(requirements: Iterable[Requirement]) -> str:
    """Requirements by basis; one that has several counts with the best."""
    best: dict[tuple[str, str], Requirement] = {}
    bases = ("own-reading", "derived", "verified")
    for each in sorted(requirements, key=lambda one: bases.index(one.basis)):
        best[each.framework, each.id] = each
    told = sorted(best.values(), key=lambda one: (one.framework, -bases.index(one.basis), one.id))
    frameworks = {each.framework for each in told}
    groups: list[str] = []
    for (framework, basis), same in groupby(told, key=lambda one: (one.framework, one.basis)):
        prefix = f"{framework} " if len(frameworks) > 1 else ""
        groups.append(f"{prefix}{', '.join(each.id for each in same)} ({basis})")
    return "; ".join(groups)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def write() -> None:
    (PAGES / "rules").mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (PAGES / name).write_text(text, encoding="utf-8")
    for stale in sorted({*PAGES.glob("rules/*.md")} - {PAGES / name for name in pages()}):
        stale.unlink()


if __name__ == "__main__":
    write()

"""The report as OSCAL assessment results: a result for each framework, for compliance tools."""

import re
from collections.abc import Mapping, Sequence
from itertools import chain
from uuid import NAMESPACE_URL, uuid5

from trestle.oscal import OSCAL_VERSION
from trestle.oscal.assessment_results import AssessmentResults

from isthmus_policies.reports.conditions import conditions
from isthmus_policies.reports.coverage import Tested, by_framework
from isthmus_policies.reports.model import Finding, Outcome, Report, by_rule
from isthmus_policies.reports.text import count_of, visible
from isthmus_policies.rule import Rule

Json = dict[str, object]

_LIMITS = (
    "Rules judge how resources are configured. A requirement whose rules pass is supported by that, "
    "not fulfilled: it asks for more than configuration."
)
_NIST = re.compile(r"([A-Z]{2}-\d+)((?:\(\d+\))*)")


def render(report: Report) -> str:
    """Whatever OSCAL does not allow is refused by its model, and not written."""
    model = AssessmentResults.model_validate(_Writer(report).document())
    return model.oscal_serialize_json(pretty=True) + "\n"


def control_id(framework: str, requirement: str) -> str:
    """A requirement as an OSCAL token; for NIST SP 800-53 as its OSCAL catalogue spells it, with
    enhancements as `.1` and without the letters of statements."""
    found = _NIST.match(requirement) if framework.startswith("NIST800-53") else None
    if found:
        return found[1].lower() + found[2].replace("(", ".").replace(")", "")
    token = re.sub(r"[^A-Za-z0-9.-]+", "_", f"{framework}_{requirement}").strip("_")
    return token if token[:1].isalpha() else f"id_{token}"


class _Writer:
    def __init__(self, report: Report) -> None:
        self._report = report
        self._time = report.created.isoformat()
        digests = "".join(each.sha256 for each in report.inputs)
        # Identifiers that depend on nothing but what was judged, and when.
        self._space = uuid5(NAMESPACE_URL, f"isthmus-check:{digests}:{self._time}")
        self._findings = by_rule(report.findings)

    def document(self) -> Json:
        return {
            "uuid": self._id("document"),
            "metadata": {
                "title": "Policy report of isthmus",
                "last-modified": self._time,
                "version": self._report.version,
                "oscal-version": OSCAL_VERSION,
                "remarks": _LIMITS,
            },
            "import-ap": {"href": f"#{self._id('plan')}"},
            "results": [
                self._result(framework, tested)
                for framework, tested in by_framework(self._report).items()
            ],
            "back-matter": {"resources": [self._plan()]},
        }

    def _plan(self) -> Json:
        """What was run over what: there is no assessment plan but this."""
        report = self._report
        props = [_prop("isthmus-version", report.version)]
        props += [_prop("pack", pack) for pack in report.packs]
        for number, given in enumerate(report.inputs, start=1):
            told = [("input", given.name), ("input-sha256", given.sha256)]
            told += [(each.key, each.value) for each in conditions(given)]
            # The group says which of several inputs a property is of.
            props += [{**_prop(*each), "group": f"input-{number}"} for each in told]
        notes = (*report.notes, *report.exemption_warnings())
        ran = f"{count_of(len(report.rules), 'rule')} judged "
        return {
            "uuid": self._id("plan"),
            "title": "Rules of isthmus over stacks",
            "description": ran + count_of(report.resources, "resource"),
            "props": props,
            **_if_any("remarks", "\n".join(visible(note) for note in notes)),
        }

    def _result(self, framework: str, tested: tuple[Tested, ...]) -> Json:
        met = [each for each in tested if each.outcome is not None]
        rules = {rule.id: rule for rule in chain.from_iterable(each.rules for each in met)}
        items = self._inventory(framework, rules)
        return {
            "uuid": self._id("result", framework),
            "title": visible(framework),
            "description": f"{len(met)} of {count_of(len(tested), 'requirement')} that rules serve "
            "concern resources of the judged stacks.",
            "start": self._time,
            "end": self._time,
            "props": [_prop("framework", framework)],
            **_if_any("local-definitions", {"inventory-items": items} if items else {}),
            "reviewed-controls": _reviewed(framework, tested),
            **_if_any(
                "observations", [self._observation(framework, rule) for rule in rules.values()]
            ),
            **_if_any("findings", [self._finding(framework, each) for each in met]),
        }

    def _inventory(self, framework: str, rules: Mapping[str, Rule]) -> list[Json]:
        """The resources that did not pass."""
        told = {each.urn: each for rule in rules for each in self._findings.get(rule, ())}
        return [
            {
                "uuid": self._id("item", framework, urn),
                "description": visible(f"{each.type} {each.name}"),
                "props": [_prop("asset-id", urn)],
            }
            for urn, each in told.items()
        ]

    def _observation(self, framework: str, rule: Rule) -> Json:
        findings = self._findings.get(rule.id, ())
        said = f"{rule.id} ({rule.severity}): {_count(self._report.tally(rule))}. {rule.why}"
        return {
            "uuid": self._id("observation", framework, rule.id),
            "title": visible(rule.title),
            "description": visible(said),
            "methods": ["TEST"],
            "types": ["finding" if findings else "control-objective"],
            "props": [_prop("rule", rule.id), *(_prop("control", each) for each in rule.controls)],
            **_if_any("subjects", [self._subject(framework, each) for each in findings]),
            "collected": self._time,
        }

    def _subject(self, framework: str, finding: Finding) -> Json:
        said = finding.said
        if finding.exemption and finding.outcome is Outcome.EXEMPT:
            said = f"{said}; {finding.exemption.say_exempt()}"
        return {
            "subject-uuid": self._id("item", framework, finding.urn),
            "type": "inventory-item",
            **_if_any("title", visible(finding.name)),
            "props": [_prop("verdict", finding.outcome.value)],
            "remarks": visible(said),
        }

    def _finding(self, framework: str, tested: Tested) -> Json:
        title = visible(f"{framework} {tested.id}")
        bases = sorted({basis.value for basis in tested.bases.values()})
        ran = f"Verdicts of {count_of(len(tested.rules), 'rule')}: {_count(tested.counts)}."
        return {
            "uuid": self._id("finding", framework, tested.id),
            "title": title,
            "description": ran,
            "props": [_prop("requirement", tested.id), *(_prop("basis", each) for each in bases)],
            "target": {
                "type": "objective-id",
                "target-id": control_id(framework, tested.id),
                "title": title,
                "status": _status(tested),
            },
            "related-observations": [
                {"observation-uuid": self._id("observation", framework, rule.id)}
                for rule in tested.rules
            ],
        }

    def _id(self, *parts: str) -> str:
        return str(uuid5(self._space, "\0".join(parts)))


def _status(tested: Tested) -> Json:
    """An exempted resource does not satisfy a requirement: somebody took the risk."""
    if tested.outcome is Outcome.PASS:
        return {"state": "satisfied", "reason": "pass"}
    failed = tested.counts.get(Outcome.FAIL, 0) > 0
    return {"state": "not-satisfied", "reason": "fail" if failed else "other"}


def _reviewed(framework: str, tested: tuple[Tested, ...]) -> Json:
    ids = dict.fromkeys(control_id(framework, each.id) for each in tested)
    selected = [{"control-id": each} for each in ids]
    return {"control-selections": [{"include-controls": selected}]}


def _count(counts: Mapping[Outcome, int]) -> str:
    return ", ".join(f"{count} {outcome.value}" for outcome, count in counts.items() if count)


def _prop(name: str, value: str) -> Json:
    return {"name": name, "value": visible(value).strip() or "-"}


def _if_any(key: str, value: "str | Sequence[object] | Mapping[str, object]") -> Json:
    """OSCAL has no empty lists and texts: what is empty is left out."""
    return {key: value} if value else {}

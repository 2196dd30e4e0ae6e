"""What changed since an earlier report."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from isthmus_policies.offline.problem import CannotJudge
from isthmus_policies.offline.shapes import Json, as_mapping, as_sequence
from isthmus_policies.reports.json_report import SCHEMA
from isthmus_policies.reports.model import (
    SEVERITIES,
    Finding,
    Input,
    Outcome,
    Report,
    fingerprint,
    name_of,
)

_HINT = (
    "Write it with `isthmus check ... --format json -o base.json` on the branch to compare with."
)
_SEVERITIES = [each.value for each in SEVERITIES]
MAX_BYTES = 512 * 1024 * 1024


class Earlier(NamedTuple):
    """A finding of the earlier report."""

    rule: str
    urn: str
    path: str
    severity: str
    message: str

    @property
    def name(self) -> str:
        return name_of(self.urn)

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.rule, self.urn, self.path)


class Why(StrEnum):
    """Why a finding is gone: not all of these are good news."""

    NOT_FOUND = "found no more"
    EXEMPT = "exempt now"
    NOT_RUN = "rule not run"
    NOT_JUDGED = "stack not judged"


class Gone(NamedTuple):
    finding: Earlier
    why: Why


@dataclass(frozen=True, slots=True)
class Base:
    """The earlier report."""

    name: str
    sha256: str
    created: str
    packs: tuple[str, ...]
    findings: tuple[Earlier, ...]
    """Those that stood open."""


@dataclass(frozen=True, slots=True)
class Change:
    """Findings that stand open, compared; exempted ones count as closed."""

    base: Base
    new: tuple[Finding, ...]
    """The worst first, as those that are gone."""
    gone: tuple[Gone, ...]
    still: tuple[Finding, ...]

    @property
    def in_short(self) -> str:
        """How many are new, gone and still there; those that are gone by why, if not all are
        simply found no more."""
        whys = Counter(each.why for each in self.gone)
        told = ", ".join(f"{whys[why]} {why}" for why in Why if whys[why])
        gone = f"{len(self.gone)} gone{f' ({told})' if set(whys) - {Why.NOT_FOUND} else ''}"
        return f"{len(self.new)} new, {gone}, {len(self.still)} still there"


def compare(report: Report, base: Path) -> Change:
    """Raises CannotJudge if `base` is no report of ours."""
    earlier = _read(base)
    left = Counter(each.fingerprint for each in earlier.findings)
    new: list[Finding] = []
    still: list[Finding] = []
    for finding in report.findings:
        if finding.outcome is not Outcome.EXEMPT:
            known = _take(left, finding.fingerprint)
            (still if known else new).append(finding)
    return Change(
        base=earlier,
        new=tuple(sorted(new, key=lambda each: _weight(each.severity))),
        gone=tuple(
            sorted(_gone(earlier, left, report), key=lambda each: _weight(each.finding.severity))
        ),
        still=tuple(still),
    )


def _weight(severity: str) -> int:
    """One that the base made up comes last."""
    return _SEVERITIES.index(severity) if severity in _SEVERITIES else len(_SEVERITIES)


def _take(left: Counter[str], key: str) -> bool:
    """Whether there was one more; a rule may say the same of a resource more than once."""
    left[key] -= 1
    return left[key] >= 0


def _gone(base: Base, left: Counter[str], report: Report) -> Iterator[Gone]:
    exempt = {each.fingerprint for each in report.findings if each.outcome is Outcome.EXEMPT}
    rules = {rule.id for rule in report.rules}
    stacks = tuple(_prefix(each) for each in report.inputs)
    for each in base.findings:
        if not _take(left, each.fingerprint):
            continue
        if each.fingerprint in exempt:
            yield Gone(each, Why.EXEMPT)
        elif each.rule not in rules:
            yield Gone(each, Why.NOT_RUN)
        else:
            judged = each.urn.startswith(stacks)
            yield Gone(each, Why.NOT_FOUND if judged else Why.NOT_JUDGED)


def _prefix(given: Input) -> str:
    """With which every URN of a stack begins; an input without resources may be any stack's."""
    return f"urn:pulumi:{given.stack}::{given.project}::" if given.stack else ""


def _read(base: Path) -> Base:
    content = _content(base)
    try:
        told = as_mapping(json.loads(content.decode("utf-8-sig")))
    except (ValueError, RecursionError):
        raise CannotJudge(str(base), "it is not readable JSON", _HINT) from None
    if told.get("schema") != SCHEMA or not isinstance(told.get("findings"), list):
        raise CannotJudge(str(base), f"it is no report of the form {SCHEMA}", _HINT)
    findings = map(as_mapping, as_sequence(told["findings"]))
    packs = as_sequence(as_mapping(told.get("summary")).get("packs"))
    return Base(
        name=str(base),
        sha256=hashlib.sha256(content).hexdigest(),
        created=str(told.get("created", "")),
        packs=tuple(map(str, packs)),
        findings=tuple(map(_earlier, (f for f in findings if f.get("verdict") != Outcome.EXEMPT))),
    )


def _content(base: Path) -> bytes:
    try:
        if base.stat().st_size > MAX_BYTES:
            raise CannotJudge(str(base), "it is too large to be a report", _HINT)
        return base.read_bytes()
    except OSError as error:
        raise CannotJudge(str(base), f"cannot be read: {error.strerror}", _HINT) from None


def _earlier(finding: Json) -> Earlier:
    return Earlier(*(str(finding.get(key, "")) for key in Earlier._fields))

"""What changed since an earlier report."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from isthmus_policies.offline.problem import CannotJudge
from isthmus_policies.offline.shapes import Json, as_mapping, as_sequence
from isthmus_policies.reports.json_report import SCHEMA
from isthmus_policies.reports.model import Finding, Outcome, Report, fingerprint

_HINT = (
    "Write it with `isthmus check ... --format json -o base.json` on the branch to compare with."
)
MAX_BYTES = 512 * 1024 * 1024


class Earlier(NamedTuple):
    """A finding of the earlier report."""

    rule: str
    urn: str
    path: str
    severity: str
    message: str


@dataclass(frozen=True, slots=True)
class Change:
    """Findings that stand open, compared; exempted ones count as closed."""

    new: tuple[Finding, ...]
    fixed: tuple[Earlier, ...]
    unchanged: int


def compare(report: Report, base: Path) -> Change:
    """Raises CannotJudge if `base` is no report of ours."""
    earlier = _read(base)
    left = Counter(fingerprint(each.rule, each.urn, each.path) for each in earlier)
    new: list[Finding] = []
    unchanged = 0
    for finding in report.findings:
        if finding.outcome is Outcome.EXEMPT:
            continue
        if left[finding.fingerprint] > 0:
            left[finding.fingerprint] -= 1
            unchanged += 1
        else:
            new.append(finding)
    return Change(tuple(new), tuple(_left_over(earlier, left)), unchanged)


def _left_over(earlier: list[Earlier], left: Counter[str]) -> list[Earlier]:
    found: list[Earlier] = []
    for each in earlier:
        key = fingerprint(each.rule, each.urn, each.path)
        if left[key] > 0:
            left[key] -= 1
            found.append(each)
    return found


def _read(base: Path) -> list[Earlier]:
    try:
        if base.stat().st_size > MAX_BYTES:
            raise CannotJudge(str(base), "it is too large to be a report", _HINT)
        read: object = json.loads(base.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CannotJudge(str(base), f"cannot be read: {error.strerror}", _HINT) from None
    except (ValueError, RecursionError):
        raise CannotJudge(str(base), "it is not readable JSON", _HINT) from None
    told = as_mapping(read)
    if told.get("schema") != SCHEMA or not isinstance(told.get("findings"), list):
        raise CannotJudge(str(base), f"it is no report of the form {SCHEMA}", _HINT)
    return [
        _earlier(each)
        for each in map(as_mapping, as_sequence(told["findings"]))
        if each.get("verdict") != Outcome.EXEMPT
    ]


def _earlier(finding: Json) -> Earlier:
    return Earlier(*(str(finding.get(key, "")) for key in Earlier._fields))

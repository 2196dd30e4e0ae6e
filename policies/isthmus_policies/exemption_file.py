"""Reads the file of exemptions, and tells every mistake in it at once."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple, cast

import yaml

from isthmus_policies.exemptions import Exemption, Exemptions, check_pattern
from isthmus_policies.nearest import name_nearest
from isthmus_policies.settings import SettingsError

FILE_NAME = "isthmus-exemptions.yaml"
KEYS = ("rule", "urn", "reason", "owner", "ticket", "expires")
VERDICT = "verdict"
"""The one key that may be left out. `verdict: unknown` lets off what a preview cannot know, and nothing
else."""
MIN_REASON_CHARACTERS = 20
"""Enough for a sentence; a word such as 'legacy' tells the next reader nothing."""
MAX_FILE_BYTES = 1024 * 1024

_EXAMPLE = "aws:s3/bucket:Bucket::public-site"


class Problem(NamedTuple):
    """A mistake in the file, with its line."""

    line: int
    what: str
    hint: str


class ExemptionsError(ValueError):
    """A file that cannot be followed; the message lists every mistake, a line each."""

    def __init__(self, file: str, problems: Iterable[Problem]) -> None:
        self.file, self.problems = file, tuple(problems)
        super().__init__("\n".join(f"{file}:{p.line}: {p.what}. {p.hint}" for p in self.problems))


def read_configured(path: object, rule_ids: Iterable[str]) -> Exemptions:
    """The file that a policy pack's configuration names, or nothing. Raises SettingsError."""
    if path is None:
        return Exemptions()
    if not isinstance(path, str) or not Path(path).is_absolute():
        # The engine runs a pack in the pack's own folder, wherever the stack is.
        raise SettingsError([f"exemptions: {path!r} is not an absolute path"])
    try:
        return read_exemptions(Path(path), rule_ids)
    except ExemptionsError as error:
        raise SettingsError(str(error).splitlines()) from None


def read_exemptions(path: Path, rule_ids: Iterable[str]) -> Exemptions:
    """Reads the file. Raises ExemptionsError with every mistake at once; `rule_ids` are all rules
    there are."""
    problems: list[Problem] = []
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            problems.append(Problem(1, f"it is larger than {MAX_FILE_BYTES} bytes", "Split it"))
        text = "" if problems else path.read_text(encoding="utf-8-sig")
        root = cast("yaml.Node | None", yaml.compose(text, Loader=yaml.SafeLoader))
    except OSError as error:
        raise ExemptionsError(
            str(path), [Problem(1, f"cannot be read: {error.strerror}", "Check the path")]
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ExemptionsError(str(path), [_not_yaml(error)]) from None
    entries = list(_read_entries(root, frozenset(rule_ids), problems)) if not problems else []
    if problems:
        raise ExemptionsError(str(path), sorted(problems))
    return Exemptions(entries)


def _not_yaml(error: Exception) -> Problem:
    mark = getattr(error, "problem_mark", None)
    said = getattr(error, "problem", None) or type(error).__name__
    line = mark.line + 1 if mark else 1
    return Problem(line, f"it is not YAML: {said}", "Write a list of entries")


def _read_entries(
    root: yaml.Node | None, rule_ids: frozenset[str], problems: list[Problem]
) -> Iterator[Exemption]:
    if root is None or (isinstance(root, yaml.SequenceNode) and not root.value):
        problems.append(Problem(1, "the file is empty", "Write a list of entries, or remove it"))
    elif not isinstance(root, yaml.SequenceNode):
        what = "the file is not a list"
        problems.append(Problem(_line(root), what, f"Begin each entry with `- {KEYS[0]}:`"))
    else:
        seen: dict[tuple[str, str], int] = {}
        for node in root.value:
            entry = _Entry(node, problems).read(rule_ids)
            if entry is None:
                continue
            first = seen.setdefault((entry.rule, entry.urn), entry.line)
            if first != entry.line:
                what = f"the same rule and urn stand on line {first}"
                problems.append(Problem(entry.line, what, "Keep one of the two"))
            yield entry


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


class _Entry:
    """Reads one entry, and notes what is wrong with it."""

    def __init__(self, node: yaml.Node, problems: list[Problem]) -> None:
        self._node, self._problems = node, problems
        self._texts: dict[str, tuple[str, int]] = {}

    def read(self, rule_ids: frozenset[str]) -> Exemption | None:
        before = len(self._problems)
        if not isinstance(self._node, yaml.MappingNode):
            self._tell(_line(self._node), "an entry is not a mapping", f"Give it {', '.join(KEYS)}")
            return None
        for key, value in self._node.value:
            self._take(key, value)
        for key in KEYS:
            if key not in self._texts and not self._is_told(key):
                self._tell(_line(self._node), f"an entry has no {key}", f"Add `{key}:`")
        self._check_rule(rule_ids)
        self._check_urn()
        self._check_reason()
        self._check_verdict()
        expires = self._expires()
        if len(self._problems) > before or expires is None:
            return None
        told = {key: self._texts[key][0] for key in KEYS[:-1]}
        return Exemption(
            **told,
            expires=expires,
            line=_line(self._node),
            only_unknown=VERDICT in self._texts,
        )

    def _take(self, key: yaml.Node, value: yaml.Node) -> None:
        name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
        known = (*KEYS, VERDICT)
        if name not in known:
            hint = f"{name_nearest(name, known)}An entry has {', '.join(KEYS)}"
            self._tell(_line(key), f"'{name}' is no key of an entry", hint)
        elif name in self._texts:
            self._tell(_line(key), f"'{name}' stands twice", "Keep one of the two")
        elif not isinstance(value, yaml.ScalarNode) or not str(value.value).strip():
            self._tell(_line(key), f"{name} is no text, or empty", "Write it on one line")
        else:
            self._texts[name] = (" ".join(str(value.value).split()), _line(key))

    def _check_rule(self, rule_ids: frozenset[str]) -> None:
        rule, line = self._texts.get("rule", ("", 0))
        if rule and rule not in rule_ids:
            hint = f"{name_nearest(rule, rule_ids)}`isthmus policies` lists them"
            self._tell(line, f"there is no rule '{rule}'", hint)

    def _check_urn(self) -> None:
        urn, line = self._texts.get("urn", ("", 0))
        wrong = check_pattern(urn) if urn else None
        if wrong:
            hint = f"Write it like {_EXAMPLE}; the name may hold * and ?"
            self._tell(line, f"urn '{urn}' {wrong}", hint)

    def _check_reason(self) -> None:
        reason, line = self._texts.get("reason", ("", 0))
        if reason and len(reason) < MIN_REASON_CHARACTERS:
            what = f"the reason has {len(reason)} characters, not {MIN_REASON_CHARACTERS}"
            self._tell(line, what, "Say what makes the risk acceptable, and until when")

    def _check_verdict(self) -> None:
        verdict, line = self._texts.get(VERDICT, ("unknown", 0))
        if verdict != "unknown":
            what = f"verdict '{verdict}' cannot be exempted by itself"
            self._tell(
                line, what, "Write `verdict: unknown`, or leave it out to exempt failures too"
            )

    def _expires(self) -> date | None:
        text, line = self._texts.get("expires", ("", 0))
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self._tell(line, f"expires '{text}' is no date", "Write it like 2027-03-31")
            return None

    def _is_told(self, key: str) -> bool:
        """Whether the key is there, and was already complained about."""
        keys = [k.value for k, _ in self._node.value if isinstance(k, yaml.ScalarNode)]
        return key in keys

    def _tell(self, line: int, what: str, hint: str) -> None:
        self._problems.append(Problem(line, what, hint))

"""Reads the text of a stack file into a document: its sections, what is encrypted, and what is not
ours."""

import json
import re
from pathlib import Path as FilePath

from isthmus.spec.document import Document
from isthmus.spec.problem import Problem, dotted
from isthmus.spec.tree import Entry, Node, Span, node_of, walk
from isthmus.spec.yaml_source import Duplicate, NotReadableError, read_yaml
from isthmus_catalog import nearest

MAX_BYTES = 1_000_000
"""A thousand times a large stack's configuration."""

PULUMI_KEYS = ("config", "encryptionsalt", "encryptedkey", "secretsprovider", "environment")
"""What a stack file may hold: `ProjectStack` in pulumi/pulumi,
sdk/go/common/workspace/project.go."""

ENCRYPTED = "(encrypted)"
"""Stands for a secret that only the engine can decrypt."""


def read_stack_file(path: FilePath, project: str) -> Document:
    """The configuration of `project` in a stack file. Whatever keeps it from being read is noted in
    the document, whose root then is no mapping."""
    document = Document(str(path), project, Node())
    text = _read_text(path, document)
    if text is not None:
        document.lines = tuple(text.splitlines())
        _read_sections(text, document)
    return document


def parse_value(text: str) -> object:
    """The value of one configuration key: JSON for mappings and lists, text for everything else."""
    try:
        return json.loads(text) if text[:1] in ("{", "[") else text
    except (json.JSONDecodeError, RecursionError):
        return text


def _read_text(path: FilePath, document: Document) -> str | None:
    try:
        if path.stat().st_size > MAX_BYTES:
            what = f"the file is larger than {MAX_BYTES} bytes"
            return _refuse(document, what, "a stack's configuration fits in a few kilobytes")
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return _refuse(document, "there is no such stack file", _other_stacks(path))
    except UnicodeDecodeError:
        return _refuse(
            document, "the file is not UTF-8 text", "save it as UTF-8 without special encoding"
        )
    except OSError as error:
        return _refuse(
            document, f"the file cannot be read: {error.strerror}", "check its kind and permissions"
        )


def _refuse(document: Document, what: str, hint: str, span: Span | None = None) -> None:
    why = "the configuration of a stack is read from this file"
    document.report_at(span, Problem((), what, why, hint))


def _other_stacks(path: FilePath) -> str:
    names = sorted(
        p.name.removeprefix("Pulumi.").removesuffix(".yaml")
        for p in path.parent.glob("Pulumi.*.yaml")
    )
    if not names:
        return f"there is no stack file in {path.parent}; a stack file is named Pulumi.<stack>.yaml"
    wanted = path.name.removeprefix("Pulumi.").removesuffix(".yaml")
    close = nearest(wanted, names, 1)
    guess = f"did you mean `{close[0]}`? " if close else ""
    return f"{guess}stacks here: {', '.join(names)}"


def _read_sections(text: str, document: Document) -> None:
    try:
        root, duplicates = read_yaml(text)
    except NotReadableError as error:
        # Without a tree nothing says which words are secret, so only names are shown.
        document.lines = tuple(_name_alone(line) for line in document.lines)
        _refuse(document, error.what, error.hint, error.span)
        return
    for duplicate in duplicates:
        _report_duplicate(document, duplicate)
    config = _config_of(root, document)
    if config is not None:
        document.root = Node(span=config.span, entries=_sections(config, document))


def _name_alone(line: str) -> str:
    """A line up to the colon after its first key."""
    name = re.match(r"\s*(- +)?[\w:.-]+:(?=\s|$)", line)
    shown = name[0] if name else line[: len(line) - len(line.lstrip())]
    return shown if shown == line.rstrip() else f"{shown} (hidden)"


def _report_duplicate(document: Document, duplicate: Duplicate) -> None:
    document.hide(duplicate.value)
    path = duplicate.path[1:] if duplicate.path[0] == "config" else duplicate.path
    key = str(path[-1]) if path else "config"
    problem = Problem(
        path,
        f"`{key}` stands here a second time",
        f"a mapping has each key once; the first one is on line {duplicate.first.line}",
        "remove one of the two",
        value=key,
        setting=dotted(path),
    )
    document.report_at(duplicate.span, problem)


def _config_of(root: Node, document: Document) -> Node | None:
    if root.entries is None:
        empty = root.items is None and root.scalar is None
        what = "the file is empty" if empty else f"the file holds {root.kind}, not keys and values"
        return _refuse(
            document, what, f"begin with `config:` and, below it, `{document.project}:platform:`"
        )
    for key in [key for key in root.entries if key not in PULUMI_KEYS]:
        _report_stray_key(document, root.entries[key])
    config = root.entries.get("config")
    if config is None:
        hint = f"add `config:` and, below it, `{document.project}:platform:`"
        return _refuse(document, "the file has no `config:`", hint, root.span)
    if config.node.entries is None:
        what = f"`config:` holds {config.node.kind}, not keys and values"
        return _refuse(
            document, what, f"write `{document.project}:platform:` below it", config.span
        )
    return config.node


def _report_stray_key(document: Document, entry: Entry) -> None:
    document.hide(entry.node)
    ours = entry.written.startswith(f"{document.project}:")
    close = nearest(entry.written, PULUMI_KEYS, 1)
    hint = (
        "indent it, so that it stands below `config:`"
        if ours
        else (f"write `{close[0]}`" if close else "remove it")
    )
    why = f"a stack file has only: {', '.join(PULUMI_KEYS)}"
    what = f"a stack file has no `{entry.written}` at its top level"
    problem = Problem((), what, why, hint, value=entry.written, setting=entry.written)
    document.report_at(entry.span, problem)


def _sections(config: Node, document: Document) -> dict[str, Entry]:
    sections: dict[str, Entry] = {}
    for key, entry in (config.entries or {}).items():
        namespace, _, name = key.replace(":config:", ":", 1).partition(":")
        if namespace == document.project and name:
            _open_values(entry)
            sections[name] = Entry(name, entry.span, entry.node)
        else:
            document.hide(entry.node)
        if not name:
            _report_bare_key(document, entry)
    return sections


def _report_bare_key(document: Document, entry: Entry) -> None:
    what = f"`{entry.written}` has no namespace"
    why = "Pulumi gives a setting to the project or provider that stands before its colon"
    problem = Problem(
        (),
        what,
        why,
        f"write `{document.project}:{entry.written}`",
        value=entry.written,
        setting=entry.written,
    )
    document.report_at(entry.span, problem)


def _open_values(entry: Entry) -> None:
    """Marks what is encrypted, and opens a section that was written as JSON in a string."""
    if isinstance(entry.node.scalar, str):
        value = parse_value(entry.node.scalar)
        if value is not entry.node.scalar:
            span, entry.node = entry.node.span, node_of(value)
            for part in walk(entry.node):
                part.span = span
    for part in walk(entry.node):
        if part.entries is not None and set(part.entries) == {"secure"}:
            part.entries, part.scalar, part.secure = None, ENCRYPTED, True

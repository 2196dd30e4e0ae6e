"""Loads a stack's configuration, from its file or from the running program, with all mistakes at
once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath

from isthmus.spec.document import Document
from isthmus.spec.model import Spec
from isthmus.spec.problem import Problem
from isthmus.spec.repair import settle
from isthmus.spec.stack_file import parse_value, read_stack_file
from isthmus.spec.tree import Entry, Node, node_of, walk


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration that was read, and everything that is wrong with it."""

    document: Document
    draft: Spec | None
    """The typed configuration with stand-ins for what is wrong: good for finding further mistakes,
    not for building. None if nothing could be made of it."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.document.finished()

    @property
    def spec(self) -> Spec | None:
        """The configuration; None as long as there is a problem."""
        return None if self.document.problems else self.draft


def load_stack_file(path: FilePath, project: str = "isthmus") -> Loaded:
    """Reads `Pulumi.<stack>.yaml`. Never raises: whatever is wrong becomes a problem with its line.

    Secrets stay encrypted; their place is taken by a placeholder.
    """
    document = read_stack_file(path, project)
    # Without a tree there is nothing to judge, and every section would be reported missing.
    return Loaded(document, None if document.root.entries is None else settle(document, Spec))


def load_config(
    config: Mapping[str, str],
    secret_keys: Collection[str] = (),
    stack_file: FilePath | None = None,
    project: str = "isthmus",
) -> Loaded:
    """Reads what the engine hands to a running program: `project:section` to JSON, secrets
    decrypted.

    `secret_keys` are the keys that hold a secret anywhere. With `stack_file`, mistakes have their
    line, and it is known which values of such a key are the secret ones; without it, all of them
    are taken for secret.
    """
    written = read_stack_file(stack_file, project) if stack_file and stack_file.is_file() else None
    twins = (written.root.entries or {}) if written else {}
    entries: dict[str, Entry] = {}
    for key, text in config.items():
        namespace, _, section = key.partition(":")
        if namespace == project:
            entries[section] = _section(section, text, key in secret_keys, twins.get(section))
    file = written.file if written else "configuration"
    document = Document(file, project, Node(entries=entries), written.lines if written else ())
    return Loaded(document, settle(document, Spec))


def _section(name: str, text: str, is_secret: bool, twin: Entry | None) -> Entry:
    node = node_of(parse_value(text), twin.node if twin else None)
    for part in walk(node):
        part.maybe_secure = is_secret and part.span is None
        part.hidden = part.secure or part.maybe_secure
    return Entry(name, twin.span if twin else None, node)

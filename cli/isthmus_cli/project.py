"""Finds the Pulumi project around a folder, and the stack files that belong to it."""

from dataclasses import dataclass
from pathlib import Path

from isthmus.spec.tree import Node
from isthmus.spec.yaml_source import NotReadableError, read_yaml


@dataclass(frozen=True, slots=True)
class Project:
    """A Pulumi project: its name and where its stack files lie."""

    name: str
    stacks: Path

    def stack_file(self, stack: str) -> Path:
        """`Pulumi.<stack>.yaml`. Of a full name (organisation/project/stack) the last part counts;
        a name that ends in .yaml is a file of its own."""
        if stack.endswith((".yaml", ".yml")):
            return Path(stack)
        return self.stacks / f"Pulumi.{stack.rpartition('/')[2]}.yaml"

    def stack_names(self) -> list[str]:
        return sorted(
            path.name[len("Pulumi.") : -len(".yaml")] for path in self.stacks.glob("Pulumi.*.yaml")
        )


def find_project(folder: Path) -> Project | None:
    """The project of a folder or of the nearest one above it, as Pulumi looks for it."""
    here = folder.resolve()
    for candidate in (here, *here.parents):
        file = candidate / "Pulumi.yaml"
        if file.is_file():
            return _read_project(file)
    return None


def _read_project(file: Path) -> Project:
    try:
        root, _ = read_yaml(file.read_text(encoding="utf-8-sig"))
    except (NotReadableError, UnicodeDecodeError):
        root = Node()
    stacks = file.parent / _text(root, "stackConfigDir", ".")
    return Project(_text(root, "name", "isthmus"), stacks)


def _text(root: Node, key: str, default: str) -> str:
    entry = (root.entries or {}).get(key)
    return entry.node.scalar if entry and isinstance(entry.node.scalar, str) else default
